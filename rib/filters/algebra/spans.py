"""Numbers as sets have them: single ones, and ranges of them.

BIRD looks a value up in a balanced tree of the items of a set, sorted by where they begin. Where items
overlap, the search can pass one that has the value: ``4 ~ [1..4, 2..3]`` is FALSE. What the search finds is
worked out once, as numbers (a hash) and as ranges that do not overlap (a bisection).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int, int]
"""The first and the last number of an item; nothing is in it if the first is larger."""
FIRST: Final[Callable[[Span], int]] = itemgetter(0)


def found(
    spans: Sequence[Span], lowest: int = 0, highest: int | None = None
) -> Iterator[tuple[int, int, int]]:
    """Yield what a search in the balanced tree of spans finds: first, last, and the position of the span.

    ``spans`` is sorted; every number is found in one span at most, though it may be in several.
    """
    highest = max((last for _, last in spans), default=0) if highest is None else highest
    if not spans or lowest > highest:
        return
    middle = len(spans) // 2
    first, last = spans[middle]
    yield from found(spans[:middle], lowest, min(highest, first - (first <= last)))
    if max(first, lowest) <= min(last, highest):
        yield max(first, lowest), min(last, highest), middle
    rest = found(spans[middle + 1 :], max(lowest, first + 1, last + 1), highest)
    yield from ((begin, end, middle + 1 + position) for begin, end, position in rest)


def overlap(spans: Sequence[Span]) -> bool:
    """Tell whether the order of a search matters in these sorted spans."""
    return any(max(before) >= after[0] for before, after in pairwise(spans))


class Numbers:
    """Numbers and ranges of them: a hash and a bisection."""

    __slots__ = ("_begins", "_ends", "singles")

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans, key=FIRST)
        if overlap(ordered):
            ordered = [(first, last) for first, last, _ in found(ordered)]
        self.singles = frozenset(first for first, last in ordered if first == last)
        ranges = [(first, last) for first, last in ordered if first < last]
        self._begins = [first for first, _ in ranges]
        self._ends = [last for _, last in ranges]

    @property
    def has_ranges(self) -> bool:
        """Whether there is more than the singles."""
        return bool(self._begins)

    def __contains__(self, number: int) -> bool:
        return number in self.singles or self.in_ranges(number)

    def in_ranges(self, number: int) -> bool:
        """Tell whether one of the ranges has the number."""
        position = bisect_right(self._begins, number)
        return position > 0 and number <= self._ends[position - 1]
