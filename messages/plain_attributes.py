"""The path attributes of nearly all routes as one regular expression: whether they are sound takes one call.

Plain are attributes whose flags and values are as their rows want them, in the order of their types and with
lengths of one octet: ORIGIN, an AS_PATH of one AS_SEQUENCE, a NEXT_HOP of four octets, and perhaps others of
which nothing is complained about. All that is not plain takes the long way (``check_attributes``), which comes to
the same.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from messages.attribute_check import Welcome
from messages.attributes import (
    AGGREGATOR,
    AS_PATH,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
    Attribute,
)
from messages.context import Context
from messages.iana import SegmentType

ORIGIN_OCTETS: Final = 4
"""What the first of plain attributes takes. What follows says where things stand in them."""
AS_PATH_LENGTH_AT: Final = 6
AS_PATH_AT: Final = 7
FIRST_AS_AT: Final = 9
"""Where the neighboring AS stands, unless the path is empty."""
NEXT_HOP_BEHIND_PATH: Final = 3
"""How far behind the path the next hop begins: the header of NEXT_HOP is between them."""

_ORIGIN_AT: Final = 3
_PATH_LENGTH_AT: Final = 8
"""Where the number of ASes stands, unless the path is empty."""
_NEXT_HOP_END_BEHIND_PATH: Final = NEXT_HOP_BEHIND_PATH + 4
_MED_HEADER: Final = bytes((MULTI_EXIT_DISC.flags, MULTI_EXIT_DISC.code, 4))
_LOCAL_PREF_HEADER: Final = bytes((LOCAL_PREF.flags, LOCAL_PREF.code, 4))
_REFLECTED: Final = tuple(bytes((row.flags, row.code)) for row in (ORIGINATOR_ID, CLUSTER_LIST))

_AS_ZERO: Final = b"\0\0\0\0"
MOST_ASES: Final = 63
"""As many as fit in 255 octets."""
_MOST_OCTETS: Final = 0xFF
_FREQUENT_LENGTHS: Final = (4, 5, 3, 6, 2, 7)
"""Alternatives are tried in their order."""

_ORIGIN: Final = rb"\x01[\x00-\x02]"
_NEXT_HOP: Final = rb"\x04[\x01-\xdf].{3}"
"""No multicast address and none of 0.0.0.0/8, a few of which the long way allows."""
_FOUR_OCTETS: Final = rb"\x04.{4}"
_AGGREGATOR: Final = rb"\x08(?!\x00\x00\x00\x00).{8}"


def plain_attributes(rows: Welcome, context: Context) -> Callable[[bytes], bool]:
    """Return what tells whether a path attributes field is plain, in a session that welcomes these rows."""
    if context.as_number_octets == 2:
        return _never
    fullmatch = re.compile(_pattern(rows, is_external=context.external), re.DOTALL).fullmatch

    def is_plain(raw: bytes) -> bool:
        """AS 0 is looked for last, since no pattern tells where an AS number begins (RFC 7607 §2)."""
        if fullmatch(raw) is None:
            return False
        return raw.find(_AS_ZERO, AS_PATH_AT, AS_PATH_AT + raw[AS_PATH_LENGTH_AT]) < 0

    return is_plain


def _never(_raw: bytes) -> bool:
    return False


def _pattern(rows: Welcome, *, is_external: bool) -> bytes:
    mandatory = ((ORIGIN, _ORIGIN), (AS_PATH, _path(is_external=is_external)), (NEXT_HOP, _NEXT_HOP))
    optional = (
        (MULTI_EXIT_DISC, _FOUR_OCTETS),
        (LOCAL_PREF, _FOUR_OCTETS),
        (ATOMIC_AGGREGATE, rb"\x00"),
        (AGGREGATOR, _AGGREGATOR),
        (COMMUNITIES, _list_of_four_octets()),
        (ORIGINATOR_ID, _FOUR_OCTETS),
        (CLUSTER_LIST, _list_of_four_octets()),
    )
    parts = [_attribute(row, value) for row, value in mandatory]
    parts += [b"(?:%s)?" % _attribute(row, value) for row, value in optional if rows[row.code] is row]
    return b"".join(parts)


def _attribute(row: Attribute[Any], value: bytes) -> bytes:
    return re.escape(bytes((row.flags, row.code))) + b"(?:%s)" % value


def _path(*, is_external: bool) -> bytes:
    """Return the pattern of a path of one AS_SEQUENCE; from inside our AS it may be empty."""
    counts = dict.fromkeys([*_FREQUENT_LENGTHS, *range(1, MOST_ASES + 1)])
    sequences = (bytes((2 + 4 * count, SegmentType.AS_SEQUENCE, count)) for count in counts)
    paths = [re.escape(start) + b".{%d}" % (start[0] - 2) for start in sequences]
    return _any_of(paths if is_external else [*paths, rb"\x00"])


def _list_of_four_octets() -> bytes:
    octets = range(4, _MOST_OCTETS + 1, 4)
    return _any_of(re.escape(bytes((length,))) + b".{%d}" % length for length in octets)


def _any_of(patterns: Iterable[bytes]) -> bytes:
    return b"|".join(patterns)


def metrics(wire: bytes) -> tuple[int, int, int | None, int | None]:
    """Return ORIGIN, the length of AS_PATH, MULTI_EXIT_DISC and LOCAL_PREF of plain attributes.

    The last two may be missing.
    """
    octets = wire[AS_PATH_LENGTH_AT]
    med = local_pref = None
    end = AS_PATH_AT + octets + _NEXT_HOP_END_BEHIND_PATH
    if wire[end : end + 3] == _MED_HEADER:
        med = int.from_bytes(wire[end + 3 : end + 7])
        end += 7
    if wire[end : end + 3] == _LOCAL_PREF_HEADER:
        local_pref = int.from_bytes(wire[end + 3 : end + 7])
    return wire[_ORIGIN_AT], wire[_PATH_LENGTH_AT] if octets else 0, med, local_pref


def neighbor_as(wire: bytes) -> int:
    """Return the AS that plain attributes came from, 0 if the path is empty."""
    return int.from_bytes(wire[FIRST_AS_AT : FIRST_AS_AT + 4]) if wire[AS_PATH_LENGTH_AT] else 0


def may_be_reflected(wire: bytes) -> bool:
    """Tell whether octets are there like those that ORIGINATOR_ID or CLUSTER_LIST begin with."""
    return any(header in wire for header in _REFLECTED)
