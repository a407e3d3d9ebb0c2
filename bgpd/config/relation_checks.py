"""The rules between a neighbor and the router, above all about which side of the AS border it is on."""

from collections.abc import Iterator
from typing import Final

from bgpd.config import effective
from bgpd.config.faults import Complaints, Fault, KeyPath, at
from bgpd.config.fields import is_set
from bgpd.config.neighbors import Neighbor
from bgpd.config.router import Router


def check_relation(path: KeyPath, neighbor: Neighbor, router: Router) -> Iterator[Fault]:
    """Find what does not go together with the router's settings."""
    yield from at(path, _relation(neighbor, router))
    yield from at(path, _local_as(neighbor, router))
    yield from at(path, _reach(neighbor, router))
    yield from at(path, _listening(neighbor, router))


def _relation(neighbor: Neighbor, router: Router) -> Complaints:
    """Check what only neighbors on one side of the AS border can have."""
    kind = "internal" if effective.is_internal(neighbor, router) else "external"
    if effective.is_confederation_member(neighbor, router):
        kind = "in our confederation"
    for side, keys in (("internal", _INTERNAL_ONLY), ("external", _EXTERNAL_ONLY)):
        for key, reference in keys.items():
            if side != kind and is_set(neighbor, key):
                yield key, f"it is for {side} neighbors ({reference}), and this one is {kind}; leave it out"


_INTERNAL_ONLY: Final = {"route_reflector_client": "RFC 4456 §4", "cluster_id": "RFC 4456 §7"}
_EXTERNAL_ONLY: Final = {
    "role": "RFC 9234 §4",
    "route_server_client": "RFC 7947 §2",
    "enforce_first_as": "RFC 4271 §6.3",
    "as_override": "RFC 4271 §5.1.2",
    "remove_private_as": "RFC 4271 §5.1.2",
    "prepend": "RFC 4271 §5.1.2",
    "local_asn_mode": "RFC 7705 §3",
}
"""The keys, and where it says so: an AS_PATH goes unchanged to internal neighbors."""


def _local_as(neighbor: Neighbor, router: Router) -> Complaints:
    confederation = router.confederation
    public = router.asn if confederation is None else confederation.id
    if neighbor.local_asn_mode != "replace" and neighbor.local_asn in {None, public}:
        yield "local_asn_mode", f"needs a local_asn other than our AS, {public}; write one or leave it out"
    if confederation is None:
        return
    inside = {router.asn, *confederation.members}
    if neighbor.asn in inside and neighbor.local_asn not in {None, router.asn}:
        yield "local_asn", f"neighbors in our confederation see {router.asn}, asn in [router]; leave it out"
    if neighbor.asn == confederation.id and neighbor.asn not in inside:
        yield "asn", f"{neighbor.asn} is our confederation; write the member AS of the neighbor"


def _reach(neighbor: Neighbor, router: Router) -> Complaints:
    hops = effective.multihop(neighbor, router)
    if hops and "%" in (neighbor.address or ""):
        yield "multihop", f"{hops} is not allowed for a link-local address; write 0 or leave it out"
    elif hops and neighbor.gateway == "direct":
        yield (
            "gateway",
            (
                f'"direct" is not allowed for a neighbor up to {hops} hops away; '
                'write "recursive", or multihop = 0 if the neighbor is on a connected network'
            ),
        )


def _listening(neighbor: Neighbor, router: Router) -> Complaints:
    if neighbor.passive and not router.listen:
        yield (
            "passive",
            "true is not allowed with listen = [] in [router]; write false or addresses to listen on",
        )
    if neighbor.range is not None and not router.listen:
        yield (
            "range",
            "neighbors cannot connect with listen = [] in [router]; write addresses to listen on there",
        )
