"""Long lines go on in another: BIRD's clients read no more than 512 octets."""

from collections.abc import Iterator
from typing import Final

_LONGEST_LINE: Final = 470
"""Octets of text; what is left is for the code before it."""
_INDENT: Final = "    "


def folded(line: str) -> Iterator[str]:
    """Cut a line at blanks, or anywhere if it has none; what follows is indented more."""
    indent = line[: len(line) - len(line.lstrip())] + _INDENT
    while len(line.encode()) > _LONGEST_LINE:
        fitting = line.encode()[:_LONGEST_LINE].decode(errors="ignore")
        head = fitting[: max(fitting.rfind(" "), 0)]
        head = head if head.strip() and len(head) > len(indent) else fitting
        yield head
        line = indent + line[len(head) :].lstrip()
    yield line
