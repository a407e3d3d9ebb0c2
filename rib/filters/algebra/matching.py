"""What ``~`` does with each pair of types it takes: is in, has one of, looks like."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from rib.filters.algebra.globs import glob
from rib.filters.algebra.path_masks import PathMask
from rib.filters.algebra.prefix_sets import PrefixSet
from rib.filters.algebra.sets import ValueSet
from rib.filters.values import (
    Address,
    AsPath,
    CommunityList,
    EnumValue,
    ExtendedCommunity,
    ExtendedCommunityList,
    LargeCommunity,
    LargeCommunityList,
    Pair,
    Prefix,
    Quad,
    Type,
)

Matcher: TypeAlias = Callable[[Any, Any], bool | None]
"""Returns None if it does not take such values."""


def quad_of(address: Address) -> Quad:
    """Return the number of an IPv4 address."""
    return Quad(int.from_bytes(address))


def address_of(quad: int) -> Address:
    """Return the IPv4 address of a number."""
    return Address(quad.to_bytes(4))


def _unfit(values: ValueSet) -> bool | None:
    """What a set says to values of another type: nothing is in the empty one."""
    return False if values.is_empty else None


def _in_set_of(kind: Type) -> Matcher:
    def is_in(value: object, values: ValueSet) -> bool | None:
        return value in values if values.item_type is kind else _unfit(values)

    return is_in


def _any_in_set_of(kind: Type) -> Matcher:
    def has_any(elements: Iterable[object], values: ValueSet) -> bool | None:
        return values.has_any(elements) if values.item_type is kind else _unfit(values)

    return has_any


def _address_in_set(address: Address, values: ValueSet) -> bool | None:
    if values.item_type is Type.IP:
        return address in values
    if values.item_type is Type.QUAD and len(address) == 4:
        return quad_of(address) in values
    return _unfit(values)


def _quad_in_set(quad: Quad, values: ValueSet) -> bool | None:
    if values.item_type is Type.QUAD:
        return quad in values
    return address_of(quad) in values if values.takes_quads else _unfit(values)


def _enumeration_in_set(value: EnumValue, values: ValueSet) -> bool | None:
    return value in values if values.item_type is value.type else _unfit(values)


def _communities_in_set(communities: CommunityList, values: ValueSet) -> bool | None:
    """A CLUSTER_LIST is a clist too, hence quads and addresses."""
    if values.item_type in (Type.PAIR, Type.QUAD):
        return values.has_any(communities)
    if values.takes_quads:
        return values.has_any(map(address_of, communities))
    return _unfit(values)


def _path_in_set(path: AsPath, values: ValueSet) -> bool:
    """BIRD finds every path with an AS in a set of something else."""
    if values.item_type is Type.INT:
        return values.has_any(list(chain.from_iterable(segment.asns for segment in path.segments)))
    return bool(path.wire) and not values.is_empty


def _address_in_list(address: Address, communities: CommunityList) -> bool | None:
    return quad_of(address) in communities if len(address) == 4 else None


def _is_in(element: object, collection: tuple[object, ...]) -> bool:
    return element in collection


def _address_in_prefix(address: Address, prefix: Prefix) -> bool:
    network, length = prefix
    octets = length >> 3
    if len(address) != len(network) or address[:octets] != network[:octets]:
        return False
    return not length & 7 or not (address[octets] ^ network[octets]) >> 8 - (length & 7)


def _prefix_in_prefix(inner: Prefix, outer: Prefix) -> bool:
    return inner.length >= outer.length and _address_in_prefix(inner.address, outer)


def _looks_like(text: str, pattern: str) -> bool:
    return glob(pattern).matches(text)


MATCHERS: Final[Mapping[tuple[type, type], Matcher]] = MappingProxyType(
    {
        (int, ValueSet): _in_set_of(Type.INT),
        (Pair, ValueSet): _in_set_of(Type.PAIR),
        (Quad, ValueSet): _quad_in_set,
        (Address, ValueSet): _address_in_set,
        (ExtendedCommunity, ValueSet): _in_set_of(Type.EC),
        (LargeCommunity, ValueSet): _in_set_of(Type.LC),
        (EnumValue, ValueSet): _enumeration_in_set,
        (Prefix, ValueSet): lambda _prefix, values: _unfit(values),
        (CommunityList, ValueSet): _communities_in_set,
        (ExtendedCommunityList, ValueSet): _any_in_set_of(Type.EC),
        (LargeCommunityList, ValueSet): _any_in_set_of(Type.LC),
        (AsPath, ValueSet): _path_in_set,
        (int, AsPath): lambda asn, path: path.count(asn) > 0,
        (AsPath, PathMask): lambda path, mask: mask.matches(path),
        (Pair, CommunityList): _is_in,
        (Quad, CommunityList): _is_in,
        (Address, CommunityList): _address_in_list,
        (ExtendedCommunity, ExtendedCommunityList): _is_in,
        (LargeCommunity, LargeCommunityList): _is_in,
        (Address, Prefix): _address_in_prefix,
        (Prefix, Prefix): _prefix_in_prefix,
        (Prefix, PrefixSet): lambda prefix, prefixes: prefix in prefixes,
        (str, str): _looks_like,
    }
)
"""By the classes of both sides."""
_CASES: Final = frozenset(left for left, right in MATCHERS if right is ValueSet) - {
    Prefix,
    AsPath,
    CommunityList,
    ExtendedCommunityList,
    LargeCommunityList,
}


def is_case(subject: object, values: ValueSet) -> bool:
    """Tell whether an arm of a ``case`` is for a value; undefined ones and other types are for ``else``."""
    return type(subject) in _CASES and MATCHERS[type(subject), ValueSet](subject, values) is True
