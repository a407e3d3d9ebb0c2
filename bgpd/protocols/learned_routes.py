"""Routes that other programs put into the kernel's table, as routes of ours (``learn``)."""

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Iterator
from itertools import islice
from typing import Final

from bgpd.kernel.learned_notes import notes_of
from bgpd.pipeline import Pipeline, Scheduler
from bgpd.protocols.protocol import RouteCounters
from bgpd.protocols.surroundings import Surroundings
from kernel_sync.kernel import KernelTable
from kernel_sync.learning import is_reserved
from kernel_sync.types import KernelRoute, ObservedRoute, RouteKind
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source

_SLICE: Final = 500
"""Prefixes looked at between two turns of the loop."""
_MOST_KNOWN: Final = 4096
"""Routes that are remembered for the prefixes to come."""
_NO_ATTRIBUTES: Final = AttributeSet.of({})


class LearnedRoutes:
    """Keeps one route to each prefix that others have routes to: theirs with the lowest metric.

    Nothing is kept here: what the kernel has, its table's view knows, and what was learned of it is in ours.
    Work is a matter of the prefixes that changed, and done in slices.
    """

    def __init__(self, source: Source, pipeline: Pipeline, surroundings: Surroundings) -> None:
        self.source: Final = source
        self.policy = Policy.ALL
        """The import filter."""
        self.counters: Final = RouteCounters()
        self._pipeline = pipeline
        self._surroundings = surroundings
        self._loop: Scheduler | None = None
        self._kernel: KernelTable | None = None
        self._waiting: deque[Iterator[PrefixKey]] = deque()
        self._is_scheduled = False
        self._known: dict[tuple[ObservedRoute, Hashable], Route] = {}
        self._alike: dict[Hashable, Route] = {}
        self._second = 0

    # What is told

    def begin(self, kernel: KernelTable, loop: Scheduler) -> None:
        """Learn what this table has, once it has been read, and all that comes."""
        self._kernel = kernel
        self._loop = loop
        kernel.on_aliens = self.look_at

    def end(self) -> None:
        """Take back what was learned; what is learned after this stays."""
        if self._kernel is not None:
            self._kernel.on_aliens = None
            self._kernel = None
        self._waiting.clear()
        self.source.epoch += 1
        self._forget()
        self._pipeline.sweep(self.source)

    def follow_policy(self, policy: Policy) -> None:
        """Let another import filter decide."""
        if policy is not self.policy:
            self.policy = policy
            self._forget()
            if self._kernel is not None:
                self.look_at(self._kernel.fib.aliens.keys())

    def interfaces_changed(self, interfaces: Iterable[int]) -> None:
        """These came, went, went up or down: routes through them can be used now, or no longer."""
        if self._kernel is None:
            return
        aliens = self._kernel.fib.aliens
        concerned = [keys for keys in map(aliens.through, interfaces) if keys]
        if concerned:
            self._forget()
            self.look_at(set().union(*concerned))

    def look_at(self, keys: Collection[PrefixKey]) -> None:
        """The routes of others to these prefixes may have changed."""
        if keys:
            self._waiting.append(iter(keys))
            self._schedule()

    # The work

    def _schedule(self) -> None:
        if not self._is_scheduled and self._loop is not None:
            self._is_scheduled = True
            self._loop.call_soon(self._step)

    def _step(self) -> None:
        """Look at some of what waits, unless the kernel's table is being read: then half of it is unknown."""
        self._is_scheduled = False
        if self._kernel is None or not self._waiting:
            return
        if self._kernel.is_reading:
            self._kernel.tell_again(set().union(*self._waiting))
            self._waiting.clear()
            return
        some = list(islice(self._waiting[0], _SLICE))
        if some:
            self.learn(self._kernel, some)
        else:
            self._waiting.popleft()
        if self._waiting:
            self._schedule()

    def learn(self, kernel: KernelTable, keys: Iterable[PrefixKey]) -> None:
        """Look at these prefixes in a table of the kernel."""
        table, source = self._pipeline.table, self.source
        self._begin_second(int(self._surroundings.now()))
        found: dict[Route, list[PrefixKey]] = {}
        gone: list[PrefixKey] = []
        for key in keys:
            held = table.held(source, key)
            route = self._route(kernel, key)
            if route is None:
                if held is not None:
                    gone.append(key)
            elif held is None or held.epoch != source.epoch or not route.looks_like(held):
                found.setdefault(route, []).append(key)
        for route, alike in found.items():
            table.announce(route, alike)
        table.withdraw(source, gone)
        self._count(found, len(gone))
        self._pipeline.touched()

    def _count(self, found: dict[Route, list[PrefixKey]], gone: int) -> None:
        counters = self.counters
        for route, keys in found.items():
            counters.imports_received += len(keys)
            if route.is_filtered:
                counters.imports_filtered += len(keys)
            else:
                counters.imports_accepted += len(keys)
        counters.withdraws_received += gone
        counters.withdraws_accepted += gone

    # One route

    def _begin_second(self, now: int) -> None:
        """Routes made in another second are others; and what was known is not known for ever."""
        if now != self._second or len(self._known) >= _MOST_KNOWN:
            self._second = now
            self._forget()

    def _forget(self) -> None:
        self._known = {}
        self._alike = {}

    def _route(self, kernel: KernelTable, key: PrefixKey) -> Route | None:
        """Return what is to be in our table; prefixes that are treated alike share it."""
        observed = kernel.fib.aliens.learned(key, self._is_usable)
        if observed is None or is_reserved(key, kernel.family):
            return None
        kind_of = self.policy.kind_of
        asked = observed, kind_of and kind_of(key)
        known = self._known.get(asked)
        if known is None:
            made = self._make(observed, key)
            known = self._known[asked] = self._alike.setdefault(made.look, made)
        return known

    def _make(self, observed: ObservedRoute, key: PrefixKey) -> Route:
        attributes = _NO_ATTRIBUTES.annotated(notes_of(observed))
        destination = self._destination(observed.route)
        metric = IGP_METRIC_UNKNOWN if any(hop.gateway for hop in destination.next_hops) else 0
        route = Route(self.source, attributes, destination, self._second, igp_metric=metric)
        accepted = self.policy.judge(route, attributes, key)
        if accepted is None:
            return Route(self.source, attributes, destination, self._second, Refusal.IMPORT_FILTER, metric)
        if accepted.destination is not destination:
            route = route.leading_to(accepted.destination, None, 0)
        route.meant = accepted.attributes
        route.preference = accepted.preference
        return route

    def _destination(self, route: KernelRoute) -> Destination:
        """Gateways need not be on a link that we know of: the kernel has accepted them."""
        hops = (NextHop(*hop) for hop in route.next_hops if self._surroundings.is_up(hop.interface))
        return Destination(DestinationKind(route.kind), tuple(hops))

    def _is_usable(self, route: KernelRoute) -> bool:
        """Tell whether a way out is there: the kernel keeps IPv4 routes of which one is left."""
        return route.kind is not RouteKind.UNICAST or any(
            self._surroundings.is_up(hop.interface) for hop in route.next_hops
        )
