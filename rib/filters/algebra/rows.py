"""Pairs with a range of first halves: ``(1..3, 5)``, ``(*, 5)``."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rib.filters.algebra.spans import Span

_HALF: Final = 0xFFFF
_MANY: Final = 0x1_0000
"""Fewer are as well kept as single items."""
_TOO_MANY: Final = 0x2_0000


class Rows(NamedTuple):
    """``(1..3, 5..6)``: pairs whose halves are in these ranges, without the 65,536 items it may stand for."""

    first: range
    second: range

    def has(self, number: int) -> bool:
        """Tell whether a pair is in it."""
        return number >> 16 in self.first and number & _HALF in self.second

    def spans(self) -> Iterator[Span]:
        """Yield an item per row, as BIRD has them."""
        return map(self._span, self.first)

    def _span(self, row: int) -> Span:
        return row << 16 | self.second[0], row << 16 | self.second[-1]

    def overlaps(self, other: "Span | Rows") -> bool:
        """Tell whether there is a pair in both."""
        if isinstance(other, Rows):
            return _meet(self.first, other.first) and _meet(self.second, other.second)
        begin, end = other
        rows = range(max(begin >> 16, self.first[0]), min(end >> 16, self.first[-1]) + 1)
        # of three or more, the second is in the span as a whole
        return any(begin <= last and first <= end for first, last in map(self._span, rows[:2]))


def are_too_many(rows: Sequence[Rows]) -> bool:
    """Tell whether to write all items out would take too long; then each row is asked by itself."""
    return sum(len(row.first) for row in rows) > _TOO_MANY


def are_alone(rows: Sequence[Rows], items: Sequence[Span | Rows]) -> bool:
    """Tell whether the rows can be asked one by one: there are many, and no other item has pairs of them."""
    if sum(len(row.first) for row in rows) < _MANY:
        return False
    return not any(row.overlaps(item) for row in rows for item in items if item is not row)


def _meet(one: range, other: range) -> bool:
    return one[0] <= other[-1] and other[0] <= one[-1]


def numbered(position: int, item: Span | Rows) -> Iterator[tuple[int, int, int]]:
    """Yield the spans of an item as first, position of the item, last: what sorts them as BIRD does."""
    spans = item.spans() if isinstance(item, Rows) else iter((item,))
    return ((first, position, last) for first, last in spans)
