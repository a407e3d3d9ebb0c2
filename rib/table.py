"""One routing table: prefix key to its routes, with what the running burst touched (architecture §4)."""

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from operator import attrgetter
from sys import getsizeof
from typing import Any, Final

from messages.families import Family
from messages.families.path import IDENTIFIER_OCTETS, PathKey
from messages.families.prefix import PrefixKey
from rib.decision import Decision
from rib.keys_by_route import KeysByRoute
from rib.route import Route, Source
from rib.slot import Entry, Path, Slot, entries_of, paths_of, route_of, routes_of, winner

_degree: Final = attrgetter("degree")
_FIRST_OF_PATHS: Final = 1 << 31
"""Identifiers from here on are for paths that came with one; those below are for sources."""
_COPIED_AT_ONCE: Final = 65_536
"""Keys in a dictionary whose copy is made without anybody noticing."""
_LARGE: Final = 1 << 20
_SPARSE: Final = 256
"""Octets per key that a dictionary has only after most keys are gone: else it is a half of that at most."""


class Table:
    """All routes of one family.

    ``slots`` maps a prefix key to its routes. ``dirty`` maps every key whose best route may have
    changed since the last batch to the slot it had before: until ``LocRib.run`` has passed, that
    older slot holds the winner everybody knows.

    ``fresh`` is the short form of that for keys that had no route before and have one now, ``gone`` for keys
    that had one route and have none, by that route: nothing has to be chosen for them, and in a first feed,
    or at its end, they are all. What waits so is older than what is dirty. As soon as something else happens
    to one of them, those that share its route are dirty like others.
    """

    def __init__(self, name: str, family: Family, decision: Decision | None = None) -> None:
        self.name = name
        self.family = family
        self.decision: Final = decision or Decision()
        self.version = 0
        """Grows with every batch that changed a best route."""
        self.tells_all = False
        """Whether somebody follows all routes and not only the best ones: then any change marks a key."""
        self.slots: dict[PrefixKey, Slot] = {}
        self.dirty: dict[PrefixKey, Slot | None] = {}
        self.fresh: Final = KeysByRoute()
        self.gone: Final = KeysByRoute()
        self._path_ids = count(1)

    def __len__(self) -> int:
        return len(self.slots)

    def best(self, key: PrefixKey) -> Route | None:
        """Return the selected route, as the last batch left it."""
        return winner(self.settled(key))

    def routes(self, key: PrefixKey) -> tuple[Route, ...]:
        """Return all routes to a prefix, the selected one first, as the last batch left them."""
        return routes_of(self.settled(key))

    def paths(self, key: PrefixKey) -> tuple[Path, ...]:
        """Return the same with their Path Identifiers."""
        return paths_of(self.settled(key))

    def settled(self, key: PrefixKey) -> Slot | None:
        """Return the slot as the last batch left it."""
        if self.gone.count:
            self.spill()
        elif self.fresh.count:
            self._spill(self.slots.get(key))
        return self.dirty[key] if key in self.dirty else self.slots.get(key)

    @property
    def unsettled(self) -> int:
        """How many keys wait for the next batch."""
        return len(self.dirty) + self.fresh.count + self.gone.count

    def is_unsettled(self, key: PrefixKey) -> bool:
        """Tell whether a key waits for the next batch."""
        return self.settled(key) is not self.slots.get(key)

    def spill(self) -> None:
        """Make everything dirty that waits by route."""
        for route, keys in self.gone.take(self.gone.count):
            self._make_dirty(keys, route)
        for _route, keys in self.fresh.take(self.fresh.count):
            self._make_dirty(keys, None)

    def _spill(self, slot: Slot | None) -> None:
        """Make those dirty that are fresh with a route, because one of them will no longer be."""
        if slot.__class__ is Route:
            self._make_dirty(self.fresh.take_all_of(slot), None)

    def _make_dirty(self, keys: Iterable[PrefixKey], before: Slot | None) -> None:
        mark = self.dirty.setdefault
        for key in keys:
            mark(key, before)

    def known(self) -> list[PrefixKey]:
        """Return all prefixes that anybody has been told of: the burst may have emptied some of them.

        Whoever begins to follow needs these as well: if their routes come back, nothing will be said of it.
        """
        self.spill()
        return [*self.slots, *(key for key in self.dirty if key not in self.slots)]

    def held(self, source: Source, key: PrefixKey) -> Route | None:
        """Return what a source without Path Identifiers said last of a prefix, settled or not."""
        entry = _entry_from(self.slots.get(key), source)
        return None if entry is None else route_of(entry)

    def held_path(self, source: Source, path: PathKey) -> Route | None:
        """Return what a source said last of a path."""
        key, identifier = PrefixKey(path[IDENTIFIER_OCTETS:]), int.from_bytes(path[:IDENTIFIER_OCTETS])
        entry = _path_from(self.slots.get(key), source, identifier)
        return None if entry is None else entry.route

    # What a source says

    def announce(self, route: Route, keys: Sequence[PrefixKey]) -> None:
        """Store a route for every key, in place of the one its source had there.

        The same attributes announced again change nothing (not even the time of arrival), but for the epoch.
        """
        if not keys:
            return
        source = route.source
        if not source.path_id:
            source.path_id = next(self._path_ids)
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
        tells_all, leads = self.tells_all, not source.recursive
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
                    if tells_all or (leads and first.source.recursive):
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
        fresh = replaced = filtered = 0
        for key in keys:
            slot = get(key)
            if slot is None:
                slots[key] = route
                mark(key, None)
                fresh += 1
            elif slot is route:
                continue
            elif slot.__class__ is Route and slot.source is source:
                if slot.epoch == route.epoch and _says_the_same(slot, route):
                    continue
                if _looks_the_same(slot, route):
                    slots[key] = _said_again(slot, route.epoch, again)
                    continue
                slots[key] = route
                replaced += 1
                filtered -= slot.is_filtered
                mark(key, slot)
            else:
                self._announce_entry(key, slot, _entry_from(slot, source), route, again)
        source.routes += fresh
        source.filtered += filtered + (fresh + replaced) * route.is_filtered

    def announce_paths(self, route: Route, paths: Iterable[PathKey]) -> None:
        """Store a route for every path, in place of the one its source had for the path (RFC 7911 §5)."""
        self.spill()
        source = route.source
        again: dict[Route, Route] = {}
        for path in paths:
            key, identifier = PrefixKey(path[IDENTIFIER_OCTETS:]), int.from_bytes(path[:IDENTIFIER_OCTETS])
            slot = self.slots.get(key)
            old = _path_from(slot, source, identifier)
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
        """Store an entry beside others."""
        route = route_of(new)
        source = route.source
        if old is not None:
            before = route_of(old)
            if before.epoch == route.epoch and _says_the_same(before, route):
                return
            if _looks_the_same(before, route):
                kept = _holding(old, _said_again(before, route.epoch, again))
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
        old = _entry_from(slot, source)
        if old is None:
            return None
        entries = entries_of(slot)
        if len(entries) == 1:
            self._put(key, slot, old, None)
            return old
        first = entries[0]
        if old.degree <= first.degree or self.tells_all or (first.source.recursive and not source.recursive):
            self.dirty.setdefault(key, slot)
        rest = _without(entries, old)
        self.slots[key] = rest if len(rest) > 1 else rest[0]
        return old

    def withdraw_paths(self, source: Source, paths: Iterable[PathKey]) -> None:
        """Take these paths of the source away (RFC 7911 §5)."""
        for path in paths:
            key, identifier = PrefixKey(path[IDENTIFIER_OCTETS:]), int.from_bytes(path[:IDENTIFIER_OCTETS])
            slot = self.slots.get(key)
            old = _path_from(slot, source, identifier)
            if old is not None:
                self._put(key, slot, old, None)
                source.routes -= 1
                source.filtered -= old.route.is_filtered

    # What becomes of a slot

    def substitute(self, key: PrefixKey, old: Entry, new: Route | None) -> None:
        """Put a route in the place of what an entry of a slot holds; None takes it away. Counts nothing."""
        self._put(key, self.slots[key], old, None if new is None else _holding(old, new))

    def _put(self, key: PrefixKey, slot: Slot | None, old: Entry | None, new: Entry | None) -> None:
        """Put ``new`` in the place of ``old``, and mark the key if that can matter to anybody."""
        if self.fresh.count:
            self._spill(slot)
        entries = entries_of(slot)
        if self.tells_all or self._matters(entries, old, new):
            self.dirty.setdefault(key, slot)
        if old is not None:
            entries = _without(entries, old)
        if new is not None:
            entries = self._joined(entries, new)
        if not entries:
            del self.slots[key]
        else:
            self.slots[key] = entries[0] if len(entries) == 1 else entries

    def _matters(self, entries: tuple[Entry, ...], old: Entry | None, new: Entry | None) -> bool:
        """Tell whether another winner is possible; until the batch has run, the first entry may become it."""
        if not entries or entries[0] is old:
            return True
        first = route_of(entries[0])
        before = None if old is None else route_of(old)
        after = None if new is None else route_of(new)
        if self.decision.can_matter(first, before, after):
            return True
        # Next hops may be found through another route if the best one is itself found so.
        return first.source.recursive and (_leads(before) or _leads(after))

    def _joined(self, entries: tuple[Entry, ...], new: Entry) -> tuple[Entry, ...]:
        """Add an entry so that those of the lowest degree are the first."""
        if not entries:
            return (new,)
        degree = self.decision.degree
        ours, lowest = degree(route_of(new)), degree(route_of(entries[0]))
        if ours < lowest:
            return (new, *entries)
        return (entries[0], new, *entries[1:]) if ours == lowest else (*entries, new)

    # Memory

    def shrink(self) -> bool:
        """Give back the room of keys that are gone, and tell whether there was much: no dictionary does so.

        It takes a copy, which is quick while few keys are left: with more, the room may be needed again.
        """
        kept = len(self.slots)
        if kept > _COPIED_AT_ONCE or getsizeof(self.slots) < max(_LARGE, kept * _SPARSE):
            return False
        self.slots = dict(self.slots)
        return True


