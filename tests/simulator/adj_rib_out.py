"""What a neighbor is to be told of a route, to the letter of the RFCs, without ``rib.egress``."""

from typing import Any

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGINATOR_ID,
    AsPath,
    Segment,
)
from messages.families.prefix import PrefixKey
from messages.iana import Role, SegmentType, WellKnownCommunity
from rib.egress import NextHopRule
from rib.policy import Policy
from rib.route import Route, SourceKind
from tests.simulator.neighbor import Neighbor

_DEFAULT_LOCAL_PREF = 100
Changes = dict[Any, Any]


def told(neighbor: Neighbor, route: Route, key: PrefixKey) -> AttributeSet | None:
    """Return the attributes that a neighbor on these terms is told of a route to a prefix, if it is told.

    It must not be the neighbor's own.
    """
    if not _may_be_told(neighbor, route):
        return None
    if neighbor.terms.external:
        changes = _to_external(neighbor, route)
    elif neighbor.terms.confederation:
        changes = _to_another_member_as(neighbor, route)
    else:
        changes = _to_internal(neighbor, route)
    changes[NEXT_HOP] = _next_hop(neighbor, route)
    is_unmarked = ONLY_TO_CUSTOMER not in route.attributes
    if is_unmarked and neighbor.terms.role in {Role.PROVIDER, Role.PEER, Role.RS}:
        changes[ONLY_TO_CUSTOMER] = neighbor.us.public_as  # RFC 9234 §5, egress 1
    if neighbor.is_draining:  # RFC 8326 §4
        communities = route.attributes.get(COMMUNITIES, ())
        leaving = WellKnownCommunity.GRACEFUL_SHUTDOWN
        changes[COMMUNITIES] = communities if leaving in communities else (*communities, leaving)
        if not neighbor.terms.external:
            changes[LOCAL_PREF] = 0
    accepted = neighbor.export_policy.judge(route, route.attributes.replace(changes), key, silent=True)
    return None if accepted is None else accepted.attributes


def _may_be_told(neighbor: Neighbor, route: Route) -> bool:
    terms = neighbor.terms
    is_internal = not (terms.external or terms.confederation)
    if neighbor.export_policy is Policy.MISSING:
        return False  # RFC 8212
    if terms.role in {Role.CUSTOMER, Role.PEER, Role.RS_CLIENT} and ONLY_TO_CUSTOMER in route.attributes:
        return False  # RFC 9234 §5, egress 2
    if _is_from_internal(route) and is_internal and not (route.source.is_client or terms.is_client):
        return False  # RFC 4271 §9.2, RFC 4456 §6
    stops_at: dict[int, bool] = {
        WellKnownCommunity.NO_ADVERTISE: True,
        WellKnownCommunity.NO_EXPORT: terms.external,
        WellKnownCommunity.NO_EXPORT_SUBCONFED: not is_internal,
    }  # RFC 1997
    return not any(stops_at.get(community) for community in route.attributes.get(COMMUNITIES, ()))


def _is_from_internal(route: Route) -> bool:
    source = route.source
    return source.kind is SourceKind.BGP and not (source.external or source.confederation)


def _next_hop(neighbor: Neighbor, route: Route) -> bytes:
    """RFC 4271 §5.1.3; RFC 7947 §2.2.1. Nobody here shares a link with the next hop of another."""
    terms, learned = neighbor.terms, route.attributes.get(NEXT_HOP)
    changes_hands = terms.external and not terms.is_route_server_client
    if learned is None or changes_hands or terms.next_hop_rule is NextHopRule.SELF:
        return neighbor.us.address(neighbor.family)
    return learned


def _to_external(neighbor: Neighbor, route: Route) -> Changes:
    """RFC 4271 §5.1.2 b, §5.1.4, §5.1.5; RFC 5065 §4.1 c; RFC 7947 §2.2."""
    is_of_server = neighbor.terms.is_route_server_client
    path = route.attributes.get(AS_PATH, AsPath.EMPTY)
    outside = [segment for segment in path.segments if segment.kind <= SegmentType.AS_SEQUENCE]
    if not is_of_server or not outside:
        outside = _before(outside, SegmentType.AS_SEQUENCE, neighbor.us.public_as)
    changes: Changes = {
        AS_PATH: AsPath.from_segments(*outside),
        LOCAL_PREF: None,
        ORIGINATOR_ID: None,
        CLUSTER_LIST: None,
    }
    if route.source.kind is SourceKind.BGP and not is_of_server:
        changes[MULTI_EXIT_DISC] = None
    return changes


def _to_another_member_as(neighbor: Neighbor, route: Route) -> Changes:
    """RFC 5065 §4.1 b, §5.2."""
    path = route.attributes.get(AS_PATH, AsPath.EMPTY)
    segments = _before(list(path.segments), SegmentType.AS_CONFED_SEQUENCE, neighbor.us.asn)
    return {
        AS_PATH: AsPath.from_segments(*segments),
        LOCAL_PREF: route.attributes.get(LOCAL_PREF, _DEFAULT_LOCAL_PREF),
        ORIGINATOR_ID: None,
        CLUSTER_LIST: None,
    }


def _to_internal(neighbor: Neighbor, route: Route) -> Changes:
    """RFC 4271 §5.1.5; RFC 4456 §8, with the cluster ids of both ends where both are clients, as in BIRD."""
    attributes, source = route.attributes, route.source
    changes: Changes = {LOCAL_PREF: attributes.get(LOCAL_PREF, _DEFAULT_LOCAL_PREF)}
    if _is_from_internal(route):
        clusters = attributes.get(CLUSTER_LIST) or ()
        through = [source.cluster_id] if source.is_client else []
        if neighbor.terms.is_client or not source.is_client:
            through.insert(0, neighbor.cluster_id)
        if through[0] == through[-1]:
            through = through[:1]
        changes[CLUSTER_LIST] = (*through, *clusters)
        changes[ORIGINATOR_ID] = attributes.get(ORIGINATOR_ID, source.router_id)
    return changes


def _before(segments: list[Segment], kind: SegmentType, asn: int) -> list[Segment]:
    """Put an AS before the path, in the first segment if that is of this kind (RFC 4271 §5.1.2 b)."""
    if segments and segments[0].kind == kind:
        return [Segment(kind, (asn, *segments[0].asns)), *segments[1:]]
    return [Segment(kind, (asn,)), *segments]
