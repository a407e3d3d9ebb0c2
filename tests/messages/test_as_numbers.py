"""Neighbors that know only AS numbers of two octets (RFC 6793 §4.2)."""

from typing import Any

import pytest
from hypothesis import given

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import AGGREGATOR, AS_PATH, NEXT_HOP, ORIGIN, Aggregator, AsPath, Attribute, Segment
from messages.attributes.attribute import wrap
from messages.context import Context
from messages.errors import Malformed
from messages.families import IPV4_UNICAST
from messages.iana import Origin
from messages.update import encode_attributes
from tests.messages.presence import present
from tests.messages.strategies import attribute_values

OLD = Context(external=False, as_number_octets=2)
HERE = bytes((192, 0, 2, 1))
SET, SEQUENCE, CONFED = 1, 2, 3


def path(*segments: tuple[int, tuple[int, ...]]) -> AsPath:
    return AsPath.from_segments(*(Segment(kind, asns) for kind, asns in segments))


def received(*attributes: tuple[int, int, str]) -> AttributeSet:
    """Return the set an old neighbor means with these (flags, code, value) beside ORIGIN and NEXT_HOP."""
    pieces = {1: "400101 00", 3: "400304 c0000201"} | {
        code: wrap(flags, code, bytes.fromhex(value)).hex() for flags, code, value in attributes
    }
    raw = bytes.fromhex("".join(pieces[code] for code in sorted(pieces)))
    made, flaws = AttributeSetTable(OLD).intern(raw)
    assert not flaws
    return present(made)


@pytest.mark.parametrize(
    ("as_path", "as4_path", "merged"),
    [
        (
            "0203 0001 5ba0 5ba0",
            "0202 00010000 00020000",
            path((SEQUENCE, (1,)), (SEQUENCE, (0x10000, 0x20000))),
        ),
        ("0202 5ba0 5ba0", "0202 00010000 00020000", AsPath.of(0x10000, 0x20000)),
        ("0202 0001 0002", "0203 00010000 00020000 00030000", AsPath.of(1, 2)),
        (
            "0201 0001 0102 0002 5ba0 0201 5ba0",
            "0201 00010000",
            path((SEQUENCE, (1,)), (SET, (2, 23456)), (SEQUENCE, (0x10000,))),
        ),
        (
            "0301 0009 0202 0001 5ba0",
            "0201 00010000",
            path((CONFED, (9,)), (SEQUENCE, (1,)), (SEQUENCE, (0x10000,))),
        ),
        (
            "0201 0001 0301 0009 0201 5ba0",
            "0201 00010000",
            path((SEQUENCE, (1,)), (CONFED, (9,)), (SEQUENCE, (0x10000,))),
        ),
        ("0202 0001 5ba0", "0301 00000009 0201 00010000", path((SEQUENCE, (1,)), (SEQUENCE, (0x10000,)))),
        ("0201 0001", "0301 00000009", AsPath.of(1)),
    ],
    ids=[
        "what was added in front is kept",
        "nothing was added",
        "a longer AS4_PATH is ignored",
        "a set in front counts one",
        "leading confederation segments are kept",
        "so are those next to what is kept",
        "those in AS4_PATH are dropped",
        "an AS4_PATH of nothing else says nothing",
    ],
)
def test_as4_path_replaces_the_end_of_as_path(as_path: str, as4_path: str, merged: AsPath) -> None:
    """RFC 6793 §4.2.3."""
    assert received((0x40, 2, as_path), (0xC0, 17, as4_path)).get(AS_PATH) == merged


