"""Where routes of one program are in the kernel, and the numbers by which operators name that."""

from typing import Final, NamedTuple

from kernel_sync.types import ALL_TABLES, MAIN_TABLE
from messages.families import Family

_LAST_TABLE: Final = 0xFFFF_FFFF
_FIRST_PROTOCOL, _LAST_PROTOCOL = 3, 255
"""Below are the kernel's own."""
_TABLES: Final = {"main": MAIN_TABLE, "all": ALL_TABLES}


class Place(NamedTuple):
    """Routes of one family that carry one number, in one table or in all but the ``spared``."""

    family: Family
    table: int
    protocol: int
    spared: frozenset[int] = frozenset()


def read_table(text: str) -> int:
    """Understand the number of a table, or its name. Raises ValueError with words for the operator."""
    if text in _TABLES:
        return _TABLES[text]
    number = _number(text)
    if not 1 <= number <= _LAST_TABLE:
        raise ValueError(f"{text} is no table of the kernel: main, all, or a number from 1 to {_LAST_TABLE}")
    return number


def read_protocol(text: str) -> int:
    """Understand the number that marks routes. Raises ValueError with words for the operator."""
    number = _number(text)
    if not _FIRST_PROTOCOL <= number <= _LAST_PROTOCOL:
        raise ValueError(f"{text} marks no routes of a program: {_FIRST_PROTOCOL} to {_LAST_PROTOCOL} do")
    return number


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else -1
