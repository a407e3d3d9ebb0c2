"""Path attributes, as filters read and set them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from messages.attributes import (
    AGGREGATOR,
    AS_PATH,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.attribute import Attribute
from messages.iana import Origin
from rib.filters.attributes.checks import address, number
from rib.filters.attributes.row import FilterAttribute
from rib.filters.errors import RunError
from rib.filters.running.run import Run
from rib.filters.running.work import FEW, look_through
from rib.filters.values import (
    Address,
    AsPath,
    CommunityList,
    EnumValue,
    ExtendedCommunityList,
    LargeCommunityList,
    OpaqueValue,
    Quad,
    Type,
)
from rib.route import SourceKind

_MOST_OCTETS: Final = 0xF000
"""Of one attribute; what is longer leaves no room for the others (RFC 4271 §4.3)."""
_AS_ZERO: Final = bytes(4)


def _same(value: Any) -> Any:  # noqa: ANN401 - whatever the attribute holds
    return value


class _Form(NamedTuple):
    """How the value of a path attribute looks in a filter."""

    type: Type
    to_filter: Callable[[Any], Any]
    from_filter: Callable[[Any], Any]
    empty: object = None
    """What one that is absent looks like."""


def _of_row(name: str, row: Attribute[Any], form: _Form, about: str) -> FilterAttribute:
    """Return the row of a path attribute."""
    kind, to_filter, from_filter, empty = form

    def read(run: Run) -> object:
        value = run.get(row)
        return empty if value is None else to_filter(value)

    def write(run: Run, value: object) -> None:
        run.change(row, from_filter(value))

    def remove(run: Run) -> None:
        run.change(row, None)

    types = {kind} if empty is not None else {kind, Type.VOID}
    return FilterAttribute(name, frozenset(types), read, kind, write, remove, about)


def _long(row: FilterAttribute) -> FilterAttribute:
    """Neighbors choose how long it is: what it takes to write it is counted."""
    write = row.write
    assert write is not None

    def write_long(run: Run, value: object) -> None:
        look_through(run, value)
        write(run, value)

    return replace(row, write=write_long)


def _of_list(name: str, row: Attribute[Any], form: _Form, about: str) -> FilterAttribute:
    """Return the row of a path attribute that looks otherwise in a filter, which is counted as well."""
    to_filter, empty = form.to_filter, form.empty

    def read(run: Run) -> object:
        value = run.get(row)
        if value is None:
            return empty
        elements = to_filter(value)
        if len(elements) > FEW:
            look_through(run, elements)
        return elements

    return replace(_long(_of_row(name, row, form, about)), read=read)


def _local_pref(row: FilterAttribute) -> FilterAttribute:
    """A neighbor's route without LOCAL_PREF counts as having the default."""

    def read(run: Run) -> object:
        value = row.read(run)
        if value is None and LOCAL_PREF not in run.changes:
            facts = run.route.facts
            return facts.default_local_pref if facts.kind is SourceKind.BGP else None
        return value

    return replace(row, read=read)


def _quad(value: object) -> int:
    if isinstance(value, Address) and len(value) == 4:
        return int.from_bytes(value)
    if type(value) not in (Quad, int):
        raise RunError("Setting quad attribute to non-quad value")
    assert isinstance(value, int)
    return int(value)


def _origin(value: object) -> Origin:
    """BIRD takes the number as well."""
    if type(value) is int and value <= Origin.INCOMPLETE:
        return Origin(value)
    if not isinstance(value, EnumValue) or value.type is not Type.ORIGIN:
        raise RunError("Setting int attribute to non-int value")
    return Origin(value.number)


def _path(value: object) -> AsPath:
    if not isinstance(value, AsPath):
        raise RunError("Setting path attribute to non-path value")
    if len(value.wire) > _MOST_OCTETS:
        raise RunError("The path is too long")
    if _AS_ZERO in value.wire and value.count(0):
        raise RunError("AS 0 can't be in a path (RFC 7607)")
    return value


