"""The decision process: each step decides in its place, and can be switched off (RFC 4271 §9.1.2.2)."""

import pytest

from messages.attributes import CLUSTER_LIST, COMMUNITIES, ORIGINATOR_ID
from messages.iana import Origin, WellKnownCommunity
from rib.decision import Decision
from rib.decision_steps import Rules
from rib.route import UNREACHABLE, Refusal, Route, Source, SourceKind
from tests.rib.building import attributes, neighbor, route

A = neighbor("a", router_id=1, address="192.0.2.1")
B = neighbor("b", router_id=2, address="192.0.2.2")
INTERNAL = neighbor("i", external=False, router_id=0)
CONFEDERATE = neighbor("c", external=False, router_id=0)
CONFEDERATE.confederation = True
STATIC = Source("static1", SourceKind.STATIC)
STALE = {COMMUNITIES: (WellKnownCommunity.LLGR_STALE,)}
PLAIN = Decision()


def unreachable(source: Source, *path: int) -> Route:
    return Route(source, attributes(*path), UNREACHABLE, 0)


def at(second: int, source: Source, *path: int) -> Route:
    made = route(source, attributes(*path))
    made.since = second
    return made


def preferred(preference: int, made: Route) -> Route:
    made.preference = preference
    return made


def generous() -> Source:
    """Return a neighbor whose routes without LOCAL_PREF and MULTI_EXIT_DISC count otherwise."""
    made = neighbor("generous", router_id=9)
    made.default_local_pref, made.default_med = 101, 7
    return made


STEPS = [
    ("higher preference", route(STATIC, attributes()), route(A, attributes(65001))),
    ("higher preference", preferred(101, route(B, attributes(1, 2))), route(A, attributes(1))),
    ("no LLGR_STALE", route(B, attributes(1, 2)), route(A, attributes(1, local_pref=200, rows=STALE))),
    ("higher LOCAL_PREF", route(B, attributes(1, 2, local_pref=101)), route(A, attributes(1))),
    ("higher LOCAL_PREF", route(generous(), attributes(1, 2)), route(A, attributes(1))),
    ("shorter AS_PATH", route(B, attributes(65002)), route(A, attributes(65001, 65003))),
    ("lower ORIGIN", route(B, attributes(65001)), route(A, attributes(65001, origin=Origin.EGP))),
    ("lower MULTI_EXIT_DISC", route(B, attributes(65001, med=5)), route(A, attributes(65001, med=6))),
    (
        "lower MULTI_EXIT_DISC",
        route(B, attributes(65001, med=6, local_pref=101)),
        route(generous(), attributes(65001)),
    ),
    ("external over internal", route(B, attributes(65001)), route(INTERNAL, attributes(65001))),
    ("external over internal", route(B, attributes(65001)), route(CONFEDERATE, attributes(65001))),
    (
        "lower IGP metric",
        route(B, attributes(65001), igp_metric=1),
        route(A, attributes(65001), igp_metric=2),
    ),
    ("lower router ID", route(A, attributes(65001)), route(B, attributes(65002))),
    (
        "lower router ID",
        route(B, attributes(65001, rows={ORIGINATOR_ID: 0})),
        route(A, attributes(65001)),
    ),
    (
        "shorter CLUSTER_LIST",
        route(neighbor("x", router_id=1, address="192.0.2.9"), attributes(65001)),
        route(A, attributes(65001, rows={CLUSTER_LIST: (7,)})),
    ),
    (
        "lower peer address",
        route(A, attributes(65001)),
        route(neighbor("y", router_id=1, address="192.0.2.9"), attributes(65001)),
    ),
    ("protocol name", route(neighbor("b1"), attributes(65001)), route(neighbor("b2"), attributes(65001))),
    (
        "lower next hop",
        route(A, attributes(65001, next_hop="192.0.2.7")),
        route(A, attributes(65001, next_hop="192.0.2.8")),
    ),
    ("lower octets", route(A, attributes(65001)), route(A, attributes(65002))),
]


