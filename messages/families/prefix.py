"""IPv4 and IPv6 prefixes as canonical wire bytes (RFC 4271 §4.3, RFC 4760 §5)."""

from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NewType, cast

from messages.errors import NotificationError
from messages.families.canonical import Find, canonical_prefixes
from messages.families.family import Family
from messages.families.ipv4_unicast import IPV4_UNICAST
from messages.families.ipv6_unicast import IPV6_UNICAST
from messages.iana import ErrorCode, UpdateSubcode

PrefixKey = NewType("PrefixKey", bytes)
"""Length octet, then the address octets with every bit past the length cleared.

Two spellings of one prefix are the same key, so a key can be a dict key, can be
copied to the wire as it stands, and is the only form in which the RIB knows a prefix.
"""


def split(field: bytes, max_bits: int) -> list[PrefixKey]:
    """Cut an NLRI field into keys.

    This is the hottest work on a prefix, and one call for all of them as long as they are canonical. Raises
    NotificationError if a prefix does not fit.
    """
    keys = _canonical(max_bits)(field)
    if len(b"".join(keys)) == len(field):
        return cast("list[PrefixKey]", keys)
    return split_one_by_one(field, max_bits)


def split_unicast_ipv4(field: bytes) -> list[PrefixKey]:
    """Cut an NLRI field of canonical prefixes, none of them multicast; return none if it is anything else."""
    keys = _find_unicast_ipv4(field)
    return keys if len(b"".join(keys)) == len(field) else []


def split_one_by_one(field: bytes, max_bits: int) -> list[PrefixKey]:
    """Cut an NLRI field into keys, whatever is in it."""
    keys: list[bytes] = []
    append = keys.append
    position, end = 0, len(field)
    while position < end:
        bits = field[position]
        stop = position + 1 + (bits + 7 >> 3)
        if bits > max_bits or stop > end:
            raise invalid_network_field(field[position:], bits, max_bits)
        key = field[position:stop]
        if bits & 7 and key[-1] & 0xFF >> (bits & 7):
            key = clear_trailing_bits(key, bits)
        append(key)
        position = stop
    return cast("list[PrefixKey]", keys)


def clear_trailing_bits(key: bytes, bits: int) -> bytes:
    """The bits past the prefix length are irrelevant on the wire (RFC 4271 §4.3)."""
    keep = 0xFF << (8 - (bits & 7)) & 0xFF
    return key[:-1] + bytes((key[-1] & keep,))


def invalid_network_field(rest: bytes, bits: int, max_bits: int) -> NotificationError:
    """Where the next prefix begins is unknown, so the session must end (RFC 7606 §5.3)."""
    return NotificationError(
        ErrorCode.UPDATE_MESSAGE,
        UpdateSubcode.INVALID_NETWORK_FIELD,
        rest,
        f"prefix length {bits} does not fit {max_bits} bits or the field (RFC 7606 §5.3)",
    )


@cache
def _canonical(max_bits: int) -> Find:
    return canonical_prefixes(max_bits)


_find_unicast_ipv4: Final = cast(
    "Callable[[bytes], list[PrefixKey]]",
    canonical_prefixes(IPV4_UNICAST.max_bits, but_first=range(0xE0, 0xF0)),
)


def make_key(address: bytes, bits: int) -> PrefixKey:
    """Return the key of the prefix of length ``bits`` that contains ``address`` (4 or 16 octets)."""
    if not 0 <= bits <= len(address) * 8:
        raise ValueError(f"prefix length {bits} is not between 0 and {len(address) * 8}")
    key = bytes((bits,)) + address[: bits + 7 >> 3]
    return PrefixKey(clear_trailing_bits(key, bits) if bits & 7 else key)


def shorten(key: PrefixKey, bits: int) -> PrefixKey:
    """Return the covering prefix of length ``bits``, which must not be longer than that of ``key``."""
    if bits > key[0]:
        raise ValueError(f"cannot shorten a prefix of length {key[0]} to {bits}")
    return make_key(key[1:], bits)


def covers(shorter: PrefixKey, longer: PrefixKey) -> bool:
    """Tell whether every address of ``longer`` is in ``shorter``; both are of one family."""
    return shorter[0] <= longer[0] and shorten(longer, shorter[0]) == shorter


def address_of(key: PrefixKey, family: Family) -> bytes:
    """Return the network address in full."""
    return key[1:].ljust(family.address_octets, b"\0")


def render_prefix(key: PrefixKey, family: Family) -> str:
    """Return ``10.0.0.0/8``."""
    return f"{render_address(address_of(key, family))}/{key[0]}"


def render_address(octets: bytes) -> str:
    """Return the text of an address of 4 or 16 octets."""
    return str(IPv4Address(octets) if len(octets) == 4 else IPv6Address(octets))


def parse_address(text: str) -> bytes:
    """Return the 4 or 16 octets of an address; a zone is not part of it."""
    if "%" in text:
        raise ValueError(f"{text!r} names an interface, which is no part of an address")
    return ip_address(text).packed


def parse_prefix(text: str) -> tuple[Family, PrefixKey]:
    """Return family and key of ``10.0.0.0/8``; the length must be there and host bits must be zero."""
    address_text, _, bits = text.partition("/")
    if not (bits.isascii() and bits.isdecimal()):
        raise ValueError(f"{text!r} has no prefix length")
    address = parse_address(address_text)
    family = IPV4_UNICAST if len(address) == 4 else IPV6_UNICAST
    key = make_key(address, int(bits))
    if address_of(key, family) != address:
        raise ValueError(f"{text} has host bits set; the prefix is {render_prefix(key, family)}")
    return family, key
