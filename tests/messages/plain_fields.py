"""Path attributes fields for hypothesis: plain ones, and some that are not quite."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

from messages.attributes import (
    AGGREGATOR,
    AIGP,
    AS4_PATH,
    AS_PATH,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGIN,
    ORIGINATOR_ID,
    Attribute,
)
from messages.attributes.as_path import AsPath
from messages.attributes.attribute import wrap
from messages.plain_attributes import MOST_ASES
from tests.messages.strategies import ADDRESSES, AS_NUMBERS

Octets = st.SearchStrategy[bytes]

FOUR_OCTETS: Final = st.one_of(
    st.binary(min_size=4, max_size=4),
    st.sampled_from([bytes(4), b"\xff\xff\x00\x01", b"\x00\x00\xff\xff", b"\x80\x09\x04\x80"]),
)
"""Some of them look like other attributes, or like well-known communities that begin elsewhere."""


def lists_of(element: Octets, most: int = 4) -> Octets:
    """Values that are lists of one element or more."""
    return st.lists(element, min_size=1, max_size=most).map(b"".join)


def plain_fields(
    as_numbers: st.SearchStrategy[int] = AS_NUMBERS,
    next_hops: Octets = ADDRESSES,
    communities: Octets = FOUR_OCTETS,
    identifiers: Octets = FOUR_OCTETS,
    *,
    is_external: bool = False,
) -> Octets:
    """Fields that are plain, but for AS numbers side by side whose octets look like AS 0."""
    paths = st.lists(as_numbers, min_size=is_external, max_size=6)
    long_paths = st.builds(
        lambda asn, count: [asn] * count, as_numbers, st.integers(MOST_ASES - 2, MOST_ASES)
    )
    mandatory: dict[Attribute[Any], Octets] = {
        ORIGIN: st.sampled_from([b"\0", b"\1", b"\2"]),
        AS_PATH: st.one_of(paths, paths, long_paths).map(lambda asns: AsPath.of(*asns).wire),
        NEXT_HOP: next_hops,
    }
    optional: dict[Attribute[Any], Octets] = {
        MULTI_EXIT_DISC: FOUR_OCTETS,
        ATOMIC_AGGREGATE: st.just(b""),
        AGGREGATOR: st.tuples(as_numbers.map(lambda asn: asn.to_bytes(4)), FOUR_OCTETS).map(b"".join),
        COMMUNITIES: lists_of(communities),
        EXTENDED_COMMUNITIES: lists_of(st.binary(min_size=8, max_size=8)),
        LARGE_COMMUNITIES: st.binary(min_size=12, max_size=12),
    }
    if not is_external:
        optional |= {
            LOCAL_PREF: FOUR_OCTETS,
            ORIGINATOR_ID: identifiers,
            CLUSTER_LIST: lists_of(identifiers),
        }
    perhaps = {row: st.one_of(st.none(), values) for row, values in optional.items()}
    return st.fixed_dictionaries(mandatory | perhaps).map(joined)


ODD_VALUES: Final[Mapping[Attribute[Any], Sequence[str]]] = {
    ORIGIN: ["", "03", "ff", "0000"],
    AS_PATH: ["", "0200", "0101 0000fde9", "0201 0000fde9 0201 0000fde9", "0201 0000fd", "0401 0000fde9"],
    NEXT_HOP: [
        "00000000",
        "00000001",
        "7f000001",
        "e0000001",
        "f0000001",
        "ffffffff",
        "c00002",
        "c000020101",
    ],
    MULTI_EXIT_DISC: ["", "000001", "0000000001"],
    ATOMIC_AGGREGATE: ["00"],
    AGGREGATOR: ["00000000 c0000201", "0000fde9 c00002", "fde9 c0000201", "0000fde9 00000000"],
    COMMUNITIES: ["", "0000", "ffff0000 00"],
    ORIGINATOR_ID: ["", "0000000001"],
    CLUSTER_LIST: ["", "000000"],
    EXTENDED_COMMUNITIES: ["", "00020000 000000"],
    LARGE_COMMUNITIES: ["", "00" * 11, "00" * 24, "00" * 23 + "01"],
    AIGP: ["01000b 0000000000000001", "00"],
    ONLY_TO_CUSTOMER: ["0000fde9", "00000000", "00"],
    AS4_PATH: ["0201 0000fde9"],
}
"""Values that are wrong, or right and not plain."""


def joined(values: Mapping[Attribute[Any], bytes | None]) -> bytes:
    """Return the attributes that have a value in the order of their types (RFC 4271 §5)."""
    there = [(row, value) for row, value in values.items() if value is not None]
    return b"".join(
        wrap(row.flags, row.code, value) for row, value in sorted(there, key=lambda item: item[0].code)
    )


def with_long_header(field: bytes) -> bytes:
    """Return plain attributes with a length of two octets for AS_PATH, as some speakers write it."""
    assert field[4:6] == b"\x40\x02"
    return field[:4] + b"\x50\x02\0" + field[6:]


def disturbed(fields: Octets) -> Octets:
    """The same fields with a few octets changed, put in, taken out or repeated."""
    return st.tuples(fields, st.lists(_DISTURBANCES, max_size=3)).map(lambda made: _disturb(*made))


_DISTURBANCES: Final = st.tuples(
    st.sampled_from(["change", "insert", "remove", "repeat", "swap"]),
    st.integers(0, 300),
    st.integers(0, 255),
)


def _disturb(field: bytes, disturbances: Sequence[tuple[str, int, int]]) -> bytes:
    for how, where, octet in disturbances:
        at = where % (len(field) + 1)
        match how:
            case "change":
                field = field[:at] + bytes([octet]) + field[at + 1 :]
            case "insert":
                field = field[:at] + bytes([octet]) + field[at:]
            case "remove":
                field = field[:at] + field[at + 1 + octet % 8 :]
            case "repeat":
                field = field + field[at:]
            case _:
                field = field[at:] + field[:at]
    return field
