"""What comes in: the checks on received attribute sets, each with its section."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import CLUSTER_LIST, COMMUNITIES, LOCAL_PREF, ONLY_TO_CUSTOMER, ORIGINATOR_ID
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address
from messages.iana import Role, WellKnownCommunity
from rib.ingress import Admission, Ingress
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import Refusal, Source
from rib.table import Table
from tests.rib.building import attributes, key, neighbor

ROUTER_ID = int.from_bytes(parse_address("192.0.2.1"))
EXTERNAL, INTERNAL = neighbor("e"), neighbor("i", external=False)


def ingress(
    source: Source, policy: Policy = Policy.ALL, *, keep_refused: bool = True, **more: Any
) -> Ingress:
    next_hops = NextHops(Table("master", IPV4_UNICAST))
    next_hops.set_connected({key("192.0.2.0/24"): 2}, {2})
    own = frozenset({parse_address("192.0.2.1")})
    return Ingress(source, Admission(64512, ROUTER_ID, policy, own, keep_refused, **more), next_hops)


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
    assert next_hops.recheck()
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
    assert calm.renew(route) is route
    renewed = draining.renew(route)
    assert renewed is not None
    assert renewed.attributes.get(LOCAL_PREF) == 0
    assert (renewed.since, renewed.epoch) == (7, route.epoch)
    back = calm.renew(renewed)
    assert back is not None
    assert back.attributes is route.attributes
    assert ingress(EXTERNAL, Policy.NONE, keep_refused=False).renew(route) is None
    refused = ingress(EXTERNAL, Policy.NONE).renew(route)
    assert refused is not None
    assert refused.refusal is Refusal.IMPORT_FILTER


def test_a_new_epoch_makes_other_routes() -> None:
    entry, received = ingress(EXTERNAL), attributes(65001)
    first = entry.route(received, 7)
    entry.begin_epoch()
    assert entry.route(received, 7) is not first
    assert entry.route(received, 7).epoch == first.epoch + 1
