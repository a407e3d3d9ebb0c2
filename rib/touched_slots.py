"""The slots of a table as the last batch left them, and what the running burst has touched since."""

from collections.abc import Iterable
from sys import getsizeof
from typing import Final

from messages.families.prefix import PrefixKey
from rib.keys_by_route import KeysByRoute
from rib.route import Route
from rib.slot import Path, Slot, paths_of, routes_of, winner

_COPIED_AT_ONCE: Final = 65_536
"""Keys in a dictionary whose copy is made without anybody noticing."""
_LARGE: Final = 1 << 20
_SPARSE: Final = 256
"""Octets per key that a dictionary has only after most keys are gone: else it is a half of that at most."""


class TouchedSlots:
    """What a table knows of its prefixes, and which of them wait for the next batch.

    ``slots`` maps a prefix key to its routes. ``dirty`` maps every key whose best route may have
    changed since the last batch to the slot it had before: until ``LocRib.run`` has passed, that
    older slot holds the winner everybody knows.

    ``fresh`` is the short form of that for keys that had no route before and have one now, ``gone`` for keys
    that had one route and have none, by that route: nothing has to be chosen for them, and in a first feed,
    or at its end, they are all. What waits so is older than what is dirty. As soon as something else happens
    to one of them, those that share its route are dirty like others.
    """

    def __init__(self) -> None:
        self.slots: dict[PrefixKey, Slot] = {}
        self.dirty: dict[PrefixKey, Slot | None] = {}
        self.fresh: Final = KeysByRoute()
        self.gone: Final = KeysByRoute()

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

    def known(self) -> list[PrefixKey]:
        """Return all prefixes that anybody has been told of: the burst may have emptied some of them.

        Whoever begins to follow needs these as well: if their routes come back, nothing will be said of it.
        """
        self.spill()
        return [*self.slots, *(key for key in self.dirty if key not in self.slots)]

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

    def shrink(self) -> bool:
        """Give back the room of keys that are gone, and tell whether there was much: no dictionary does so.

        It takes a copy, which is quick while few keys are left: with more, the room may be needed again.
        """
        kept = len(self.slots)
        if kept > _COPIED_AT_ONCE or getsizeof(self.slots) < max(_LARGE, kept * _SPARSE):
            return False
        self.slots = dict(self.slots)
        return True
