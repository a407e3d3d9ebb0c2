"""What a neighbor's settings come to when the defaults that depend on others are filled in."""

from typing import Final, Literal

from bgpd.config.addresses import family_name, is_link_local
from bgpd.config.neighbors import Neighbor
from bgpd.config.router import Router

INTERNAL_HOPS: Final = 64
MOST_STALE_TIME: Final = 0xFFFFFF
"""Nobody can ask for more (RFC 9494 §3)."""


def is_confederation_member(neighbor: Neighbor, router: Router) -> bool:
    """Tell whether the neighbor is in another member AS of our confederation (RFC 5065 §1.2)."""
    return (
        router.confederation is not None
        and neighbor.asn in router.confederation.members
        and neighbor.asn != local_as(neighbor, router)
    )


def local_as(neighbor: Neighbor, router: Router) -> int:
    """Return our AS number for this neighbor; those outside our confederation see its identifier."""
    if neighbor.local_asn is not None:
        return neighbor.local_asn
    confederation = router.confederation
    if confederation is None or neighbor.asn in {router.asn, *confederation.members}:
        return router.asn
    return confederation.id


def is_internal(neighbor: Neighbor, router: Router) -> bool:
    """Tell whether the neighbor is in our AS, or our member AS (RFC 4271 §1.1, internal peer)."""
    return neighbor.asn == local_as(neighbor, router)


def is_external(neighbor: Neighbor, router: Router) -> bool:
    """Tell whether the neighbor is outside our AS and our confederation (RFC 4271 §1.1, external peer)."""
    return not (is_internal(neighbor, router) or is_confederation_member(neighbor, router))


def cluster_id(neighbor: Neighbor, router: Router) -> str | None:
    """Return our cluster ID for this neighbor; nothing means the router ID (RFC 4456 §7)."""
    return neighbor.cluster_id or router.cluster_id


def families(neighbor: Neighbor) -> tuple[Literal["ipv4", "ipv6"], ...]:
    """Return whose routes are exchanged."""
    return neighbor.families or (family_name(host(neighbor)),)


def extended_next_hop(neighbor: Neighbor) -> bool:
    """Tell whether IPv6 next hops of IPv4 routes are offered (RFC 8950)."""
    if neighbor.extended_next_hop is not None:
        return neighbor.extended_next_hop
    return len(families(neighbor)) > 1


def host(neighbor: Neighbor) -> str:
    """Return the address without its interface, or the first address of the range."""
    return (neighbor.address or neighbor.range or "").partition("%")[0].partition("/")[0]


def multihop(neighbor: Neighbor, router: Router) -> int:
    """Return how many hops away the neighbor may be; 0 is on a connected network."""
    if neighbor.multihop is not None:
        return neighbor.multihop
    if not is_internal(neighbor, router) or neighbor.ttl_security or is_link_local(host(neighbor)):
        return 0
    return INTERNAL_HOPS


def gateway(neighbor: Neighbor, router: Router) -> Literal["direct", "recursive"]:
    """Return how next hops are resolved: through routes where those of other routers come unchanged."""
    if neighbor.gateway is not None:
        return neighbor.gateway
    is_far = multihop(neighbor, router) > 0 or is_confederation_member(neighbor, router)
    return "recursive" if is_far else "direct"


def max_long_lived_stale_time(neighbor: Neighbor) -> int:
    """Return for how many seconds we keep long-lived stale routes at most."""
    return neighbor.max_long_lived_stale_time or MOST_STALE_TIME


def missing_policies(neighbor: Neighbor, router: Router) -> tuple[Literal["import", "export"], ...]:
    """Return the directions in which nothing is exchanged for want of a policy (RFC 8212 §3)."""
    if not neighbor.ebgp_requires_policy or not is_external(neighbor, router):
        return ()
    written = {"import": neighbor.import_filter, "export": neighbor.export_filter}
    directions: tuple[Literal["import", "export"], ...] = ("import", "export")
    return tuple(direction for direction in directions if written[direction] is None)
