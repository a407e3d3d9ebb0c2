"""Netlink framing, answers and requests as golden bytes (little-endian, as on every machine we run on)."""

import sys
from errno import EINVAL

import pytest

from kernel_sync.rtnetlink import (
    NLM_F_ACK_TLVS,
    NLM_F_CAPPED,
    NLMSG_ERROR,
    RTM_DELADDR,
    RTM_NEWLINK,
    Message,
    attribute,
    pack_address_dump,
    pack_link_dump,
    pack_message,
    pack_permission_probe,
    pack_route_dump,
    read_address,
    read_failure,
    read_link,
    split_attributes,
    split_messages,
)

pytestmark = pytest.mark.skipif(sys.byteorder != "little", reason="kernel lacks little-endian integers")


def only(data: bytes) -> Message:
    (message,) = split_messages(data)
    return message


@pytest.mark.parametrize(
    ("packed", "wire"),
    [
        pytest.param(
            pack_route_dump(2, 254, 7),
            "24000000 1a00 0103 07000000 00000000"  # length, RTM_GETROUTE, REQUEST | DUMP, sequence, port
            "02000000 00000000 00000000 0800 0f00 fe000000",  # AF_INET; RTA_TABLE 254
            id="routes",
        ),
        pytest.param(pack_link_dump(1), "20000000 1200 0103 01000000 00000000" + "00" * 16, id="links"),
        pytest.param(pack_address_dump(2), "18000000 1600 0103 02000000 00000000" + "00" * 8, id="addresses"),
        pytest.param(
            pack_permission_probe(1), "1c000000 1900 0500 01000000 00000000" + "00" * 12, id="probe"
        ),
    ],
)
def test_requests(packed: bytes, wire: str) -> None:
    assert packed == bytes.fromhex(wire)


def test_messages_are_cut_at_multiples_of_four() -> None:
    data = pack_message(24, 2, 5, b"abc") + b"\0" + pack_message(25, 0, 6, b"abcd")
    assert [(row.kind, row.sequence, data[row.start : row.end]) for row in split_messages(data)] == [
        (24, 5, b"abc"),
        (25, 6, b"abcd"),
    ]


@pytest.mark.parametrize("length", [0, 15])
def test_a_length_that_leads_nowhere_ends_the_reading(length: int) -> None:
    data = length.to_bytes(4, "little") + bytes(60)
    assert list(split_messages(data)) == []
    assert list(split_attributes(length.to_bytes(2, "little").replace(b"\x0f", b"\3") + bytes(6), 0, 8)) == []


def test_attributes_are_padded_and_lose_the_nested_flag() -> None:
    data = attribute(0x8009, b"abcde") + attribute(4, b"\1\0\0\0")
    assert data[:12] == bytes.fromhex("0900 0980 6162636465 000000")
    assert [(kind, data[start:end]) for kind, start, end in split_attributes(data, 0, len(data))] == [
        (9, b"abcde"),
        (4, b"\1\0\0\0"),
    ]


REFUSED = (-EINVAL).to_bytes(4, "little", signed=True)
TEXT = attribute(1, b"Nexthop has invalid gateway\0")


@pytest.mark.parametrize(
    ("flags", "body", "text"),
    [
        pytest.param(0, REFUSED + pack_message(24, 1, 9, bytes(40)), "Invalid argument", id="plain"),
        pytest.param(
            NLM_F_CAPPED | NLM_F_ACK_TLVS,
            REFUSED + pack_message(24, 1, 9, bytes(40))[:16] + TEXT,
            "Invalid argument: Nexthop has invalid gateway",
            id="echo without body",
        ),
        pytest.param(
            NLM_F_ACK_TLVS,
            REFUSED + pack_message(24, 1, 9, bytes(40)) + TEXT,
            "Invalid argument: Nexthop has invalid gateway",
            id="whole echo",
        ),
    ],
)
def test_the_kernels_own_words_are_part_of_a_failure(flags: int, body: bytes, text: str) -> None:
    data = pack_message(NLMSG_ERROR, flags, 9, body)
    failure = read_failure(data, only(data))
    assert failure is not None
    assert failure == (EINVAL, text)


def test_an_error_of_zero_is_an_acknowledgment() -> None:
    data = pack_message(NLMSG_ERROR, NLM_F_CAPPED, 9, bytes(20))
    assert read_failure(data, only(data)) is None


@pytest.mark.parametrize(("flags", "up"), [("43100100", True), ("02100000", False)])
def test_a_link_is_read_as_far_as_routes_depend_on_it(flags: str, up: bool) -> None:
    data = pack_message(
        RTM_NEWLINK, 0, 0, bytes.fromhex("0000 0100 03000000") + bytes.fromhex(flags) + bytes(4)
    )
    assert read_link(data, only(data)) == (3, up)


def test_a_bridge_port_is_no_link() -> None:
    data = pack_message(RTM_NEWLINK, 0, 0, bytes.fromhex("0700 0100 03000000") + bytes(8))
    assert read_link(data, only(data)) is None


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        (attribute(1, b"\x0a\0\0\2") + attribute(2, b"\x0a\0\0\1"), b"\x0a\0\0\1"),
        (attribute(1, b"\xfd" + bytes(15)), b"\xfd" + bytes(15)),
    ],
)
def test_the_address_of_ours_is_the_local_one(attributes: bytes, address: bytes) -> None:
    data = pack_message(RTM_DELADDR, 0, 0, bytes.fromhex("02 18 00 00 05000000") + attributes)
    assert read_address(data, only(data)) == (5, address)
