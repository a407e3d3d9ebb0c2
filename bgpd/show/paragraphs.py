"""Text in columns: a label, and beside it what there is to say, in lines that fit a terminal."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

_WIDTH: Final = 100


def paragraph(indent: int, label: str, text: str, width: int) -> Iterator[str]:
    """Yield lines: the label in a column of ``width``, or above the text if it is longer."""
    hanging = " " * (indent + width)
    if len(label) < width:
        first = " " * indent + f"{label:<{width}}"
    else:
        yield from wrap(label, _WIDTH, initial_indent=" " * indent, subsequent_indent=hanging)
        first = hanging
    yield from wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=hanging, break_on_hyphens=False
    ) or [first.rstrip()]


def some_of(names: Sequence[str], most: int) -> str:
    """Name a few of many."""
    shown = ", ".join(names[:most])
    left = len(names) - most
    return f"{shown} and {left} more" if left > 0 else shown
