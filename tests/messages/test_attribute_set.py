"""Attribute sets: canonical, interned, decoded on demand, spliced."""

import gc
from typing import Any

import pytest
from hypothesis import given

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import (
    AIGP,
    AS_PATH,
    ATTRIBUTES,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    Aigp,
    AsPath,
    Attribute,
    LargeCommunity,
)
from messages.context import Context
from messages.iana import Origin, WellKnownCommunity
from tests.messages.presence import present
from tests.messages.strategies import attribute_values
from tests.messages.vectors import CONTEXTS

GOOD = bytes.fromhex("40010100 40020602010000fde9 400304c0000201")
EXTERNAL, INTERNAL = CONTEXTS["external"], CONTEXTS["internal"]
IPV6_NEXT_HOP = bytes.fromhex("20010db8000000000000000000000001")


def intern(attributes: str, context: Context = EXTERNAL, next_hop: bytes = b"") -> AttributeSet:
    made, flaws = AttributeSetTable(context).intern(bytes.fromhex(attributes), next_hop)
    assert not flaws
    return present(made)


def test_a_set_in_canonical_form_is_the_octets_received() -> None:
    table = AttributeSetTable(EXTERNAL)
    made, _ = table.intern(GOOD)
    assert present(made).wire is GOOD
    assert table.intern(bytes(bytearray(GOOD)))[0] is made


def test_a_set_lives_as_long_as_it_is_used() -> None:
    table = AttributeSetTable(EXTERNAL)
    made, _ = table.intern(GOOD)
    multiprotocol, _ = table.intern(GOOD, IPV6_NEXT_HOP)
    assert len(table) == 2
    del made, multiprotocol
    gc.collect()
    assert len(table) == 0


@pytest.mark.parametrize(
    ("attributes", "canonical"),
    [
        ("400304c0000201 40010100 40020602010000fde9", GOOD.hex()),
        (GOOD.hex() + "e008 04 fde90001", GOOD.hex() + "e00804fde90001"),
        (GOOD.hex() + "c708 04 fde90001", GOOD.hex() + "c00804fde90001"),
        (GOOD.hex() + "a004 04 00000001", GOOD.hex() + "80040400000001"),
        (GOOD.hex() + "d008 0004 fde90001", GOOD.hex() + "d0080004fde90001"),
        (GOOD.hex() + "c063 01 aa", GOOD.hex() + "e06301aa"),
        (GOOD.hex() + "e163 01 aa", GOOD.hex() + "e06301aa"),
        (GOOD.hex() + "8063 01 aa", GOOD.hex()),
    ],
    ids=[
        "order of types",
        "Partial is kept where it has a meaning",
        "unused flags are cleared",
        "Partial is cleared where it has none",
        "a long header is no difference",
        "an unknown transitive attribute is marked Partial (RFC 4271 §9)",
        "an unknown transitive attribute that is Partial stays so",
        "an unknown non-transitive attribute is dropped (RFC 4271 §9)",
    ],
)
def test_what_is_received_is_put_in_canonical_form(attributes: str, canonical: str) -> None:
    assert intern(attributes).wire.hex() == canonical


@pytest.mark.parametrize("next_hop", [IPV6_NEXT_HOP, IPV6_NEXT_HOP * 2, bytes((192, 0, 2, 9))])
def test_the_next_hop_of_mp_reach_nlri_is_the_next_hop_of_the_set(next_hop: bytes) -> None:
    """RFC 4760 §3: a NEXT_HOP beside it is ignored."""
    for attributes in (GOOD.hex(), GOOD[:-7].hex()):
        made = intern(attributes, next_hop=next_hop)
        assert made.get(NEXT_HOP) == next_hop
        assert made.wire == GOOD[:-7] + bytes((0x40, 3, len(next_hop))) + next_hop


