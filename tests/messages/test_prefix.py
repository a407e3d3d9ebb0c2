"""Prefixes as canonical wire bytes (RFC 4271 §4.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import NotificationError
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family, family_named
from messages.families.prefix import (
    PrefixKey,
    address_of,
    covers,
    make_key,
    parse_address,
    parse_prefix,
    render_address,
    render_prefix,
    shorten,
    split,
)
from messages.iana import ErrorCode, UpdateSubcode


def key(text: str) -> PrefixKey:
    return parse_prefix(text)[1]


@pytest.mark.parametrize(
    ("text", "family", "octets"),
    [
        ("0.0.0.0/0", IPV4_UNICAST, "00"),
        ("10.0.0.0/8", IPV4_UNICAST, "080a"),
        ("192.0.2.128/25", IPV4_UNICAST, "19c0000280"),
        ("::/0", IPV6_UNICAST, "00"),
        ("2001:db8::/32", IPV6_UNICAST, "2020010db8"),
        ("fd00:10::1/128", IPV6_UNICAST, "80fd000010000000000000000000000001"),
    ],
)
def test_text_and_key_are_two_forms_of_one_prefix(text: str, family: Family, octets: str) -> None:
    assert parse_prefix(text) == (family, bytes.fromhex(octets))
    assert render_prefix(PrefixKey(bytes.fromhex(octets)), family) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("10.0.0.1/8", r"10\.0\.0\.1/8 has host bits set; the prefix is 10\.0\.0\.0/8"),
        ("2001:db8::1/32", "has host bits set; the prefix is 2001:db8::/32"),
        ("10.0.0.0", "'10.0.0.0' has no prefix length"),
        ("10.0.0.0/255.0.0.0", "has no prefix length"),
        ("10.0.0.0/", "has no prefix length"),
        ("10.0.0.0/33", "prefix length 33 is not between 0 and 32"),
        ("10.0.0/8", "'10.0.0' does not appear to be"),
        ("fe80::%eth0/64", "names an interface"),
    ],
)
def test_what_is_no_prefix_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_prefix(text)


@pytest.mark.parametrize("text", ["192.0.2.1", "2001:db8::1", "0.0.0.0", "::"])
def test_addresses_are_read_and_shown(text: str) -> None:
    assert render_address(parse_address(text)) == text


def test_an_address_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names an interface"):
        parse_address("fe80::1%eth0")


def test_a_field_is_cut_at_every_prefix() -> None:
    """RFC 4271 §4.3."""
    field = bytes.fromhex("00 080a 0f0aff 18c63364 20c0000201")
    assert [render_prefix(part, IPV4_UNICAST) for part in split(field, 32)] == [
        "0.0.0.0/0",
        "10.0.0.0/8",
        "10.254.0.0/15",
        "198.51.100.0/24",
        "192.0.2.1/32",
    ]


@pytest.mark.parametrize(
    ("field", "bits"),
    [("21c000020100", 32), ("18c633", 32), ("080a18", 32), ("81" + "00" * 17, 128), ("ff" + "00" * 40, 128)],
)
def test_a_prefix_that_is_too_long_or_overruns_the_field_resets_the_session(field: str, bits: int) -> None:
    """RFC 7606 §5.3, §3 j."""
    with pytest.raises(NotificationError) as caught:
        split(bytes.fromhex(field), bits)
    assert (caught.value.code, caught.value.subcode) == (
        ErrorCode.UPDATE_MESSAGE,
        UpdateSubcode.INVALID_NETWORK_FIELD,
    )
    assert bytes.fromhex(field).endswith(caught.value.data)


def test_the_error_carries_the_field_from_the_bad_prefix_on() -> None:
    with pytest.raises(NotificationError) as caught:
        split(bytes.fromhex("080a 21c0000201"), 32)
    assert caught.value.data == bytes.fromhex("21c0000201")


@pytest.mark.parametrize(
    ("shorter", "longer", "answer"),
    [
        ("10.0.0.0/8", "10.1.0.0/16", True),
        ("10.0.0.0/8", "10.0.0.0/8", True),
        ("0.0.0.0/0", "10.0.0.0/8", True),
        ("10.0.0.0/9", "10.128.0.0/9", False),
        ("10.1.0.0/16", "10.0.0.0/8", False),
        ("11.0.0.0/8", "10.1.0.0/16", False),
    ],
)
def test_a_prefix_covers_the_longer_ones_in_it(shorter: str, longer: str, answer: bool) -> None:
    assert covers(key(shorter), key(longer)) is answer


def test_a_prefix_can_be_shortened_but_not_lengthened() -> None:
    assert shorten(key("10.255.0.0/16"), 9) == key("10.128.0.0/9")
    with pytest.raises(ValueError, match="cannot shorten a prefix of length 8 to 9"):
        shorten(key("10.0.0.0/8"), 9)


@pytest.mark.parametrize("family", FAMILIES.values())
def test_a_family_is_found_by_its_name(family: Family) -> None:
    assert family_named(family.name) is family
    assert family.name in repr(family)


def test_an_unknown_name_of_a_family_is_refused() -> None:
    with pytest.raises(ValueError, match="'vpnv4' is no address family; known are ipv4, ipv6"):
        family_named("vpnv4")


@given(st.sampled_from(sorted(FAMILIES.values(), key=lambda row: row.name)), st.data())
def test_every_spelling_of_a_prefix_is_one_key(family: Family, data: st.DataObject) -> None:
    address = data.draw(st.binary(min_size=family.address_octets, max_size=family.address_octets))
    bits = data.draw(st.integers(0, family.max_bits))
    made = make_key(address, bits)
    spelled = bytes((bits,)) + address[: (bits + 7) // 8]
    assert split(spelled * 2, family.max_bits) == [made, made]
    assert parse_prefix(render_prefix(made, family)) == (family, made)
    assert make_key(address_of(made, family), bits) == made
    assert covers(shorten(made, bits // 2), made)
