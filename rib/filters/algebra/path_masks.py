"""Masks of paths: ``[= 65000 * 2..5 ? =]``."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, TypeAlias

from messages.attributes.as_path import AsPath
from messages.iana import SegmentType
from rib.filters.algebra.sets import ValueSet
from rib.filters.errors import RunError
from rib.filters.values import Type

_SETS: Final = (SegmentType.AS_SET, SegmentType.AS_CONFED_SET)


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

    __slots__ = ("places",)

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self.places = tuple(places)
        if self.places[:1] == (Wildcard.AGAIN,):
            raise RunError("Path mask iterator '+' cannot be first")

    def matches(self, path: AsPath) -> bool:
        """Tell whether the whole path is as the mask says.

        An AS_SET can be any sequence of its ASes, of which there need be none unless the path begins with it.
        """
        positions = _positions(path)
        reached = {0}
        repeated: Place = Wildcard.AGAIN
        for place in self.places:
            if place is Wildcard.AGAIN:
                reached = _steps(repeated, positions, reached)
            else:
                reached = _step(place, positions, reached)
                repeated = place
            if not reached:
                return False
        return len(positions) in reached

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PathMask) and self.places == other.places

    def __hash__(self) -> int:
        return hash(self.places)


def _positions(path: AsPath) -> list[Position]:
    positions: list[Position] = []
    for segment in path.segments:
        positions.extend((segment.asns,) if segment.kind in _SETS else segment.asns)
    return positions


def _step(place: Place, positions: Sequence[Position], reached: Iterable[int]) -> set[int]:
    """Return the positions that a mask can be at behind a place, if it can be at some before it."""
    if place is Wildcard.ANY:
        return set(range(min(reached), len(positions) + 1))
    behind: set[int] = set()
    for start in reached:
        if start < len(positions) and _takes(place, positions[start]):
            next_one = start + 1
            if isinstance(positions[start], tuple):
                behind.add(start)
            while next_one < len(positions) and isinstance(positions[next_one], tuple):
                behind.add(next_one)
                next_one += 1
            behind.add(next_one)
    return behind


def _steps(place: Place, positions: Sequence[Position], reached: set[int]) -> set[int]:
    """Return the positions behind a place that comes any number of times more."""
    new = reached
    while new:
        new = _step(place, positions, new) - reached
        reached = reached | new
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
