"""Which arm of a ``case`` is for a value: BIRD looks it up in one tree of the items of all arms."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, TypeAlias

from rib.filters.algebra.sets import ValueSet, numbers_of
from rib.filters.algebra.spans import Span, found, overlap
from rib.filters.syntax import Arm
from rib.filters.values import Type

_ELSE: Final = -1
"""What ``else:`` has: it is an item before all others."""
_MOST: Final = 0x4_0000
"""Items that are looked through."""
_Item: TypeAlias = tuple[Span, int]
"""And the position of its arm."""


def searched(arms: Sequence[Arm]) -> Sequence[Arm]:
    """Return the arms with only those values for which the search finds them.

    Where arms overlap, it is not the first that is found; of several ``else:`` one is. If they have values of
    several types, they stay as they are: what BIRD finds then has no rule.
    """
    kinds = {arm.values.item_type for arm in arms if isinstance(arm.values, ValueSet)} or {Type.VOID}
    if len(kinds) > 1:
        return arms
    (kind,) = kinds
    items = sorted(islice(_items(arms, kind), _MOST), key=lambda item: item[0][0])
    spans = [span for span, _ in items]
    if len(items) == _MOST or not overlap(spans):
        return arms
    parts: list[list[Span]] = [[] for _ in arms]
    for first, last, position in found(spans, _ELSE):
        parts[items[position][1]].append((first, last))
    return [
        replace(arm, values=ValueSet(kind, part)) if arm.items else arm
        for arm, part in zip(arms, parts, strict=True)
        if arm.items or part
    ]


def _items(arms: Sequence[Arm], kind: Type) -> Iterator[_Item]:
    """Yield the items of each arm as numbers."""
    number_of, _ = numbers_of(kind)
    for position, arm in enumerate(arms):
        if isinstance(arm.values, ValueSet):
            for first, last in arm.values.items():
                yield (number_of(first), number_of(last)), position
        else:
            yield (_ELSE, _ELSE), position
