"""What comes in: the checks on received attribute sets, each with its section."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import CLUSTER_LIST, ORIGINATOR_ID
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address
from rib.ingress import Admission, Ingress
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import Refusal, Source
from rib.table import Table
from tests.rib.building import attributes, key, neighbor

ROUTER_ID = int.from_bytes(parse_address("192.0.2.1"))
EXTERNAL, INTERNAL = neighbor("e"), neighbor("i", external=False)


def ingress(source: Source, policy: Policy = Policy.ALL, *, keep_refused: bool = True) -> Ingress:
    next_hops = NextHops(Table("master", IPV4_UNICAST))
    next_hops.set_connected({key("192.0.2.0/24"): 2}, {2})
    own = frozenset({parse_address("192.0.2.1")})
    return Ingress(source, Admission(64512, ROUTER_ID, policy, own, keep_refused), next_hops)


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
