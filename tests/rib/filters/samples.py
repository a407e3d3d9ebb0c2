"""A value of every type of the filter language, by a short name."""

from typing import Any, Final

from messages.attributes.as_path import AsPath
from messages.attributes.large_communities import LargeCommunity
from messages.families.prefix import parse_address, parse_prefix
from rib.filters.algebra.path_masks import PathMask, Wildcard
from rib.filters.algebra.prefix_sets import PrefixRange, PrefixSet
from rib.filters.algebra.sets import ValueSet
from rib.filters.values import (
    Address,
    CommunityList,
    EnumValue,
    ExtendedCommunity,
    ExtendedCommunityList,
    LargeCommunityList,
    OpaqueValue,
    Pair,
    Prefix,
    Quad,
    Type,
)

ROUTE_TARGET: Final = ExtendedCommunity(0x0002_0001_0000_0002)
"""``(rt, 1, 2)``."""
LARGE: Final = LargeCommunity(1, 2, 3)
BGP: Final = EnumValue(Type.RTS, 11)
IGP: Final = EnumValue(Type.ORIGIN, 0)


def ip(text: str) -> Address:
    """Return an address."""
    return Address(parse_address(text))


def prefix(text: str) -> Prefix:
    """Return a prefix."""
    family, key = parse_prefix(text)
    return Prefix.from_key(key, family.address_octets)


def pattern(text: str) -> PrefixRange:
    """Return a pattern of a set: ``10.0.0.0/8``, with ``+``, ``-`` or ``{16,24}`` behind it."""
    written, _, lengths = text.partition("{")
    found = prefix(written.rstrip("+-"))
    if lengths:
        shortest, longest = map(int, lengths.rstrip("}").split(","))
        return PrefixRange(found, shortest, longest)
    return PrefixRange(
        found,
        0 if written.endswith("-") else found.length,
        len(found.address) * 8 if written.endswith("+") else found.length,
    )


def prefix_set(*patterns: str) -> PrefixSet:
    """Return the set of some patterns."""
    return PrefixSet(map(pattern, patterns))


VALUES: Final[dict[str, Any]] = {
    "void": None,
    "int": 5,
    "bool": True,
    "ip": ip("1.2.3.4"),
    "ip6": ip("2001:db8::1"),
    "prefix": prefix("1.2.3.0/24"),
    "pair": Pair(0x0001_0002),
    "quad": Quad(0x01020304),
    "ec": ROUTE_TARGET,
    "lc": LARGE,
    "string": "abc",
    "mask": PathMask((5, Wildcard.ANY)),
    "path": AsPath.of(5),
    "clist": CommunityList((0x0001_0002,)),
    "eclist": ExtendedCommunityList((ROUTE_TARGET,)),
    "lclist": LargeCommunityList((LARGE,)),
    "[]": ValueSet(Type.VOID),
    "[int]": ValueSet.of(Type.INT, 5, (7, 9)),
    "[pair]": ValueSet.of(Type.PAIR, Pair(0x0001_0002)),
    "[ip]": ValueSet.of(Type.IP, ip("1.2.3.4")),
    "[ip6]": ValueSet.of(Type.IP, ip("2001:db8::1")),
    "[quad]": ValueSet.of(Type.QUAD, Quad(0x01020304)),
    "[ec]": ValueSet.of(Type.EC, ROUTE_TARGET),
    "[lc]": ValueSet.of(Type.LC, LARGE),
    "[rts]": ValueSet.of(Type.RTS, BGP),
    "[prefix]": prefix_set("1.2.3.0/24+"),
    "rts": BGP,
    "origin": IGP,
    "opaque": OpaqueValue.OPAQUE,
}
