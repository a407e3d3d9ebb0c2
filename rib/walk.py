"""One pass over a table that replaces or removes routes, in slices (architecture §4)."""

from collections.abc import Callable, Iterator
from itertools import islice

from messages.families.prefix import PrefixKey
from rib.route import Route
from rib.slot import entries_of, route_of
from rib.table import Table


class Walk:
    """Puts every route's successor in its place; a successor of None removes it.

    It goes over a snapshot of the keys, so routes may come and go between two steps. A successor is asked
    for once per route, not once per prefix.
    """

    def __init__(self, table: Table, successor: Callable[[Route], Route | None]) -> None:
        self._table = table
        self._successor = successor
        self._keys: Iterator[PrefixKey] = iter(list(table.slots))
        self._memory: dict[Route, Route | None] = {}

    def step(self, limit: int) -> bool:
        """Go over the next ``limit`` keys; return whether the walk is over."""
        slots, substitute = self._table.slots, self._table.substitute
        visited = 0
        for key in islice(self._keys, limit):
            visited += 1
            for entry in entries_of(slots.get(key)):
                route = route_of(entry)
                new = self._recall(route)
                if new is not route:
                    substitute(key, entry, new)
                    route.source.routes -= new is None
                    route.source.filtered += (new is not None and new.is_filtered) - route.is_filtered
        return visited < limit

    def _recall(self, route: Route) -> Route | None:
        if route in self._memory:
            return self._memory[route]
        new = self._memory[route] = self._successor(route)
        return new
