"""The decision process as a table of steps (RFC 4271 §9.1.2.2, RFC 4456 §9, RFC 5065 §5.3, RFC 9494 §4.3)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.iana import Origin, WellKnownCommunity
from rib.route import Route, SourceKind


class Step(NamedTuple):
    """One line of the tie-breaking list. The smaller key wins."""

    name: str
    reference: str
    key: Callable[[Route], Any]
    shown: Callable[[Route], object] = lambda _route: ""
    """What the step looked at, for people; empty if that says nothing."""


def _local_pref(route: Route) -> int:
    return route.attributes.get(LOCAL_PREF, route.source.default_local_pref)


def _path(route: Route) -> AsPath:
    return route.attributes.get(AS_PATH, AsPath.EMPTY)


def _origin(route: Route) -> int:
    return route.attributes.get(ORIGIN, Origin.IGP)


def _med(route: Route) -> int:
    return route.attributes.get(MULTI_EXIT_DISC, route.source.default_med)


def _is_stale(route: Route) -> bool:
    return WellKnownCommunity.LLGR_STALE in route.attributes.get(COMMUNITIES, ())


def _router_id(route: Route) -> int:
    return route.attributes.get(ORIGINATOR_ID, route.source.router_id)


def _clusters(route: Route) -> int:
    return len(route.attributes.get(CLUSTER_LIST, ()))


def _dotted(number: int) -> str:
    return ".".join(map(str, number.to_bytes(4)))


PREFERENCE: Final = Step(
    "higher preference", "protocol preference, as in BIRD", lambda r: -r.preference, lambda r: r.preference
)
RESOLVABLE: Final = Step("next hop that can be reached", "RFC 4271 §9.1.2.1", lambda r: r.is_unresolvable)
NOT_STALE: Final = Step("no LLGR_STALE", "RFC 9494 §4.3", _is_stale)
HIGHER_LOCAL_PREF: Final = Step(
    "higher LOCAL_PREF", "RFC 4271 §9.1.1", lambda r: -_local_pref(r), _local_pref
)
SHORTER_PATH: Final = Step(
    "shorter AS_PATH", "RFC 4271 §9.1.2.2 a", lambda r: _path(r).length, lambda r: _path(r).length
)
LOWER_ORIGIN: Final = Step("lower ORIGIN", "RFC 4271 §9.1.2.2 b", _origin, lambda r: Origin(_origin(r)).name)
LOWER_MED: Final = Step("lower MULTI_EXIT_DISC", "RFC 4271 §9.1.2.2 c", _med, _med)
EXTERNAL: Final = Step(
    "external over internal",
    "RFC 4271 §9.1.2.2 d",
    lambda r: not r.source.external,
    lambda r: "external" if r.source.external else "internal",
)
LOWER_IGP_METRIC: Final = Step(
    "lower IGP metric", "RFC 4271 §9.1.2.2 e", lambda r: r.igp_metric, lambda r: r.igp_metric
)
_BEFORE_MED: Final = (
    PREFERENCE,
    RESOLVABLE,
    NOT_STALE,
    HIGHER_LOCAL_PREF,
    SHORTER_PATH,
    LOWER_ORIGIN,
    LOWER_MED,
)
"""The last only if it compares all routes."""
OLDER: Final = Step("older route", "RFC 5004 §3", lambda r: r.since)
TIE_BREAKS: Final = (
    Step("lower router ID", "RFC 4456 §9", _router_id, lambda r: _dotted(_router_id(r))),
    Step("shorter CLUSTER_LIST", "RFC 4456 §9", _clusters, _clusters),
    Step("lower peer address", "RFC 4271 §9.1.2.2 g", lambda r: r.source.address),
    Step("protocol name", "for routes of our own that are alike", lambda r: r.source.name),
    Step("lower next hop", "for paths of one neighbor (RFC 7911)", lambda r: r.attributes.get(NEXT_HOP, b"")),
    Step("lower octets", "for paths of one neighbor that are alike", lambda r: r.attributes.wire),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The switches of the decision process, by BIRD's names."""

    path_metric: bool = True
    """Compare the lengths of AS_PATHs."""
    med_metric: bool = False
    """Compare MULTI_EXIT_DISC between all routes, not only those through one neighboring AS."""
    igp_metric: bool = True
    """Compare the metrics of the ways to the next hops."""
    prefer_older: bool = False
    """Let what was there first win a tie (RFC 5004), which is stable but depends on history."""
    relaxed_paths: bool = True
    """Traffic may be shared by routes whose AS_PATHs have one length; otherwise only by equal AS_PATHs."""
    unresolvable_last: bool = False
    """A route without a way to its next hop may win if there is no other, as in BIRD."""


class Ranking(NamedTuple):
    """What the decision process reads of a route, derived once however many prefixes share it."""

    degree: tuple[Any, ...]
    """What is compared before MULTI_EXIT_DISC."""
    rank: tuple[Any, ...]
    """All that is compared but for MULTI_EXIT_DISC."""
    med: int
    neighbor_as: int


class Verdict(NamedTuple):
    """Why one route lost: at which step, and against which other."""

    step: Step
    rival: Route


