"""What methods do with values, ``subject.method(arguments)``; the texts of the errors are BIRD's."""

from collections.abc import Callable, Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from messages.iana import SegmentType
from rib.filters.algebra.matching import address_of, quad_of
from rib.filters.algebra.operators import type_of
from rib.filters.algebra.sets import ValueSet
from rib.filters.errors import RunError
from rib.filters.values import (
    Address,
    AsPath,
    CommunityList,
    ExtendedCommunityList,
    LargeCommunityList,
    Prefix,
    Type,
)

AnyList: TypeAlias = CommunityList | ExtendedCommunityList | LargeCommunityList
_SETS: Final = (SegmentType.AS_SET, SegmentType.AS_CONFED_SET)


class _Elements(NamedTuple):
    """What is in lists of a class."""

    name: str
    types: frozenset[Type]
    """Also of the sets that can have them."""


_ELEMENTS: Final[Mapping[type, _Elements]] = MappingProxyType(
    {
        CommunityList: _Elements("pair", frozenset({Type.PAIR, Type.QUAD, Type.IP})),
        ExtendedCommunityList: _Elements("ec", frozenset({Type.EC})),
        LargeCommunityList: _Elements("lc", frozenset({Type.LC})),
    }
)


def ip(subject: object) -> Address:
    """Return the address of a prefix."""
    if not isinstance(subject, Prefix):
        raise RunError("Prefix expected")
    return subject.address


def length(subject: object) -> int:
    """Return the length of a prefix, a path or a list; an AS_SET counts as one AS (RFC 4271 §9.1.2.2 a)."""
    if isinstance(subject, Prefix | AsPath):
        return subject.length
    if isinstance(subject, AnyList):
        return len(subject)
    raise RunError("Prefix, path, clist or eclist expected")


def mask(subject: object, bits: object) -> Address:
    """Return the first bits of an address, and zeros behind."""
    if type(bits) is not int:
        raise RunError("Integer expected")
    if not isinstance(subject, Address):
        raise RunError("You can mask only IP addresses")
    width = len(subject) * 8
    if bits > width:  # means nothing; this is what processors make of it that shift by 32 bits at most
        bits = (bits - 1) % 32 + 1 if width == 32 else width
    return Address((int.from_bytes(subject) >> width - bits << width - bits).to_bytes(width // 8))


def _path(subject: object) -> AsPath:
    if not isinstance(subject, AsPath):
        raise RunError("AS path expected")
    return subject


def first(subject: object) -> int:
    """Return the AS the route came from; 0 if there is none or it is a set."""
    return _path(subject).neighbor_as


def last(subject: object) -> int:
    """Return the AS the route began in; 0 if there is none or it is one of a set."""
    segments = _path(subject).segments
    return 0 if not segments or segments[-1].kind in _SETS else segments[-1].asns[-1]


def last_nonaggregated(subject: object) -> int:
    """Return the last AS before the first set; 0 if there is none."""
    found = 0
    for segment in _path(subject).segments:
        if segment.kind in _SETS:
            break
        found = segment.asns[-1]
    return found


def empty(subject: object) -> AsPath | AnyList:
    """Return an empty path or list of the type of the subject."""
    if isinstance(subject, AsPath):
        return AsPath.EMPTY
    return _list(subject).__class__()


def prepend(subject: object, asn: object) -> AsPath:
    """Return the path with an AS before it."""
    if not isinstance(subject, AsPath):
        raise RunError("Can't prepend to non-path")
    if type(asn) is not int:
        raise RunError("Can't prepend non-integer")
    return subject.prepend(asn)


def add(subject: object, added: object) -> AnyList:
    """Return the list with an element, or those of another list, at its end, unless it has them already."""
    if isinstance(subject, AsPath):
        _asns(added)
        raise RunError("Can't add to path")
    present = _list(subject)
    added = _argument(present, added)
    if isinstance(added, ValueSet):
        raise RunError("Can't add set")
    return _joined(present, added if isinstance(added, AnyList) else (added,))


def delete(subject: object, deleted: object) -> AsPath | AnyList:
    """Return the path or list without an element, or without those of a list or set."""
    if isinstance(subject, AsPath):
        asns = _asns(deleted)
        return subject.translate(lambda asn: None if asn in asns else asn)
    present = _list(subject)
    return _selected(present, _argument(present, deleted), keep=False)


def filter_(subject: object, kept: object) -> AsPath | AnyList:
    """Return the path or list with only those elements that are in a list or set."""
    if isinstance(subject, AsPath):
        asns = _asns(kept)
        if not isinstance(kept, ValueSet):
            raise RunError("Can't filter integer")
        return subject.translate(lambda asn: asn if asn in asns else None)
    present = _list(subject)
    kept = _argument(present, kept)
    if not isinstance(kept, ValueSet | AnyList):
        raise RunError(f"Can't filter {_ELEMENTS[type(present)].name}")
    return _selected(present, kept, keep=True)


def defined(subject: object) -> bool:
    """Tell whether there is a value."""
    return subject is not None


def _list(subject: object) -> AnyList:
    if not isinstance(subject, AnyList):
        raise RunError("Can't add/delete to non-[e|l]clist")
    return subject


def _asns(argument: object) -> Container[int]:
    """Return the ASes that an argument stands for."""
    if type(argument) is int:
        return (argument,)
    if isinstance(argument, ValueSet) and argument.item_type in (Type.INT, Type.VOID):
        return argument
    raise RunError("Can't delete non-integer (set)")


def _argument(subject: AnyList, argument: object) -> object:
    """Return what goes with a list: a list of the same type, an element, or a set of elements."""
    elements = _ELEMENTS[type(subject)]
    if type(argument) is type(subject):
        return argument
    if isinstance(argument, ValueSet):
        if argument.is_empty or _has_elements(argument, elements):
            return argument
    elif isinstance(argument, Address):
        if Type.IP in elements.types and len(argument) == 4:
            return quad_of(argument)
    elif type_of(argument) in elements.types:
        return argument
    raise RunError(f"Can't add/delete non-{elements.name}")


def _has_elements(argument: ValueSet, elements: _Elements) -> bool:
    kind = argument.item_type
    return kind in elements.types and (kind is not Type.IP or argument.takes_quads)


def _joined(present: AnyList, added: Sequence[Any]) -> AnyList:
    already: Container[Any] = frozenset(present) if len(added) > 1 else present
    return present.__class__((*present, *(element for element in added if element not in already)))


def _selected(present: AnyList, wanted: object, *, keep: bool) -> AnyList:
    """Return the list with only those elements that are wanted, or with only those that are not."""
    elements: Container[Any]
    every: tuple[Any, ...] = present
    if not isinstance(wanted, ValueSet):
        elements = frozenset(wanted) if isinstance(wanted, AnyList) else (wanted,)
    elif wanted.item_type is Type.IP:
        elements = frozenset(element for element in every if address_of(element) in wanted)
    else:
        elements = wanted
    return present.__class__(element for element in every if (element in elements) is keep)


METHODS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "ip": ip,
        "len": length,
        "mask": mask,
        "first": first,
        "last": last,
        "last_nonaggregated": last_nonaggregated,
        "empty": empty,
        "prepend": prepend,
        "add": add,
        "delete": delete,
        "filter": filter_,
    }
)
"""By what is written behind the dot; the subject is the first argument."""
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {"defined": defined, "prepend": prepend, "add": add, "delete": delete, "filter": filter_}
)
"""By name."""
