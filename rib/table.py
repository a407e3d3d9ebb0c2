"""One routing table: what its sources say of which prefixes (architecture §4)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from messages.families import Family
from messages.families.path import IDENTIFIER_OCTETS, PathKey
from messages.families.prefix import PrefixKey
from rib.decision import Decision
from rib.route import Route, Source
from rib.slot import Entry, Path, Slot, entries_of, paths_of, route_of
from rib.slot_changes import (
    entry_from,
    holding,
    joined,
    looks_the_same,
    matters,
    path_from,
    said_again,
    says_the_same,
    without,
)
from rib.touched_slots import TouchedSlots

_FIRST_OF_PATHS: Final = 1 << 31
"""Identifiers from here on are for paths that came with one; those below are for sources."""


class Table(TouchedSlots):
    """All routes of one family."""

    def __init__(self, name: str, family: Family, decision: Decision | None = None) -> None:
        super().__init__()
        self.name = name
        self.family = family
        self.decision: Final = decision or Decision()
        self.version = 0
        """Grows with every batch that changed a best route."""
        self.tells_all = False
        """Whether somebody follows all routes and not only the best ones: then any change marks a key."""
        self.sources: set[Source] = set()
        """All that have routes, and some that had."""
        self._path_ids = count(1)
        self._remembered_ids: dict[str, int] = {}

    def held(self, source: Source, key: PrefixKey) -> Route | None:
        """Return what a source without Path Identifiers said last of a prefix, settled or not."""
        entry = entry_from(self.slots.get(key), source)
        return None if entry is None else route_of(entry)

    def held_path(self, source: Source, path: PathKey) -> Route | None:
        """Return what a source said last of a path."""
        key, identifier = PrefixKey(path[IDENTIFIER_OCTETS:]), int.from_bytes(path[:IDENTIFIER_OCTETS])
        entry = path_from(self.slots.get(key), source, identifier)
        return None if entry is None else entry.route

    def remember_identifiers(self, identifiers: Mapping[str, int]) -> None:
        """Give sources of these names the Path Identifiers that they had in an earlier process (RFC 7911).

        Neighbors that have kept our paths need not learn them again. To be called before there are routes.
        """
        self._remembered_ids = dict(identifiers)
        self._path_ids = count(max(identifiers.values(), default=0) + 1)

    # What a source says

    def announce(self, route: Route, keys: Sequence[PrefixKey]) -> None:
        """Store a route for every key, in place of the one its source had there.

        The same attributes announced again change nothing (not even the time of arrival), but for the epoch.
        """
        if not keys:
            return
        source = route.source
        if not source.path_id:
            source.path_id = self._remembered_ids.pop(source.name, 0) or next(self._path_ids)
        if source not in self.sources:
            self.sources.add(source)
        if self.slots.keys().isdisjoint(keys):
            self._announce_first(route, keys)
        else:
            others = self._announce_beside(route, keys)
            if others:
                self._announce_again(route, others)

    def _announce_first(self, route: Route, keys: Sequence[PrefixKey]) -> None:
        """Store a route for keys that have none.

        They are fresh if nothing waits that was touched before: what happens first is settled first.
        """
        slots, source = self.slots, route.source
        before = len(slots)
        for key in keys:
            slots[key] = route
        count = len(slots) - before
        source.routes += count
        source.filtered += count * route.is_filtered
        if self.gone.count:
            self.spill()
        if self.dirty:
            self._make_dirty(keys, None)
        elif count == len(keys):
            self.fresh.add(route, keys)
        else:
            self.fresh.add(route, list(dict.fromkeys(keys)))

    def _announce_beside(self, route: Route, keys: Iterable[PrefixKey]) -> list[PrefixKey]:
        """Store a route for the keys that others have routes for; return those that need a closer look.

        Where several neighbors hold the same prefixes, this runs for each prefix of each of them: so it looks
        for an entry of the same source, compares degrees with the first entry, and does nothing else. No
        entry is of a lower degree than the first, and a route of a higher one can't matter
        (``Decision.can_matter``).
        """
        slots, source, degree = self.slots, route.source, route.degree
        get: Callable[[PrefixKey], Any] = slots.get
        mark = self.dirty.setdefault
        tells_all, leads = self.tells_all, not route.facts.recursive
        others: list[PrefixKey] = []
        count = 0
        for key in keys:
            slot = get(key)
            if slot is None:
                others.append(key)
                continue
            entries = slot if slot.__class__ is tuple else self._to_be_joined(slot, source)
            for entry in entries:
                if entry.source is source:
                    others.append(key)
                    break
            else:
                if not degree:
                    degree = self.decision.degree(route)
                first = entries[0]
                if first.degree < degree:
                    slots[key] = (*entries, route)
                    if tells_all or (leads and first.facts.recursive):
                        mark(key, slot)
                else:
                    slots[key] = (route, *entries) if degree < first.degree else (first, route, *entries[1:])
                    mark(key, slot)
                count += 1
        source.routes += count
        source.filtered += count * route.is_filtered
        return others

    def _to_be_joined(self, entry: Entry, source: Source) -> tuple[Entry, ...]:
        """Return the only entry of a slot as a tuple; if it gets a rival, it has to have a degree."""
        if entry.source is not source:
            if self.fresh.count:
                self._spill(entry)
            self.decision.degree(route_of(entry))
        return (entry,)

    def _announce_again(self, route: Route, keys: Iterable[PrefixKey]) -> None:
        """Store a route for keys of which some have none, and some have one of the same source."""
        self.spill()
        slots, source = self.slots, route.source
        get, mark = slots.get, self.dirty.setdefault
        again: dict[Route, Route] = {}
        fresh = replaced = filtered = repeated = 0
        for key in keys:
            slot = get(key)
            if slot is None:
                slots[key] = route
                mark(key, None)
                fresh += 1
            elif slot is route:
                repeated += 1
            elif slot.__class__ is Route and slot.source is source:
                if slot.epoch == route.epoch and says_the_same(slot, route):
                    repeated += 1
                    continue
                if looks_the_same(slot, route):
                    slots[key] = said_again(slot, route.epoch, again)
                    repeated += 1
                    continue
                slots[key] = route
                replaced += 1
                filtered -= slot.is_filtered
                mark(key, slot)
            else:
                self._announce_entry(key, slot, entry_from(slot, source), route, again)
        source.routes += fresh
        source.repeated += repeated
        source.filtered += filtered + (fresh + replaced) * route.is_filtered

    def announce_paths(self, route: Route, paths: Iterable[PathKey]) -> None:
        """Store a route for every path, in place of the one its source had for the path (RFC 7911 §5)."""
        self.spill()
        source = route.source
        self.sources.add(source)
        again: dict[Route, Route] = {}
        for path in paths:
            key, identifier = PrefixKey(path[IDENTIFIER_OCTETS:]), int.from_bytes(path[:IDENTIFIER_OCTETS])
            slot = self.slots.get(key)
            old = path_from(slot, source, identifier)
            if old is None:
                new = Path(identifier, self._free_identifier(key, slot), route)
            else:
                new = Path(identifier, old.sent, route)
            self._announce_entry(key, slot, old, new, again)

    def _free_identifier(self, key: PrefixKey, slot: Slot | None) -> int:
        """Return what no path of the prefix has, or had before the burst: it names one path only."""
        if slot is None and key not in self.dirty:
            return _FIRST_OF_PATHS
        taken = {path.sent for before in (slot, self.dirty.get(key)) for path in paths_of(before)}
        return next(identifier for identifier in count(_FIRST_OF_PATHS) if identifier not in taken)

    def _announce_entry(
        self, key: PrefixKey, slot: Slot | None, old: Entry | None, new: Entry, again: dict[Route, Route]
    ) -> None:
        """Store an entry beside others.

        It may replace one of another kind, of a session that agreed otherwise on Path Identifiers.
        """
        route = route_of(new)
        source = route.source
        if old is not None:
            before = route_of(old)
            if before.epoch == route.epoch and says_the_same(before, route):
                source.repeated += 1
                return
            if old.__class__ is new.__class__ and looks_the_same(before, route):
                source.repeated += 1
                kept = holding(old, said_again(before, route.epoch, again))
                rest = tuple([kept if each is old else each for each in entries_of(slot)])
                self.slots[key] = rest if len(rest) > 1 else kept
                return
            source.filtered -= before.is_filtered
        source.routes += old is None
        source.filtered += route.is_filtered
        self._put(key, slot, old, new)

    def withdraw(self, source: Source, keys: Iterable[PrefixKey]) -> None:
        """Take the source's route away from every key it has one for (RFC 4271 §9.1.4)."""
        slots, get = self.slots, self.slots.get
        is_first = not (self.dirty or self.fresh.count)
        lost: dict[Route, list[PrefixKey]] = {}
        for key in keys:
            slot = get(key)
            if slot.__class__ is Route:
                if slot.source is source:
                    del slots[key]
                    if slot in lost:
                        lost[slot].append(key)
                    else:
                        lost[slot] = [key]
            elif slot is not None and (old := self._take_out(key, slot, source)) is not None:
                source.routes -= 1
                source.filtered -= route_of(old).is_filtered
        for route, gone in lost.items():
            source.routes -= len(gone)
            source.filtered -= len(gone) * route.is_filtered
            if is_first:
                self.gone.add(route, gone)
            else:
                self._spill(route)
                self._make_dirty(gone, route)

    def _take_out(self, key: PrefixKey, slot: Slot, source: Source) -> Entry | None:
        """Take the entry of a source out of a slot, and return it.

        It comes to the same as ``_put``; but entries that have rivals also have degrees.
        """
        old = entry_from(slot, source)
        if old is None:
            return None
        entries = entries_of(slot)
        if len(entries) == 1:
            self._put(key, slot, old, None)
            return old
        first = entries[0]
        could_lead = first.facts.recursive and not old.facts.recursive
        if old.degree <= first.degree or self.tells_all or could_lead:
            self.dirty.setdefault(key, slot)
        rest = without(entries, old)
        self.slots[key] = rest if len(rest) > 1 else rest[0]
        return old

    def withdraw_paths(self, source: Source, paths: Iterable[PathKey]) -> None:
        """Take these paths of the source away (RFC 7911 §5)."""
        for path in paths:
            key, identifier = PrefixKey(path[IDENTIFIER_OCTETS:]), int.from_bytes(path[:IDENTIFIER_OCTETS])
            slot = self.slots.get(key)
            old = path_from(slot, source, identifier)
            if old is not None:
                self._put(key, slot, old, None)
                source.routes -= 1
                source.filtered -= old.route.is_filtered

    # What becomes of a slot

    def substitute(self, key: PrefixKey, old: Entry, new: Route | None) -> None:
        """Put a route in the place of what an entry of a slot holds; None takes it away. Counts nothing."""
        self._put(key, self.slots[key], old, None if new is None else holding(old, new))

    def _put(self, key: PrefixKey, slot: Slot | None, old: Entry | None, new: Entry | None) -> None:
        """Put ``new`` in the place of ``old``, and mark the key if that can matter to anybody."""
        if self.fresh.count:
            self._spill(slot)
        entries = entries_of(slot)
        if self.tells_all or matters(entries, old, new, self.decision):
            self.dirty.setdefault(key, slot)
        if old is not None:
            entries = without(entries, old)
        if new is not None:
            entries = joined(entries, new, self.decision)
        if not entries:
            del self.slots[key]
        else:
            self.slots[key] = entries[0] if len(entries) == 1 else entries
