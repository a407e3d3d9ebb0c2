"""OPEN and its capabilities (RFC 4271 §4.2, §6.2; RFC 5492; RFC 9072)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.capabilities import (
    CAPABILITIES,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    Capabilities,
)
from messages.errors import MalformedValueError, NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.framing import frame
from messages.iana import ErrorCode, MessageType, OpenSubcode
from messages.open import Open, decode_open, encode_open

FIXED = "04 fde9 005a 0a000001"
OURS = Capabilities.of(
    (MULTIPROTOCOL, IPV4_UNICAST),
    (MULTIPROTOCOL, IPV6_UNICAST),
    (ROUTE_REFRESH, True),
    (FOUR_OCTET_AS, 4200000001),
)


def test_an_open_is_written_as_the_rfc_draws_it():
    """RFC 4271 §4.2: one Capabilities parameter (RFC 5492 §4)."""
    message = Open(4, 23456, 90, 0x0A000001, OURS)
    parameters = "16 02 14 0104 0001 0001 0104 0002 0001 0200 4104 fa56ea01"
    assert encode_open(message) == frame(
        MessageType.OPEN, bytes.fromhex("04 5ba0 005a 0a000001" + parameters)
    )
    assert decode_open(encode_open(message)[19:]) == message


def test_the_as_number_is_that_of_the_capability_if_it_is_there():
    """RFC 6793 §4.1."""
    assert Open(4, 23456, 90, 1, OURS).asn == 4200000001
    assert Open(4, 65001, 90, 1, Capabilities()).asn == 65001


@pytest.mark.parametrize(
    ("parameters", "capabilities"),
    [
        ("08 02 06 4104 0000fde9", "four_octet_as 65001"),
        ("0a 02 02 0200 02 04 8002 abcd", "route_refresh, 128: abcd"),  # a parameter for each
        ("ff ff 0009 02 0006 4104 0000fde9", "four_octet_as 65001"),  # the extended form (RFC 9072 §2)
        ("07 ff 0005 02 0002 0200", "route_refresh"),  # the first type says it, not the length (RFC 9072 §3)
        ("ff ff 0000", ""),
        ("00", ""),
    ],
)
def test_optional_parameters_are_read_in_each_form(parameters, capabilities):
    assert str(decode_open(bytes.fromhex(FIXED + parameters)).capabilities) == capabilities


def test_a_long_list_of_capabilities_is_written_in_the_extended_form():
    """RFC 9072 §2."""
    many = Capabilities(tuple((200, bytes(100)) for _ in range(3)))
    body = encode_open(Open(4, 65001, 90, 1, many))[19:]
    assert body[9:16] == bytes.fromhex("ff ff 0135 02 0132")
    assert decode_open(body).capabilities == many


def test_as_many_capabilities_as_fit_are_written_in_the_short_form():
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
def test_a_malformed_open_ends_the_session(body, subcode, data):
    """RFC 4271 §6.2."""
    with pytest.raises(NotificationError) as caught:
        decode_open(bytes.fromhex(body))
    assert (caught.value.code, caught.value.subcode) == (ErrorCode.OPEN_MESSAGE, subcode)
    assert caught.value.data == bytes.fromhex(data)


@pytest.mark.parametrize("row", CAPABILITIES.values())
def test_a_capability_of_a_wrong_length_is_malformed(row):
    with pytest.raises(MalformedValueError, match="length 7"):
        row.decode(bytes(7))
    assert row.name in repr(row)


def test_capabilities_answer_by_row():
    assert OURS.get(MULTIPROTOCOL) is IPV4_UNICAST
    assert OURS.all(MULTIPROTOCOL) == (IPV4_UNICAST, IPV6_UNICAST)
    assert ROUTE_REFRESH in OURS
    assert ROUTE_REFRESH not in Capabilities()
    assert Capabilities().get(FOUR_OCTET_AS) is None


def test_capabilities_are_values():
    assert Capabilities.decode(OURS.encode()) == OURS
    assert len({OURS, Capabilities.decode(OURS.encode()), Capabilities()}) == 2
    assert (OURS.encode() == OURS) is False
    assert repr(OURS) == (
        "<Capabilities multiprotocol ipv4, multiprotocol ipv6, route_refresh, four_octet_as 4200000001>"
    )


def test_an_unknown_capability_is_kept_and_shown_in_hex():
    """RFC 5492 §3: it is ignored, not refused."""
    unknown = Capabilities.decode(bytes.fromhex("80 02 abcd"))
    assert list(unknown) == [(128, None, b"\xab\xcd")]
    assert str(unknown) == "128: abcd"


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just(1), st.sampled_from([IPV4_UNICAST, IPV6_UNICAST, (25, 70)])),
            st.just((2, True)),
            st.tuples(st.just(65), st.integers(0, 2**32 - 1)),
            st.tuples(st.integers(200, 255), st.binary(max_size=40)),
        ),
        max_size=12,
    ),
    st.integers(0, 2**16 - 1),
)
def test_an_open_reads_back_as_it_was_written(capabilities, hold_time):
    message = Open(4, 65001, hold_time, 0x0A000001, Capabilities(tuple(capabilities)))
    assert decode_open(encode_open(message)[19:]) == message
