"""What comes in: the checks on received attribute sets, each with its section."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath, Segment
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address
from messages.iana import Role, SegmentType, WellKnownCommunity
from rib.admission import Admission
from rib.ingress import Ingress
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import Refusal, Source
from rib.table import Table
from tests.rib.building import attributes, key, neighbor
from tests.rib.entrance import ROUTER_ID, ingress
from tests.rib.judging import by_attributes

EXTERNAL, INTERNAL = neighbor("e"), neighbor("i", external=False)
P = key("10.0.0.0/8")


@pytest.mark.parametrize(
    ("source", "received", "refusal"),
    [
        (EXTERNAL, attributes(65001), None),
        (EXTERNAL, attributes(65001, 64512), Refusal.AS_LOOP),
        (INTERNAL, attributes(rows={ORIGINATOR_ID: ROUTER_ID}), Refusal.ORIGINATOR_LOOP),
        (INTERNAL, attributes(rows={CLUSTER_LIST: (5, ROUTER_ID)}), Refusal.CLUSTER_LOOP),
        (EXTERNAL, attributes(65001, next_hop="192.0.2.1"), Refusal.OWN_NEXT_HOP),
        (EXTERNAL, attributes(65001, next_hop="198.51.100.1"), Refusal.UNRESOLVABLE),
    ],
)
def test_a_set_is_accepted_or_refused_with_its_reason(
    source: Source, received: AttributeSet, refusal: Refusal | None
) -> None:
    assert ingress(source).route(received, 0).refusal is refusal


@pytest.mark.parametrize(
    ("policy", "refusal"),
    [(Policy.NONE, Refusal.IMPORT_FILTER), (Policy.MISSING, Refusal.NO_IMPORT_POLICY)],
)
def test_policy_refuses(policy: Policy, refusal: Refusal) -> None:
    """RFC 8212 for the missing one."""
    assert ingress(EXTERNAL, policy).route(attributes(65001), 0).refusal is refusal


def test_a_filter_sees_the_route_with_our_marks_and_may_change_it() -> None:
    """Its next hop is the one that is resolved; the RFCs' reasons to refuse a route come before."""
    seen: list[AttributeSet] = []

    def via_another(marked: AttributeSet) -> AttributeSet | None:
        seen.append(marked)
        if marked.get(LOCAL_PREF) != 0:
            return None
        return marked.replace({NEXT_HOP: parse_address("192.0.2.253")})

    policy = by_attributes("via_another", via_another)
    leaving = attributes(65001, next_hop="198.51.100.1", rows={COMMUNITIES: (GRACEFUL_SHUTDOWN,)})
    found = ingress(EXTERNAL, policy).route(leaving, 0)
    assert found.refusal is None
    assert found.destination.next_hops[0].gateway == parse_address("192.0.2.253")
    assert found.received is leaving
    staying = attributes(65001)
    refused = ingress(EXTERNAL, policy).route(staying, 0)
    assert refused.refusal is Refusal.IMPORT_FILTER
    assert refused.attributes is staying
    assert ingress(EXTERNAL, policy).route(attributes(64512), 0).refusal is Refusal.AS_LOOP
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("path", "allowed", "refusal"),
    [
        ((65001, 64512), 0, Refusal.AS_LOOP),
        ((65001, 64512), 1, None),
        ((64512, 65001, 64512), 1, Refusal.AS_LOOP),
        ((64512, 65001, 64512), 2, None),
    ],
)
def test_our_as_may_be_in_the_path_as_often_as_is_allowed(
    path: tuple[int, ...], allowed: int, refusal: Refusal | None
) -> None:
    """RFC 4271 §9.1.2 forbids it by default; sites connected through another AS need it."""
    assert ingress(EXTERNAL, allow_local_as=allowed).route(attributes(*path), 0).refusal is refusal


AS_SET_FIRST = AsPath.from_segments(Segment(SegmentType.AS_SET, (65001, 65002)))


