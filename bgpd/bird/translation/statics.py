"""``protocol static``."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from bgpd.bird.translation.protocol import OF_OTHERS, Protocol, Rules, is_written
from bgpd.bird.tree import Item, NextHop, StaticRoute
from rib.filters.algebra.printing import render

_DEAD_ENDS: Final = ("blackhole", "unreachable", "prohibit")
_RULES: Final[Rules] = {
    **OF_OTHERS,
    "igp table": (is_written, "recursive routes follow their own table"),
}


def translate_static(protocol: Protocol) -> None:
    """Write one of ``[statics]``."""
    for key in ("table", "preference", "disabled"):
        protocol.copy(key, key)
    protocol.table.put("families", [protocol.part.family])
    protocol.policy("import", default="all")
    protocol.describe()
    protocol.table.put("routes", list(_routes(protocol, protocol.every("route"))))
    protocol.ignore("export", "router id")
    protocol.remark_all(_RULES)


def _routes(protocol: Protocol, items: Iterable[Item]) -> Iterator[dict[str, Any]]:
    check_link = {"check_link": True} if protocol.value("check link") else {}
    for number, item in enumerate(_remarked(protocol, items)):
        route: StaticRoute = item.value
        path = (*protocol.table.path, "routes", number)
        protocol.draft.places[path] = item.at
        row = {"prefix": render(route.prefix), **_destination(route), **check_link}
        if route.attributes is not None:
            row["set"] = protocol.part.configuration.texts[route.attributes.at]
            protocol.draft.changes[path] = route.attributes
        yield row


def _remarked(protocol: Protocol, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the routes, and say what of them we do not do."""
    for item in items:
        route: StaticRoute = item.value
        if route.bfd or any(hop.bfd for hop in route.next_hops):
            protocol.remark(item, "BFD is not supported")
        yield item


def _destination(route: StaticRoute) -> dict[str, Any]:
    if route.destination in _DEAD_ENDS:
        return {route.destination: True}
    if route.destination == "interface":
        return {"dev": route.interface}
    if route.recursive is not None:
        return {"recursive": render(route.recursive)}
    if len(route.next_hops) == 1:
        return _next_hop(route.next_hops[0])
    return {"nexthops": [{**_next_hop(hop), "weight": hop.weight} for hop in route.next_hops]}


def _next_hop(hop: NextHop) -> dict[str, Any]:
    via = {"via": render(hop.address)}
    return via if hop.interface is None else {**via, "dev": hop.interface}