@pytest.mark.parametrize(("step", "better", "worse"), STEPS, ids=[row[0] for row in STEPS])
def test_each_step_decides_in_its_place(step: str, better: Route, worse: Route) -> None:
    assert PLAIN.select([better, worse]) is better
    assert PLAIN.select([worse, better]) is better
    assert PLAIN.ordered([worse, better]) == [better, worse]
    verdict = PLAIN.verdict(worse, [better, worse])
    assert verdict is not None
    assert (verdict.step.name, verdict.rival) == (step, better)
    assert verdict.step.reference
    for known in (better, worse):
        assert str(verdict.step.shown(known)) or verdict.step.shown(known) == ""


SWITCHES = [
    ("path_metric", route(A, attributes(65001, 65003)), route(B, attributes(65001)), "shorter AS_PATH"),
    ("med_metric", route(B, attributes(65001, med=6)), route(A, attributes(65002, med=7)), "lower router ID"),
    (
        "igp_metric",
        route(A, attributes(65001), igp_metric=2),
        route(B, attributes(65001), igp_metric=1),
        "lower IGP metric",
    ),
    ("prefer_older", at(5, B, 65001), at(6, A, 65001), "lower router ID"),
    ("unresolvable_last", route(B, attributes(1, 2)), unreachable(A, 1), "shorter AS_PATH"),
]


@pytest.mark.parametrize(
    ("switch", "better", "worse", "otherwise"), SWITCHES, ids=[row[0] for row in SWITCHES]
)
def test_each_switch_turns_its_step_on_or_off(
    switch: str, better: Route, worse: Route, otherwise: str
) -> None:
    switched = Decision(Rules(**{switch: not getattr(Rules(), switch)}))
    assert switched.select([worse, better]) is better
    for made in (better, worse):
        made.degree, made.ranking = b"", None  # one decision process ranks a route
    assert PLAIN.select([better, worse]) is worse
    verdict = PLAIN.verdict(better, [worse, better])
    assert verdict is not None
    assert (verdict.step.name, verdict.rival) == (otherwise, worse)


def test_the_switches_decide_which_steps_there_are() -> None:
    """In the order in which they are taken."""
    assert [step.name for step in PLAIN.steps] == [
        "higher preference",
        "no LLGR_STALE",
        "higher LOCAL_PREF",
        "shorter AS_PATH",
        "lower ORIGIN",
        "lower MULTI_EXIT_DISC",
        "external over internal",
        "lower IGP metric",
        "lower router ID",
        "shorter CLUSTER_LIST",
        "lower peer address",
        "protocol name",
        "lower next hop",
        "lower octets",
    ]
    other = Decision(
        Rules(path_metric=False, med_metric=True, igp_metric=False, prefer_older=True, unresolvable_last=True)
    )
    assert [step.name for step in other.steps[:8]] == [
        "higher preference",
        "next hop that can be reached",
        "no LLGR_STALE",
        "higher LOCAL_PREF",
        "lower ORIGIN",
        "lower MULTI_EXIT_DISC",
        "external over internal",
        "older route",
    ]


def test_a_route_that_leads_nowhere_wins_where_there_is_no_other() -> None:
    """BIRD's way, if ``unresolvable_last`` says so."""
    lost = unreachable(A, 1)
    assert lost.is_unresolvable
    assert Decision(Rules(unresolvable_last=True)).select([lost]) is lost


@pytest.mark.parametrize(
    ("old", "new", "matters"),
    [
        (None, route(INTERNAL, attributes(65001)), True),  # as good until MED is compared
        (route(B, attributes(65001, med=9)), None, True),
        (None, route(B, attributes(65001, 65002)), False),
        (route(B, attributes(65001, 65002)), route(B, attributes(65001, origin=Origin.EGP)), False),
        (None, route(B, attributes(65001), Refusal.AS_LOOP), False),
        (route(B, attributes(65001), Refusal.AS_LOOP), route(B, attributes(65001)), True),
        (None, None, False),
    ],
)
def test_what_is_worse_before_med_cannot_matter(old: Route | None, new: Route | None, matters: bool) -> None:
    assert PLAIN.can_matter(route(A, attributes(65001)), old, new) is matters


def test_a_ranking_is_derived_once() -> None:
    made = route(A, attributes(65001))
    assert PLAIN.ranking(made) is PLAIN.ranking(made)
