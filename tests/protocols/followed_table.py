"""A table that a kernel follows, without the kernel, and neighbors with one hop to each."""

from collections.abc import Iterable, Sequence

from bgpd.kernel.routes import KernelView
from kernel_sync.kernel import KernelTable
from kernel_sync.types import KernelRoute, RouteKind
from kernel_sync.types import NextHop as KernelNextHop
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from rib.decision import Decision
from rib.loc_rib import LocRib
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route
from rib.table import Table
from tests.rib.building import attributes, neighbor


class Written(KernelTable):
    """A kernel's table that only notes what is wanted."""

    def __init__(self) -> None:
        super().__init__(IPV4_UNICAST, 254)
        self.wanted: dict[PrefixKey, KernelRoute | None] = {}
        self.calls: list[list[PrefixKey]] = []
        """What was set at a time."""

    def set(self, keys: Iterable[PrefixKey], route: KernelRoute | None) -> None:
        some = [*keys]
        self.calls.append(some)
        self.wanted.update(dict.fromkeys(some, route))


class House:
    """A table with a view that follows it."""

    def __init__(
        self,
        export: Policy = Policy.ALL,
        merge_paths: int = 1,
        decision: Decision | None = None,
        metric: int = 32,
    ) -> None:
        self.table = Table("master", IPV4_UNICAST, decision)
        self.kernel = Written()
        self.interfaces: dict[str, int] = {}
        """Those that tunnels can be, and their indexes."""
        self.questions: list[str] = []
        """The names of tunnel devices that the view looked up."""
        self.view = KernelView(
            self.kernel, export, metric, self.table.decision, merge_paths, self._interface_index
        )
        self.table.tells_all = self.view.follows_all
        self.sources = [
            neighbor(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(4)
        ]
        self._loc_rib = LocRib(self.table)

    def _interface_index(self, name: str) -> int:
        self.questions.append(name)
        return self.interfaces.get(name, 0)

    def run(self) -> dict[PrefixKey, KernelRoute | None]:
        """Let the kernel follow; return what is wanted of it."""
        self.view.follow(self._loc_rib.run(100))
        return self.kernel.wanted

    def announce(self, number: int, *path: int, keys: Sequence[PrefixKey]) -> Route:
        source = self.sources[number]
        hops = (NextHop(source.address, 2),)
        made = Route(source, attributes(*path), Destination(DestinationKind.UNICAST, hops), 0)
        self.table.announce(made, keys)
        return made


def via(*last: int, metric: int = 32) -> KernelRoute:
    """Return the way over some of the neighbors."""
    hops = (KernelNextHop(parse_address(f"192.0.2.{number}"), 2, 1, False) for number in last)
    return KernelRoute(RouteKind.UNICAST, tuple(hops), metric)
