"""From best routes to kernel routes: the one place where a route becomes a FIB entry."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from kernel_sync.kernel import KernelTable
from kernel_sync.types import KernelRoute, RouteKind
from kernel_sync.types import NextHop as KernelNextHop
from messages.families.prefix import PrefixKey
from rib.decision import Decision
from rib.loc_rib import Batch
from rib.multipath import merged
from rib.policy import Accepted, Policy
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
        self._known: dict[tuple[Destination, int], KernelRoute] = {}
        self._verdicts: dict[tuple[Route, Hashable], Accepted | None] = {}

    @property
    def follows_all(self) -> bool:
        """Whether traffic may be shared by several routes."""
        return self._merge_paths > 1

    def follow(self, batch: Batch) -> None:
        """Want, change or no longer want the routes whose best path, or paths, changed."""
        if self.follows_all:
            for before, now, keys in batch.slot_changes:
                self._change(before, now, keys)
            return
        for old, new, keys in batch.changes:
            self._change(old, new, keys)

    def _change(self, before: Slot | None, now: Slot | None, keys: Sequence[PrefixKey]) -> None:
        for alike in self._export.by_kind(keys):
            wanted = self.route(now, alike[0])
            if wanted != self.route(before, alike[0], silent=True):
                self._kernel.set(alike, wanted)

    def feed(self, slots: Iterable[tuple[PrefixKey, Slot | None]]) -> None:
        """Want the routes that are there when the kernel begins to follow."""
        for key, slot in slots:
            wanted = self.route(slot, key)
            if wanted is not None:
                self._kernel.set([key], wanted)

    def put_right(self, slots: Iterable[tuple[PrefixKey, Slot | None]]) -> None:
        """Want what there is after another view had its say: not all that it wanted may stay."""
        for key, slot in slots:
            self._kernel.set([key], self.route(slot, key))

    def route(self, slot: Slot | None, key: PrefixKey, *, silent: bool = False) -> KernelRoute | None:
        """Return the kernel route for the routes to a prefix, or None if it does not go into the kernel.

        ``silent`` asks about the past (``Judge``).
        """
        best = winner(slot)
        if best is None or best.source.kind in _NEVER_WRITTEN:
            return None
        accepted = self._judged(best, key, silent=silent)
        if accepted is None:
            return None
        metric = self._metric or accepted.attributes.local.get("krt_metric", 0)
        wanted = self.destination(slot, key), metric
        known = self._known.get(wanted)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[wanted] = self._translate(*wanted)
        return known

    def destination(self, slot: Slot | None, key: PrefixKey) -> Destination:
        """Return where the packets go, over all routes that share them and that the filter lets through."""
        best, *others = routes_of(slot)
        accepted = self._judged(best, key)
        destination = best.destination if accepted is None else accepted.destination
        if not self.follows_all or destination is not best.destination:
            return destination
        routes = [best, *(route for route in others if self._judged(route, key) is not None)]
        return merged(self._decision, routes, self._merge_paths)

    def obstacle(self, best: Route, key: PrefixKey) -> str:
        """Return what keeps a best route out of the kernel; empty if nothing does."""
        if self._judged(best, key) is not None:
            return _NEVER_WRITTEN.get(best.source.kind, "")
        return f"the export filter of the kernel protocol refuses it ({self._export.name})"

    def _judged(self, route: Route, key: PrefixKey, *, silent: bool = True) -> Accepted | None:
        """Return what the export filter makes of a route; it is asked once for all prefixes of a kind."""
        export = self._export
        if export is Policy.ALL:
            return export.judge(route, route.attributes, key)
        asked = route, export.kind_of and export.kind_of(key)
        if asked in self._verdicts:
            return self._verdicts[asked]
        if len(self._verdicts) >= _MOST_KNOWN:
            self._verdicts.clear()
        verdict = self._verdicts[asked] = export.judge(route, route.attributes, key, silent=silent)
        return verdict

    @staticmethod
    def _translate(destination: Destination, metric: int) -> KernelRoute:
        hops = tuple(
            KernelNextHop(hop.gateway, hop.interface, hop.weight, hop.onlink) for hop in destination.next_hops
        )
        return KernelRoute(RouteKind(destination.kind), hops, metric)
