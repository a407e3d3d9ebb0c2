"""What neighbors are sent: each propagation rule with its section."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AIGP,
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGIN,
    ORIGINATOR_ID,
    Aigp,
)
from messages.attributes.as_path import AsPath, Segment
from messages.families.prefix import parse_address
from messages.iana import Origin, Role, SegmentType, WellKnownCommunity
from rib.egress import NextHopRule, Withheld, egress
from rib.policy import Policy
from rib.route import Source, SourceKind
from tests.rib.building import attributes, group_key, neighbor, route

EXTERNAL, INTERNAL = neighbor("e"), neighbor("i", external=False)
STATIC = Source("static1", SourceKind.STATIC)
OWN = parse_address("192.0.2.1")
LEARNED = parse_address("192.0.2.254")


def sent(source: Source, received: AttributeSet, **key: Any) -> AttributeSet:
    outcome = egress(group_key(**key), route(source, received))
    assert isinstance(outcome, AttributeSet)
    return outcome


def test_external_neighbors_see_our_as_first_and_ourselves_as_next_hop() -> None:
    """RFC 4271 §5.1.2 b, §5.1.3."""
    out = sent(EXTERNAL, attributes(65001, 65009))
    assert out.get(AS_PATH) == AsPath.of(64512, 65001, 65009)
    assert out.get(NEXT_HOP) == OWN


def test_external_neighbors_do_not_see_a_confederation() -> None:
    """RFC 5065 §4.1."""
    inside = (
        Segment(SegmentType.AS_CONFED_SEQUENCE, (64901, 64902)),
        Segment(SegmentType.AS_CONFED_SET, (64903,)),
    )
    path = AsPath.from_segments(*inside, Segment(SegmentType.AS_SEQUENCE, (65001,)))
    received = attributes().replace({AS_PATH: path})
    assert sent(INTERNAL, received).get(AS_PATH) == AsPath.of(64512, 65001)
    assert sent(STATIC, received, external=False).get(AS_PATH) == path


def test_external_neighbors_are_not_sent_what_is_internal() -> None:
    """RFC 4271 §5.1.4, §5.1.5; RFC 4456 §8; RFC 7311 §3.1."""
    internal = {ORIGINATOR_ID: 7, CLUSTER_LIST: (8,), AIGP: Aigp.of(9)}
    out = sent(INTERNAL, attributes(65001, med=5, local_pref=200, rows=internal))
    assert not {MULTI_EXIT_DISC, LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST, AIGP} & {
        row for _, row, _, _ in out.items()
    }


def test_internal_neighbors_get_the_route_as_it_came_and_a_local_pref() -> None:
    """RFC 4271 §5.1.2 a, §5.1.3, §5.1.5."""
    out = sent(EXTERNAL, attributes(65001, med=5), external=False)
    assert out.get(AS_PATH) == AsPath.of(65001)
    assert out.get(NEXT_HOP) == LEARNED
    assert out.get(MULTI_EXIT_DISC) == 5
    assert out.get(LOCAL_PREF) == 100


def test_a_known_local_pref_is_kept_inside() -> None:
    assert sent(EXTERNAL, attributes(65001, local_pref=7), external=False).get(LOCAL_PREF) == 7


@pytest.mark.parametrize("external", [True, False])
def test_routes_of_our_own_get_the_mandatory_attributes(external: bool) -> None:
    """RFC 4271 §5.1.1-5.1.3."""
    out = sent(STATIC, AttributeSet.of({}), external=external)
    assert out.get(ORIGIN) is Origin.IGP
    assert out.get(AS_PATH) == (AsPath.of(64512) if external else AsPath.EMPTY)
    assert out.get(NEXT_HOP) == OWN


@pytest.mark.parametrize(
    ("rule", "external", "next_hop"),
    [
        (NextHopRule.AUTO, True, OWN),
        (NextHopRule.AUTO, False, LEARNED),
        (NextHopRule.SELF, True, OWN),
        (NextHopRule.SELF, False, OWN),
        (NextHopRule.KEEP, True, LEARNED),
        (NextHopRule.KEEP, False, LEARNED),
    ],
)
def test_the_next_hop_rule_holds(rule: NextHopRule, external: bool, next_hop: bytes) -> None:
    out = sent(EXTERNAL, attributes(65001), external=external, next_hop_rule=rule)
    assert out.get(NEXT_HOP) == next_hop


def test_a_learned_link_local_next_hop_is_not_passed_on() -> None:
    """RFC 2545 §3: it means something on one link only."""
    received = attributes(65001).replace({NEXT_HOP: parse_address("2001:db8::9") + parse_address("fe80::9")})
    assert sent(EXTERNAL, received, external=False).get(NEXT_HOP) == parse_address("2001:db8::9")


def test_where_only_a_link_local_next_hop_was_learned_we_are_it() -> None:
    """RFC 2545 §3."""
    received = attributes(65001).replace({NEXT_HOP: parse_address("fe80::9")})
    assert sent(EXTERNAL, received, external=False, own_next_hop=parse_address("2001:db8::1")).get(
        NEXT_HOP
    ) == parse_address("2001:db8::1")


def communities(*values: int) -> AttributeSet:
    return attributes(65001, rows={COMMUNITIES: values})


@pytest.mark.parametrize(
    ("source", "received", "key", "reason"),
    [
        (INTERNAL, attributes(65001), {"external": False}, Withheld.INTERNAL_TO_INTERNAL),
        (EXTERNAL, communities(WellKnownCommunity.NO_ADVERTISE), {"external": False}, Withheld.NO_ADVERTISE),
        (EXTERNAL, communities(WellKnownCommunity.NO_EXPORT), {}, Withheld.NO_EXPORT),
        (EXTERNAL, communities(WellKnownCommunity.NO_EXPORT_SUBCONFED), {}, Withheld.NO_EXPORT),
        (EXTERNAL, attributes(65001), {"policy": Policy.NONE}, Withheld.EXPORT_FILTER),
        (EXTERNAL, attributes(65001), {"policy": Policy.MISSING}, Withheld.NO_EXPORT_POLICY),
        (EXTERNAL, attributes(65001), {"own_next_hop": b""}, Withheld.NO_NEXT_HOP),
    ],
)
def test_a_withheld_route_has_its_reason(
    source: Source, received: AttributeSet, key: dict[str, Any], reason: Withheld
) -> None:
    assert egress(group_key(**key), route(source, received)) is reason


def test_no_export_is_still_sent_inside() -> None:
    """RFC 1997."""
    inside = sent(EXTERNAL, communities(WellKnownCommunity.NO_EXPORT), external=False)
    assert inside.get(COMMUNITIES) == (WellKnownCommunity.NO_EXPORT,)


@pytest.mark.parametrize(
    ("role", "only_to_customer", "expected"),
    [
        # what we are, the attribute of the route, what the neighbor is sent (RFC 9234 §5)
        (Role.PROVIDER, None, 64512),
        (Role.PROVIDER, 65001, 65001),
        (Role.RS, None, 64512),
        (Role.PEER, None, 64512),
        (Role.PEER, 65001, Withheld.ROLE),
        (Role.CUSTOMER, None, None),
        (Role.CUSTOMER, 65001, Withheld.ROLE),
        (Role.RS_CLIENT, None, None),
        (Role.RS_CLIENT, 65001, Withheld.ROLE),
        (None, 65001, 65001),
        (None, None, None),
    ],
)
def test_routes_leave_to_customers_only_where_they_must(
    role: Role | None, only_to_customer: int | None, expected: int | Withheld | None
) -> None:
    rows = {} if only_to_customer is None else {ONLY_TO_CUSTOMER: only_to_customer}
    outcome = egress(group_key(role=role), route(EXTERNAL, attributes(65001, rows=rows)))
    assert (outcome.get(ONLY_TO_CUSTOMER) if isinstance(outcome, AttributeSet) else outcome) == expected


@pytest.mark.parametrize(("external", "local_pref"), [(True, None), (False, 0)])
def test_a_neighbor_that_is_drained_is_told_to_look_elsewhere(external: bool, local_pref: int | None) -> None:
    """RFC 8326 §4."""
    received = attributes(65001, rows={COMMUNITIES: (7,)})
    out = sent(EXTERNAL, received, external=external, is_draining=True)
    assert out.get(COMMUNITIES) == (7, WellKnownCommunity.GRACEFUL_SHUTDOWN)
    assert out.get(LOCAL_PREF) == local_pref
