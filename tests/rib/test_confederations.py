"""Confederations: paths, attributes and communities between member ASes and towards outside (RFC 5065)."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath, Segment
from messages.context import Context
from messages.families.prefix import parse_address
from messages.iana import Origin, Role, SegmentType, WellKnownCommunity
from rib.egress import GroupKey, Withheld
from rib.route import Refusal, Source, SourceKind
from tests.rib.building import attributes, discarded, group_key, neighbor, route, sent_as
from tests.rib.entrance import ingress

CONFEDERATION, OUR_MEMBER, THEIR_MEMBER = 64500, 65010, 65020


def member(name: str) -> Source:
    source = neighbor(name, external=False)
    source.confederation = True
    return source


EXTERNAL, INTERNAL, MEMBER = neighbor("e"), neighbor("i", external=False), member("m")
STATIC = Source("static1", SourceKind.STATIC)


def towards(*, external: bool = False, confederation: bool = False, **more: Any) -> GroupKey:
    context = Context(external=external, confederation=confederation)
    local_as = CONFEDERATION if external else OUR_MEMBER
    return group_key(context=context, local_as=local_as, confederation_id=CONFEDERATION, **more)


OUTSIDE, INSIDE, TO_MEMBER = towards(external=True), towards(), towards(confederation=True)


def path(members: tuple[int, ...], *beyond: int) -> AsPath:
    segments = [Segment(SegmentType.AS_CONFED_SEQUENCE, members), Segment(SegmentType.AS_SEQUENCE, beyond)]
    return AsPath.from_segments(*segments)


def carrying(as_path: AsPath, **more: Any) -> AttributeSet:
    return attributes(**more).replace({AS_PATH: as_path})


@pytest.mark.parametrize(
    ("source", "received", "receiver", "sent"),
    [
        # from whom, the path as it came, to whom, the path as it goes (RFC 5065 §4.1)
        (EXTERNAL, path((), 1, 2), INSIDE, path((), 1, 2)),
        (EXTERNAL, path((), 1, 2), TO_MEMBER, path((OUR_MEMBER,), 1, 2)),
        (EXTERNAL, path((), 1, 2), OUTSIDE, path((), CONFEDERATION, 1, 2)),
        (INTERNAL, path((65030,), 1), TO_MEMBER, path((OUR_MEMBER, 65030), 1)),
        (INTERNAL, path((65030,), 1), OUTSIDE, path((), CONFEDERATION, 1)),
        (MEMBER, path((THEIR_MEMBER,), 1), INSIDE, path((THEIR_MEMBER,), 1)),
        (MEMBER, path((THEIR_MEMBER,), 1), TO_MEMBER, path((OUR_MEMBER, THEIR_MEMBER), 1)),
        (MEMBER, path((THEIR_MEMBER,), 1), OUTSIDE, path((), CONFEDERATION, 1)),
        (MEMBER, path((THEIR_MEMBER,)), OUTSIDE, path((), CONFEDERATION)),
        (STATIC, AsPath.EMPTY, INSIDE, AsPath.EMPTY),
        (STATIC, AsPath.EMPTY, TO_MEMBER, path((OUR_MEMBER,))),
        (STATIC, AsPath.EMPTY, OUTSIDE, path((), CONFEDERATION)),
    ],
)
def test_the_path_says_where_in_the_confederation_a_route_was(
    source: Source, received: AsPath, receiver: GroupKey, sent: AsPath
) -> None:
    outcome = sent_as(receiver, route(source, carrying(received)))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(AS_PATH) == sent


def test_only_neighbors_of_one_member_as_are_meshed() -> None:
    """RFC 5065 §2: the rule of RFC 4271 §9.2 holds within a member AS."""
    received = carrying(path((65030,), 1))
    assert sent_as(INSIDE, route(INTERNAL, received)) is Withheld.INTERNAL_TO_INTERNAL


def test_another_member_as_is_told_what_internal_neighbors_are() -> None:
    """RFC 5065 §5.2; next hops stay as well, since one IGP reaches them all."""
    outcome = sent_as(TO_MEMBER, route(EXTERNAL, attributes(1, med=5, local_pref=200)))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(MULTI_EXIT_DISC) == 5
    assert outcome.get(LOCAL_PREF) == 200
    assert outcome.get(NEXT_HOP) == parse_address("192.0.2.254")


def test_another_member_as_gets_the_mandatory_attributes() -> None:
    outcome = sent_as(TO_MEMBER, discarded(STATIC))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(ORIGIN) is Origin.IGP
    assert outcome.get(LOCAL_PREF) == 100
    assert outcome.get(NEXT_HOP) == parse_address("192.0.2.1")


def test_reflection_stays_within_a_member_as() -> None:
    """RFC 4456 §8: ORIGINATOR_ID and CLUSTER_LIST are about the local AS."""
    reflected = attributes(1, rows={ORIGINATOR_ID: 7, CLUSTER_LIST: (8,)})
    outcome = sent_as(TO_MEMBER, route(INTERNAL, reflected))
    assert isinstance(outcome, AttributeSet)
    assert ORIGINATOR_ID not in outcome
    assert CLUSTER_LIST not in outcome


@pytest.mark.parametrize(
    ("community", "receiver", "withheld"),
    [
        (WellKnownCommunity.NO_EXPORT, INSIDE, None),
        (WellKnownCommunity.NO_EXPORT, TO_MEMBER, None),
        (WellKnownCommunity.NO_EXPORT, OUTSIDE, Withheld.NO_EXPORT),
        (WellKnownCommunity.NO_EXPORT_SUBCONFED, INSIDE, None),
        (WellKnownCommunity.NO_EXPORT_SUBCONFED, TO_MEMBER, Withheld.NO_EXPORT_SUBCONFED),
        (WellKnownCommunity.NO_EXPORT_SUBCONFED, OUTSIDE, Withheld.NO_EXPORT_SUBCONFED),
        (WellKnownCommunity.NO_ADVERTISE, TO_MEMBER, Withheld.NO_ADVERTISE),
    ],
)
def test_communities_say_how_far_a_route_goes(
    community: WellKnownCommunity, receiver: GroupKey, withheld: Withheld | None
) -> None:
    """RFC 1997: NO_EXPORT stops at the confederation's border, NO_EXPORT_SUBCONFED at the member AS's."""
    outcome = sent_as(receiver, route(EXTERNAL, attributes(1, rows={COMMUNITIES: (community,)})))
    assert (outcome if isinstance(outcome, Withheld) else None) is withheld


def test_outside_the_confederation_is_the_provider() -> None:
    """RFC 9234 §5: its customers must not think that routes come from an AS they do not know."""
    receiver = towards(external=True, role=Role.PROVIDER)
    outcome = sent_as(receiver, route(MEMBER, carrying(path((THEIR_MEMBER,), 1))))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(ONLY_TO_CUSTOMER) == CONFEDERATION


@pytest.mark.parametrize(
    ("source", "received", "refusal"),
    [
        (MEMBER, path((THEIR_MEMBER,), 1), None),
        (MEMBER, path((THEIR_MEMBER, 65030)), None),
        (MEMBER, path((), THEIR_MEMBER, 1), Refusal.CONFEDERATION),  # RFC 5065 §5
        (MEMBER, AsPath.EMPTY, Refusal.CONFEDERATION),
        (INTERNAL, path((), 1), None),
        (INTERNAL, AsPath.EMPTY, None),
        # RFC 5065 §4: the confederation's AS anywhere, the member AS where it means us
        (EXTERNAL, path((), 1, CONFEDERATION), Refusal.AS_LOOP),
        (MEMBER, path((THEIR_MEMBER,), 1, CONFEDERATION), Refusal.AS_LOOP),
        (MEMBER, path((THEIR_MEMBER, OUR_MEMBER), 1), Refusal.AS_LOOP),
        (INTERNAL, path((THEIR_MEMBER, OUR_MEMBER), 1), Refusal.AS_LOOP),
        (MEMBER, path((THEIR_MEMBER,), 1, OUR_MEMBER), None),
    ],
)
def test_a_path_is_refused_that_has_been_here_or_skipped_the_border(
    source: Source, received: AsPath, refusal: Refusal | None
) -> None:
    entry = ingress(source, local_as=OUR_MEMBER, confederation_id=CONFEDERATION)
    assert entry.route(carrying(received), 0).refusal is refusal
