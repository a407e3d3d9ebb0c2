"""ADD-PATH: prefixes with Path Identifiers, per family and direction (RFC 7911 §3, §4)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import AS_PATH, NEXT_HOP, ORIGIN, AsPath
from messages.context import Context
from messages.errors import Malformed, NotificationError
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.multicast import without_multicast
from messages.families.path import PathKey, identifier_of, make_path, prefix_of, split_paths
from messages.families.prefix import PrefixKey, make_key, parse_prefix
from messages.framing import Framer
from messages.iana import Origin
from messages.update import decode_update, encode_attributes, pack_announcements, pack_withdrawals

BOTH = Context(families=frozenset(FAMILIES.values()))
PATHS = replace(BOTH, add_path_receive=BOTH.families, add_path_send=BOTH.families)
ONLY_IPV6 = replace(BOTH, add_path_receive=frozenset({IPV6_UNICAST}))
GOOD = bytes.fromhex("40010100 40020602010000fde9 400304c0000201")
NO_ORIGIN = GOOD[4:]
REACH = bytes.fromhex("800e1e 0002 01 10 20010db8000000000000000000000001 00 00000007 20 20010db8")
UNREACH = bytes.fromhex("800f0c 0002 01 00000009 20 20010db9")
TEN, DB8, DB9 = (parse_prefix(text)[1] for text in ("10.0.0.0/8", "2001:db8::/32", "2001:db9::/32"))
TEN_7, DB8_7, DB9_9 = make_path(7, TEN), make_path(7, DB8), make_path(9, DB9)


def unicast_keys(family: Family) -> st.SearchStrategy[PrefixKey]:
    """Any prefix of the family but multicast ones, which are ignored on the way in."""
    addresses = st.binary(min_size=family.address_octets, max_size=family.address_octets)
    keys = st.builds(make_key, addresses, st.integers(0, family.max_bits))
    return keys.filter(lambda key: bool(without_multicast([key], family)[0]))


KEYS = {family: unicast_keys(family) for family in FAMILIES.values()}
FAMILY_PATHS = st.sampled_from(list(FAMILIES.values())).flatmap(
    lambda family: st.tuples(
        st.just(family), st.lists(st.builds(make_path, st.integers(0, 2**32 - 1), KEYS[family]), min_size=1)
    )
)


def body(attributes: bytes = b"", nlri: bytes = b"", withdrawn: bytes = b"") -> bytes:
    return len(withdrawn).to_bytes(2) + withdrawn + len(attributes).to_bytes(2) + attributes + nlri


def test_a_path_is_its_identifier_and_its_prefix() -> None:
    assert bytes.fromhex("00000007 080a") == TEN_7
    assert (identifier_of(TEN_7), prefix_of(TEN_7)) == (7, TEN)


@given(FAMILY_PATHS)
def test_what_is_written_is_cut_as_it_was(case: tuple[Family, list[PathKey]]) -> None:
    family, paths = case
    assert split_paths(b"".join(paths), family.max_bits) == paths


def test_irrelevant_bits_are_cleared() -> None:
    """RFC 4271 §4.3."""
    (path,) = split_paths(bytes.fromhex("00000001 0c 0aff"), 32)
    assert path == make_path(1, parse_prefix("10.240.0.0/12")[1])


@pytest.mark.parametrize("field", ["00", "00000001", "00000001 21 0a00000000", "00000001 18 0a00"])
def test_a_field_that_cannot_be_cut_ends_the_session(field: str) -> None:
    """RFC 7606 §5.3."""
    with pytest.raises(NotificationError) as caught:
        split_paths(TEN_7 + bytes.fromhex(field), 32)
    assert (caught.value.code, caught.value.subcode, caught.value.data) == (3, 10, bytes.fromhex(field))


@pytest.mark.parametrize(
    ("content", "withdrawn", "announced"),
    [
        (body(GOOD, TEN_7), [], [(IPV4_UNICAST, [TEN_7])]),
        (body(b"", b"", TEN_7), [(IPV4_UNICAST, [TEN_7])], []),
        (body(REACH + GOOD), [], [(IPV6_UNICAST, [DB8_7])]),
        (body(UNREACH), [(IPV6_UNICAST, [DB9_9])], []),
        (body(NO_ORIGIN, TEN_7), [(IPV4_UNICAST, [TEN_7])], []),
        (body(REACH + NO_ORIGIN), [(IPV6_UNICAST, [DB8_7])], []),
    ],
    ids=["IPv4", "IPv4 withdrawn", "IPv6", "IPv6 withdrawn", "malformed", "IPv6 malformed"],
)
def test_paths_come_and_go(
    content: bytes,
    withdrawn: list[tuple[Family, list[PathKey]]],
    announced: list[tuple[Family, list[PathKey]]],
) -> None:
    sets = AttributeSetTable(PATHS)
    for _ in range(2):  # read, and known
        update = decode_update(content, sets)
        assert update.withdrawn_paths == withdrawn
        assert [(family, paths) for family, _, paths in update.announced_paths] == announced
        assert not update.withdrawn
        assert not update.announced
        assert all(flaw.cost == Malformed.TREAT_AS_WITHDRAW for flaw in update.errors)


def test_each_family_has_its_own_form() -> None:
    update = decode_update(body(REACH + UNREACH + GOOD, TEN, TEN), AttributeSetTable(ONLY_IPV6))
    assert update.withdrawn == [(IPV4_UNICAST, [TEN])]
    assert [(family, keys) for family, _, keys in update.announced] == [(IPV4_UNICAST, [TEN])]
    assert update.withdrawn_paths == [(IPV6_UNICAST, [DB9_9])]
    assert [(family, paths) for family, _, paths in update.announced_paths] == [(IPV6_UNICAST, [DB8_7])]


@pytest.mark.parametrize("content", [body(), body(UNREACH[:2] + b"\3" + UNREACH[3:6])])
def test_the_end_of_rib_has_no_paths(content: bytes) -> None:
    """RFC 4724 §2."""
    assert decode_update(content, AttributeSetTable(PATHS)).end_of_rib is not None


@given(FAMILY_PATHS)
def test_what_is_sent_is_what_is_read(case: tuple[Family, list[PathKey]]) -> None:
    family, paths = case
    next_hop = bytes((192, 0, 2, 1)) if family is IPV4_UNICAST else DB8.ljust(16, b"\1")
    sent = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.of(65001), NEXT_HOP: next_hop})
    announcements = pack_announcements(family, encode_attributes(sent, family, PATHS), paths, PATHS)
    withdrawals = pack_withdrawals(family, paths, PATHS)
    sets = AttributeSetTable(PATHS)
    read = [
        decode_update(content, sets) for _, content in Framer().feed(b"".join(announcements + withdrawals))
    ]
    assert [path for update in read for _, _, found in update.announced_paths for path in found] == paths
    assert [path for update in read for _, found in update.withdrawn_paths for path in found] == paths