@pytest.mark.parametrize(
    ("aggregator", "as4_aggregator", "asn", "merged"),
    [
        ("5ba0", "00010000", 0x10000, AsPath.of(0x10000)),
        ("5ba0", None, 23456, AsPath.of(0x10000)),
        ("0007", None, 7, AsPath.of(0x10000)),
        (
            "0007",
            "00010000",
            7,
            AsPath.of(23456),
        ),  # AS4_* were left behind by an old aggregator: both ignored
        (None, "00010000", None, AsPath.of(0x10000)),
    ],
)
def test_as4_aggregator_counts_only_beside_as_trans(
    aggregator: str | None, as4_aggregator: str | None, asn: int | None, merged: AsPath
) -> None:
    """RFC 6793 §4.2.3."""
    attributes = [(0x40, 2, "0201 5ba0"), (0xC0, 17, "0201 00010000")]
    if aggregator:
        attributes.append((0xC0, 7, aggregator + "c0000201"))
    if as4_aggregator:
        attributes.append((0xC0, 18, as4_aggregator + "c0000201"))
    made = received(*attributes)
    assert made.get(AGGREGATOR) == (Aggregator(asn, HERE) if asn else None)
    assert made.get(AS_PATH) == merged


@pytest.mark.parametrize(
    ("value", "aggregator", "wire"),
    [
        (AsPath.of(1, 2), None, "400206 0202 0001 0002"),
        (AsPath.of(1, 0x10000), None, "400206 0202 0001 5ba0 | c0110a 0202 00000001 00010000"),
        (path((CONFED, (0x10000,)), (SEQUENCE, (1,))), None, "400208 0301 5ba0 0201 0001"),
        (path((CONFED, (9,)), (SET, (0x10000,))), None, "400208 0301 0009 0101 5ba0 | c01106 0101 00010000"),
        (AsPath.of(1), 7, "400204 0201 0001 | c00706 0007 c0000201"),
        (AsPath.of(1), 0x10000, "400204 0201 0001 | c00706 5ba0 c0000201 c01208 00010000 c0000201"),
    ],
)
def test_an_old_neighbor_is_sent_as_trans_and_the_truth_beside_it(
    value: AsPath, aggregator: int | None, wire: str
) -> None:
    """RFC 6793 §4.2.2: AS4_PATH only if AS_PATH does not say all, and without confederation segments."""
    made = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: value, NEXT_HOP: HERE})
    if aggregator:
        made = made.replace({AGGREGATOR: Aggregator(aggregator, HERE)})
    as_path, _, behind = wire.partition("|")
    expected = "40010100" + as_path + "400304c0000201" + behind
    assert encode_attributes(made, IPV4_UNICAST, OLD).attributes == bytes.fromhex(expected)


@given(attribute_values(kinds=(SET, SEQUENCE)))
def test_nothing_is_lost_on_the_way_through_an_old_session(values: dict[Attribute[Any], Any]) -> None:
    sent = AttributeSet.of(values)
    read, flaws = AttributeSetTable(OLD).intern(encode_attributes(sent, IPV4_UNICAST, OLD).attributes)
    assert not flaws
    assert present(read).wire == sent.wire


def long_path(octets: int, asn_octets: int) -> bytes:
    """Return the value of a path of many sequences, of about as many octets."""
    return Segment(SEQUENCE, (1,) * (octets // asn_octets)).encode(asn_octets)


@pytest.mark.parametrize(
    ("as_path", "as4_path", "kept"),
    [
        (long_path(30_000, 2), b"", True),
        (long_path(31_000, 2), b"", False),
        (long_path(20_000, 2), Segment(SET, (2,) * 200).encode() * 20, True),
        (long_path(20_000, 2), Segment(SET, (2,) * 200).encode() * 40, False),
    ],
)
def test_a_path_that_is_too_long_with_four_octets_is_withdrawn(
    as_path: bytes, as4_path: bytes, kept: bool
) -> None:
    """Long messages (RFC 8654) can bring a path that no attribute could hold once it is widened."""
    raw = bytes.fromhex("400101 00") + wrap(0x40, 2, as_path) + bytes.fromhex("400304 c0000201")
    if as4_path:
        raw += wrap(0xC0, 17, as4_path)
    made, flaws = AttributeSetTable(OLD).intern(raw)
    assert (made is not None) == kept
    found = [(flaw.code, flaw.cost) for flaw in flaws]
    assert found == ([] if kept else [(2, Malformed.TREAT_AS_WITHDRAW)])
    if made:
        longer = made.replace({AS_PATH: present(made.get(AS_PATH)).prepend(4200000000, 300)})
        assert present(longer.get(AS_PATH)).count(4200000000) == 300
