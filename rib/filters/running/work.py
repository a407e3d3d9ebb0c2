"""What it takes to go through paths and lists: neighbors choose how long these are, so it is counted."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from messages.attributes.attribute import Attribute
from rib.filters.algebra.methods import add, delete, filter_
from rib.filters.algebra.path_masks import PathMask
from rib.filters.algebra.sets import ValueSet
from rib.filters.running.run import MOST_STEPS, Run
from rib.filters.values import AsPath, CommunityList, ExtendedCommunityList, LargeCommunityList, Type

R = TypeVar("R")

LONG: Final = frozenset({Type.BGPPATH, Type.CLIST, Type.ECLIST, Type.LCLIST})
"""Types of which values can be as long as a message."""
_LISTS: Final = frozenset({CommunityList, ExtendedCommunityList, LargeCommunityList})
_SEARCHED: Final = frozenset({ValueSet, PathMask})
_LOOK: Final = 2
"""Sixty-fourths of a step that it takes to look at an element; to search for it in a set is more."""
_CHANGE: Final = 16
"""To look at it, and to make another list."""
FEW: Final = 63 // _LOOK
"""So many elements can be looked at in no step."""
_CHANGES: Final = frozenset({add, delete, filter_})
_SEGMENT: Final = 32
"""Elements that it takes to read a segment of a path."""


def charged(run: Run, function: Callable[..., R], *operands: Any) -> R:  # noqa: ANN401 - whatever it takes
    """Return what an operator or a method gives, and count what that takes. Raises RunError."""
    elements, weight = 0, 0
    for operand in operands:
        kind = operand.__class__
        if kind in _LISTS:
            elements += len(operand)
        elif kind is AsPath:
            elements += _size(operand)
        elif kind in _SEARCHED:
            weight = operand.weight
    if elements:
        weight += _CHANGE if function in _CHANGES else _LOOK
        if elements * weight > 63:
            run.spend(elements * weight >> 6)
    return function(*operands)


def look_through(run: Run, value: Any) -> None:  # noqa: ANN401 - whatever it is
    """Count what it takes to go through a value that may be a path or a list. Raises RunError."""
    elements, kind = 0, value.__class__
    if kind in _LISTS:
        elements = len(value)
    elif kind is AsPath:
        elements = _size(value)
    if elements > FEW:
        run.spend(elements * _LOOK >> 6)


def listed(run: Run, row: Attribute[Any]) -> Sequence[Any]:
    """Return a list attribute, to find an element: what that takes is as for ``element ~ attribute``."""
    found: Sequence[Any] = run.get(row) or ()
    if len(found) > FEW:
        run.spend(2 * (len(found) * _LOOK >> 6))
    return found


def uncounted(run: Run, read: Callable[[Run], R]) -> R:
    """Return what an attribute is for those who look on."""
    steps, run.steps = run.steps, MOST_STEPS
    value = read(run)
    run.steps = steps
    return value


def _size(path: AsPath) -> int:
    """Return how many elements there are; segments behind the first count as more."""
    wire = path.wire
    if not wire or len(wire) == 2 + 4 * wire[1]:
        return len(wire) >> 2
    position, others = 2 + 4 * wire[1], 0
    while position < len(wire):
        position += 2 + 4 * wire[position + 1]
        others += 1
    return (len(wire) >> 2) + others * _SEGMENT
