"""The decision process: which of several routes to a prefix is the best (RFC 4271 §9.1.2.2)."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from rib.decision_steps import BEFORE_MED, LOWER_MED, MERITS, TIE_BREAKS, Rules, Step, path_of
from rib.ranking import MERIT_OCTETS, Ranker, Ranking
from rib.route import Route, SourceKind


class Verdict(NamedTuple):
    """Why one route lost: at which step, and against which other."""

    step: Step
    rival: Route


class Decision:
    """The decision process under one set of rules."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules: Final = rules or Rules()
        ranker = Ranker(self.rules)
        self.degree: Final = ranker.degree
        """Return what is compared before MULTI_EXIT_DISC, as octets: the lowest is the best."""
        self.ranking: Final = ranker.ranking
        """Return what is compared between routes of the same degree."""

    @property
    def steps(self) -> Sequence[Step]:
        """All that are taken, in their order."""
        before_med, after_med = (
            [step for step in steps if self.rules.takes(step)]
            for steps in (BEFORE_MED, (*MERITS, *TIE_BREAKS))
        )
        return (*before_med, *(() if self.rules.med_metric else (LOWER_MED,)), *after_med)

    def select(self, routes: Collection[Route]) -> Route:
        """Return the best of one or more routes that may be selected."""
        lowest = min(map(self.degree, routes))
        return self.select_equal([route for route in routes if route.degree == lowest])

    def is_better(self, route: Route, other: Route) -> bool:
        """Compare two routes of the same degree, where there are no others of it."""
        ours, theirs = self.ranking(route), self.ranking(other)
        if ours.med != theirs.med and ours.neighbor_as == theirs.neighbor_as:
            return ours.med < theirs.med
        return ours < theirs

    def select_equal(self, routes: Sequence[Route]) -> Route:
        """Return the best of routes of the same degree.

        MED is no part of the rank, because it orders only routes through one
        neighboring AS; it can but remove the leader.
        """
        leader, ranking = self._leader(routes)
        if ranking.med and self._is_beaten_on_med(ranking, routes):
            leader, _ = self._leader(self._best_on_med(routes))
        return leader

    def _leader(self, routes: Sequence[Route]) -> tuple[Route, Ranking]:
        """Return the route of the lowest rank."""
        ranking = self.ranking
        leader = routes[0]
        lowest = ranking(leader)
        for route in routes:
            ranked = ranking(route)
            if ranked < lowest:
                leader, lowest = route, ranked
        return leader, lowest

    def _best_on_med(self, routes: Sequence[Route]) -> list[Route]:
        """Return the routes, all of the same degree, that have the lowest MED of their neighboring AS."""
        ranked = [(route, self.ranking(route)) for route in routes]
        lowest: dict[int, int] = {}
        for _, ranking in ranked:
            lowest[ranking.neighbor_as] = min(ranking.med, lowest.get(ranking.neighbor_as, ranking.med))
        return [route for route, ranking in ranked if ranking.med == lowest[ranking.neighbor_as]]

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

    def _is_beaten_on_med(self, ranking: Ranking, rivals: Iterable[Route]) -> bool:
        """Tell whether one of the rivals of the same degree has a lower MED (RFC 4271 §9.1.2.2 c)."""
        for rival in rivals:
            theirs = self.ranking(rival)
            if theirs.med < ranking.med and theirs.neighbor_as == ranking.neighbor_as:
                return True
        return False

    def can_matter(self, best: Route, old: Route | None, new: Route | None) -> bool:
        """Tell whether replacing ``old`` by ``new`` beside ``best`` can change the outcome for one prefix.

        A route of worse degree than the best is out before MED is compared: it can
        neither win nor remove a rival. Skipping it is what keeps redundant neighbors
        cheap.
        """
        degree = self.degree(best)
        return (new is not None and self.degree(new) <= degree) or (
            old is not None and self.degree(old) <= degree
        )

    def multipath(self, routes: Sequence[Route], limit: int) -> tuple[Route, ...]:
        """Return the routes that may share the traffic, the best first, by BIRD's rule for ``merge paths``.

        ``routes`` has the best one first. Those of neighbors are taken that are as good as it up to the
        metric of the next hop; what only breaks ties is not looked at.
        """
        best = routes[0]
        if limit < 2 or best.source.kind is not SourceKind.BGP or best.refusal is not None:
            return (best,)
        equals = [route for route in routes[1:] if self._shares_with(best, route)]
        equals.sort(key=self.ranking)
        return (best, *equals[: limit - 1])

    def _shares_with(self, best: Route, route: Route) -> bool:
        if route.source.kind is not SourceKind.BGP or route.is_unresolvable:
            return False
        if self.degree(best) != self.degree(route):
            return False
        ours, theirs = self.ranking(best), self.ranking(route)
        if ours.packed[:MERIT_OCTETS] != theirs.packed[:MERIT_OCTETS]:
            return False
        if ours.neighbor_as == theirs.neighbor_as and ours.med != theirs.med:
            return False
        return self.rules.relaxed_paths or path_of(best) == path_of(route)

    def verdict(self, loser: Route, routes: Sequence[Route]) -> Verdict | None:
        """Explain why a route lost; ``routes`` has the best one first. None for the best and its like.

        Where it would have won but for a third route, which took it out on MED, the third one is the rival.
        """
        best = routes[0]
        if loser is best:
            return None
        for step in self.steps:
            if step is LOWER_MED and not self.rules.med_metric:
                rivals = (route for route in routes if self.degree(route) == self.degree(best))
                ours = self.ranking(loser)
                rival = next((each for each in rivals if self._is_beaten_on_med(ours, (each,))), None)
                if rival is not None:
                    return Verdict(step, rival)
            elif step.key(best) != step.key(loser):
                return Verdict(step, best)
        return None
