"""Things of several widths, side by side in rows around the middle."""

from collections.abc import Iterator, Sequence
from typing import Final

_WIDEST: Final = 1500.0
"""A row ends where it would be wider."""


def rows(widths: Sequence[float], between: float) -> Iterator[Sequence[tuple[int, float]]]:
    """Yield rows; each has the numbers of things, and where each begins."""
    row: list[int] = []
    total = -between
    for number, width in enumerate(widths):
        if row and total + between + width > _WIDEST:
            yield _placed(row, widths, between, total)
            row, total = [], -between
        row.append(number)
        total += between + width
    if row:
        yield _placed(row, widths, between, total)


def _placed(
    row: Sequence[int], widths: Sequence[float], between: float, total: float
) -> Sequence[tuple[int, float]]:
    x, placed = -total / 2, []
    for number in row:
        placed.append((number, x))
        x += widths[number] + between
    return placed