def _list_of(kind: type[tuple[Any, ...]], octets: int, word: str) -> Callable[[object], Any]:
    """Return what makes a path attribute of a list: one that is empty is not there (RFC 7606 §7.8)."""

    def check(value: object) -> Any:  # noqa: ANN401 - whatever the list holds
        if not isinstance(value, kind):
            raise RunError(f"Setting {word} attribute to non-{word} value")
        if len(value) * octets > _MOST_OCTETS:
            raise RunError(f"The {word} is too long")
        return tuple(value) or None

    return check


_CLIST: Final = _list_of(CommunityList, 4, "clist")
_LCLIST: Final = _list_of(LargeCommunityList, 12, "lclist")
_ECLIST: Final = _list_of(ExtendedCommunityList, 8, "eclist")


def _extended_from_wire(communities: tuple[bytes, ...]) -> ExtendedCommunityList:
    return ExtendedCommunityList(map(int.from_bytes, communities))


def _extended_to_wire(value: object) -> tuple[bytes, ...] | None:
    numbers = _ECLIST(value)
    return numbers and tuple(number.to_bytes(8) for number in numbers)


def _first_address(next_hop: bytes) -> Address:
    """A link-local address behind a global one is left out (RFC 2545 §3)."""
    return Address(next_hop[:16])


def _refuse(_run: Run, _value: object) -> None:
    raise RunError("Setting opaque attribute is not allowed")


def _opaque(name: str, row: Attribute[Any], about: str) -> FilterAttribute:
    def read(run: Run) -> object:
        return None if run.get(row) is None else OpaqueValue.OPAQUE

    def remove(run: Run) -> None:
        run.change(row, None)

    return FilterAttribute(name, frozenset({Type.OPAQUE, Type.VOID}), read, None, _refuse, remove, about)


_PATH: Final = _Form(Type.BGPPATH, _same, _path)
_INT: Final = _Form(Type.INT, _same, number)
_ORIGIN: Final = _Form(Type.ORIGIN, lambda origin: EnumValue(Type.ORIGIN, int(origin)), _origin)
_IP: Final = _Form(Type.IP, _first_address, address)
_QUAD: Final = _Form(Type.QUAD, Quad, _quad)
_COMMUNITIES: Final = _Form(Type.CLIST, CommunityList, _CLIST, CommunityList())
_EXTENDED: Final = _Form(Type.ECLIST, _extended_from_wire, _extended_to_wire, ExtendedCommunityList())
_LARGE: Final = _Form(Type.LCLIST, LargeCommunityList, _LCLIST, LargeCommunityList())
PATH_ATTRIBUTES: Final = (
    _long(_of_row("bgp_path", AS_PATH, _PATH, "AS_PATH")),
    _local_pref(_of_row("bgp_local_pref", LOCAL_PREF, _INT, "LOCAL_PREF")),
    _of_row("bgp_med", MULTI_EXIT_DISC, _INT, "MULTI_EXIT_DISC"),
    _of_row("bgp_origin", ORIGIN, _ORIGIN, "ORIGIN: `ORIGIN_IGP`, `ORIGIN_EGP` or `ORIGIN_INCOMPLETE`"),
    _of_row("bgp_next_hop", NEXT_HOP, _IP, "the next hop"),
    _opaque("bgp_atomic_aggr", ATOMIC_AGGREGATE, "ATOMIC_AGGREGATE"),
    _opaque("bgp_aggregator", AGGREGATOR, "AGGREGATOR"),
    _of_list("bgp_community", COMMUNITIES, _COMMUNITIES, "COMMUNITIES"),
    _of_list("bgp_ext_community", EXTENDED_COMMUNITIES, _EXTENDED, "EXTENDED_COMMUNITIES"),
    _of_list("bgp_large_community", LARGE_COMMUNITIES, _LARGE, "LARGE_COMMUNITY"),
    _of_row("bgp_originator_id", ORIGINATOR_ID, _QUAD, "ORIGINATOR_ID"),
    _of_list("bgp_cluster_list", CLUSTER_LIST, _COMMUNITIES, "CLUSTER_LIST"),
)
