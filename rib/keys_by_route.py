"""Prefixes that wait in lists, by the one route that they have in common."""

from collections.abc import Sequence
from typing import TypeAlias

from messages.families.prefix import PrefixKey
from rib.route import Route

RouteKeys: TypeAlias = tuple[Route, list[PrefixKey]]


class KeysByRoute:
    """The oldest are taken first. As one list per route they need not be sorted into groups later on."""

    __slots__ = ("_keys", "count")

    def __init__(self) -> None:
        self.count = 0
        """How many prefixes wait."""
        self._keys: dict[Route, list[PrefixKey]] = {}

    def add(self, route: Route, keys: Sequence[PrefixKey]) -> None:
        """Add prefixes."""
        self.count += len(keys)
        known = self._keys.get(route)
        if known is None:
            self._keys[route] = [*keys]
        else:
            known += keys

    def take(self, limit: int) -> list[RouteKeys]:
        """Take out up to ``limit`` prefixes."""
        if self.count <= limit:
            everything = list(self._keys.items())
            self._keys, self.count = {}, 0
            return everything
        taken: list[RouteKeys] = []
        room = limit
        for route, keys in self._keys.items():
            if len(keys) > room:
                break
            taken.append((route, keys))
            room -= len(keys)
        for whole, _keys in taken:
            del self._keys[whole]
        if room:
            first = next(iter(self._keys))
            taken.append((first, self._keys[first][:room]))
            del self._keys[first][:room]
        self.count -= limit
        return taken

    def take_all_of(self, route: Route) -> list[PrefixKey]:
        """Take out what waits with a route."""
        keys = self._keys.pop(route, [])
        self.count -= len(keys)
        return keys
