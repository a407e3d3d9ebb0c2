"""From best routes to kernel routes: the one place where a route becomes a FIB entry."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from bgpd.kernel.forms import Form, form_of
from bgpd.kernel.tunnels import TUNNEL, Tunnels
from bgpd.protocols.export_numbers import ExportNumbers
from kernel_sync.kernel import KernelTable
from kernel_sync.types import KernelRoute, RouteKind
from kernel_sync.types import NextHop as KernelNextHop
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey, render_address
from rib.decision import Decision
from rib.loc_rib import Batch
from rib.multipath import merged
from rib.policy import Accepted, Policy
from rib.route import UNREACHABLE, Destination, Route, SourceKind
from rib.slot import Slot, routes_of, winner

_NEVER_WRITTEN: Final = {
    SourceKind.DIRECT: "the kernel has it from the interface's address",
    SourceKind.KERNEL: "it came from the kernel",
}
_MOST_KNOWN: Final = 10_000
"""Verdicts, and kernel routes, that are remembered."""


class Passage(NamedTuple):
    """What the export filter made of a route that it let through."""

    accepted: Accepted
    destination: Destination
    """Where it leads by itself: through the tunnel, if it names one."""
    form: Form


class KernelView:
    """What the kernel protocol's export lets through of one table, as kernel routes."""

    def __init__(
        self,
        kernel: KernelTable,
        export: Policy,
        metric: int,
        decision: Decision | None = None,
        merge_paths: int = 1,
        interface_index: Callable[[str], int] = lambda _name: 0,
    ) -> None:
        """``interface_index`` finds tunnel devices by their names."""
        self._never_written = _NEVER_WRITTEN
        self._kernel = kernel
        self._export = export
        self._metric = metric
        self._plain = Form(metric)
        self._decision = decision or Decision()
        self._merge_paths = merge_paths
        self._tunnels = Tunnels(interface_index)
        self._last_destination = UNREACHABLE
        self._last = _kernel_route(UNREACHABLE, self._plain)
        self._known: dict[tuple[Destination, Form], KernelRoute] = {}
        self._passages: dict[tuple[Route, Hashable], Passage | None] = {}
        self._updates = self._refused = self._never = 0
        self._withdraws = self._withdrawn = 0

    def write_device_routes(self) -> None:
        """Write the networks of interfaces as well, though the kernel has them."""
        self._never_written = {SourceKind.KERNEL: _NEVER_WRITTEN[SourceKind.KERNEL]}

    @property
    def follows_all(self) -> bool:
        """Whether traffic may be shared by several routes."""
        return self._merge_paths > 1

    def follow(self, batch: Batch) -> None:
        """Want, change or no longer want the routes whose best path, or paths, changed."""
        run: list[PrefixKey] = []
        wanted_by_run: KernelRoute | None = None
        for keys, wanted in self._news(batch):
            if wanted is wanted_by_run:  # as it mostly is: a neighbor's routes have one next hop
                run += keys
                continue
            if run:
                self._kernel.set(run, wanted_by_run)
            run, wanted_by_run = [*keys], wanted
        if run:
            self._kernel.set(run, wanted_by_run)

    def _news(self, batch: Batch) -> Iterator[tuple[Sequence[PrefixKey], KernelRoute | None]]:
        """Yield prefixes for which something else is wanted now than before."""
        changes = batch.slot_changes if self.follows_all else batch.changes
        for before, now, keys in changes:
            for alike in self._export.by_kind(keys):
                wanted = None if now is None else self.route(now, alike[0])
                had = None if before is None else self.route(before, alike[0], silent=True)
                self._count((before, now), wanted, had, len(alike))
                if wanted is not had and wanted != had:
                    yield alike, wanted

    def _count(
        self,
        slots: tuple[Slot | None, Slot | None],
        wanted: KernelRoute | None,
        had: KernelRoute | None,
        number: int,
    ) -> None:
        """Count what became of a change of so many ``slots``, those before and those now."""
        before, best = map(winner, slots)
        if best is not None:
            self._updates += number
        elif before is not None:
            self._withdraws += number
        if wanted is not None:
            return
        if best is not None:
            is_rejected = self.is_never_written(best)
            self._never += number * is_rejected
            self._refused += number * (not is_rejected)
        self._withdrawn += number * (had is not None)

    @property
    def exports(self) -> ExportNumbers:
        """What became of the routes that were offered."""
        accepted = self._updates - self._never - self._refused
        return ExportNumbers(
            self._updates, self._never, self._refused, accepted, self._withdraws, self._withdrawn
        )

    def feed(self, slots: Iterable[tuple[PrefixKey, Slot | None]]) -> None:
        """Want the routes that are there when the kernel begins to follow."""
        for key, slot in slots:
            wanted = self.route(slot, key)
            self._count((None, slot), wanted, None, 1)
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
        if best is None or best.source.kind in self._never_written:
            return None
        if self._export is Policy.ALL and not self.follows_all and not best.notes:
            return self._direct(best.destination)
        passage = self._passage(best, key, silent=silent)
        if passage is None or self._misfit(passage):
            return None
        return self._made(self._shared(passage, slot, key), passage.form)

    def _direct(self, destination: Destination) -> KernelRoute:
        """Return what everybody gets whom nobody filters: this is asked for each change of a full table."""
        if destination is not self._last_destination:
            self._last_destination, self._last = destination, self._made(destination, self._plain)
        return self._last

    def _made(self, destination: Destination, form: Form) -> KernelRoute:
        """Return one object for all that lead there in this form."""
        wanted = destination, form
        known = self._known.get(wanted)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[wanted] = _kernel_route(*wanted)
        return known

    def destination(self, slot: Slot | None, key: PrefixKey) -> Destination:
        """Return where the packets go, over all routes that share them and that the filter lets through."""
        best = routes_of(slot)[0]
        passage = self._passage(best, key)
        return best.destination if passage is None else self._shared(passage, slot, key)

    def _shared(self, passage: Passage, slot: Slot | None, key: PrefixKey) -> Destination:
        """``passage`` is that of the best route; where a filter leads it, nobody shares its packets."""
        if not self.follows_all:
            return passage.destination
        best, *others = routes_of(slot)
        if passage.accepted.destination is not best.destination:
            return passage.destination
        routes = [best, *(route for route in others if self._passage(route, key) is not None)]
        return merged(self._decision, routes, self._merge_paths, lambda route: self.way(route, key))

    def way(self, route: Route, key: PrefixKey) -> Destination:
        """Return where the packets that one route carries go."""
        passage = self._passage(route, key)
        return route.destination if passage is None else passage.destination

    def attributes(self, route: Route, key: PrefixKey) -> AttributeSet:
        """Return what a route says behind the export filter."""
        passage = self._passage(route, key)
        return route.attributes if passage is None else passage.accepted.attributes

    def accepted(self, route: Route, key: PrefixKey) -> Accepted | None:
        """Return what the export filter makes of a route; None if it refuses it."""
        passage = self._passage(route, key)
        return None if passage is None else passage.accepted

    def is_never_written(self, route: Route) -> bool:
        """Tell whether a route is not for the kernel, whatever the export filter says."""
        return route.source.kind in self._never_written

    def obstacle(self, best: Route, key: PrefixKey) -> str:
        """Return what keeps a best route out of the kernel; empty if nothing does."""
        if best.source.kind in self._never_written:
            return self._never_written[best.source.kind]
        passage = self._passage(best, key)
        if passage is None:
            return f"the export filter of the kernel protocol refuses it ({self._export.name})"
        return self._misfit(passage)

    def _misfit(self, passage: Passage) -> str:
        """Return why the kernel, which would take what it can of it, must not be asked."""
        source, family = passage.form.preferred_source, self._kernel.family
        if not source or len(source) == family.address_octets:
            return ""
        return f"its krt_prefsrc {render_address(source)} is no address of {family.name}"

    def tunnel(self, best: Route, key: PrefixKey) -> str:
        """Say why a best route goes through a tunnel, or does not; empty if nobody spoke of one."""
        passage = self._passage(best, key)
        if passage is None:
            return ""
        named = passage.accepted.attributes.local.get(TUNNEL)
        by_filter = named != best.notes.get(TUNNEL)
        return self._tunnels.remark(passage.accepted, by_filter=by_filter)

    def follow_interfaces(self) -> Collection[str]:
        """Take tunnel devices as they are now; return the names for which routes are to be led again."""
        moved = self._tunnels.look_again()
        if moved:
            for asked, passage in self._passages.items():
                self._passages[asked] = self._passed(passage and passage.accepted)
        return moved

    def lead_again(self, slots: Iterable[tuple[PrefixKey, Slot | None]], tunnels: Collection[str]) -> None:
        """Want the routes that name one of these tunnels as they are now; no others are touched."""
        for key, slot in slots:
            sharing = routes_of(slot) if self.follows_all else routes_of(slot)[:1]
            passages = [self._passage(route, key) for route in sharing if route.refusal is None]
            if any(
                passage and passage.accepted.attributes.local.get(TUNNEL) in tunnels for passage in passages
            ):
                self._kernel.set([key], self.route(slot, key, silent=True))

    def _passage(self, route: Route, key: PrefixKey, *, silent: bool = True) -> Passage | None:
        """Return what the export filter makes of a route; it is asked once for all prefixes of a kind."""
        export = self._export
        if export is Policy.ALL:
            return self._passed(export.judge(route, route.attributes, key))
        asked = route, export.kind_of and export.kind_of(key)
        if asked in self._passages:
            return self._passages[asked]
        if len(self._passages) >= _MOST_KNOWN:
            self._passages.clear()
        accepted = export.judge(route, route.attributes, key, silent=silent)
        passage = self._passages[asked] = self._passed(accepted)
        return passage

    def _passed(self, accepted: Accepted | None) -> Passage | None:
        if accepted is None:
            return None
        notes = accepted.attributes.local
        if not notes:
            return Passage(accepted, accepted.destination, self._plain)
        return Passage(accepted, self._tunnels.lead(accepted), form_of(notes, self._metric))


def _kernel_route(destination: Destination, form: Form) -> KernelRoute:
    hops = tuple(
        KernelNextHop(hop.gateway, hop.interface, hop.weight, hop.onlink) for hop in destination.next_hops
    )
    return KernelRoute(RouteKind(destination.kind), hops, *form)
