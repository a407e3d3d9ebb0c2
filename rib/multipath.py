"""Several equal routes as one way out (BIRD's ``merge paths``; draft-ietf-idr-link-bandwidth)."""

from collections.abc import Callable, Sequence
from functools import reduce
from math import gcd, isfinite
from operator import attrgetter
from struct import Struct
from typing import Final

from messages.attributes import EXTENDED_COMMUNITIES
from rib.decision import Decision
from rib.route import Destination, DestinationKind, NextHop, Route

_LINK_BANDWIDTH: Final = Struct("!BBHf")
"""Type, sub-type, AS, octets per second (draft-ietf-idr-link-bandwidth §2)."""
_TYPES: Final = {0x00, 0x40}
_SUBTYPE: Final = 0x04
_HEAVIEST: Final = 256
"""What the kernel can tell apart."""


def merged(
    decision: Decision,
    routes: Sequence[Route],
    limit: int,
    lead: Callable[[Route], Destination] = attrgetter("destination"),
) -> Destination:
    """Return where packets go if traffic is shared by the routes that are as good as the first of them.

    At most ``limit`` next hops, in the order of their addresses; a next hop that several routes have is there
    once. If each route tells its bandwidth, the shares are in proportion to it. ``lead`` says where each of
    them leads by itself.
    """
    best = lead(routes[0])
    if best.kind is not DestinationKind.UNICAST:
        return best
    ways = [(route, lead(route)) for route in decision.multipath(routes, limit)]
    equals = [(route, way) for route, way in ways if way.kind is DestinationKind.UNICAST]
    if len(equals) < 2:
        return best
    weights = _weights([route for route, _ in equals])
    hops: dict[NextHop, NextHop] = {}
    for (_, way), weight in zip(equals, weights, strict=True):
        for hop in way.next_hops:
            hops.setdefault(hop._replace(weight=1), hop._replace(weight=min(_HEAVIEST, hop.weight * weight)))
    return Destination(DestinationKind.UNICAST, tuple(sorted(list(hops.values())[:limit])))


def _weights(routes: Sequence[Route]) -> list[int]:
    """Return the share of each route, 1 for each if one does not tell its bandwidth."""
    bandwidths = [_bandwidth(route) for route in routes]
    largest = max(bandwidths)
    if min(bandwidths) <= 0:
        return [1] * len(routes)
    scaled = [max(1, round(_HEAVIEST * bandwidth / largest)) for bandwidth in bandwidths]
    common = reduce(gcd, scaled)
    return [weight // common for weight in scaled]


def _bandwidth(route: Route) -> float:
    for community in route.attributes.get(EXTENDED_COMMUNITIES, ()):
        kind, subtype, _asn, octets = _LINK_BANDWIDTH.unpack(community)
        if kind in _TYPES and subtype == _SUBTYPE and isfinite(octets):
            return float(octets)
    return 0.0