@pytest.mark.parametrize(
    ("source", "path", "refusal"),
    [
        (EXTERNAL, AsPath.of(65001, 65009), None),
        (EXTERNAL, AsPath.of(65009, 65001), Refusal.FIRST_AS),
        (EXTERNAL, AS_SET_FIRST, Refusal.FIRST_AS),
        (EXTERNAL, AsPath.EMPTY, Refusal.FIRST_AS),
        (INTERNAL, AsPath.of(65009), None),
    ],
)
def test_the_first_as_must_be_the_neighbors_if_so_configured(
    source: Source, path: AsPath, refusal: Refusal | None
) -> None:
    """RFC 4271 §6.3; through a route server it is another (RFC 7947 §2.2.2.2)."""
    received = attributes(rows={AS_PATH: path})
    assert ingress(source, peer_as=65001, enforce_first_as=True).route(received, 0).refusal is refusal
    assert ingress(source, peer_as=65001).route(received, 0).refusal is None


def test_another_as_of_ours_is_put_before_the_path() -> None:
    """The AS that the neighbor takes us for, so that the way through it is seen (RFC 7705 §3.1)."""
    found = ingress(EXTERNAL, prepended=64499).route(attributes(65001), 0)
    assert found.attributes.get(AS_PATH) == AsPath.of(64499, 65001)
    assert found.received.get(AS_PATH) == AsPath.of(65001)


def test_prefixes_with_one_set_in_one_second_share_a_route() -> None:
    shared, received = ingress(EXTERNAL), attributes(65001)
    first = shared.route(received, 7)
    assert shared.route(received, 7) is first
    assert shared.route(received, 8) is not first
    assert first.since == 7


def test_a_next_hop_lost_within_the_second_makes_another_route() -> None:
    next_hops = NextHops(Table("master", IPV4_UNICAST))
    next_hops.set_connected({key("192.0.2.0/24"): 2}, {2})
    admission = Admission(64512, ROUTER_ID, Policy.ALL, frozenset())
    entry, received = Ingress(EXTERNAL, admission, next_hops), attributes(65001)
    assert entry.route(received, 7).refusal is None
    next_hops.set_connected({}, set())
    assert next_hops.recheck(limit=100)
    assert entry.route(received, 7).refusal is Refusal.UNRESOLVABLE


def test_refused_routes_are_kept_only_if_asked_but_unresolvable_ones_always() -> None:
    thrifty = ingress(EXTERNAL, keep_refused=False)
    assert not thrifty.keeps(thrifty.route(attributes(65001, 64512), 0))
    assert thrifty.keeps(thrifty.route(attributes(65001, next_hop="198.51.100.1"), 0))
    generous = ingress(EXTERNAL)
    assert generous.keeps(generous.route(attributes(65001, 64512), 0))


PEER_AS = 65001
ROLES = [
    # what we are, ONLY_TO_CUSTOMER as received, the refusal, ONLY_TO_CUSTOMER as kept (RFC 9234 §5)
    (None, PEER_AS, None, PEER_AS),
    (None, None, None, None),
    (Role.PROVIDER, None, None, None),
    (Role.PROVIDER, PEER_AS, Refusal.ROUTE_LEAK, PEER_AS),
    (Role.RS, None, None, None),
    (Role.RS, 65009, Refusal.ROUTE_LEAK, 65009),
    (Role.PEER, None, None, PEER_AS),
    (Role.PEER, PEER_AS, None, PEER_AS),
    (Role.PEER, 65009, Refusal.ROUTE_LEAK, 65009),
    (Role.CUSTOMER, None, None, PEER_AS),
    (Role.CUSTOMER, 65009, None, 65009),
    (Role.RS_CLIENT, None, None, PEER_AS),
    (Role.RS_CLIENT, 65009, None, 65009),
]


@pytest.mark.parametrize(("role", "received", "refusal", "kept"), ROLES)
def test_leaked_routes_are_refused_and_others_marked(
    role: Role | None, received: int | None, refusal: Refusal | None, kept: int | None
) -> None:
    rows = {} if received is None else {ONLY_TO_CUSTOMER: received}
    found = ingress(EXTERNAL, role=role, peer_as=PEER_AS).route(attributes(PEER_AS, rows=rows), 0)
    assert found.refusal is refusal
    assert found.attributes.get(ONLY_TO_CUSTOMER) == kept


