"""What the next hop of a route resolves to, through what, and if to nothing, why (RFC 4271 §9.1.2.1)."""

from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.show.interfaces import name_of
from bgpd.show.lookup import covering
from bgpd.show.view import Daemon
from messages.attributes import NEXT_HOP
from messages.families import FAMILIES, Family
from messages.families.prefix import PrefixKey, make_key, render_address, render_prefix
from rib.next_hops import IGP_METRIC_UNKNOWN, is_link_local
from rib.route import Destination, DestinationKind, Route, Source, SourceKind
from rib.route import NextHop as Hop

DESTINATIONS: Final = {
    DestinationKind.UNICAST: "unicast",
    DestinationKind.BLACKHOLE: "blackhole",
    DestinationKind.UNREACHABLE: "unreachable",
    DestinationKind.PROHIBIT: "prohibited",
}
_LET_ITSELF: Final = "let the neighbor announce itself as the next hop"
_USE_ROUTES: Final = 'gateway = "recursive" for it looks the next hop up in the table'
_MAKE_ROUTE: Final = "a static route to the next hop, or one of the kernel, makes it known"


class NextHop(NamedTuple):
    """The NEXT_HOP of a neighbor's route. ``through`` says what leads there, or why nothing does."""

    address: str
    resolved: bool
    through: str
    metric: int | None = None
    """Of the way there, if it is known and there is more than a link."""
    help: str | None = None
    """What the operator can do."""


def via(daemon: Daemon, hop: Hop) -> str:
    """Return one way out in BIRD's words."""
    interface = name_of(daemon, hop.interface)
    return f"via {render_address(hop.gateway)} on {interface}" if hop.gateway else f"dev {interface}"


def where_to(daemon: Daemon, destination: Destination) -> str:
    """Say in one line where packets go."""
    if destination.kind is not DestinationKind.UNICAST:
        return DESTINATIONS[destination.kind]
    hops = destination.next_hops
    weighted = len({hop.weight for hop in hops}) > 1
    return " and ".join(
        via(daemon, hop) + " onlink" * hop.onlink + f" (weight {hop.weight})" * weighted for hop in hops
    )


def next_hop(daemon: Daemon, pipeline: Pipeline, route: Route) -> NextHop | None:
    """Explain the next hop of a route that came from a neighbor to this table; None for others."""
    source = route.source
    if source.kind is not SourceKind.BGP or source.origin is not None or route.is_filtered:
        return None
    value = route.attributes.get(NEXT_HOP, b"")
    address, link_local = value[:16], value[16:]
    if is_link_local(address):
        address, link_local = b"", address
    shown = render_address(address or link_local) if value else "none"
    if route.destination.kind is DestinationKind.BLACKHOLE:
        return NextHop(shown, True, "packets are discarded, as BLACKHOLE asks for (RFC 7999)")
    if route.is_unresolvable:
        return _unresolved(daemon, pipeline, source, shown, address, link_local)
    through, metric = _through(daemon, pipeline, route, address, link_local)
    return NextHop(shown, True, through, metric)


def _through(
    daemon: Daemon, pipeline: Pipeline, route: Route, address: bytes, link_local: bytes
) -> tuple[str, int | None]:
    """Say what leads to a next hop, and return the metric of the way if routes are used for it."""
    source = route.source
    if link_local:
        return f"on the link {name_of(daemon, source.interface)}", None
    way = pipeline.next_hops.way_to(address, recursive=source.recursive)
    if way.prefix is not None and way.interface is not None:
        network = render_prefix(way.prefix, _family_of(address))
        return f"connected, in {network} on {name_of(daemon, way.interface)}", None
    leads = where_to(daemon, route.destination)
    if way.prefix is None or way.route is None:
        return leads, None
    metric = route.igp_metric if route.igp_metric < IGP_METRIC_UNKNOWN else None
    return f"through {_named(way.prefix, address, way.route)}, {leads}", metric


def _family_of(address: bytes) -> Family:
    """Next hops may be of another family than the routes (RFC 8950)."""
    return next(family for family in FAMILIES.values() if family.address_octets == len(address))


def _named(prefix: PrefixKey, address: bytes, route: Route) -> str:
    return f"{render_prefix(prefix, _family_of(address))} of {route.source.name}"


def _unresolved(
    daemon: Daemon, pipeline: Pipeline, source: Source, shown: str, address: bytes, link_local: bytes
) -> NextHop:
    if not address:
        if not link_local:
            return NextHop(shown, False, "it has none of its family")
        where = (
            f"its interface {name_of(daemon, source.interface)} is down"
            if source.interface
            else ("it holds on one link only, and the neighbor is not on a link of ours")
        )
        return NextHop(shown, False, where, help=_LET_ITSELF)
    way = pipeline.next_hops.way_to(address, recursive=source.recursive)
    if way.prefix is not None and way.route is not None:
        kind = DESTINATIONS[way.route.destination.kind]
        reason = f"what leads there is {_named(way.prefix, address, way.route)}: {kind}"
        return NextHop(shown, False, reason)
    if not source.recursive:
        reason = 'no interface is on its network, and routes are not used for it (gateway = "direct")'
        return NextHop(shown, False, reason, help=f"{_LET_ITSELF}; or {_USE_ROUTES}")
    follows = _leads_nowhere(daemon, pipeline, address)
    if follows:
        return NextHop(shown, False, follows, help=_MAKE_ROUTE)
    reason = "no interface is on its network, and no route leads there"
    return NextHop(shown, False, reason, help=f"{_MAKE_ROUTE}; or {_LET_ITSELF}")


def _leads_nowhere(daemon: Daemon, pipeline: Pipeline, address: bytes) -> str:
    """Return which route would lead there, if its own next hop were not one that routes lead to."""
    place = pipeline.table.name, _family_of(address)
    table = next(each for each in daemon.tables if (each.name, each.family) == place)
    for prefix in covering(make_key(address, 8 * len(address))):
        route = table.best(prefix)
        if route is not None:
            return f"{_named(prefix, address, route)} leads there, but hangs on a next hop itself"
    return ""
