"""The path attributes of nearly all routes as one regular expression: whether they are sound takes one call.

Plain are attributes whose flags and values are as their rows want them, in the order of their types and with
lengths of one octet: ORIGIN, an AS_PATH of one AS_SEQUENCE, a NEXT_HOP of four octets, and perhaps others of
which nothing is complained about. There is no well-known community among them (RFC 1997), nor anything that
looks like the first octets of one: they make a difference to routes. All that is not plain takes the long
way (``check_attributes``), which comes to the same.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from messages.attribute_check import Welcome
from messages.attributes import (
    AGGREGATOR,
    AS_PATH,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
    Attribute,
)
from messages.attributes.attribute import shortened
from messages.context import Context
from messages.iana import SegmentType

PlainAttributes: TypeAlias = bytes
"""A path attributes field that is plain: the octets are all there is of the attributes."""

ORIGIN_OCTETS: Final = 4
"""What the first of plain attributes takes. What follows says where things stand in them."""
AS_PATH_LENGTH_AT: Final = 6
AS_PATH_AT: Final = 7
FIRST_AS_AT: Final = 9
"""Where the neighboring AS stands, unless the path is empty."""
NEXT_HOP_BEHIND_PATH: Final = 3
"""How far behind the path the next hop begins: the header of NEXT_HOP is between them."""

ORIGIN_AT: Final = 3
_PATH_LENGTH_AT: Final = 8
"""Where the number of ASes stands, unless the path is empty."""
_FOUR_OCTET_ATTRIBUTE: Final = 7
_BEHIND_NEXT_HOP: Final = AS_PATH_AT + _FOUR_OCTET_ATTRIBUTE
"""Where attributes behind NEXT_HOP stand if the path is empty."""
_MED: Final = bytes((MULTI_EXIT_DISC.flags, MULTI_EXIT_DISC.code))
_LOCAL_PREF: Final = bytes((LOCAL_PREF.flags, LOCAL_PREF.code))
_ORIGINATOR_ID: Final = bytes((ORIGINATOR_ID.flags, ORIGINATOR_ID.code))
_CLUSTER_LIST: Final = bytes((CLUSTER_LIST.flags, CLUSTER_LIST.code))

_WELL_KNOWN: Final = b"\xff\xff"
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


def plain_attributes(rows: Welcome, context: Context) -> Callable[[bytes], PlainAttributes | None]:
    """Return what reads path attributes fields where these rows are welcome: None if one is not plain."""
    if context.as_number_octets == 2:
        return _never
    fullmatch = re.compile(_pattern(rows, is_external=context.external), re.DOTALL).fullmatch

    def plain(raw: bytes) -> PlainAttributes | None:
        """AS 0 is looked for last, since no pattern tells where an AS number begins (RFC 7607 §2).

        Some speakers give AS_PATH a length of two octets, however short it is.
        """
        if _WELL_KNOWN in raw:
            return None
        if fullmatch(raw) is None:
            raw = raw[:ORIGIN_OCTETS] + shortened(raw[ORIGIN_OCTETS:])
            if fullmatch(raw) is None:
                return None
        has_zero = raw.find(_AS_ZERO, AS_PATH_AT, AS_PATH_AT + raw[AS_PATH_LENGTH_AT]) >= 0
        return None if has_zero else raw

    return plain


def _never(_raw: bytes) -> None:
    return None


def _pattern(rows: Welcome, *, is_external: bool) -> bytes:
    mandatory = ((ORIGIN, _ORIGIN), (AS_PATH, _path(is_external=is_external)), (NEXT_HOP, _NEXT_HOP))
    optional = (
        (MULTI_EXIT_DISC, _FOUR_OCTETS),
        (LOCAL_PREF, _FOUR_OCTETS),
        (ATOMIC_AGGREGATE, rb"\x00"),
        (AGGREGATOR, _AGGREGATOR),
        (COMMUNITIES, _list_of(4)),
        (ORIGINATOR_ID, _FOUR_OCTETS),
        (CLUSTER_LIST, _list_of(4)),
        (LARGE_COMMUNITIES, rb"\x0c.{12}"),  # of several the long way removes those that are there twice
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


def _list_of(octets_each: int) -> bytes:
    octets = range(octets_each, _MOST_OCTETS + 1, octets_each)
    return _any_of(re.escape(bytes((length,))) + b".{%d}" % length for length in octets)


def _any_of(patterns: Iterable[bytes]) -> bytes:
    return b"|".join(patterns)


def next_hop(wire: PlainAttributes) -> bytes:
    """Return the value of NEXT_HOP."""
    begin = AS_PATH_AT + wire[AS_PATH_LENGTH_AT] + NEXT_HOP_BEHIND_PATH
    return wire[begin : begin + 4]


def path_length(wire: PlainAttributes) -> int:
    """Return the number of ASes in the path."""
    return wire[_PATH_LENGTH_AT] if wire[AS_PATH_LENGTH_AT] else 0


def neighbor_as(wire: PlainAttributes) -> int:
    """Return the first AS of the path, 0 if that is empty."""
    return int.from_bytes(wire[FIRST_AS_AT : FIRST_AS_AT + 4]) if wire[AS_PATH_LENGTH_AT] else 0


def med(wire: PlainAttributes) -> int | None:
    """Return MULTI_EXIT_DISC if it is there."""
    begin = _BEHIND_NEXT_HOP + wire[AS_PATH_LENGTH_AT]
    return int.from_bytes(wire[begin + 3 : begin + 7]) if wire[begin : begin + 2] == _MED else None


def local_pref(wire: PlainAttributes) -> int | None:
    """Return LOCAL_PREF if it is there: nothing but MULTI_EXIT_DISC may be before it."""
    begin = _BEHIND_NEXT_HOP + wire[AS_PATH_LENGTH_AT]
    if wire[begin : begin + 2] == _MED:
        begin += _FOUR_OCTET_ATTRIBUTE
    return int.from_bytes(wire[begin + 3 : begin + 7]) if wire[begin : begin + 2] == _LOCAL_PREF else None


def begins_plainly(wire: bytes) -> bool:
    """Tell whether attributes, in the order of their types, are plain up to LOCAL_PREF, whatever follows."""
    return _plain_beginning(wire) is not None


def may_be_reflected(wire: PlainAttributes) -> bool:
    """Tell whether octets are there like those that ORIGINATOR_ID or CLUSTER_LIST begin with."""
    return _ORIGINATOR_ID in wire or _CLUSTER_LIST in wire


_plain_beginning: Final = re.compile(
    b"".join(
        (
            _attribute(ORIGIN, _ORIGIN),
            _attribute(AS_PATH, _path(is_external=False)),
            _attribute(NEXT_HOP, _NEXT_HOP),
            b"(?:%s)?" % _attribute(MULTI_EXIT_DISC, _FOUR_OCTETS),
            b"(?:%s)?" % _attribute(LOCAL_PREF, _FOUR_OCTETS),
            rb"(?!.[\x00-\x05])",
        )
    ),
    re.DOTALL,
).match
