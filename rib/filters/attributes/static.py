"""What every route has, as filters read and set it: where it came from, where it leads."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from rib.filters.attributes.row import FilterAttribute
from rib.filters.errors import RunError
from rib.filters.running.run import Run
from rib.filters.values import Address, EnumValue, Type
from rib.route import Destination, DestinationKind, NextHop, SourceKind

_SOURCES: Final = {
    SourceKind.STATIC: EnumValue(Type.RTS, 1),
    SourceKind.KERNEL: EnumValue(Type.RTS, 2),
    SourceKind.DIRECT: EnumValue(Type.RTS, 3),
    SourceKind.BGP: EnumValue(Type.RTS, 11),
    SourceKind.PIPE: EnumValue(Type.RTS, 12),
}
_STATIC_DEVICE: Final = EnumValue(Type.RTS, 4)
_UNIVERSE: Final = EnumValue(Type.SCOPE, 4)
_UNICAST: Final = EnumValue(Type.RTC, 0)
_ROUTER: Final = EnumValue(Type.RTD, 0)
_DEVICE: Final = EnumValue(Type.RTD, 1)
_MULTIPATH: Final = EnumValue(Type.RTD, 5)
_DEAD_ENDS: Final = {
    DestinationKind.BLACKHOLE: EnumValue(Type.RTD, 2),
    DestinationKind.UNREACHABLE: EnumValue(Type.RTD, 3),
    DestinationKind.PROHIBIT: EnumValue(Type.RTD, 4),
}
_KINDS: Final = {number: kind for kind, number in _DEAD_ENDS.items()}
_ENDS: Final = {kind: Destination(kind) for kind in _DEAD_ENDS}
_INCOMPATIBLE: Final = "Attempt to set static attribute to incompatible type"
_MOST_PREFERENCE: Final = 0xFFFF


def _read_proto(run: Run) -> str:
    """Return who said it, wherever it has been since."""
    return run.route.facts.name


def _read_source(run: Run) -> EnumValue:
    """Return what kind of protocol said it."""
    source = run.route.source
    kind = (source.origin or source).kind
    if kind is SourceKind.STATIC:
        hops = run.route.destination.next_hops
        if len(hops) == 1 and not hops[0].gateway:
            return _STATIC_DEVICE
    return _SOURCES[kind]


def _read_scope(run: Run) -> EnumValue:
    """Return the universe, unless a filter said otherwise."""
    _ = run.subject
    scope = run.local.get("scope")
    return scope if isinstance(scope, EnumValue) else _UNIVERSE


def _write_scope(run: Run, value: object) -> None:
    """Note another scope."""
    if not isinstance(value, EnumValue) or value.type is not Type.SCOPE:
        raise RunError(_INCOMPATIBLE)
    run.note("scope", value)
    run.has_own_facts = True


def _read_cast(run: Run) -> EnumValue:
    """Return that it is for one receiver."""
    _ = run.subject
    return _UNICAST


def _read_dest(run: Run) -> EnumValue:
    """Return what becomes of packets."""
    _ = run.subject
    kind, hops = run.destination
    if kind is not DestinationKind.UNICAST:
        return _DEAD_ENDS[kind]
    if len(hops) == 1:
        return _ROUTER if hops[0].gateway else _DEVICE
    return _MULTIPATH


def _write_dest(run: Run, value: object) -> None:
    """Let packets end here."""
    _ = run.subject
    if not isinstance(value, EnumValue) or value.type is not Type.RTD:
        raise RunError(_INCOMPATIBLE)
    kind = _KINDS.get(value)
    if kind is None:
        raise RunError("Destination can be changed only to blackhole, unreachable or prohibit")
    run.destination = _ENDS[kind]
    run.has_own_facts = True


def _read_from(run: Run) -> Address:
    """Return the neighbor, the unspecified address for a route of our own."""
    if run.sender is not None:
        return run.sender
    return Address(run.route.facts.address or bytes(run.octets))


def _write_from(run: Run, value: object) -> None:
    """Note another neighbor."""
    _ = run.subject
    if not isinstance(value, Address):
        raise RunError(_INCOMPATIBLE)
    run.sender = value
    run.has_own_facts = True


def _only_hop(run: Run) -> NextHop | None:
    _ = run.subject
    hops = run.destination.next_hops
    return hops[0] if len(hops) == 1 else None


def _read_gw(run: Run) -> Address:
    """Return the gateway, the unspecified address if there is none or are several."""
    hop = _only_hop(run)
    return Address((hop.gateway if hop else b"") or bytes(run.octets))


def _write_gw(run: Run, value: object) -> None:
    """Send packets over another router, which must be on a link of ours."""
    _ = run.subject
    if not isinstance(value, Address):
        raise RunError(_INCOMPATIBLE)
    interface = run.surroundings.interface_towards(bytes(value))
    if not interface:
        raise RunError("Invalid gw address")
    run.destination = _via(bytes(value), interface)
    run.has_own_facts = True


def _read_ifname(run: Run) -> str:
    """Return the interface's name, empty if there is none or are several."""
    hop = _only_hop(run)
    return run.surroundings.interface_name(hop.interface) if hop else ""


