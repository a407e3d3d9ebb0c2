"""Which types operators and methods take, and what they give (``operators.py``, ``methods.py``)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rib.filters.values import Type

ENUMERATIONS: Final = frozenset({Type.RTS, Type.SCOPE, Type.RTC, Type.RTD, Type.ORIGIN, Type.ROA})
_ORDERED: Final = ENUMERATIONS | {
    Type.INT,
    Type.BOOL,
    Type.IP,
    Type.PREFIX,
    Type.PAIR,
    Type.QUAD,
    Type.EC,
    Type.LC,
    Type.STRING,
}
IN_SETS: Final = ENUMERATIONS | {Type.INT, Type.IP, Type.PAIR, Type.QUAD, Type.EC, Type.LC}
LISTS: Final = frozenset({Type.CLIST, Type.ECLIST, Type.LCLIST})
_EQUIVALENT: Final = frozenset({(Type.IP, Type.QUAD), (Type.QUAD, Type.IP)})
_MATCHING: Final = frozenset(
    {
        *((kind, Type.SET) for kind in IN_SETS | LISTS | {Type.BGPPATH, Type.PREFIX}),
        (Type.INT, Type.BGPPATH),
        (Type.IP, Type.PREFIX),
        (Type.IP, Type.CLIST),
        (Type.PREFIX, Type.PREFIX),
        (Type.PREFIX, Type.PREFIX_SET),
        (Type.PAIR, Type.CLIST),
        (Type.QUAD, Type.CLIST),
        (Type.EC, Type.ECLIST),
        (Type.LC, Type.LCLIST),
        (Type.STRING, Type.STRING),
        (Type.BGPPATH, Type.BGPMASK),
    }
)
"""A prefix can only be matched with the empty set, which has no type; an IPv6 address not with a clist."""


def _comparable(left: Type, right: Type) -> bool:
    if Type.VOID in (left, right):
        return True
    return (left is right and left in _ORDERED) or (left, right) in _EQUIVALENT


def result_of(operator: str, left: Type, right: Type) -> Type | None:
    """Return the type of ``left operator right``, None if it always is an error."""
    if operator in ("+", "-", "*", "/"):
        return Type.INT if left is right is Type.INT else None
    if operator in ("=", "!="):
        return Type.BOOL
    if operator in ("~", "!~"):
        return Type.BOOL if (left, right) in _MATCHING else None
    return Type.BOOL if _comparable(left, right) else None


def _methods() -> dict[tuple[str, Type, tuple[Type, ...]], Type]:
    path, lists = Type.BGPPATH, LISTS | {Type.BGPPATH}
    results: dict[tuple[str, Type, tuple[Type, ...]], Type] = {("prepend", path, (Type.INT,)): path}
    results |= {(name, path, ()): Type.INT for name in ("first", "last", "last_nonaggregated")}
    results |= {("len", kind, ()): Type.INT for kind in lists | {Type.PREFIX}}
    results |= {("empty", kind, ()): kind for kind in lists}
    results[("ip", Type.PREFIX, ())] = Type.IP
    results[("mask", Type.IP, (Type.INT,))] = Type.IP
    results |= {("delete", path, (kind,)): path for kind in (Type.INT, Type.SET)}
    results[("filter", path, (Type.SET,))] = path
    for kind, elements in _ELEMENTS.items():
        results |= {("add", kind, (argument,)): kind for argument in (*elements, kind)}
        results |= {("delete", kind, (argument,)): kind for argument in (*elements, kind, Type.SET)}
        results |= {("filter", kind, (argument,)): kind for argument in (kind, Type.SET)}
    return results


_ELEMENTS: Final[Mapping[Type, tuple[Type, ...]]] = MappingProxyType(
    {
        Type.CLIST: (Type.PAIR, Type.QUAD, Type.IP),
        Type.ECLIST: (Type.EC,),
        Type.LCLIST: (Type.LC,),
    }
)
METHOD_RESULTS: Final[Mapping[tuple[str, Type, tuple[Type, ...]], Type]] = MappingProxyType(_methods())
"""Of every method and function, its subject and its arguments: what it gives. Everything else is an error."""


def method_result(method: str, subject: Type, arguments: tuple[Type, ...]) -> Type | None:
    """Return the type of ``subject.method(arguments)``, None if it always is an error."""
    if method == "defined":
        return Type.BOOL
    return METHOD_RESULTS.get((method, subject, arguments))