def _leads(route: Route | None) -> bool:
    """Tell whether next hops may be found through a route."""
    return route is not None and not route.source.recursive


def _says_the_same(old: Route, new: Route) -> bool:
    return old is new or (
        (old.said is new.said or old.said == new.said)
        and old.destination is new.destination
        and old.preference == new.preference
    )


def _looks_the_same(old: Route, new: Route) -> bool:
    """Tell whether nobody need be told of a route that was said again, in another epoch."""
    return _says_the_same(old, new) and old.looks_like(new)


def _said_again(old: Route, epoch: int, again: dict[Route, Route]) -> Route:
    """Return the one successor of a route that was said again; ``again`` has those made before."""
    known = again.get(old)
    if known is None:
        known = again[old] = old.said_again(epoch)
    return known


def _holding(entry: Entry, route: Route) -> Entry:
    """Return the same entry with another route."""
    return entry._replace(route=route) if isinstance(entry, Path) else route


def _without(entries: tuple[Entry, ...], old: Entry) -> tuple[Entry, ...]:
    """Take an entry away so that those of the lowest degree are still the first."""
    first = entries[0]
    if len(entries) == 2:
        return (entries[1],) if first is old else (first,)
    rest = tuple([entry for entry in entries if entry is not old])
    if first is old and len(rest) > 1 and rest[0].degree != old.degree:
        return tuple(sorted(rest, key=_degree))
    return rest


def _entry_from(slot: Slot | None, source: Source) -> Entry | None:
    """Return what a source that sends no Path Identifiers has in a slot."""
    for entry in entries_of(slot):
        if entry.source is source:
            return entry
    return None


def _path_from(slot: Slot | None, source: Source, identifier: int) -> Path | None:
    for entry in entries_of(slot):
        if isinstance(entry, Path) and entry.identifier == identifier and entry.route.source is source:
            return entry
    return None
