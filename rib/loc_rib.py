"""Best paths in batches: from the keys a burst touched to what changed (RFC 4271 §9.1, architecture §4)."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from messages.families.prefix import PrefixKey
from rib.decision import Decision
from rib.keys_by_route import RouteKeys
from rib.route import Route
from rib.slot import Entry, Slot, route_of, winner
from rib.table import Table

_SAMPLE: Final = 32
_ROUTES_PER_KEY: Final = 2
"""How many routes a prefix may have before fewer prefixes are settled at a time."""


class Change(NamedTuple):
    """The same change of best route for a number of prefixes; ``old`` and ``new`` are never both None."""

    old: Route | None
    new: Route | None
    keys: list[PrefixKey]


class SlotChange(NamedTuple):
    """The same change of all routes for a number of prefixes, for who follows more than the best one."""

    before: Slot | None
    now: Slot | None
    keys: list[PrefixKey]


class Batch(NamedTuple):
    """What one run has settled."""

    changes: Sequence[Change]
    beside: Sequence[PrefixKey] = ()
    """Where the best route stayed, but it resolves no next hops, and others that may do so changed."""
    slot_changes: Sequence[SlotChange] = ()
    """Only of a table that tells all."""


class LocRib:
    """The selection over one table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def run(self, limit: int) -> Batch:
        """Settle up to ``limit`` dirty keys and return what became of their best routes.

        They are fewer if they have many routes, so that the work is bounded. Whoever follows the table has
        to see every batch, in order: until the next call the new winners are known to all.
        """
        table = self.table
        came, went, batch = self._take(limit)
        slots, decision = table.slots, table.decision
        get: Callable[[PrefixKey], Any] = slots.get
        beside: list[PrefixKey] = []
        fresh: dict[Route, list[PrefixKey]] = {}
        others: dict[tuple[Route | None, Route | None], list[PrefixKey]] = {}
        for key, before in batch.items():
            slot = get(key)
            if slot.__class__ is tuple and slot[0].degree == slot[1].degree:
                slot = slots[key] = _winner_first(slot, decision)
            new, old = winner(slot), winner(before)
            if new is old:
                if new is not None and new.facts.recursive:
                    beside.append(key)
                continue
            if old is not None:
                others.setdefault((old, new), []).append(key)
            elif new in fresh:
                fresh[new].append(key)
            else:
                fresh[new] = [key]  # type: ignore[index]
        changes = [Change(None, new, keys) for new, keys in came if new.refusal is None]
        changes.extend(Change(old, None, keys) for old, keys in went if old.refusal is None)
        changes.extend(Change(None, new, keys) for new, keys in fresh.items())
        changes.extend(Change(old, new, keys) for (old, new), keys in others.items())
        table.version += bool(changes)
        _count(changes)
        return Batch(changes, beside, self._slot_changes(came, went, batch) if table.tells_all else [])

    def _slot_changes(
        self, came: list[RouteKeys], went: list[RouteKeys], batch: dict[PrefixKey, Slot | None]
    ) -> list[SlotChange]:
        get = self.table.slots.get
        changes = [SlotChange(None, route, keys) for route, keys in came]
        changes.extend(SlotChange(route, None, keys) for route, keys in went)
        alike: dict[tuple[Slot | None, Slot | None], list[PrefixKey]] = {}
        for key, before in batch.items():
            now = get(key)
            if now is not before:
                alike.setdefault((before, now), []).append(key)
        changes.extend(SlotChange(before, now, keys) for (before, now), keys in alike.items())
        self.table.version += bool(changes)
        return changes

    def _take(self, limit: int) -> tuple[list[RouteKeys], list[RouteKeys], dict[PrefixKey, Slot | None]]:
        """Take out what is oldest of what waits: what came and what went by route, then dirty keys."""
        table = self.table
        came = table.fresh.take(limit) if table.fresh.count else []
        limit -= sum([len(keys) for _, keys in came])
        went = table.gone.take(limit) if table.gone.count and limit else []
        limit -= sum([len(keys) for _, keys in went])
        return came, went, self._take_dirty(limit) if table.dirty and limit else {}

    def _take_dirty(self, limit: int) -> dict[PrefixKey, Slot | None]:
        dirty = self.table.dirty
        limit = min(limit, self._affordable(limit))
        if len(dirty) <= limit:
            self.table.dirty = {}
            return dirty
        keys = list(islice(dirty, limit))
        return dict(zip(keys, map(dirty.pop, keys), strict=True))

    def _affordable(self, limit: int) -> int:
        """Return how many keys have no more routes than ``limit`` allows, by a sample of those that wait."""
        get = self.table.slots.get
        sample = list(map(get, islice(self.table.dirty, _SAMPLE)))
        routes = sum([len(slot) for slot in sample if slot.__class__ is tuple])
        crowd = max(1, routes // max(1, len(sample)))
        return max(1, _ROUTES_PER_KEY * limit // crowd)


def _winner_first(slot: tuple[Entry, ...], decision: Decision) -> tuple[Entry, ...]:
    """Put the best of the first entries first, which are of the same degree."""
    first = slot[0]
    if first.refusal is not None:
        return slot
    degree = first.degree
    if len(slot) == 2 or slot[2].degree != degree:
        second = slot[1]
        return (second, first, *slot[2:]) if decision.is_better(route_of(second), route_of(first)) else slot
    best = decision.select_equal([route_of(entry) for entry in slot if entry.degree == degree])
    if route_of(first) is best:
        return slot
    first = next(entry for entry in slot if route_of(entry) is best)
    return (first, *[entry for entry in slot if entry is not first])


def _count(changes: list[Change]) -> None:
    """Keep each source's count of selected routes."""
    for old, new, keys in changes:
        if old is not None:
            old.source.preferred -= len(keys)
        if new is not None:
            new.source.preferred += len(keys)
