"""The decision process as a table of steps (RFC 4271 §9.1.2.2, RFC 4456 §9)."""

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from messages.attributes import AS_PATH, CLUSTER_LIST, LOCAL_PREF, MULTI_EXIT_DISC, ORIGIN, ORIGINATOR_ID
from messages.attributes.as_path import AsPath
from messages.iana import Origin
from rib.route import Route

DEFAULT_LOCAL_PREF: Final = 100
"""Degree of preference of a route without LOCAL_PREF, which is every external one."""


class Step(NamedTuple):
    """One line of the tie-breaking list. The smaller key wins."""

    name: str
    reference: str
    key: Callable[[Route], Any]


BEFORE_MED: Final = (
    Step("higher preference", "protocol preference, as in BIRD", lambda r: -r.source.preference),
    Step("higher LOCAL_PREF", "RFC 4271 §9.1.1", lambda r: -r.attributes.get(LOCAL_PREF, DEFAULT_LOCAL_PREF)),
    Step("shorter AS_PATH", "RFC 4271 §9.1.2.2 a", lambda r: r.attributes.get(AS_PATH, AsPath.EMPTY).length),
    Step("lower ORIGIN", "RFC 4271 §9.1.2.2 b", lambda r: r.attributes.get(ORIGIN, Origin.IGP)),
)
LOWER_MED: Final = Step(
    "lower MULTI_EXIT_DISC", "RFC 4271 §9.1.2.2 c", lambda r: r.attributes.get(MULTI_EXIT_DISC, 0)
)
AFTER_MED: Final = (
    Step("external over internal", "RFC 4271 §9.1.2.2 d", lambda r: not r.source.external),
    Step("lower IGP metric", "RFC 4271 §9.1.2.2 e", lambda r: r.igp_metric),
    Step("lower router ID", "RFC 4456 §9", lambda r: r.attributes.get(ORIGINATOR_ID, r.source.router_id)),
    Step("shorter CLUSTER_LIST", "RFC 4456 §9", lambda r: len(r.attributes.get(CLUSTER_LIST, ()))),
    Step("lower peer address", "RFC 4271 §9.1.2.2 g", lambda r: r.source.address),
    Step("protocol name", "for routes of our own that are alike", lambda r: r.source.name),
)


class Ranking(NamedTuple):
    """What the decision process reads of a route, derived once however many prefixes share it."""

    degree: tuple[Any, ...]
    rank: tuple[Any, ...]
    med: int
    neighbor_as: int


def ranking(route: Route) -> Ranking:
    """Return the route's ranking; it is only made once the route has a rival."""
    known = route.ranking
    if known is None:
        degree = tuple(step.key(route) for step in BEFORE_MED)
        rank = degree + tuple(step.key(route) for step in AFTER_MED)
        path = route.attributes.get(AS_PATH, AsPath.EMPTY)
        known = route.ranking = Ranking(degree, rank, LOWER_MED.key(route), path.neighbor_as)
        route.attributes.forget()
    return known  # type: ignore[return-value]  # Route keeps it as a plain tuple: it can't import Ranking


def select(routes: Collection[Route]) -> Route:
    """Return the best of one or more routes that may be selected.

    MED is no part of the rank, because it orders only routes through one
    neighboring AS; it can but remove the leader.
    """
    leader = min(routes, key=_rank)
    if ranking(leader).med and any(_beats_on_med(rival, leader) for rival in routes):
        return select([route for route in routes if route is not leader])
    return leader


def _rank(route: Route) -> tuple[Any, ...]:
    return ranking(route).rank


def _beats_on_med(rival: Route, route: Route) -> bool:
    """RFC 4271 §9.1.2.2 c."""
    theirs, ours = ranking(rival), ranking(route)
    return theirs.med < ours.med and theirs.neighbor_as == ours.neighbor_as and theirs.degree == ours.degree


def can_matter(best: Route, old: Route | None, new: Route | None) -> bool:
    """Tell whether replacing ``old`` by ``new`` beside ``best`` can change the outcome for one prefix.

    A route of worse degree than the best is out before MED is compared: it can
    neither win nor remove a rival. Skipping it is what keeps redundant neighbors
    cheap.
    """
    limit = ranking(best).degree
    return any(
        route is not None and route.refusal is None and ranking(route).degree <= limit for route in (old, new)
    )


def explain(winner: Route, loser: Route) -> Step:
    """Return the step at which ``winner`` beat ``loser``; only ``show`` commands and tests ask.

    Raises ValueError if the two tie at every step.
    """
    med = (LOWER_MED,) if ranking(winner).neighbor_as == ranking(loser).neighbor_as else ()
    steps: tuple[Step, ...] = (*BEFORE_MED, *med, *AFTER_MED)
    for step in steps:
        if step.key(winner) != step.key(loser):
            return step
    raise ValueError("the two routes tie")
