"""What neighbors are sent: each propagation rule with its section."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AIGP,
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    IPV6_EXTENDED_COMMUNITIES,
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
from rib.egress import Withheld
from rib.policy import Policy
from rib.route import Source, SourceKind
from tests.rib.building import attributes, discarded, group_key, neighbor, route, sent_as
from tests.rib.judging import by_attributes

EXTERNAL, INTERNAL = neighbor("e"), neighbor("i", external=False)
STATIC = Source("static1", SourceKind.STATIC)
OWN = parse_address("192.0.2.1")
LEARNED = parse_address("192.0.2.254")


def sent(source: Source, received: AttributeSet, **key: Any) -> AttributeSet:
    outcome = sent_as(group_key(**key), route(source, received))
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
    out = sent_as(group_key(external=external), discarded(STATIC))
    assert isinstance(out, AttributeSet)
    assert out.get(ORIGIN) is Origin.IGP
    assert out.get(AS_PATH) == (AsPath.of(64512) if external else AsPath.EMPTY)
    assert out.get(NEXT_HOP) == OWN


INSIDE_ONLY = bytes.fromhex("4004 fde9 49742400")  # link bandwidth
ANYWHERE = bytes.fromhex("0002 fde9 00000064")  # route target


def communities(*values: int) -> AttributeSet:
    return attributes(65001, rows={COMMUNITIES: values})


@pytest.mark.parametrize(
    ("source", "received", "key", "reason"),
    [
        (INTERNAL, attributes(65001), {"external": False}, Withheld.INTERNAL_TO_INTERNAL),
        (EXTERNAL, communities(WellKnownCommunity.NO_ADVERTISE), {"external": False}, Withheld.NO_ADVERTISE),
        (EXTERNAL, communities(WellKnownCommunity.NO_EXPORT), {}, Withheld.NO_EXPORT),
        (EXTERNAL, communities(WellKnownCommunity.NO_EXPORT_SUBCONFED), {}, Withheld.NO_EXPORT_SUBCONFED),
        (
            EXTERNAL,
            communities(WellKnownCommunity.LLGR_STALE),
            {"takes_stale": False},
            Withheld.LONG_LIVED_STALE,
        ),
        (EXTERNAL, attributes(65001), {"policy": Policy.NONE}, Withheld.EXPORT_FILTER),
        (EXTERNAL, attributes(65001), {"policy": Policy.MISSING}, Withheld.NO_EXPORT_POLICY),
        (EXTERNAL, attributes(65001), {"own_next_hop": b""}, Withheld.NO_NEXT_HOP),
    ],
)
def test_a_withheld_route_has_its_reason(
    source: Source, received: AttributeSet, key: dict[str, Any], reason: Withheld
) -> None:
    assert sent_as(group_key(**key), route(source, received)) is reason


def test_a_filter_sees_what_the_neighbor_would_be_sent() -> None:
    """And the RFCs' reasons to withhold a route come before it."""
    seen: list[AttributeSet] = []

    def mark_with_med(changed: AttributeSet) -> AttributeSet | None:
        seen.append(changed)
        return changed.replace({MULTI_EXIT_DISC: 7}) if changed.get(AS_PATH) == AsPath.of(64512, 1) else None

    policy = by_attributes("mark_with_med", mark_with_med)
    assert sent(EXTERNAL, attributes(1, med=5), policy=policy).get(MULTI_EXIT_DISC) == 7
    assert seen[0].get(NEXT_HOP) == OWN
    assert sent_as(group_key(policy=policy), route(EXTERNAL, attributes(2))) is Withheld.EXPORT_FILTER
    refused = sent_as(group_key(policy=policy), route(EXTERNAL, communities(WellKnownCommunity.NO_EXPORT)))
    assert refused is Withheld.NO_EXPORT
    assert len(seen) == 2


def test_the_rules_ask_where_a_route_through_a_pipe_came_from() -> None:
    """A pipe between two tables must not turn an internal route into one of our own."""
    piped = Source("pipe1", SourceKind.PIPE)
    piped.origin, piped.facts = INTERNAL, INTERNAL.facts
    key = group_key(external=False)
    assert sent_as(key, route(piped, attributes(65001))) is Withheld.INTERNAL_TO_INTERNAL
    piped.origin, piped.facts = EXTERNAL, EXTERNAL.facts
    assert sent(piped, attributes(65001, med=5)).get(MULTI_EXIT_DISC) is None


def test_a_route_without_local_pref_is_worth_what_its_neighbor_is_configured_with() -> None:
    """RFC 4271 §5.1.5, BIRD's ``default bgp_local_pref``."""
    valued = neighbor("valued")
    valued.default_local_pref = 300
    assert sent(valued, attributes(65001), external=False).get(LOCAL_PREF) == 300


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
    outcome = sent_as(group_key(role=role), route(EXTERNAL, attributes(65001, rows=rows)))
    assert (outcome.get(ONLY_TO_CUSTOMER) if isinstance(outcome, AttributeSet) else outcome) == expected


