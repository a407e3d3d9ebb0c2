"""The columns of the neighbors: what stands in them, by what they sort, and which of them fit."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from bgpd.top.figures import Neighbor

_DIGITS: Final = re.compile(r"[0-9]+|[^0-9]+")
_DAY: Final = 86_400
_THOUSAND: Final = 1000
_UNITS: Final = ("", "k", "M", "G")
_STATES: Final = ("down", "flush", "stop", "start", "wait", "up")
"""By trouble."""


class Column(NamedTuple):
    """One column; those with the lowest rank stay longest where there is little room."""

    key: str
    """What is typed to sort by it."""
    title: str
    width: int
    rank: int
    text: Callable[[Neighbor], str]
    order: Callable[[Neighbor], Any]
    """The largest comes first, except for names."""
    is_left: bool = False
    grows: bool = False
    """Whether it takes what room is left."""


def number(value: float) -> str:
    """Return a number in at most five characters; what is less than one is rounded up to a tenth."""
    if 0 < value < 9.95:
        return f"{max(value, 0.1):.1f}".removesuffix(".0")
    step = 0
    while value >= 99_999.5 and step < len(_UNITS) - 1:
        value, step = value / _THOUSAND, step + 1
    return f"{value:.0f}{_UNITS[step]}"


def duration(seconds: float) -> str:
    """Return a time in at most eight characters."""
    whole = int(seconds)
    if whole >= _DAY:
        return f"{whole // _DAY}d {whole % _DAY // 3600:02}h"
    return f"{whole // 3600:02}:{whole % 3600 // 60:02}:{whole % 60:02}"


def _trouble(state: str) -> int:
    return -_STATES.index(state) if state in _STATES else 1


def natural(text: str) -> list[Any]:
    """Return what texts are sorted by, so that leaf2 comes before leaf10."""
    parts = _DIGITS.findall(text)
    return [(0, int(part)) if part[0] in "0123456789" else (1, part) for part in parts]


COLUMNS: Final = (
    Column("n", "NAME", 16, 0, lambda each: each.name, lambda each: natural(each.name), is_left=True),
    Column("s", "STATE", 5, 0, lambda each: each.state, lambda each: _trouble(each.state), is_left=True),
    Column("t", "FOR", 8, 1, lambda each: duration(each.seconds), lambda each: each.seconds),
    Column("a", "AS", 10, 6, lambda each: str(each.asn), lambda each: each.asn),
    Column("r", "ROUTES", 7, 1, lambda each: number(each.routes), lambda each: each.routes),
    Column("b", "BEST", 7, 5, lambda each: number(each.best), lambda each: each.best),
    Column("i", "PFX-IN/S", 8, 2, lambda each: number(each.prefixes_in), lambda each: each.prefixes_in),
    Column("o", "PFX-OUT/S", 9, 2, lambda each: number(each.prefixes_out), lambda each: each.prefixes_out),
    Column("u", "UPD-IN/S", 8, 7, lambda each: number(each.updates_in), lambda each: each.updates_in),
    Column("v", "UPD-OUT/S", 9, 7, lambda each: number(each.updates_out), lambda each: each.updates_out),
    Column("l", "LOST", 5, 3, lambda each: number(each.lost), lambda each: each.lost),
    Column(
        "d", "ADDRESS", 15, 4, lambda each: each.address, lambda each: natural(each.address), is_left=True
    ),
    Column("e", "INFO", 12, 8, lambda each: each.info, lambda each: each.info, is_left=True, grows=True),
)

SORTS: Final = {column.key: column for column in COLUMNS}


def fitting(columns: int) -> Sequence[Column]:
    """Return those for which there is room, with the widths they get; names are cut at last."""
    shown = list(COLUMNS)
    while len(shown) > 2 and _width(shown) > columns:
        shown.remove(max(reversed(shown), key=lambda column: column.rank))
    room = columns - _width(shown)
    flexible = next((column for column in shown if column.grows), shown[0])
    return [
        column._replace(width=max(1, column.width + room)) if column is flexible else column
        for column in shown
    ]


def _width(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + len(columns) - 1


def cell(column: Column, text: str) -> str:
    """Return a text at the width of a column."""
    if len(text) > column.width:
        text = text[: column.width - 1] + "~"
    return text.ljust(column.width) if column.is_left else text.rjust(column.width)