def test_sets_with_different_next_hops_are_different() -> None:
    table = AttributeSetTable(EXTERNAL)
    sets = {table.intern(GOOD, next_hop)[0] for next_hop in (b"", IPV6_NEXT_HOP, IPV6_NEXT_HOP * 2)}
    assert len(sets) == 3
    assert table.intern(GOOD, IPV6_NEXT_HOP)[0] in sets


def test_a_next_hop_that_only_mp_reach_nlri_may_have_is_not_found_by_its_canonical_form() -> None:
    """RFC 7606 §7.3: sets of both kinds are known by different keys."""
    table = AttributeSetTable(EXTERNAL)
    multiprotocol, _ = table.intern(GOOD[:-7], IPV6_NEXT_HOP)
    classic, flaws = table.intern(present(multiprotocol).wire)
    assert classic is None
    assert flaws[0].code == NEXT_HOP.code


def test_values_are_typed_and_decoded_once() -> None:
    made = intern(GOOD.hex() + "80040400000007")
    path = made.get(AS_PATH)
    assert path == AsPath.of(65001)
    assert made.get(AS_PATH) is path
    assert made.get(MULTI_EXIT_DISC, 0) == 7
    assert made.get(LOCAL_PREF) is None
    assert made.get(LOCAL_PREF, 100) == 100
    assert (MULTI_EXIT_DISC in made, LOCAL_PREF in made) == (True, False)


def test_what_was_decoded_can_be_forgotten() -> None:
    made = intern(GOOD.hex())
    path = made.get(AS_PATH)
    made.forget()
    assert made.get(AS_PATH) == path
    assert made.get(AS_PATH) is not path
    made.forget()
    assert ORIGIN in made


def test_a_set_is_listed_for_display() -> None:
    made = intern(GOOD.hex() + "c063 01 aa")
    assert list(made.items()) == [
        (1, ORIGIN, Origin.IGP, 0x40),
        (2, AS_PATH, AsPath.of(65001), 0x40),
        (3, NEXT_HOP, bytes((192, 0, 2, 1)), 0x40),
        (99, None, b"\xaa", 0xE0),
    ]
    assert made.wire.hex() in repr(made)


BASE = AttributeSet.of(
    {ORIGIN: Origin.IGP, AS_PATH: AsPath.of(65001), NEXT_HOP: bytes((192, 0, 2, 1)), LOCAL_PREF: 100}
)


@pytest.mark.parametrize(
    ("changes", "wire"),
    [
        ({}, "40010100 40020602010000fde9 400304c0000201 40050400000064"),
        ({ORIGIN: Origin.EGP}, "40010101 40020602010000fde9 400304c0000201 40050400000064"),
        ({LOCAL_PREF: None}, "40010100 40020602010000fde9 400304c0000201"),
        ({MULTI_EXIT_DISC: None}, "40010100 40020602010000fde9 400304c0000201 40050400000064"),
        ({MULTI_EXIT_DISC: 1}, "40010100 40020602010000fde9 400304c0000201 80040400000001 40050400000064"),
        ({MULTI_EXIT_DISC: 1, LOCAL_PREF: None}, "40010100 40020602010000fde9 400304c0000201 80040400000001"),
        (
            {NEXT_HOP: IPV6_NEXT_HOP, AS_PATH: AsPath.EMPTY},
            f"40010100 400200 400310{IPV6_NEXT_HOP.hex()} 40050400000064",
        ),
    ],
)
def test_replacing_splices_the_wire_form(changes: dict[Attribute[Any], Any], wire: str) -> None:
    made = BASE.replace(changes)
    assert made.wire == bytes.fromhex(wire)
    assert {row: made.get(row) for row in changes} == changes
    made.forget()
    assert {row: made.get(row) for row in changes} == changes


def test_replacing_leaves_the_set_it_came_from_alone() -> None:
    before = BASE.wire
    assert BASE.replace({LOCAL_PREF: 5}) is not BASE
    assert (BASE.wire, BASE.get(LOCAL_PREF)) == (before, 100)


