"""One pass over a table that replaces or removes routes, in slices (architecture §4)."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import islice
from typing import Final

from messages.families.prefix import PrefixKey
from rib.route import Route, Source
from rib.slot import entries_of, route_of
from rib.table import Table

_ALL_ALIKE: Final[Mapping[Source, Callable[[PrefixKey], Hashable]]] = {}


class Walk:
    """Puts every route's successor in its place; a successor of None removes it.

    It goes over a snapshot of the keys, so routes may come and go between two steps. A successor is asked
    for once per route, not once per prefix; where prefixes are told apart, once per kind of them. Kinds for
    which it comes to the same share it.
    """

    def __init__(
        self,
        table: Table,
        successor: Callable[[Route, PrefixKey], Route | None],
        kinds: Mapping[Source, Callable[[PrefixKey], Hashable]] = _ALL_ALIKE,
    ) -> None:
        """``kinds`` has the sources whose filters tell prefixes apart, and how."""
        self._table = table
        self._successor = successor
        self._kinds = kinds
        self._keys: Iterator[PrefixKey] = iter(list(table.slots))
        self._memory: dict[Hashable, Route | None] = {}
        self._alike: dict[Hashable, Route] = {}

    def step(self, limit: int) -> bool:
        """Go over the next ``limit`` keys; return whether the walk is over."""
        slots, substitute = self._table.slots, self._table.substitute
        visited = 0
        for key in islice(self._keys, limit):
            visited += 1
            for entry in entries_of(slots.get(key)):
                route = route_of(entry)
                new = self._recall(route, key)
                if new is not route:
                    substitute(key, entry, new)
                    route.source.routes -= new is None
                    route.source.filtered += (new is not None and new.is_filtered) - route.is_filtered
        return visited < limit

    def _recall(self, route: Route, key: PrefixKey) -> Route | None:
        kind_of = self._kinds.get(route.source) if self._kinds else None
        asked = route if kind_of is None else (route, kind_of(key))
        if asked in self._memory:
            return self._memory[asked]
        new = self._successor(route, key)
        if kind_of is not None and new is not None:
            new = self._alike.setdefault((route, new.look), new)
        self._memory[asked] = new
        return new
