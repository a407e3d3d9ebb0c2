"""Best paths in batches: from the keys a burst touched to what changed (RFC 4271 §9.1, architecture §4)."""

from itertools import islice
from typing import NamedTuple

from messages.families.prefix import PrefixKey
from rib.decision import select
from rib.route import Route, Slot, winner
from rib.table import Table


class Change(NamedTuple):
    """The same change of best route for a number of prefixes; ``old`` and ``new`` are never both None."""

    old: Route | None
    new: Route | None
    keys: list[PrefixKey]


class LocRib:
    """The selection over one table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def run(self, limit: int) -> list[Change]:
        """Settle up to ``limit`` dirty keys and return what became of their best routes.

        Whoever follows the table has to see every list, in order: until the next call the new
        winners are known to all.
        """
        batch = self._take(limit)
        slots = self.table.slots
        get = slots.get
        fresh: dict[Route, list[PrefixKey]] = {}
        others: dict[tuple[Route | None, Route | None], list[PrefixKey]] = {}
        for key, before in batch.items():
            slot = get(key)
            if slot.__class__ is tuple:
                slot = slots[key] = _winner_first(slot)
            new = slot if slot.__class__ is Route and slot.refusal is None else winner(slot)
            old = None if before is None else winner(before)
            if new is old:
                continue
            if old is not None:
                others.setdefault((old, new), []).append(key)
            elif new in fresh:
                fresh[new].append(key)
            else:
                fresh[new] = [key]  # type: ignore[index]
        changes = [Change(None, new, keys) for new, keys in fresh.items()]
        changes.extend(Change(old, new, keys) for (old, new), keys in others.items())
        self.table.version += bool(changes)
        _count(changes)
        return changes

    def _take(self, limit: int) -> dict[PrefixKey, Slot | None]:
        """Take the oldest dirty keys out of the table."""
        dirty = self.table.dirty
        if len(dirty) <= limit:
            self.table.dirty = {}
            return dirty
        batch = dict(islice(dirty.items(), limit))
        for key in batch:
            del dirty[key]
        return batch


def _winner_first(slot: tuple[Route, ...]) -> tuple[Route, ...]:
    candidates = [route for route in slot if route.refusal is None]
    if not candidates:
        return slot
    best = select(candidates)
    return slot if slot[0] is best else (best, *(route for route in slot if route is not best))


def _count(changes: list[Change]) -> None:
    """Keep each source's count of selected routes."""
    for old, new, keys in changes:
        if old is not None:
            old.source.preferred -= len(keys)
        if new is not None:
            new.source.preferred += len(keys)
