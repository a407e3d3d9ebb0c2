"""What a speaker makes of what it was told, to the letter of the RFCs, without ``rib.ingress``."""

from collections.abc import Iterator

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGINATOR_ID,
    AsPath,
)
from messages.families.prefix import PrefixKey, make_key
from messages.iana import Role, SegmentType, WellKnownCommunity
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.policy import Policy
from rib.route import UNREACHABLE, Destination, DestinationKind, NextHop, Refusal, Route
from tests.simulator.neighbor import Neighbor
from tests.simulator.speaker import Speaker

_CONFEDERATION = {SegmentType.AS_CONFED_SEQUENCE, SegmentType.AS_CONFED_SET}


def candidates(speaker: Speaker) -> Iterator[tuple[PrefixKey, int, Route]]:
    """Yield all routes that have to be there, with the Path Identifiers they came with."""
    for key, route in speaker.own_routes.items():
        yield key, 0, route
    for neighbor in speaker.neighbors:
        kept = neighbor.kept
        for (key, identifier), attributes in (kept | neighbor.heard.routes).items():
            route = _admitted(speaker, neighbor, attributes, key)
            if (key, identifier) in kept and neighbor.away.kept.is_long_lived:
                if WellKnownCommunity.NO_LLGR in route.attributes.get(COMMUNITIES, ()):
                    continue
                route.meant = _stale(route.attributes)
            is_refused = route.refusal not in {None, Refusal.UNRESOLVABLE}
            if neighbor.terms.keep_refused or not is_refused:
                yield key, identifier or 0, route


def _stale(attributes: AttributeSet) -> AttributeSet:
    """RFC 9494 §4.2."""
    communities = attributes.get(COMMUNITIES, ())
    if WellKnownCommunity.LLGR_STALE in communities:
        return attributes
    return attributes.replace({COMMUNITIES: (*communities, WellKnownCommunity.LLGR_STALE)})


def _admitted(speaker: Speaker, neighbor: Neighbor, received: AttributeSet, key: PrefixKey) -> Route:
    refusal = _refusal(neighbor, received)
    if refusal is not None:
        return Route(neighbor.source, received, UNREACHABLE, 0, refusal)
    destination, metric = _way(speaker, neighbor, received.get(NEXT_HOP, b""))
    is_out = destination is UNREACHABLE and not speaker.identity.rules.unresolvable_last
    route = Route(neighbor.source, received, destination, 0, Refusal.UNRESOLVABLE if is_out else None, metric)
    accepted = neighbor.import_policy.judge(route, _marked(neighbor, received), key, silent=True)
    if accepted is None:
        return Route(neighbor.source, received, UNREACHABLE, 0, Refusal.IMPORT_FILTER)
    if accepted.destination != destination:
        route = Route(neighbor.source, received, accepted.destination, 0)
    route.meant, route.preference = accepted.attributes, accepted.preference
    return route


def _refusal(neighbor: Neighbor, received: AttributeSet) -> Refusal | None:
    us = neighbor.us
    if neighbor.import_policy is Policy.MISSING:
        return Refusal.NO_IMPORT_POLICY  # RFC 8212
    if _times_through_us(neighbor, received) > neighbor.terms.allow_local_as:
        return Refusal.AS_LOOP
    if not neighbor.terms.external:  # RFC 4456 §8
        if received.get(ORIGINATOR_ID) == us.router_id:
            return Refusal.ORIGINATOR_LOOP
        clusters = received.get(CLUSTER_LIST) or ()
        if not us.clusters.isdisjoint(clusters):
            return Refusal.CLUSTER_LOOP
    if received.get(NEXT_HOP, b"") == us.address(neighbor.family):
        return Refusal.OWN_NEXT_HOP  # RFC 4271 §5.1.3
    return Refusal.ROUTE_LEAK if _has_leaked(neighbor, received) else None


def _has_leaked(neighbor: Neighbor, received: AttributeSet) -> bool:
    """RFC 9234 §5, ingress 1 and 2."""
    if ONLY_TO_CUSTOMER not in received:
        return False
    if neighbor.terms.role is Role.PEER:
        return received.get(ONLY_TO_CUSTOMER) != neighbor.them.public_as
    return neighbor.terms.role in {Role.PROVIDER, Role.RS}


def _times_through_us(neighbor: Neighbor, received: AttributeSet) -> int:
    """RFC 4271 §9.1.2; RFC 5065 §4: the member AS counts in the segments of the confederation."""
    us, times = neighbor.us, 0
    for kind, asns in received.get(AS_PATH, AsPath.EMPTY).segments:
        times += asns.count(us.asn if kind in _CONFEDERATION else us.public_as)
    return times


def _marked(neighbor: Neighbor, received: AttributeSet) -> AttributeSet:
    """RFC 8326 §4; RFC 9234 §5, ingress 3."""
    is_unmarked = ONLY_TO_CUSTOMER not in received
    if is_unmarked and neighbor.terms.role in {Role.CUSTOMER, Role.PEER, Role.RS_CLIENT}:
        received = received.replace({ONLY_TO_CUSTOMER: neighbor.them.public_as})
    communities = received.get(COMMUNITIES, ())
    is_leaving = WellKnownCommunity.GRACEFUL_SHUTDOWN in communities
    if neighbor.is_draining:
        added = () if is_leaving else (WellKnownCommunity.GRACEFUL_SHUTDOWN,)
        return received.replace({LOCAL_PREF: 0, COMMUNITIES: (*communities, *added)})
    return received.replace({LOCAL_PREF: 0}) if is_leaving and neighbor.terms.external else received


def _way(speaker: Speaker, neighbor: Neighbor, next_hop: bytes) -> tuple[Destination, int]:
    """Return where packets to a next hop go, and how far (RFC 4271 §9.1.2.1).

    It is on a link, or some neighbors' next hops may be behind a static route. All links have one length.
    """
    network = make_key(next_hop, 24 if len(next_hop) == 4 else 64)
    interface = speaker.connected.get(network)
    if interface is not None:
        return Destination(DestinationKind.UNICAST, (NextHop(next_hop, interface),)), 0
    detour = speaker.own_routes.get(network) if neighbor.terms.recursive else None
    return (UNREACHABLE, IGP_METRIC_UNKNOWN) if detour is None else (detour.destination, detour.igp_metric)
