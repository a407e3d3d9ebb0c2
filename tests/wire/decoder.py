"""What a speaker that behaves is sent, read in the plainest way; written apart from ``messages``."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

Family = tuple[int, int]
"""AFI and SAFI."""

_IPV4: Final[Family] = (1, 1)
_OCTETS: Final[Mapping[Family, int]] = {(1, 1): 4, (2, 1): 16}
_NEXT_HOP, _MP_REACH, _MP_UNREACH = 3, 14, 15
_EXTENDED_LENGTH: Final = 0x10
_MEANINGFUL_FLAGS: Final = 0xE0

Attributes = Mapping[int, tuple[int, bytes]]
"""Flags and value by type, without next hop and prefixes; the Extended Length flag is no news."""


class Heard(NamedTuple):
    """What one UPDATE says."""

    withdrawn: list[str]
    announced: list[str]
    attributes: Attributes


def decode_update(body: bytes) -> Heard:
    """Read the body of an UPDATE that is expected to be right."""
    gone = int.from_bytes(body[:2])
    size = int.from_bytes(body[2 + gone : 4 + gone])
    start = 4 + gone
    withdrawn = list(_prefixes(body[2 : 2 + gone], _IPV4))
    announced = list(_prefixes(body[start + size :], _IPV4))
    attributes = {}
    for flags, code, value in split(body[start : start + size]):
        family = (int.from_bytes(value[:2]), value[2]) if code in (_MP_REACH, _MP_UNREACH) else _IPV4
        if code == _MP_REACH:
            announced += _prefixes(value[5 + value[3] :], family)
        elif code == _MP_UNREACH:
            withdrawn += _prefixes(value[3:], family)
        elif code != _NEXT_HOP:
            attributes[code] = (flags & _MEANINGFUL_FLAGS, value)
    return Heard(withdrawn, announced, attributes)


def split(field: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield flags, type and value of each path attribute."""
    position = 0
    while position < len(field):
        flags, code = field[position], field[position + 1]
        start = position + (4 if flags & _EXTENDED_LENGTH else 3)
        position = start + int.from_bytes(field[position + 2 : start])
        assert position <= len(field), f"attribute {code} overruns {field.hex()}"
        yield flags, code, field[start:position]


def _prefixes(field: bytes, family: Family) -> Iterator[str]:
    position = 0
    while position < len(field):
        bits = field[position]
        stop = position + 1 + (bits + 7) // 8
        assert stop <= len(field), f"a prefix overruns {field.hex()}"
        octets = field[position + 1 : stop].ljust(_OCTETS[family], b"\0")
        yield str(ipaddress.ip_network((octets, bits)))
        position = stop


def capabilities(open_body: bytes) -> list[tuple[int, bytes]]:
    """Return code and value of the capabilities in the body of an OPEN (RFC 5492 §4, RFC 9072 §2)."""
    field, size = open_body[10:], 1
    if open_body[9] and field[:1] == b"\xff":
        field, size = field[3:], 2
    found: list[tuple[int, bytes]] = []
    position = 0
    while position < len(field):
        start = position + 1 + size
        stop = start + int.from_bytes(field[position + 1 : start])
        if field[position] == 2:
            found += _capabilities(field[start:stop])
        position = stop
    return found


def _capabilities(value: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(value):
        stop = position + 2 + value[position + 1]
        yield value[position], value[position + 2 : stop]
        position = stop