def _write_ifname(run: Run, value: object) -> None:
    """Send packets directly to the link of an interface."""
    _ = run.subject
    if not isinstance(value, str):
        raise RunError(_INCOMPATIBLE)
    interface = run.surroundings.interface_index(value)
    if not interface:
        raise RunError("Invalid iface name")
    run.destination = _via(b"", interface)
    run.has_own_facts = True


def _read_ifindex(run: Run) -> int:
    """Return the interface's number, 0 if there is none or are several."""
    hop = _only_hop(run)
    return hop.interface if hop else 0


def _read_preference(run: Run) -> int:
    """Return the preference as it is by now."""
    _ = run.subject
    return run.preference


def _write_preference(run: Run, value: object) -> None:
    """Prefer the route more, or less."""
    _ = run.subject
    if type(value) is not int:
        raise RunError("Can't set preference to non-integer")
    if value > _MOST_PREFERENCE:
        raise RunError("Setting preference value out of bounds")
    run.preference = value
    run.has_own_facts = True


@lru_cache(maxsize=1024)
def _via(gateway: bytes, interface: int) -> Destination:
    """Return one object for one way: a route that is made again is the same."""
    return Destination(DestinationKind.UNICAST, (NextHop(gateway, interface),))


def _static(
    name: str,
    kind: Type,
    read: Callable[[Run], Any],
    about: str,
    write: Callable[[Run, Any], None] | None = None,
) -> FilterAttribute:
    return FilterAttribute(name, frozenset({kind}), read, kind if write else None, write, None, about)


STATIC_ATTRIBUTES: Final = (
    _static("net", Type.PREFIX, Run.prefix, "the prefix"),
    _static("proto", Type.STRING, _read_proto, "the name of the protocol that the route came from"),
    _static("source", Type.RTS, _read_source, "the kind of that protocol: `RTS_BGP`, `RTS_STATIC` …"),
    _static("scope", Type.SCOPE, _read_scope, "how far the route holds; a note only", _write_scope),
    _static("cast", Type.RTC, _read_cast, "always `RTC_UNICAST`"),
    _static(
        "dest",
        Type.RTD,
        _read_dest,
        "where packets go: `RTD_ROUTER`, `RTD_BLACKHOLE` …",
        _write_dest,
    ),
    _static("from", Type.IP, _read_from, "the neighbor that sent the route; a note only", _write_from),
    _static("gw", Type.IP, _read_gw, "the gateway of a route with one next hop", _write_gw),
    _static(
        "ifname",
        Type.STRING,
        _read_ifname,
        "the interface of a route with one next hop",
        _write_ifname,
    ),
    _static("ifindex", Type.INT, _read_ifindex, "the number of that interface"),
    _static(
        "preference",
        Type.INT,
        _read_preference,
        "of routes to one prefix, the higher one wins",
        _write_preference,
    ),
)
