"""What becomes of the routes of a neighbor that is away for long, and who is told (RFC 9494 §4)."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES, LOCAL_PREF
from messages.iana import WellKnownCommunity
from rib.decision import Decision
from rib.egress import GroupKey, Withheld
from rib.long_lived_stale import grown_stale, is_long_lived_stale
from rib.route import Refusal, Route
from tests.rib.building import attributes, group_key, neighbor, route, sent_as

STALE, UNWANTED = WellKnownCommunity.LLGR_STALE, WellKnownCommunity.NO_LLGR
NO_EXPORT = WellKnownCommunity.NO_EXPORT
OTHER = 65001 << 16 | 7
SOURCE = neighbor("tor1")


def carrying(*communities: int) -> AttributeSet:
    return attributes(65001, rows={COMMUNITIES: communities} if communities else {})


def grown(before: Route) -> Route:
    after = grown_stale(before)
    assert after is not None
    return after


@pytest.mark.parametrize(
    ("before", "after"),
    [((), (STALE,)), ((OTHER,), (OTHER, STALE)), ((STALE,), (STALE,)), ((STALE, OTHER), (STALE, OTHER))],
)
def test_a_route_is_marked(before: tuple[int, ...], after: tuple[int, ...]) -> None:
    assert grown(route(SOURCE, carrying(*before))).attributes.get(COMMUNITIES) == after


@pytest.mark.parametrize("communities", [(UNWANTED,), (OTHER, UNWANTED), (STALE, UNWANTED)])
def test_a_route_that_must_not_be_kept_goes(communities: tuple[int, ...]) -> None:
    assert grown_stale(route(SOURCE, carrying(*communities))) is None


@pytest.mark.parametrize("refusal", [None, Refusal.IMPORT_FILTER, Refusal.UNRESOLVABLE])
def test_all_else_stays_as_it_was(refusal: Refusal | None) -> None:
    before = route(SOURCE, carrying(OTHER), refusal, igp_metric=7)
    before.preference, before.epoch, before.is_pinned = 90, 3, True
    after = grown(before)
    for name in ("source", "said", "since", "destination", "refusal", "is_filtered", "igp_metric"):
        assert getattr(after, name) == getattr(before, name)
    assert (after.preference, after.epoch, after.is_pinned) == (90, 3, True)
    assert before.attributes.get(COMMUNITIES) == (OTHER,)


def test_a_marked_route_is_not_marked_again() -> None:
    once = grown(route(SOURCE, carrying()))
    assert grown_stale(once) is once


def test_plain_octets_are_marked_as_well() -> None:
    wire = carrying().wire
    before = Route(SOURCE, wire, route(SOURCE, carrying()).destination, 0)
    assert before.plain is not None
    after = grown(before)
    assert (after.plain, after.said) == (None, wire)
    assert is_long_lived_stale(after.attributes)


def test_octets_like_the_community_elsewhere_mean_nothing() -> None:
    assert not is_long_lived_stale(attributes(65001, int(STALE)))
    assert not is_long_lived_stale(carrying(0x0001FFFF, 0x00060001))


def test_it_loses_against_any_other_and_says_why() -> None:
    """RFC 9494 §4.3: before all attributes are compared."""
    worse = route(neighbor("b", router_id=9), attributes(1, 2, 3, 4, 5, local_pref=1))
    stale = grown(route(neighbor("a"), attributes(1, local_pref=999)))
    decision = Decision()
    assert decision.select([stale, worse]) is worse
    verdict = decision.verdict(stale, [worse, stale])
    assert verdict is not None
    assert (verdict.step.name, verdict.step.shown(stale), verdict.step.shown(worse)) == (
        "no LLGR_STALE",
        "long-lived stale",
        "fresh",
    )


def told(key: GroupKey, *communities: int) -> AttributeSet | Withheld:
    return sent_as(key, route(SOURCE, carrying(*communities)))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (group_key(takes_stale=True), (OTHER, STALE)),
        (group_key(external=False, takes_stale=True), (OTHER, STALE)),
        (group_key(takes_stale=False), None),
        (group_key(external=False, takes_stale=False), None),
        (group_key(takes_stale=False, stale_inside=True), None),
        (group_key(external=False, takes_stale=False, stale_inside=True), (OTHER, STALE, NO_EXPORT)),
        (group_key(external=False, takes_stale=True, stale_inside=True), (OTHER, STALE)),
    ],
)
def test_who_is_told_of_stale_routes(key: GroupKey, expected: tuple[int, ...] | None) -> None:
    """RFC 9494 §4.3, §4.6: nobody removes the mark."""
    sent = told(key, OTHER, STALE)
    found = None if isinstance(sent, Withheld) else sent.get(COMMUNITIES)
    assert found == expected
    assert (sent is Withheld.LONG_LIVED_STALE) == (expected is None)
    assert isinstance(told(key, OTHER), AttributeSet)


def test_inside_they_are_the_last_choice_of_who_does_not_know() -> None:
    key = group_key(external=False, takes_stale=False, stale_inside=True)
    communities = ((STALE,), (STALE, NO_EXPORT), (OTHER,))
    sent = [told(key, *each) for each in communities]
    found = [(each.get(LOCAL_PREF), each.get(COMMUNITIES)) for each in sent if isinstance(each, AttributeSet)]
    assert found == [(0, (STALE, NO_EXPORT)), (0, (STALE, NO_EXPORT)), (100, (OTHER,))]


def test_a_drained_neighbor_has_both_marks() -> None:
    key = group_key(external=False, takes_stale=False, stale_inside=True, is_draining=True)
    sent = told(key, STALE)
    assert isinstance(sent, AttributeSet)
    marks = (STALE, WellKnownCommunity.GRACEFUL_SHUTDOWN, NO_EXPORT)
    assert (sent.get(COMMUNITIES), sent.get(LOCAL_PREF)) == (marks, 0)
