"""Routers on one segment, with a session between any two that are to have one."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, Self, TypeVar

from tests.interop.lab import Host, Lab, Port
from tests.interop.routers import Announcement, Neighbor, Router, RouterConfig
from tests.interop.waiting import eventually

_NETWORK: Final = "192.0.2.0/24"
_NOTHING: Final[Mapping[str, Any]] = {}
Program = TypeVar("Program", bound=Router)


class Segment:
    """Its routers have the addresses 192.0.2.1, 192.0.2.2 and so on, which are their router ids as well."""

    def __init__(self, lab: Lab) -> None:
        self.routers: list[Router] = []
        self.ports: tuple[Port, ...] = ()
        """Where the routers are connected, once they are started."""
        self._lab = lab

    def add(
        self,
        program: type[Program],
        asn: int,
        *routes: str | Announcement,
        extra: tuple[str, ...] = (),
        cluster_id: str = "",
    ) -> Program:
        """Return one more router, to be started with the others."""
        program.require()
        number = len(self.routers) + 1
        config = RouterConfig(
            asn=asn, router_id=f"192.0.2.{number}", routes=routes, extra=extra, cluster_id=cluster_id
        )
        router = program(self._lab.host(f"{number}-{program.name}"), config)
        self.routers.append(router)
        return router

    def connect(
        self,
        one: Router,
        other: Router,
        ours: Mapping[str, Any] = _NOTHING,
        theirs: Mapping[str, Any] = _NOTHING,
    ) -> None:
        """Give two routers a session; ``ours`` are fields of the neighbor that the second is to the first."""
        _meet(one, other, ours)
        _meet(other, one, theirs)

    def start(self) -> Self:
        """Lay the cables and start the routers."""
        self.ports = self._lab.segment(*self.hosts, v4=_NETWORK, v6=None)
        for router in self.routers:
            router.start()
        return self

    def up(self) -> Self:
        """Wait until every session is established, seen from both sides."""
        for router in self.routers:
            for neighbor in router.config.neighbors:
                eventually(partial(router.session_state, neighbor.address), equals="Established")
        return self

    @property
    def hosts(self) -> list[Host]:
        """Where the routers run."""
        return [router.host for router in self.routers]


def address(router: Router) -> str:
    """Return the address of a router on the segment."""
    return router.config.router_id


def _meet(router: Router, other: Router, fields: Mapping[str, Any]) -> None:
    neighbor = Neighbor(address=address(other), asn=other.config.asn, local_address=address(router))
    router.config.neighbors.append(replace(neighbor, **fields))
