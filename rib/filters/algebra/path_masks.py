"""Masks of paths: ``[= 65000 * 2..5 ? =]``."""

from collections.abc import Iterable
from enum import Enum
from typing import Final, TypeAlias

from messages.attributes.as_path import AsPath, read_segments
from messages.iana import SegmentType
from rib.filters.algebra.sets import ValueSet
from rib.filters.errors import RunError
from rib.filters.values import Type

_SETS: Final = (SegmentType.AS_SET, SegmentType.AS_CONFED_SET)
_PLACE: Final = 16
"""Sixty-fourths of a microsecond, about, to look for a place at an AS."""


class Wildcard(Enum):
    """What stands for ASes that a mask does not name."""

    ONE = "?"
    ANY = "*"
    AGAIN = "+"
    """What is before it, any number of times more."""


Place: TypeAlias = int | tuple[int, int] | ValueSet | Wildcard
"""An AS, a range of them (first and last), a set of them, or a wildcard."""
Position: TypeAlias = int | tuple[int, ...]
"""One place of a path: an AS, or all of an AS_SET."""


class PathMask:
    """A mask; equal to another if both are written with the same numbers. Immutable."""

    __slots__ = ("places", "weight")

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self.places = tuple(places)
        if self.places[:1] == (Wildcard.AGAIN,):
            raise RunError("Path mask iterator '+' cannot be first")
        sets = (place for place in self.places if isinstance(place, ValueSet))
        self.weight: Final = _PLACE * len(self.places) + sum(values.weight for values in sets)
        """What each AS takes, which at worst is looked at for every place: sixty-fourths of a microsecond."""

    def matches(self, path: AsPath) -> bool:
        """Tell whether the whole path is as the mask says.

        An AS_SET can be any sequence of its ASes, of which there need be none unless the path begins with it.
        """
        positions = _Positions(path)
        reached = {0}
        repeated: Place = Wildcard.AGAIN
        for place in self.places:
            if place is Wildcard.AGAIN:
                reached = positions.behind_all(repeated, reached)
            else:
                reached = positions.behind(place, reached)
                repeated = place
            if not reached:
                return False
        return positions.count in reached

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PathMask) and self.places == other.places

    def __hash__(self) -> int:
        return hash(self.places)


class _Positions:
    """The places of a path; a mask can be at several of them, or behind the last."""

    __slots__ = ("_all", "_has_sets", "count")

    def __init__(self, path: AsPath) -> None:
        self._all: list[Position] = []
        self._has_sets = False
        for segment in read_segments(path.wire):
            if segment.kind in _SETS:
                self._has_sets = True
                self._all.append(segment.asns)
            else:
                self._all += segment.asns
        self.count = len(self._all)

    def behind(self, place: Place, reached: Iterable[int]) -> set[int]:
        """Return where a mask can be behind a place, if it can be at some before it."""
        every, count = self._all, self.count
        if place is Wildcard.ANY:
            return set(range(min(reached), count + 1))
        if self._has_sets:
            return self._around_sets([at for at in reached if at < count and _takes(place, every[at])])
        if place.__class__ is int:
            return {at + 1 for at in reached if at < count and every[at] == place}
        return {at + 1 for at in reached if at < count and _takes(place, every[at])}

    def _around_sets(self, taken: Iterable[int]) -> set[int]:
        """Return where it can be behind these: a set may have more ASes of the path, or have had none."""
        every, count = self._all, self.count
        behind = {at + 1 for at in taken}
        for at in taken:
            if isinstance(every[at], tuple):
                behind.add(at)
            following = at + 1
            while following < count and isinstance(every[following], tuple):
                following += 1
                if following in behind:  # and so is all that is to be found from there
                    break
                behind.add(following)
        return behind

    def behind_all(self, place: Place, reached: set[int]) -> set[int]:
        """Return where a mask can be behind a place that comes any number of times more."""
        if place is Wildcard.ONE:
            return self.behind(Wildcard.ANY, reached)
        new = reached
        while new:
            new = self.behind(place, new) - reached
            reached |= new
        return reached


def _takes(place: Place, position: Position) -> bool:
    if place is Wildcard.ONE:
        return True
    if isinstance(position, tuple):
        return any(_takes(place, asn) for asn in position)
    if isinstance(place, int):
        return place == position
    if isinstance(place, tuple):
        return place[0] <= position <= place[1]
    return isinstance(place, ValueSet) and position in place


def mask_of(*parts: tuple[object, ...]) -> PathMask:
    """Return the mask of parts as they are written: ``("*",)``, ``("asn", 1, 1)``, ``("set", set)``."""
    return PathMask(map(_place_of_part, parts))


def _place_of_part(part: tuple[object, ...]) -> Place:
    kind, *values = part
    if kind == "asn":
        first, last = values[0], values[-1]
        if first.__class__ is int and last.__class__ is int:
            return first if first == last else (first, last)
        raise RunError("Error resolving path mask template: value not an integer")
    if kind == "set":
        if isinstance(values[0], ValueSet) and values[0].item_type in (Type.INT, Type.VOID):
            return values[0]
        raise RunError("Error resolving path mask template: value not a set of integers")
    return Wildcard(kind)
