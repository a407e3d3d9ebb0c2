"""The rules between the values of static routes."""

from collections.abc import Iterator
from typing import Final

from bgpd.config.addresses import family_name, is_link_local
from bgpd.config.faults import Complaints, Fault, KeyPath, at
from bgpd.config.static import NamedStatic, StaticDestination, StaticNextHop
from bgpd.config.wording import quoted


def check_named(path: KeyPath, static: NamedStatic) -> Iterator[Fault]:
    """Find what is wrong between the values of each route of one protocol."""
    if len(set(static.families)) != len(static.families):
        yield Fault((*path, "families"), "a family is listed twice; write each once")
    for position, route in enumerate(static.routes):
        place = (*path, "routes", position)
        family = family_name(route.prefix)
        if family not in static.families:
            yield Fault(
                (*place, "prefix"),
                f"{quoted(route.prefix)} is of none of the families of this protocol; "
                f"write {quoted(family)} in families, or leave the route out",
            )
        yield from check_destination(place, route)


def check_destination(path: KeyPath, route: StaticDestination) -> Iterator[Fault]:
    """Find what is wrong between the values of one route."""
    destinations = [
        key
        for key in ("blackhole", "unreachable", "prohibit", "nexthops", "recursive")
        if getattr(route, key)
    ]
    if route.via is not None or route.dev is not None:
        destinations.append("via" if route.via is not None else "dev")
    if len(destinations) != 1:
        what = " and ".join(destinations) or "none"
        yield Fault(
            (*path, destinations[-1] if destinations else "prefix"), f"{_DESTINATIONS}; there is {what}"
        )
    if route.recursive is not None and family_name(route.recursive) != family_name(route.prefix):
        yield Fault(
            (*path, "recursive"),
            f"{quoted(route.recursive)} is not of the family of {route.prefix}; "
            f"write an address of the family {family_name(route.prefix)}",
        )
    hop = StaticNextHop(via=route.via, dev=route.dev, onlink=route.onlink)
    if route.onlink or route.via is not None:
        yield from at(path, _next_hop(hop, route.prefix))
    for position, hop in enumerate(route.nexthops):
        yield from at((*path, "nexthops", position), _next_hop(hop, route.prefix))


_DESTINATIONS: Final = (
    "a static route has exactly one of blackhole, unreachable, prohibit, via and dev, nexthops, recursive"
)


def _next_hop(hop: StaticNextHop, prefix: str) -> Complaints:
    family = family_name(prefix)
    if hop.via is None and hop.dev is None:
        yield "via", "a next hop has neither via nor dev; write at least one"
    elif hop.onlink and (hop.via is None or hop.dev is None):
        yield "onlink", "true needs both via and dev; write them or leave it out"
    if hop.via is None:
        return
    if family_name(hop.via) != family:
        yield (
            "via",
            f"{quoted(hop.via)} is not of the family of {prefix}; write an address of the family {family}",
        )
    elif is_link_local(hop.via) and hop.dev is None:
        yield "via", f"{quoted(hop.via)} is link-local; write its interface as dev"