def test_what_is_noted_beside_a_set_is_no_part_of_it() -> None:
    """No neighbor is sent it; a set made of another keeps it."""
    plain = AttributeSet.of({ORIGIN: Origin.IGP, LOCAL_PREF: 100})
    noted = plain.annotated({"krt_metric": 7})
    assert (noted.local, plain.local) == ({"krt_metric": 7}, {})
    assert noted.wire is plain.wire
    assert (noted.get(LOCAL_PREF), noted.flaws) == (100, ())
    changed = noted.replace({LOCAL_PREF: 200})
    assert (changed.local, changed.get(LOCAL_PREF)) == ({"krt_metric": 7}, 200)
    assert changed.wire == plain.replace({LOCAL_PREF: 200}).wire
    noted.forget()
    assert (noted.get(LOCAL_PREF), noted.local) == (100, {"krt_metric": 7})


def test_notes_are_made_and_taken_away_by_making_another_set() -> None:
    plain = AttributeSet.of({LOCAL_PREF: 100})
    noted = plain.annotated({"krt_metric": 7})
    assert plain.annotated({}) is plain
    assert noted.annotated({"krt_metric": 7}) is noted
    other = noted.annotated({"krt_realm": 3})
    assert (other.local, noted.local) == ({"krt_realm": 3}, {"krt_metric": 7})
    bare = noted.annotated({})
    assert (bare.local, bare.wire, bare.get(LOCAL_PREF)) == ({}, plain.wire, 100)


@pytest.mark.parametrize(
    ("local_pref", "notes", "is_same"),
    [(100, {}, True), (100, {"krt_metric": 7}, False), (200, {}, False)],
)
def test_two_sets_say_the_same_to_neighbors_and_to_ourselves(
    local_pref: int, notes: dict[str, int], is_same: bool
) -> None:
    plain = AttributeSet.of({LOCAL_PREF: 100})
    other = AttributeSet.of({LOCAL_PREF: local_pref}).annotated(notes)
    assert plain.says_the_same_as(other) is other.says_the_same_as(plain) is is_same
    assert other.says_the_same_as(AttributeSet.of({LOCAL_PREF: local_pref}).annotated({**notes}))


def test_a_long_value_gets_a_long_header() -> None:
    """RFC 4271 §4.3: Extended Length."""
    made = BASE.replace({COMMUNITIES: tuple(range(64))})
    assert bytes.fromhex("d0080100") in made.wire
    made.forget()
    assert made.get(COMMUNITIES) == tuple(range(64))
    assert bytes.fromhex("c00804") in made.replace({COMMUNITIES: (1,)}).wire


def test_partial_stays_when_the_value_is_replaced() -> None:
    """RFC 4271 §4.3: once set it must not be reset."""
    partial = intern(GOOD.hex() + "e00804fde90001")
    assert partial.replace({COMMUNITIES: (7,)}).wire.hex().endswith("e0080400000007")
    assert (
        partial.replace({COMMUNITIES: None})
        .replace({COMMUNITIES: (7,)})
        .wire.hex()
        .endswith("c0080400000007")
    )


def test_unknown_attributes_survive_a_replacement() -> None:
    made = intern(GOOD.hex() + "c063 01 aa").replace({LARGE_COMMUNITIES: (LargeCommunity(1, 2, 3),)})
    assert made.wire.hex() == GOOD.hex() + "c0200c000000010000000200000003" + "e06301aa"


def test_duplicate_large_communities_are_one() -> None:
    """RFC 8092 §2."""
    made = intern(GOOD.hex() + "c02018" + "000000010000000200000003" * 2)
    assert made.wire.hex() == GOOD.hex() + "c0200c000000010000000200000003"
    assert made.get(LARGE_COMMUNITIES) == (LargeCommunity(1, 2, 3),)
    assert str(present(made.get(LARGE_COMMUNITIES))[0]) == "1:2:3"


def test_communities_compare_with_the_well_known_ones() -> None:
    made = intern(GOOD.hex() + "c00804ffffff01")
    assert WellKnownCommunity.NO_EXPORT in present(made.get(COMMUNITIES))


