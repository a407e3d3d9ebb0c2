"""Our daemon in the middle and routers around it, all on one segment, each with one session to ours."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Self

from tests.interop.lab import Host, Lab, Port
from tests.interop.routers import Announcement, Bgpd, Neighbor, Router, RouterConfig, sessions
from tests.interop.waiting import eventually

OURS: Final = 64512
NO_DIRECT: Final = ("[direct]", "interfaces = []")
"""The network of the lab itself stays out of the routes that are counted."""


@dataclass
class Star:
    """``spokes`` are the routers, each with the neighbor it is to our daemon."""

    bgpd: Bgpd
    center: Port
    spokes: list[tuple[Router, Neighbor]]

    @classmethod
    def of(
        cls,
        lab: Lab,
        programs: Sequence[type[Router]],
        *,
        ours: Mapping[str, Any] | None = None,
        theirs: Mapping[str, Any] | None = None,
        routes: Sequence[str | Announcement] = (),
        asns: Iterable[int] | None = None,
    ) -> Self:
        """Build a star, to be started; ``ours`` and ``theirs`` are fields for the neighbors of each side.

        Our daemon originates ``routes``. The routers are in these ASes, by default 65001, 65002 and so on.
        """
        for program in programs:
            program.require()
        hosts = [lab.host(f"{number}-{program.name}") for number, program in enumerate(programs)]
        center, *ports = lab.segment(lab.host("bgpd"), *hosts, v4="192.0.2.0/24", v6=None)
        neighbors: list[Neighbor] = []
        spokes: list[tuple[Router, Neighbor]] = []
        for program, port, asn in zip(programs, ports, asns or itertools.count(65001), strict=False):
            us = [replace(each, **theirs or {}) for each in sessions(port, center, OURS)]
            them = [replace(each, **ours or {}) for each in sessions(center, port, asn)]
            router = program(port.host, RouterConfig(asn=asn, router_id=port.v4, neighbors=us))
            spokes += [(router, neighbor) for neighbor in them]
            neighbors += them
        config = RouterConfig(
            asn=OURS, router_id=center.v4, neighbors=neighbors, routes=routes, extra=NO_DIRECT
        )
        return cls(Bgpd(center.host, config), center, spokes)

    @property
    def address(self) -> str:
        """The address of our daemon."""
        return self.center.v4

    @property
    def hosts(self) -> list[Host]:
        """The host of our daemon, then those of the routers."""
        return [self.bgpd.host, *(router.host for router, _ in self.spokes)]

    def start(self) -> Self:
        """Start our daemon and the routers."""
        self.bgpd.start()
        for router, _ in self.spokes:
            router.start()
        return self

    def up(self) -> None:
        """Wait until every session is established, seen from both sides."""
        for router, neighbor in self.spokes:
            self.is_up(router, neighbor)

    def is_up(self, router: Router, neighbor: Neighbor) -> None:
        """Wait until this session is established, seen from both sides."""
        eventually(partial(self.bgpd.session_state, neighbor.address), equals="Established")
        eventually(partial(router.session_state, self.address), equals="Established")

    @property
    def neighbors(self) -> list[Neighbor]:
        """The routers as our daemon sees them."""
        return self.bgpd.config.neighbors

    def states(self) -> list[str]:
        """Return the state of each session as our daemon shows it."""
        return [self.bgpd.session_state(neighbor.address) for _, neighbor in self.spokes]

    def info(self, neighbor: Neighbor) -> str:
        """Return what ``show protocols`` says of a neighbor: the state and why."""
        return str(self.row(neighbor)["info"])

    def details(self, neighbor: Neighbor) -> dict[str, Any]:
        """Return what ``show protocols all`` says of a neighbor beyond what every protocol has."""
        details: dict[str, Any] = self.row(neighbor)["details"]
        return details

    def imported(self, neighbor: Neighbor) -> int:
        """Return how many routes of a neighbor our daemon has and uses or could use."""
        return sum(channel["routes"]["imported"] for channel in self.row(neighbor)["channels"])

    def row(self, neighbor: Neighbor) -> dict[str, Any]:
        """Return all of ``show protocols all`` about a neighbor."""
        return self.bgpd.protocol(neighbor.address)

    def established(self, neighbor: Neighbor) -> int:
        """Return how often the session with a neighbor was established since the daemon runs."""
        return self.bgpd.log().count(f"{neighbor.name}: BGP session established")
