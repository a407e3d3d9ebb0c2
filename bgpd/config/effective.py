"""What a neighbor's settings come to when the defaults that depend on others are filled in."""

from typing import Final, Literal

from bgpd.config.addresses import is_link_local
from bgpd.config.neighbors import Neighbor
from bgpd.config.router import Router

INTERNAL_HOPS: Final = 64


def local_as(neighbor: Neighbor, router: Router) -> int:
    """Return our AS number for this neighbor."""
    return neighbor.local_asn or router.asn


def is_external(neighbor: Neighbor, router: Router) -> bool:
    """Tell whether the neighbor is in another AS (RFC 4271 §1.1, external peer)."""
    return neighbor.asn != local_as(neighbor, router)


def _host(neighbor: Neighbor) -> str:
    """Return the address, or the first one of the range."""
    return (neighbor.address or neighbor.range or "").partition("%")[0].partition("/")[0]


def multihop(neighbor: Neighbor, router: Router) -> int:
    """Return how many hops away the neighbor may be; 0 is on a connected network."""
    if neighbor.multihop is not None:
        return neighbor.multihop
    if is_external(neighbor, router) or neighbor.ttl_security or is_link_local(_host(neighbor)):
        return 0
    return INTERNAL_HOPS


def gateway(neighbor: Neighbor, router: Router) -> Literal["direct", "recursive"]:
    """Return how next hops are resolved: as BIRD does, by the reach of the session."""
    return neighbor.gateway or ("recursive" if multihop(neighbor, router) else "direct")


def missing_policies(neighbor: Neighbor, router: Router) -> tuple[Literal["import", "export"], ...]:
    """Return the directions in which nothing is exchanged for want of a policy (RFC 8212 §3)."""
    if not neighbor.ebgp_requires_policy or not is_external(neighbor, router):
        return ()
    written = {"import": neighbor.import_filter, "export": neighbor.export_filter}
    directions: tuple[Literal["import", "export"], ...] = ("import", "export")
    return tuple(direction for direction in directions if written[direction] is None)
