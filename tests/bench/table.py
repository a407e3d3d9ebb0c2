"""A table that looks like the Internet's: prefixes and attribute sets made by a seeded generator."""

import random
import struct
from collections.abc import Iterator

from tests.bench.speaker import MARKER

SENTINEL_PREFIX = bytes((32, 203, 0, 113, 77))
"""Announced after everything else: who has it has everything."""
_SHARES = (1, 2, 4, 6, 8, 15)
"""Prefixes with the same attribute set: six on average, as in a full feed of 1,000,000 in 166,919 UPDATEs."""
_FIRST, _LAST = 1 << 24, (224 << 24) - 1
_NOT_ROUTED = ((127 << 24, 8), (169 << 24 | 254 << 16, 16), (198 << 24 | 18 << 16, 15))
"""Loopback and link-local addresses, which daemons may refuse, and those of the neighbors (RFC 6890)."""


def prefixes(count: int, seed: int = 1) -> list[bytes]:
    """Return ``count`` different IPv4 prefixes in wire form, mostly /24 as on the Internet."""
    random_number = random.Random(seed)
    lengths = random_number.choices((24, 23, 22, 21, 20, 19, 16), (60, 9, 12, 6, 6, 4, 3), k=count * 2)
    chosen: dict[bytes, None] = {}
    for length in lengths:
        octets = length + 7 >> 3
        network = random_number.randint(_FIRST, _LAST) >> (32 - length) << (32 - length)
        if not any(network >> (32 - bits) == refused >> (32 - bits) for refused, bits in _NOT_ROUTED):
            chosen[bytes((length,)) + network.to_bytes(4, "big")[:octets]] = None
        if len(chosen) == count:
            break
    return list(chosen)


def attribute_set(
    asn: int, next_hop: bytes, random_number: random.Random, *, is_internal: bool = False
) -> bytes:
    """Path attributes of a feed with 4-octet AS numbers; an internal one has LOCAL_PREF.

    ``next_hop`` is empty if MP_REACH_NLRI has it (RFC 4760 §3).
    """
    path = [asn] + [random_number.randrange(1, 400_000) for _ in range(random_number.randrange(2, 7))]
    as_path = bytes((2, len(path))) + struct.pack(f"!{len(path)}I", *path)
    communities = b"".join(
        struct.pack("!HH", asn & 0xFFFF, random_number.randrange(1 << 16))
        for _ in range(random_number.randrange(4))
    )
    parts = [b"\x40\x01\x01\x00", b"\x40\x02" + bytes((len(as_path),)) + as_path]
    if next_hop:
        parts.append(b"\x40\x03\x04" + next_hop)
    if random_number.random() < 0.3:
        parts.append(b"\x80\x04\x04" + struct.pack("!I", random_number.randrange(1000)))
    if is_internal:
        parts.append(b"\x40\x05\x04" + struct.pack("!I", 100))
    if communities:
        parts.append(b"\xc0\x08" + bytes((len(communities),)) + communities)
    return b"".join(parts)


def update(withdrawn: bytes, attributes: bytes, announced: bytes) -> bytes:
    """Return one UPDATE."""
    body = (
        struct.pack("!H", len(withdrawn))
        + withdrawn
        + struct.pack("!H", len(attributes))
        + attributes
        + announced
    )
    return framed(body)


def framed(body: bytes) -> bytes:
    """Put the header of an UPDATE in front of it."""
    return MARKER + struct.pack("!HB", 19 + len(body), 2) + body


def announcements(
    keys: list[bytes],
    asn: int,
    next_hop: bytes,
    seed: int = 2,
    sentinel: bytes = SENTINEL_PREFIX,
    *,
    is_internal: bool = False,
) -> Iterator[bytes]:
    """UPDATEs that announce ``keys``, a new attribute set each, the sentinel in the last."""
    random_number = random.Random(seed)
    for some in shares(keys, random_number):
        attributes = attribute_set(asn, next_hop, random_number, is_internal=is_internal)
        yield update(b"", attributes, b"".join(some))
    yield update(b"", attribute_set(asn, next_hop, random_number, is_internal=is_internal), sentinel)


def shares(keys: list[bytes], random_number: random.Random) -> Iterator[list[bytes]]:
    """Cut ``keys`` into those that have the same attribute set."""
    position = 0
    while position < len(keys):
        share = random_number.choice(_SHARES)
        yield keys[position : position + share]
        position += share


def single_announcements(keys: list[bytes], asn: int, next_hop: bytes, seed: int) -> Iterator[bytes]:
    """UPDATEs of an internal neighbor that announce each of ``keys`` with an attribute set of its own."""
    random_number = random.Random(seed)
    for key in keys:
        yield update(b"", attribute_set(asn, next_hop, random_number, is_internal=True), key)


def alike_announcements(keys: list[bytes], asn: int, next_hop: bytes) -> Iterator[bytes]:
    """The same with one attribute set for all."""
    attributes = attribute_set(asn, next_hop, random.Random(2))
    for start in range(0, len(keys), 500):
        yield update(b"", attributes, b"".join(keys[start : start + 500]))
    yield update(b"", attributes, SENTINEL_PREFIX)


def withdrawals(keys: list[bytes]) -> Iterator[bytes]:
    """UPDATEs that withdraw ``keys``, the sentinel last."""
    for start in range(0, len(keys), 500):
        yield update(b"".join(keys[start : start + 500]), b"", b"")
    yield update(SENTINEL_PREFIX, b"", b"")
