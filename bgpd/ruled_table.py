"""A table with rules around its cells, as calicoctl draws them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from textwrap import wrap
from typing import Final

_WIDEST: Final = 30
"""A longer text goes on in the next line, unless it is one word."""

Paint = Callable[[str, int, int], str]
"""Colors a text in a cell: of this row, in this column."""


def unpainted(text: str, _row: int, _column: int) -> str:
    """Leave a text as it is."""
    return text


def ruled_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], paint: Paint = unpainted
) -> Iterator[str]:
    """Yield the lines of the table."""
    cells = [[*map(_wrapped, row)] for row in rows]
    widths = [max(map(_width, column)) for column in zip([[text] for text in headings], *cells, strict=True)]
    border = f"+{'+'.join('-' * (width + 2) for width in widths)}+"
    yield border
    yield _line(map(_centered, headings, widths))
    yield border
    for number, row in enumerate(cells):
        for place in range(max(map(len, row))):
            pieces = [text[place] if place < len(text) else "" for text in row]
            padded = map(str.ljust, pieces, widths)
            yield _line(paint(text, number, column) for column, text in enumerate(padded))
    yield border


def _wrapped(text: str) -> Sequence[str]:
    return (text,) if len(text) <= _WIDEST else _in_lines(text)


@lru_cache(maxsize=1024)
def _in_lines(text: str) -> Sequence[str]:
    """Cut a text at blanks, which takes a while; of a thousand neighbors many say the same."""
    return wrap(text, _WIDEST, break_long_words=False, break_on_hyphens=False)


def _width(lines: Sequence[str]) -> int:
    """Return how wide a column must be; texts that were cut in lines take the full width."""
    widest = max(map(len, lines), default=0)
    return max(widest, _WIDEST) if len(lines) > 1 else widest


def _centered(text: str, width: int) -> str:
    """Center a text, rather too far to the left."""
    left = (width - len(text)) // 2
    return f"{' ' * left}{text}".ljust(width)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