@pytest.mark.parametrize(("external", "local_pref"), [(True, None), (False, 0)])
def test_a_neighbor_that_is_drained_is_told_to_look_elsewhere(external: bool, local_pref: int | None) -> None:
    """RFC 8326 §4."""
    received = attributes(65001, rows={COMMUNITIES: (7,)})
    out = sent(EXTERNAL, received, external=external, is_draining=True)
    assert out.get(COMMUNITIES) == (7, WellKnownCommunity.GRACEFUL_SHUTDOWN)
    assert out.get(LOCAL_PREF) == local_pref


@pytest.mark.parametrize(
    ("carried", "external", "expected"),
    [
        ((INSIDE_ONLY, ANYWHERE), True, (ANYWHERE,)),
        ((INSIDE_ONLY,), True, None),
        ((ANYWHERE,), True, (ANYWHERE,)),
        ((INSIDE_ONLY, ANYWHERE), False, (INSIDE_ONLY, ANYWHERE)),
    ],
)
def test_non_transitive_extended_communities_stay_in_the_as(
    carried: tuple[bytes, ...], external: bool, expected: tuple[bytes, ...] | None
) -> None:
    """RFC 4360 §6."""
    received = attributes(65001, rows={EXTENDED_COMMUNITIES: carried})
    assert sent(EXTERNAL, received, external=external).get(EXTENDED_COMMUNITIES) == expected


@pytest.mark.parametrize(("external", "expected"), [(True, 1), (False, 2)])
def test_non_transitive_communities_of_ipv6_addresses_stay_as_well(external: bool, expected: int) -> None:
    """RFC 5701 §2."""
    carried = tuple(bytes((kind, 2)) + bytes(18) for kind in (0x00, 0x40))
    received = attributes(65001, rows={IPV6_EXTENDED_COMMUNITIES: carried})
    out = sent(EXTERNAL, received, external=external)
    assert out.get(IPV6_EXTENDED_COMMUNITIES) == carried[:expected]


@pytest.mark.parametrize(
    ("source", "local_pref", "external", "seen", "told"),
    [
        (INTERNAL, 200, True, 200, None),
        (EXTERNAL, None, True, 100, None),
        (STATIC, None, True, 100, None),
        (EXTERNAL, None, False, 100, 100),
        (EXTERNAL, 200, False, 200, 200),
    ],
)
def test_an_export_filter_may_ask_for_local_pref(
    source: Source, local_pref: int | None, external: bool, seen: int, told: int | None
) -> None:
    """RFC 4271 §5.1.5: other ASes are not told of it."""
    asked: list[int | None] = []

    def accept(given: AttributeSet) -> AttributeSet:
        asked.append(given.get(LOCAL_PREF))
        return given

    received = attributes(65001, local_pref=local_pref)
    out = sent(source, received, external=external, policy=by_attributes("f", accept))
    assert asked == [seen]
    assert out.get(LOCAL_PREF) == told


@pytest.mark.parametrize(
    "changes",
    [
        {ORIGIN: None},
        {AS_PATH: None},
        {NEXT_HOP: None},
        {NEXT_HOP: parse_address("2001:db8::1")},
        {NEXT_HOP: parse_address("0.0.0.0")},
        {NEXT_HOP: parse_address("224.0.0.1")},
    ],
)
def test_an_export_filter_can_not_take_away_what_must_be_there(changes: dict[Any, Any]) -> None:
    """RFC 4271 §5: the receiver would take the route for withdrawn (RFC 7606 §3 d)."""
    policy = by_attributes("f", lambda given: given.replace(changes))
    outcome = sent_as(group_key(policy=policy), route(EXTERNAL, attributes(65001)))
    assert outcome is Withheld.INCOMPLETE


def test_inside_of_the_as_there_is_always_a_local_pref() -> None:
    """RFC 4271 §5.1.5."""
    policy = by_attributes("f", lambda given: given.replace({LOCAL_PREF: None}))
    received = attributes(65001, local_pref=300)
    assert sent(EXTERNAL, received, external=False, policy=policy).get(LOCAL_PREF) == 100


def test_what_an_export_filter_adds_may_be_internal_all_the_same() -> None:
    """RFC 4271 §5.1.5, RFC 4360 §6, RFC 4456 §8, RFC 7311 §3.1."""
    transitive, other = bytes.fromhex("0002fde800000001"), bytes.fromhex("4002fde800000001")
    added: dict[Any, Any] = {
        ORIGINATOR_ID: 1,
        CLUSTER_LIST: (1,),
        AIGP: Aigp.of(1),
        EXTENDED_COMMUNITIES: (transitive, other),
    }
    policy = by_attributes("f", lambda given: given.replace(added))
    out = sent(EXTERNAL, attributes(65001), policy=policy)
    assert [row for row in added if row in out] == [EXTENDED_COMMUNITIES]
    assert out.get(EXTENDED_COMMUNITIES) == (transitive,)
