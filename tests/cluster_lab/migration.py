"""Five nodes with a pod each behind a switch, whose cluster goes from one mode to another."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import permutations
from typing import Final, NamedTuple, Self

from tests.cluster_lab.fleet import Fleet, Node
from tests.cluster_lab.pods import OUTSIDE, outside, pod
from tests.cluster_lab.shared_file import NODES, TOR, SharedFile
from tests.interop.lab import Lab
from tests.interop.routers import Frr, Neighbor, RouterConfig
from tests.interop.waiting import eventually
from tests.restarts.flow import Counts, Flow

NUMBER: Final = 5
PER_SECOND: Final = 200
_PATIENCE: Final = 120.0
_AFTERWARDS: Final = 3.0
"""Seconds to go on counting when all seems to be well again."""
Order = Callable[[Sequence[Node], SharedFile], Sequence[Node]]
"""In which order the nodes read a changed file."""


class Step(NamedTuple):
    """What was changed, and what came of it."""

    what: str
    lost: Mapping[str, Counts]
    """Packets by the way they were to go, where some got lost."""
    sent: int
    """The fewest packets of any way."""


class Migration:
    """The laboratory, and what an operator does in it."""

    def __init__(self, lab: Lab, *options: str) -> None:
        """``options`` are more lines of ``[cluster]``."""
        Frr.require()
        switch = lab.host("tor")
        self.fleet = Fleet(lab, NUMBER, switch)
        self.nodes = self.fleet.nodes
        address = self.fleet.ports[-1].v4
        self.fleet.file = SharedFile(self.fleet.file.members, tor=address, options=options)
        neighbors = [
            Neighbor(address=node.port.v4, asn=NODES, local_address=address, graceful_restart="full")
            for node in self.nodes
        ]
        self.tor = Frr(
            switch, RouterConfig(asn=TOR, router_id=address, neighbors=neighbors, routes=[OUTSIDE])
        )
        self._ends = [*(pod(lab, node) for node in self.nodes), outside(lab, switch)]
        names = [host.name for host, _ in self._ends]
        self._ways = [f"{one} -> {other}" for one, other in permutations(names, 2)]
        self._flow: Flow | None = None

    def start(self) -> Self:
        """Start everything as a mesh and wait until packets get through."""
        self.tor.start()
        self.fleet.write(self.fleet.file)
        self.fleet.start()
        self.settle()
        return self

    @contextmanager
    def traffic(self) -> Iterator[None]:
        """Send packets from everybody to everybody inside the block."""
        with Flow(*self._ends, per_second=PER_SECOND) as self._flow:
            yield

    def take(self, what: str) -> Step:
        """Count what got lost since this was last asked for."""
        assert self._flow is not None
        counts = dict(zip(self._ways, self._flow.take(), strict=True))
        lost = {way: each for way, each in counts.items() if each.lost}
        return Step(what, lost, min(each.sent for each in counts.values()))

    def change(self, what: str, file: SharedFile, order: Sequence[Node], pause: float) -> Step:
        """Edit the file, give one command on each node, and count what gets lost until well after it."""
        self.take("before")
        self.fleet.write(file)
        for number, node in enumerate(order):
            time.sleep(pause if number else 0)
            node.ask("configure")
        self.settle()
        time.sleep(_AFTERWARDS)
        return self.take(what)

    def settle(self) -> None:
        """Wait until every node has all routes, and the sessions that the file means and no others."""
        for node in self.nodes:
            expected = {**self.fleet.file.peers(node.member), self.tor.config.router_id: "global"}
            eventually(partial(established, node), equals=expected, within=_PATIENCE)
            eventually(partial(self.gateways, node), equals=self._wanted(node), within=_PATIENCE)
            eventually(partial(self.tor.session_state, node.port.v4), equals="Established", within=_PATIENCE)

    def gateways(self, node: Node) -> dict[str, str]:
        """Return where a node's kernel sends what is for the other nodes, and for the outside."""
        rows = (line.split() for line in node.host.ip("route", "show", "proto", "bird").splitlines())
        return {row[0]: row[2] for row in rows if row[1:2] == ["via"]}

    def _wanted(self, node: Node) -> dict[str, str]:
        others = {each.member.block: each.port.v4 for each in self.nodes if each is not node}
        return {**others, OUTSIDE: self.tor.config.router_id}


def established(node: Node) -> dict[str, str]:
    """Return the types of the peers of a node, or what is wrong with one."""
    return {
        address: peer.type if peer.is_established else peer.info for address, peer in node.peers().items()
    }
