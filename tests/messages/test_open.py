"""OPEN and its capabilities (RFC 4271 §4.2, §6.2; RFC 5492; RFC 9072)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.capabilities import (
    ADD_PATH,
    CAPABILITIES,
    FOUR_OCTET_AS,
    GRACEFUL_RESTART,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    SOFTWARE_VERSION,
    Capabilities,
    Capability,
)
from messages.errors import MalformedValueError, NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.framing import frame
from messages.iana import CapabilityCode, ErrorCode, MessageType, OpenSubcode
from messages.open import Open, decode_open, encode_open
from tests.messages.presence import present
from tests.messages.strategies import capability_items

FIXED = "04 fde9 005a 0a000001"
OURS = Capabilities.of(
    (MULTIPROTOCOL, IPV4_UNICAST),
    (MULTIPROTOCOL, IPV6_UNICAST),
    (ROUTE_REFRESH, True),
    (FOUR_OCTET_AS, 4200000001),
)


def test_an_open_is_written_as_the_rfc_draws_it() -> None:
    """RFC 4271 §4.2: one Capabilities parameter (RFC 5492 §4)."""
    message = Open(4, 23456, 90, 0x0A000001, OURS)
    parameters = "16 02 14 0104 0001 0001 0104 0002 0001 0200 4104 fa56ea01"
    assert encode_open(message) == frame(
        MessageType.OPEN, bytes.fromhex("04 5ba0 005a 0a000001" + parameters)
    )
    assert decode_open(encode_open(message)[19:]) == message


def test_the_as_number_is_that_of_the_capability_if_it_is_there() -> None:
    """RFC 6793 §4.1."""
    assert Open(4, 23456, 90, 1, OURS).asn == 4200000001
    assert Open(4, 65001, 90, 1, Capabilities()).asn == 65001


@pytest.mark.parametrize(
    ("parameters", "capabilities"),
    [
        ("08 02 06 4104 0000fde9", "four_octet_as 65001"),
        ("0a 02 02 0200 02 04 c802 abcd", "route_refresh, 200: abcd"),  # a parameter for each
        ("ff ff 0009 02 0006 4104 0000fde9", "four_octet_as 65001"),  # the extended form (RFC 9072 §2)
        ("07 ff 0005 02 0002 0200", "route_refresh"),  # the first type says it, not the length (RFC 9072 §3)
        ("ff ff 0000", ""),
        ("00", ""),
    ],
)
def test_optional_parameters_are_read_in_each_form(parameters: str, capabilities: str) -> None:
    assert str(decode_open(bytes.fromhex(FIXED + parameters)).capabilities) == capabilities


def test_a_long_list_of_capabilities_is_written_in_the_extended_form() -> None:
    """RFC 9072 §2."""
    many = Capabilities(tuple((200, bytes(100)) for _ in range(3)))
    body = encode_open(Open(4, 65001, 90, 1, many))[19:]
    assert body[9:16] == bytes.fromhex("ff ff 0135 02 0132")
    assert decode_open(body).capabilities == many


def test_as_many_capabilities_as_fit_are_written_in_the_short_form() -> None:
    most = Capabilities(((200, bytes(251)),))
    body = encode_open(Open(4, 65001, 90, 1, most))[19:]
    assert body[9:12] == bytes.fromhex("ff 02 fd")
    assert decode_open(body).capabilities == most


@pytest.mark.parametrize(
    ("body", "subcode", "data"),
    [
        ("04 fde9", OpenSubcode.UNSPECIFIC, ""),
        ("03 fde9 005a 0a000001 00", OpenSubcode.UNSUPPORTED_VERSION_NUMBER, "0004"),
        ("05 fde9 005a 0a000001 00", OpenSubcode.UNSUPPORTED_VERSION_NUMBER, "0004"),
        (FIXED + "02", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "00 02 00", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "01 02", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "03 02 05 02", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "04 02 02 02 01", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "03 02 01 02", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "ff ff 00", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "ff ff 0001 02", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "ff ff 0002 02 00", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "03 01 01 00", OpenSubcode.UNSUPPORTED_OPTIONAL_PARAMETER, ""),
        (FIXED + "05 02 03 01 01 00", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "05 02 03 02 01 00", OpenSubcode.UNSPECIFIC, ""),
        (FIXED + "05 02 03 41 01 00", OpenSubcode.UNSPECIFIC, ""),
    ],
)
def test_a_malformed_open_ends_the_session(body: str, subcode: OpenSubcode, data: str) -> None:
    """RFC 4271 §6.2."""
    with pytest.raises(NotificationError) as caught:
        decode_open(bytes.fromhex(body))
    assert (caught.value.code, caught.value.subcode) == (ErrorCode.OPEN_MESSAGE, subcode)
    assert caught.value.data == bytes.fromhex(data)


@pytest.mark.parametrize("row", CAPABILITIES.values())
def test_a_capability_of_a_wrong_length_is_malformed(row: Capability[Any]) -> None:
    """RFC 4271 §6.2; what is only for people, and ADD-PATH (RFC 7911 §4), is ignored instead."""
    octets = 9 if row.code == CapabilityCode.LONG_LIVED_GRACEFUL_RESTART else 7
    with pytest.raises(MalformedValueError, match=f"length {octets}"):
        row.decode(bytes(octets))
    assert row.name in repr(row)
    field = bytes((row.code, octets)) + bytes(octets)
    if row.code in (CapabilityCode.ADD_PATH, CapabilityCode.FQDN, CapabilityCode.SOFTWARE_VERSION):
        assert list(Capabilities.decode(field)) == [(row.code, None, bytes(octets))]
    else:
        with pytest.raises(MalformedValueError, match=row.name):
            Capabilities.decode(field)


@pytest.mark.parametrize(
    "field",
    [
        "49 00",
        "49 02 0100",
        "49 03 0161 01",
        "49 04 01610061",
        "49 04 01ff 0161",
        "49 04 011b 0161",
        "4b 00",
        "4b 01 01",
        "4b 03 016162",
        "4b 02 01ff",
        "4b 02 010a",
        "45 04 00010100",
        "45 04 00010104",
        "45 03 000101",
    ],
)
def test_a_malformed_capability_that_does_not_matter_is_ignored(field: str) -> None:
    """It is kept as octets, shown in hex and sent on as it came."""
    octets = bytes.fromhex(field)
    capabilities = Capabilities.decode(octets)
    row = CAPABILITIES[octets[0]]
    assert row not in capabilities
    assert capabilities.get(row) is None
    assert str(capabilities) == f"{octets[0]}: {octets[2:].hex()}"
    assert capabilities.encode() == octets


def test_of_several_values_the_last_one_counts() -> None:
    """RFC 4724 §3, RFC 9494 §3."""
    capabilities = Capabilities.decode(bytes.fromhex("4002 0078 4002 0079 4104 00000001"))
    assert present(capabilities.get(GRACEFUL_RESTART)).restart_time == 0x79
    assert [value.restart_time for value in capabilities.all(GRACEFUL_RESTART)] == [0x78, 0x79]


def test_the_directions_of_add_path() -> None:
    """RFC 7911 §4."""
    (row,) = Capabilities.decode(bytes.fromhex("4508 00010101 00020102")).all(ADD_PATH)
    assert [(path.receives, path.sends) for path in row] == [(True, False), (False, True)]


def test_a_name_is_cut_where_a_character_ends() -> None:
    """The length has one octet."""
    encoded = SOFTWARE_VERSION.encode("x" + "\u20ac" * 100)
    assert encoded[0] == len(encoded) - 1 == 253
    assert SOFTWARE_VERSION.decode(encoded) == "x" + "\u20ac" * 84


def test_capabilities_answer_by_row() -> None:
    assert OURS.get(MULTIPROTOCOL) is IPV6_UNICAST
    assert OURS.all(MULTIPROTOCOL) == (IPV4_UNICAST, IPV6_UNICAST)
    assert ROUTE_REFRESH in OURS
    assert ROUTE_REFRESH not in Capabilities()
    assert Capabilities().get(FOUR_OCTET_AS) is None


def test_capabilities_are_values() -> None:
    assert Capabilities.decode(OURS.encode()) == OURS
    assert len({OURS, Capabilities.decode(OURS.encode()), Capabilities()}) == 2
    assert (OURS.encode() == OURS) is False
    assert repr(OURS) == (
        "<Capabilities multiprotocol ipv4, multiprotocol ipv6, route_refresh, four_octet_as 4200000001>"
    )


def test_an_unknown_capability_is_kept_and_shown_in_hex() -> None:
    """RFC 5492 §3: it is ignored, not refused."""
    unknown = Capabilities.decode(bytes.fromhex("c8 02 abcd"))
    assert list(unknown) == [(200, None, b"\xab\xcd")]
    assert str(unknown) == "200: abcd"


@given(st.lists(capability_items(), max_size=12).map(tuple), st.integers(0, 2**16 - 1))
def test_an_open_reads_back_as_it_was_written(
    capabilities: tuple[tuple[int, Any], ...], hold_time: int
) -> None:
    message = Open(4, 65001, hold_time, 0x0A000001, Capabilities(capabilities))
    assert decode_open(encode_open(message)[19:]) == message
