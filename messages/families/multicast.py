"""Prefixes of multicast addresses: no unicast route can have one, so they are ignored (RFC 4271 §6.3)."""

from typing import Final, NamedTuple, TypeVar

from messages.families.family import Family
from messages.families.ipv4_unicast import IPV4_UNICAST
from messages.families.ipv6_unicast import IPV6_UNICAST

K = TypeVar("K", bound=bytes)


class _Range(NamedTuple):
    """The first address octets of a block, from ``first`` to before ``beyond``, and its prefix length."""

    first: bytes
    beyond: bytes
    bits: int


_MULTICAST: Final = {
    IPV4_UNICAST: _Range(b"\xe0", b"\xf0", 4),  # RFC 5771 §3
    IPV6_UNICAST: _Range(b"\xff", b"\xff\xff", 8),  # RFC 4291 §2.7
}


def without_multicast(keys: list[K], family: Family, offset: int = 0) -> tuple[list[K], list[K]]:
    """Return the keys to believe and those to ignore; the prefix begins at ``offset`` of each."""
    first, beyond, bits = _MULTICAST[family]
    begin, end = offset + 1, offset + 2
    ignored = [key for key in keys if first <= key[begin:end] < beyond and key[offset] >= bits]
    if not ignored:
        return keys, ignored
    unwelcome = set(ignored)
    return [key for key in keys if key not in unwelcome], ignored