class Decision:
    """The decision process under one set of rules."""

    def __init__(self, rules: Rules | None = None) -> None:
        rules = rules or Rules()
        self.rules: Final = rules
        switched = {
            RESOLVABLE: rules.unresolvable_last,
            SHORTER_PATH: rules.path_metric,
            LOWER_MED: rules.med_metric,
            LOWER_IGP_METRIC: rules.igp_metric,
            OLDER: rules.prefer_older,
        }
        before_med, merits, tie_breaks = (
            tuple(step for step in steps if switched.get(step, True))
            for steps in (_BEFORE_MED, (EXTERNAL, LOWER_IGP_METRIC), (OLDER, *TIE_BREAKS))
        )
        self.before_med: Final = before_med
        self.after_med: Final = merits + tie_breaks
        self.steps: Final = (*before_med, *(() if rules.med_metric else (LOWER_MED,)), *self.after_med)
        """All in their order."""
        self._merits: Final = len(before_med) + len(merits)
        """How many of the rank must be equal for routes to share traffic."""

    def ranking(self, route: Route) -> Ranking:
        """Return the route's ranking; it is only made once the route has a rival."""
        known = route.ranking
        if known is None:
            degree = tuple([step.key(route) for step in self.before_med])
            rank = degree + tuple([step.key(route) for step in self.after_med])
            med = 0 if self.rules.med_metric else _med(route)
            known = route.ranking = Ranking(degree, rank, med, _path(route).neighbor_as)
            route.attributes.forget()
        return known  # type: ignore[return-value]  # Route keeps it as a plain tuple: it can't import Ranking

    def select(self, routes: Collection[Route]) -> Route:
        """Return the best of one or more routes that may be selected.

        MED is no part of the rank, because it orders only routes through one
        neighboring AS; it can but remove the leader.
        """
        leader = min(routes, key=self._rank)
        if self.ranking(leader).med and any(self._beats_on_med(rival, leader) for rival in routes):
            return min(self._best_on_med(self.ranking(leader).degree, routes), key=self._rank)
        return leader

    def _best_on_med(self, degree: tuple[Any, ...], routes: Iterable[Route]) -> list[Route]:
        """Return the routes of this degree that have the lowest MED of their neighboring AS."""
        ranked = [(route, self.ranking(route)) for route in routes]
        left = [(route, ranking) for route, ranking in ranked if ranking.degree == degree]
        lowest: dict[int, int] = {}
        for _, ranking in left:
            lowest[ranking.neighbor_as] = min(ranking.med, lowest.get(ranking.neighbor_as, ranking.med))
        return [route for route, ranking in left if ranking.med == lowest[ranking.neighbor_as]]

    def ordered(self, routes: Collection[Route], limit: int | None = None) -> list[Route]:
        """Return the routes that may be selected, each the best of those behind it; at most ``limit``."""
        left = [route for route in routes if route.refusal is None]
        if len(left) < 2:
            return left[:limit]
        best_first: list[Route] = []
        while left and (limit is None or len(best_first) < limit):
            best = self.select(left)
            best_first.append(best)
            left.remove(best)
        return best_first

    def _rank(self, route: Route) -> tuple[Any, ...]:
        return self.ranking(route).rank

    def _beats_on_med(self, rival: Route, route: Route) -> bool:
        """RFC 4271 §9.1.2.2 c."""
        theirs, ours = self.ranking(rival), self.ranking(route)
        return (
            theirs.med < ours.med and theirs.neighbor_as == ours.neighbor_as and theirs.degree == ours.degree
        )

    def can_matter(self, best: Route, old: Route | None, new: Route | None) -> bool:
        """Tell whether replacing ``old`` by ``new`` beside ``best`` can change the outcome for one prefix.

        A route of worse degree than the best is out before MED is compared: it can
        neither win nor remove a rival. Skipping it is what keeps redundant neighbors
        cheap.
        """
        degree = self.ranking(best).degree
        for route in (new, old):
            if route is not None and route.refusal is None and self.ranking(route).degree <= degree:
                return True
        return False

    def multipath(self, routes: Sequence[Route], limit: int) -> tuple[Route, ...]:
        """Return the routes that may share the traffic, the best first, by BIRD's rule for ``merge paths``.

        ``routes`` has the best one first. Those of neighbors are taken that are as good as it up to the
        metric of the next hop; what only breaks ties is not looked at.
        """
        best = routes[0]
        if limit < 2 or best.source.kind is not SourceKind.BGP or best.refusal is not None:
            return (best,)
        equals = [route for route in routes[1:] if self._shares_with(best, route)]
        equals.sort(key=self._rank)
        return (best, *equals[: limit - 1])

    def _shares_with(self, best: Route, route: Route) -> bool:
        if route.refusal is not None or route.source.kind is not SourceKind.BGP or route.is_unresolvable:
            return False
        ours, theirs = self.ranking(best), self.ranking(route)
        if ours.rank[: self._merits] != theirs.rank[: self._merits]:
            return False
        if ours.neighbor_as == theirs.neighbor_as and ours.med != theirs.med:
            return False
        return self.rules.relaxed_paths or _path(best) == _path(route)

    def verdict(self, loser: Route, routes: Sequence[Route]) -> Verdict | None:
        """Explain why a route lost; ``routes`` has the best one first. None for the best and its like.

        Where it would have won but for a third route, which took it out on MED, the third one is the rival.
        """
        best = routes[0]
        if loser is best:
            return None
        ours, theirs = self.ranking(best), self.ranking(loser)
        for step in self.steps:
            if step is LOWER_MED and not self.rules.med_metric:
                rivals = (route for route in routes if route.refusal is None)
                rival = next((rival for rival in rivals if self._beats_on_med(rival, loser)), None)
                if rival is not None:
                    beats_best = ours.neighbor_as == theirs.neighbor_as and ours.med < theirs.med
                    return Verdict(step, best if beats_best else rival)
            elif step.key(best) != step.key(loser):
                return Verdict(step, best)
        return None
