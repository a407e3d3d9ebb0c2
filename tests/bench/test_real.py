"""A captured table is fitted into the benchmark: its next hops, and what nobody may take."""

from struct import pack

import pytest

from tests.bench.holdings import fields
from tests.bench.real import _attributes, _is_through_as_0, _with_next_hop

ORIGIN = b"\x40\x01\x01\x00"
NEXT_HOP = b"\x40\x03\x04\xc0\x00\x02\x01"
EXTENDED_COMMUNITIES = b"\xd0\x10\x00\x08" + bytes(8)
PREFIX = b"\x18\xcb\x00\x71"


def as_path(*numbers: int) -> bytes:
    path = pack(f"!BB{len(numbers)}I", 2, len(numbers), *numbers)
    return bytes((0x40, 2, len(path))) + path


def body(*attributes: bytes, withdrawn: bytes = b"") -> bytes:
    joined = b"".join(attributes)
    return pack("!H", len(withdrawn)) + withdrawn + pack("!H", len(joined)) + joined + PREFIX


def test_attributes_are_found_behind_withdrawn_prefixes_and_long_lengths() -> None:
    whole = body(ORIGIN, EXTENDED_COMMUNITIES, NEXT_HOP, withdrawn=PREFIX)
    found = [(code, whole[place]) for code, place in _attributes(whole)]
    assert found == [(1, b"\0"), (16, bytes(8)), (3, b"\xc0\x00\x02\x01")]


def test_only_the_next_hop_is_replaced() -> None:
    message = _with_next_hop(body(ORIGIN, NEXT_HOP, EXTENDED_COMMUNITIES, withdrawn=PREFIX), b"\xc6\x12\0\2")
    expected = body(ORIGIN, b"\x40\x03\x04\xc6\x12\0\2", EXTENDED_COMMUNITIES, withdrawn=PREFIX)
    assert message[19:] == expected
    assert fields(message[19:]) == (PREFIX, PREFIX)


@pytest.mark.parametrize(
    ("path", "is_through"),
    [
        (as_path(64500, 0, 64501), True),
        (as_path(64500, 65536), False),  # its octets are 0000fbf4 00010000: four zeros that are no number
        (as_path(1 << 24, 1), False),  # 01000000 00000001: the same
        (as_path(), False),
        (b"\x40\x02\x00", False),
        (b"\x40\x02\x0c" + as_path(64500)[3:] + as_path(0)[3:], True),
    ],
)
def test_a_path_through_as_0_is_found(path: bytes, is_through: bool) -> None:
    """RFC 7607 §2."""
    assert _is_through_as_0(body(ORIGIN, path, NEXT_HOP)) is is_through
