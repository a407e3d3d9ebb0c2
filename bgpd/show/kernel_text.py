"""A route of the kernel in the words of ``ip route``, and as an object for programs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from kernel_sync.types import MAIN_TABLE, KernelRoute, Metric, NextHop, RouteKind, Scope, protocol_name
from messages.families import IPV4_UNICAST, Family
from messages.families.prefix import PrefixKey, address_of, render_address, render_prefix

NameOf = Callable[[int], str]
"""Gives an interface its name."""

_MILLISECOND: Final = {Metric.RTT: 8, Metric.RTTVAR: 4, Metric.RTO_MIN: 1}
"""How many units of the kernel make one (tcp_metrics of ``linux/tcp.h``)."""
_ECN: Final = 1
_REALM_BITS: Final = 16


def route_text(
    key: PrefixKey, family: Family, route: KernelRoute, table: int, protocol: int, name_of: NameOf
) -> str:
    """Return one line; what ``ip route`` leaves out, because it is always so, is left out here."""
    words = [*_destination(key, family, route)]
    hops = route.next_hops
    if len(hops) == 1:
        words += _way(hops[0], family, name_of)
    if table != MAIN_TABLE:
        words.append(f"table {table}")
    words.append(f"proto {protocol_name(protocol)}")
    words += _properties(route)
    if len(hops) == 1 and hops[0].onlink:
        words.append("onlink")
    words += _realm(route)
    words += [_metric(name, value, route) for name, value in route.metrics if name != Metric.LOCK]
    if len(hops) > 1:
        words += [word for hop in hops for word in _leg(hop, family, name_of)]
    return " ".join(words)


def _destination(key: PrefixKey, family: Family, route: KernelRoute) -> Iterator[str]:
    if route.kind is not RouteKind.UNICAST:
        yield route.kind.name.lower()
    if not key[0]:
        yield "default"
    elif key[0] == 8 * family.address_octets:
        yield render_address(address_of(key, family))
    else:
        yield render_prefix(key, family)


def _way(hop: NextHop, family: Family, name_of: NameOf) -> Iterator[str]:
    if hop.gateway:
        other = "" if len(hop.gateway) == family.address_octets else _family_word(family)
        yield f"via {other}{render_address(hop.gateway)}"
    if hop.interface:
        yield f"dev {name_of(hop.interface)}"


def _family_word(family: Family) -> str:
    """Name the family that a gateway has if it is not that of the route (RFC 8950)."""
    return "inet6 " if family is IPV4_UNICAST else "inet "


def _leg(hop: NextHop, family: Family, name_of: NameOf) -> Iterator[str]:
    yield "nexthop"
    yield from _way(hop, family, name_of)
    yield f"weight {hop.weight}"
    if hop.onlink:
        yield "onlink"


def _properties(route: KernelRoute) -> Iterator[str]:
    if route.scope:
        yield f"scope {_scope(route.scope)}"
    if route.preferred_source:
        yield f"src {render_address(route.preferred_source)}"
    if route.metric:
        yield f"metric {route.metric}"


def _scope(scope: int) -> str:
    return Scope(scope).name.lower() if scope in set(Scope) else str(scope)


def _realm(route: KernelRoute) -> Iterator[str]:
    if route.realm:
        source, destination = divmod(route.realm, 1 << _REALM_BITS)
        yield f"realms {source}/{destination}" if source else f"realm {destination}"


def _metric(name: int, value: int, route: KernelRoute) -> str:
    locked = "lock " if dict(route.metrics).get(Metric.LOCK, 0) >> name & 1 else ""
    return f"{_metric_name(name)} {locked}{_metric_value(name, value)}"


def _metric_name(name: int) -> str:
    return Metric(name).name.lower()


def _metric_value(name: int, value: int) -> str:
    if name == Metric.FEATURES:
        return "ecn" if value == _ECN else f"{value:#x}"
    if name in _MILLISECOND:
        milliseconds = value // _MILLISECOND[Metric(name)]
        return f"{milliseconds / 1000:g}s" if milliseconds >= 1000 else f"{milliseconds}ms"
    return str(value)


def route_document(route: KernelRoute, family: Family, name_of: NameOf) -> Mapping[str, object]:
    """Return an object with the fields that the route has."""
    return {
        "kind": route.kind.name.lower(),
        "next_hops": [_hop_document(hop, name_of) for hop in route.next_hops] or None,
        "metric": route.metric,
        "scope": _scope(route.scope or 0) if family is IPV4_UNICAST else None,
        "preferred_source": render_address(route.preferred_source) if route.preferred_source else None,
        "realm": route.realm or None,
        "metrics": {_metric_name(name): value for name, value in route.metrics} or None,
    }


def _hop_document(hop: NextHop, name_of: NameOf) -> Mapping[str, object]:
    return {
        "gateway": render_address(hop.gateway) if hop.gateway else None,
        "interface": name_of(hop.interface) if hop.interface else None,
        "weight": hop.weight,
        "onlink": hop.onlink,
    }
