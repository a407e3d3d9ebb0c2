"""Which interface holds what: of several that hold the same, the one with the lowest index counts."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=bytes)


class Holders(Generic[K]):
    """Things by the interfaces that hold them; an interface may hold a thing more than once."""

    def __init__(self) -> None:
        self._first: dict[K, int] = {}
        self._all: dict[K, list[int]] = {}

    @property
    def first(self) -> Mapping[K, int]:
        """The interface that counts for each thing, always as it is now."""
        return self._first

    def add(self, thing: K, index: int) -> bool:
        """Let an interface hold a thing; return whether another interface counts for it now."""
        holders = self._all.setdefault(thing, [])
        insort(holders, index)
        return self._follow(thing, holders[0])

    def remove(self, thing: K, index: int) -> bool:
        """Let an interface hold it no more, or once less; return the same."""
        holders = self._all[thing]
        del holders[bisect_left(holders, index)]
        if not holders:
            del self._all[thing]
        return self._follow(thing, holders[0] if holders else None)

    def _follow(self, thing: K, index: int | None) -> bool:
        if self._first.get(thing) == index:
            return False
        if index is None:
            del self._first[thing]
        else:
            self._first[thing] = index
        return True
