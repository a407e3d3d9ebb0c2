"""Paths: prefixes with the Path Identifier of their sender before them (RFC 7911 §3)."""

from typing import Final, NewType, cast

from messages.families.prefix import PrefixKey, clear_trailing_bits, invalid_network_field

PathKey = NewType("PathKey", bytes)
"""Four octets of Path Identifier, then a ``PrefixKey``: as canonical, and as ready for the wire."""

IDENTIFIER_OCTETS: Final = 4


def split_paths(field: bytes, max_bits: int) -> list[PathKey]:
    """Cut the NLRI field of a family with ADD-PATH into keys."""
    keys: list[bytes] = []
    position, end = 0, len(field)
    while position < end:
        start = position + IDENTIFIER_OCTETS
        bits = field[start] if start < end else 0
        stop = start + 1 + (bits + 7 >> 3)
        if bits > max_bits or stop > end:
            raise invalid_network_field(field[position:], bits, max_bits)
        key = field[position:stop]
        if bits & 7 and key[-1] & 0xFF >> (bits & 7):
            key = clear_trailing_bits(key, bits)
        keys.append(key)
        position = stop
    return cast("list[PathKey]", keys)


def make_path(identifier: int, key: PrefixKey) -> PathKey:
    """Return the key of a prefix with this identifier."""
    return PathKey(identifier.to_bytes(IDENTIFIER_OCTETS) + key)


def identifier_of(path: PathKey) -> int:
    """Return the Path Identifier, which means something only to its sender."""
    return int.from_bytes(path[:IDENTIFIER_OCTETS])


def prefix_of(path: PathKey) -> PrefixKey:
    """Return the prefix."""
    return PrefixKey(path[IDENTIFIER_OCTETS:])
