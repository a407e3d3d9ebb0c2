"""The IPv6 side of a table like the Internet's: what is announced and withdrawn by MP-BGP (RFC 4760)."""

import random
import struct
from collections.abc import Iterator
from typing import Final

from tests.bench.table import attribute_set, shares, update

CAPABILITY: Final = b"\x01\x04\x00\x02\x00\x01"
"""The capability to exchange IPv6 unicast routes (RFC 4760 §8)."""
_IPV6_UNICAST: Final = struct.pack("!HB", 2, 1)
_PER_WITHDRAWAL: Final = 400


def prefixes(count: int, seed: int = 1) -> list[bytes]:
    """Return ``count`` different IPv6 prefixes in wire form, mostly /48 as on the Internet."""
    random_number = random.Random(seed)
    chosen: dict[bytes, None] = {}
    while len(chosen) < count:
        (length,) = random_number.choices((48, 44, 40, 36, 32), (50, 16, 12, 7, 15))
        network = random_number.randrange(0x2400 << 32, 0x2E00 << 32) >> (48 - length) << (48 - length)
        chosen[bytes((length,)) + network.to_bytes(6, "big")[: length + 7 >> 3]] = None
    return list(chosen)


def announcements(keys: list[bytes], asn: int, next_hop: bytes, seed: int = 2) -> Iterator[bytes]:
    """UPDATEs that announce ``keys``, a new attribute set each (RFC 4760 §3)."""
    random_number = random.Random(seed)
    before = _IPV6_UNICAST + bytes((len(next_hop),)) + next_hop + b"\x00"
    for some in shares(keys, random_number):
        reachable = _attribute(14, before + b"".join(some))
        yield update(b"", reachable + attribute_set(asn, b"", random_number), b"")


def withdrawals(keys: list[bytes]) -> Iterator[bytes]:
    """UPDATEs that withdraw ``keys`` (RFC 4760 §4)."""
    for start in range(0, len(keys), _PER_WITHDRAWAL):
        some = b"".join(keys[start : start + _PER_WITHDRAWAL])
        yield update(b"", _attribute(15, _IPV6_UNICAST + some), b"")


def end_of_rib() -> bytes:
    """Return the UPDATE that says that all was said (RFC 4724 §2)."""
    return update(b"", _attribute(15, _IPV6_UNICAST), b"")


def _attribute(code: int, value: bytes) -> bytes:
    return struct.pack("!BBH", 0x90, code, len(value)) + value
