"""From best routes to kernel routes: the one place where a route becomes a FIB entry."""

from collections.abc import Sequence

from kernel_sync.kernel import KernelTable
from kernel_sync.types import KernelRoute, RouteKind
from kernel_sync.types import NextHop as KernelNextHop
from rib.loc_rib import Change
from rib.policy import Policy
from rib.route import Destination, Route, SourceKind

_NEVER_WRITTEN = {SourceKind.DIRECT, SourceKind.KERNEL}
"""The kernel has these from elsewhere."""


class KernelView:
    """What the kernel protocol's export lets through of one table, as kernel routes."""

    def __init__(self, kernel: KernelTable, export: Policy, metric: int) -> None:
        self._kernel = kernel
        self._export = export
        self._metric = metric
        self._known: dict[Destination, KernelRoute] = {}

    def apply(self, changes: Sequence[Change]) -> None:
        """Want, change or no longer want the routes whose best path changed."""
        for old, new, keys in changes:
            wanted = self.route(new)
            if wanted != self.route(old):
                self._kernel.set(keys, wanted)

    def route(self, best: Route | None) -> KernelRoute | None:
        """Return the kernel route for a best route, or None if it does not go into the kernel."""
        if best is None or self._export is not Policy.ALL or best.source.kind in _NEVER_WRITTEN:
            return None
        known = self._known.get(best.destination)
        if known is None:
            known = self._known[best.destination] = self._translate(best.destination)
        return known

    def _translate(self, destination: Destination) -> KernelRoute:
        hops = tuple(
            KernelNextHop(hop.gateway, hop.interface, hop.weight, hop.onlink) for hop in destination.next_hops
        )
        return KernelRoute(RouteKind(destination.kind), hops, self._metric)