GRACEFUL_SHUTDOWN = WellKnownCommunity.GRACEFUL_SHUTDOWN


@pytest.mark.parametrize(
    ("source", "communities", "local_pref"),
    [
        (EXTERNAL, (GRACEFUL_SHUTDOWN,), 0),
        (EXTERNAL, (0x0001FFFF, 0x00000002), None),  # the same octets across two communities
        (EXTERNAL, (), None),
        (INTERNAL, (GRACEFUL_SHUTDOWN,), None),  # whoever let it in said what it is worth
    ],
)
def test_a_path_that_is_about_to_go_is_the_last_choice(
    source: Source, communities: tuple[int, ...], local_pref: int | None
) -> None:
    """RFC 8326 §4.2."""
    received = attributes(65001, rows={COMMUNITIES: communities} if communities else {})
    found = ingress(source).route(received, 0)
    assert found.attributes.get(LOCAL_PREF) == local_pref
    assert found.received is received


def test_routes_of_a_session_that_is_drained_are_the_last_choice_everywhere() -> None:
    """RFC 8326 §4.1: inside as well, where the community does not count but LOCAL_PREF does."""
    draining = ingress(INTERNAL, is_draining=True)
    found = draining.route(attributes(65001, local_pref=500, rows={COMMUNITIES: (7,)}), 0)
    assert found.attributes.get(LOCAL_PREF) == 0
    assert found.attributes.get(COMMUNITIES) == (7, GRACEFUL_SHUTDOWN)
    again = draining.route(attributes(65001, rows={COMMUNITIES: (GRACEFUL_SHUTDOWN,)}), 0)
    assert again.attributes.get(COMMUNITIES) == (GRACEFUL_SHUTDOWN,)


def test_a_route_is_renewed_if_the_terms_say_otherwise() -> None:
    calm, draining = ingress(EXTERNAL), ingress(EXTERNAL, is_draining=True)
    route = calm.route(attributes(65001), 7)
    EXTERNAL.epoch += 1
    assert calm.renew(route, P) is route
    renewed = draining.renew(route, P)
    assert renewed is not None
    assert renewed.attributes.get(LOCAL_PREF) == 0
    assert (renewed.since, renewed.epoch) == (7, route.epoch)
    back = calm.renew(renewed, P)
    assert back is not None
    assert back.attributes is route.attributes
    assert ingress(EXTERNAL, Policy.NONE, keep_refused=False).renew(route, P) is None
    refused = ingress(EXTERNAL, Policy.NONE).renew(route, P)
    assert refused is not None
    assert refused.refusal is Refusal.IMPORT_FILTER


def test_a_new_epoch_makes_other_routes() -> None:
    entry, received = ingress(EXTERNAL), attributes(65001)
    first = entry.route(received, 7)
    entry.begin_epoch()
    assert entry.route(received, 7) is not first
    assert entry.route(received, 7).epoch == first.epoch + 1


@pytest.mark.parametrize(
    ("path", "allowed", "refusal"),
    [
        ((65001, 65002), 0, None),
        ((65001, 65000, 65003), 0, Refusal.AS_LOOP),  # the AS that all others see in us
        ((65001, 64999), 0, Refusal.AS_LOOP),  # the one that this neighbor sees
        ((65001, 65000, 65003), 1, None),
        ((65001, 65000, 64999), 1, Refusal.AS_LOOP),
    ],
)
def test_a_neighbor_that_sees_another_as_hides_no_loop(
    path: tuple[int, ...], allowed: int, refusal: Refusal | None
) -> None:
    """RFC 4271 §9.1.2, RFC 7705 §3: through either."""
    here = ingress(EXTERNAL, local_as=64999, other_as=65000, allow_local_as=allowed)
    assert here.route(attributes(*path), 0).refusal is refusal