@given(attribute_values())
def test_a_set_of_any_values_reads_back_from_its_octets(values: dict[Attribute[Any], Any]) -> None:
    made = AttributeSet.of(values)
    found, flaws = AttributeSetTable(INTERNAL).intern(made.wire)
    assert not flaws
    read = present(found)
    assert read.wire == made.wire
    assert {row: read.get(row) for row in values} == values
    assert [row for _, row, _, _ in read.items()] == sorted(values, key=lambda row: row.code)


@given(attribute_values(), attribute_values())
def test_replacing_is_as_good_as_making_the_set_anew(
    before: dict[Attribute[Any], Any], changes: dict[Attribute[Any], Any]
) -> None:
    assert AttributeSet.of(before).replace(changes).wire == AttributeSet.of(before | changes).wire
    removed = dict.fromkeys(changes)
    rest = {row: value for row, value in before.items() if row not in changes}
    assert AttributeSet.of(before).replace(removed).wire == AttributeSet.of(rest).wire


@pytest.mark.parametrize("row", ATTRIBUTES.values())
def test_a_row_shows_its_name(row: Attribute[Any]) -> None:
    assert row.name in repr(row)


def test_an_aigp_from_outside_is_not_passed_on() -> None:
    """RFC 7311 §3.3: it is quietly ignored."""
    assert intern(GOOD.hex() + "801a0b 01000b0000000000000064").wire == GOOD
    made = intern(GOOD.hex() + "801a0b 01000b0000000000000064", INTERNAL)
    assert made.get(AIGP) == Aigp.of(100)


@pytest.mark.parametrize(
    ("aigp", "metric"),
    [
        (Aigp.of(7), 7),
        (Aigp(((2, b""), (1, bytes(7) + b"\5"), (1, bytes(8)))), 5),
        (Aigp(((2, b"x"),)), None),
    ],
)
def test_the_first_metric_counts(aigp: Aigp, metric: int | None) -> None:
    """RFC 7311 §3."""
    assert aigp.metric == metric


@pytest.mark.parametrize(
    ("row", "value", "text"),
    [
        (COMMUNITIES, (0xFFFFFF01, 0xFDE90064), "NO_EXPORT 65001:100"),
        (COMMUNITIES, tuple(WellKnownCommunity), " ".join(each.name for each in WellKnownCommunity)),
        (LARGE_COMMUNITIES, (LargeCommunity(1, 2, 3), LargeCommunity(4, 5, 6)), "1:2:3 4:5:6"),
        (ORIGIN, Origin.EGP, "EGP"),
    ],
)
def test_an_attribute_can_be_explained(row: Attribute[Any], value: object, text: str) -> None:
    """RFC 1997, RFC 7999, RFC 8326, RFC 9494: well-known communities have names."""
    assert row.explain(value) == text


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("0002fde900001092", "rt:65001:4242"),
        ("01030a0a00040007", "ro:10.10.0.4:7"),
        ("0202fa56ea010007", "rt:4200000001:7"),
        ("4002fde900001092", "rt:65001:4242"),
        ("01050a00000100ff", "ospf-domain:10.0.0.1:255"),
        ("0011fde900001092", "0011:65001:4242"),
        ("4004fde94b189680", "link-bandwidth:65001:1e+07"),
        ("030b000000000064", "color:000000000064"),
        ("030c000000000008", "encapsulation:000000000008"),
        ("4300000000000002", "origin-validation:000000000002"),
        ("8006000000000000", "traffic-rate:000000000000"),
        ("7f7f010203040506", "7f7f:010203040506"),
    ],
)
def test_an_extended_community_can_be_explained(octets: str, text: str) -> None:
    """RFC 4360, RFC 5668, RFC 7153; the rate of link-bandwidth is an IEEE number of octets a second."""
    assert EXTENDED_COMMUNITIES.explain((bytes.fromhex(octets),)) == text
