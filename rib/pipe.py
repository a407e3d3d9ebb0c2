"""What a pipe carries from one table to another: all routes as they are, or the best as its own."""

from collections.abc import Collection, Hashable, Sequence
from typing import Final, TypeAlias

from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from rib.loc_rib import Batch
from rib.policy import Policy
from rib.route import PREFERENCES, Route, Source, SourceKind
from rib.slot import Entry, Path, Slot, entries_of, route_of
from rib.table import Table

_MOST_REMEMBERED: Final = 10_000
"""Copies of routes that are remembered, so that prefixes share them."""
_FEW: Final = 100
"""Sources that are remembered whether they have routes or not."""
_Place: TypeAlias = tuple[Source, int | None]
"""Whose route, and its Path Identifier if it is one of several."""


class FlowCounts:
    """What became of the routes that were offered, in prefixes, each as often as it changed."""

    __slots__ = ("accepted", "rejected", "updates", "withdrawn", "withdraws")

    def __init__(self) -> None:
        self.updates = 0
        self.rejected = 0
        """They had been in the target before."""
        self.accepted = 0
        self.withdraws = 0
        self.withdrawn = 0


class Flow:
    """One direction of a pipe.

    A route carries the names of the tables it has been in and never returns to one of them, so pipes may
    form circles.
    """

    def __init__(self, origin: Table, target: Table, policy: Policy, own: Source | None = None) -> None:
        """``own`` is the source that an opaque pipe's routes have; None lets each keep its own."""
        self.origin = origin
        self.target = target
        self.policy = policy
        self._own = own
        self._sources: dict[tuple[Source, frozenset[str], bool], Source] = {}
        """By origin, trail, and whether their next hops were found through routes: then they lead to none."""
        self._copies: dict[Hashable, Route | None] = {}
        self._alike: dict[Hashable, Route] = {}
        self._many = _FEW
        self.counts: Final = FlowCounts()

    @property
    def follows_all(self) -> bool:
        """Whether all routes go through and not only the best."""
        return self._own is None

    @property
    def sources(self) -> Sequence[Source]:
        """The sources that its routes have in the target."""
        return [*self._sources.values()]

    @property
    def preference(self) -> int:
        """What an opaque pipe's routes have."""
        return PREFERENCES[SourceKind.PIPE] if self._own is None else self._own.preference

    @property
    def routes(self) -> int:
        """How many it has brought into the target."""
        return sum(source.routes for source in self._sources.values())

    @property
    def filtered(self) -> int:
        """None: what its filter refuses stays where it is."""
        return 0

    @property
    def preferred(self) -> int:
        """How many of them are the best there."""
        return sum(source.preferred for source in self._sources.values())

    def forget(self) -> Sequence[Source]:
        """Begin anew; return the sources whose routes are to be taken out of the target."""
        left = self.sources
        self._sources.clear()
        self._copies.clear()
        self._alike.clear()
        return left

    def carry(self, batch: Batch) -> None:
        """Let the target follow what a round has settled."""
        if self.follows_all:
            for before, now, keys in batch.slot_changes:
                self.move(before, now, keys)
        else:
            for old, new, keys in batch.changes:
                self.move(old, new, keys)
        if len(self._sources) > self._many:
            self._forget_the_gone()

    def move(self, before: Slot | None, now: Slot | None, keys: Sequence[PrefixKey]) -> None:
        """Put into the target what is there now, and take away what is there no more."""
        for alike in self.policy.by_kind(keys):
            self._move(before, now, alike)

    def _move(self, before: Slot | None, now: Slot | None, keys: Sequence[PrefixKey]) -> None:
        """The same for prefixes that the filter treats alike."""
        old, new = entries_of(before), entries_of(now)
        kept: set[int] = {*map(id, old)} & {*map(id, new)} if self.follows_all else set()
        gone = self._places(old, kept, keys[0], silent=True)
        wanted = self._places(new, kept, keys[0], silent=False)
        self._count([entry for entry in new if id(entry) not in kept], wanted, old, len(keys))
        for place in gone.keys() - wanted.keys():
            self.counts.withdrawn += len(keys)
            source, identifier = place
            if identifier is None:
                self.target.withdraw(source, keys)
            else:
                self.target.withdraw_paths(source, [make_path(identifier, key) for key in keys])
        for (_source, identifier), route in wanted.items():
            if identifier is None:
                self.target.announce(route, keys)
            else:
                self.target.announce_paths(route, [make_path(identifier, key) for key in keys])

    def _count(
        self, new: Sequence[Entry], wanted: Collection[_Place], old: Sequence[Entry], number: int
    ) -> None:
        counts = self.counts
        usable = [route for route in map(route_of, new) if route.refusal is None]
        offered = usable if self.follows_all else usable[:1]
        counts.updates += number * len(offered)
        counts.accepted += number * len(wanted)
        counts.rejected += number * sum(self.target.name in route.source.trail for route in offered)
        if not new:
            counts.withdraws += number * sum(entry.refusal is None for entry in old)

    def _places(
        self, entries: Sequence[Entry], kept: Collection[int], key: PrefixKey, *, silent: bool
    ) -> dict[_Place, Route]:
        """Return what goes through of a slot; ``kept`` are the ids of entries that need not be looked at.

        ``silent`` asks about the past (``Judge``).
        """
        usable = [entry for entry in entries if route_of(entry).refusal is None and id(entry) not in kept]
        places: dict[_Place, Route] = {}
        for entry in usable if self.follows_all else usable[:1]:
            copy = self._copy(route_of(entry), key, silent=silent)
            if copy is not None:
                places[copy.source, entry.sent if isinstance(entry, Path) else None] = copy
        return places

    def _copy(self, route: Route, key: PrefixKey, *, silent: bool) -> Route | None:
        """Return the route as it is in the target; None if it does not get there."""
        kind_of = self.policy.kind_of
        asked = route if kind_of is None else (route, kind_of(key))
        if asked in self._copies:
            return self._copies[asked]
        if len(self._copies) >= _MOST_REMEMBERED:
            self._copies.clear()
        made = self._make(route, key, silent=silent)
        if kind_of is not None and made is not None:
            made = self._shared(route, made)
        self._copies[asked] = made
        return made

    def _shared(self, route: Route, made: Route) -> Route:
        """Return the one copy for all prefixes for which the filter comes to the same."""
        if len(self._alike) >= _MOST_REMEMBERED:
            self._alike.clear()
        return self._alike.setdefault((route, made.source, made.look), made)

    def _make(self, route: Route, key: PrefixKey, *, silent: bool) -> Route | None:
        if self.target.name in route.source.trail:
            return None
        accepted = self.policy.judge(route, route.attributes, key, silent=silent)
        if accepted is None:
            return None
        source = self._source(route)
        copy = Route(source, accepted.attributes, accepted.destination, route.since, None, route.igp_metric)
        if self._own is None:
            copy.facts = route.facts
        if self._own is None or accepted.preference != route.preference:
            copy.preference = accepted.preference
        return copy

    def _forget_the_gone(self) -> None:
        """Neighbors of a range come and go."""
        self._sources = {identity: source for identity, source in self._sources.items() if source.routes}
        self._copies.clear()
        self._alike.clear()
        self._many = max(_FEW, 2 * len(self._sources))

    def _source(self, route: Route) -> Source:
        """Return who a route is from in the target, with what may have changed about its origin."""
        source, recursive = route.source, route.facts.recursive
        trail = source.trail | {self.origin.name}
        own = self._own
        identity = own or source, trail, recursive
        known = self._sources.get(identity)
        if known is None:
            known = Source(source.name, source.kind) if own is None else Source(own.name, SourceKind.PIPE)
            known.trail = trail
            known.recursive = recursive
            self._sources[identity] = known
        if own is None:
            known.adopt(source)
            known.origin = source.origin or source
        else:
            known.preference = own.preference
        return known
