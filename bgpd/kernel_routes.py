"""From best routes to kernel routes: the one place where a route becomes a FIB entry."""

from collections.abc import Iterable
from typing import Final

from kernel_sync.kernel import KernelTable
from kernel_sync.types import KernelRoute, RouteKind
from kernel_sync.types import NextHop as KernelNextHop
from messages.families.prefix import PrefixKey
from rib.decision import Decision
from rib.loc_rib import Batch
from rib.multipath import merged
from rib.policy import Policy
from rib.route import Destination, Route, SourceKind
from rib.slot import Slot, routes_of, winner

_NEVER_WRITTEN: Final = {
    SourceKind.DIRECT: "the kernel has it from the interface's address",
    SourceKind.KERNEL: "it came from the kernel",
}
_MOST_KNOWN: Final = 10_000
"""Translated destinations that are remembered."""


class KernelView:
    """What the kernel protocol's export lets through of one table, as kernel routes."""

    def __init__(
        self,
        kernel: KernelTable,
        export: Policy,
        metric: int,
        decision: Decision | None = None,
        merge_paths: int = 1,
    ) -> None:
        self._kernel = kernel
        self._export = export
        self._metric = metric
        self._decision = decision or Decision()
        self._merge_paths = merge_paths
        self._known: dict[Destination, KernelRoute] = {}

    @property
    def follows_all(self) -> bool:
        """Whether traffic may be shared by several routes."""
        return self._merge_paths > 1

    def follow(self, batch: Batch) -> None:
        """Want, change or no longer want the routes whose best path, or paths, changed."""
        if self.follows_all:
            for before, now, keys in batch.slot_changes:
                wanted = self.route(now)
                if wanted != self.route(before):
                    self._kernel.set(keys, wanted)
            return
        for old, new, keys in batch.changes:
            wanted = self.route(new)
            if wanted != self.route(old):
                self._kernel.set(keys, wanted)

    def feed(self, slots: Iterable[tuple[PrefixKey, Slot | None]]) -> None:
        """Want the routes that are there when the kernel begins to follow."""
        for key, slot in slots:
            wanted = self.route(slot)
            if wanted is not None:
                self._kernel.set([key], wanted)

    def route(self, slot: Slot | None) -> KernelRoute | None:
        """Return the kernel route for the routes to a prefix, or None if it does not go into the kernel."""
        best = winner(slot)
        if best is None or self.obstacle(best):
            return None
        destination = self.destination(slot)
        known = self._known.get(destination)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[destination] = self._translate(destination)
        return known

    def destination(self, slot: Slot | None) -> Destination:
        """Return where the packets go, over all routes that share them."""
        routes = routes_of(slot)
        return (
            merged(self._decision, routes, self._merge_paths) if self.follows_all else routes[0].destination
        )

    def obstacle(self, best: Route) -> str:
        """Return what keeps a best route out of the kernel; empty if nothing does."""
        if self._export is Policy.ALL or self._export.judge(best.attributes) is not None:
            return _NEVER_WRITTEN.get(best.source.kind, "")
        return f"the export filter of the kernel protocol refuses it ({self._export.name})"

    def _translate(self, destination: Destination) -> KernelRoute:
        hops = tuple(
            KernelNextHop(hop.gateway, hop.interface, hop.weight, hop.onlink) for hop in destination.next_hops
        )
        return KernelRoute(RouteKind(destination.kind), hops, self._metric)
