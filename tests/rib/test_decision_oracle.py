"""The decision process against the RFCs taken literally, under all switches and in any order."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from messages.attributes import CLUSTER_LIST, COMMUNITIES, ORIGINATOR_ID
from messages.iana import Origin, WellKnownCommunity
from rib.decision import Decision
from rib.decision_steps import Rules
from rib.route import UNREACHABLE, Route
from tests.rib.building import SOMEWHERE, attributes, neighbor, route
from tests.rib.oracle import ordered_as_the_rfc_words_it, select_as_the_rfc_words_it


class Row(NamedTuple):
    """What a route is made of."""

    router_id: int
    external: bool
    path: tuple[int, ...]
    med: int | None
    local_pref: int | None
    metric: int
    since: int
    extra: str

    def made(self, number: int) -> Route:
        """Return the route; two of the same neighbor only differ in what they say."""
        source = neighbor(
            f"n{number}", external=self.external, router_id=self.router_id, address=f"192.0.2.{number}"
        )
        source.default_med, source.default_local_pref = 5 * (number % 2), 100 + number % 2
        rows = {
            "cluster": {CLUSTER_LIST: (1, 2)},
            "originator": {ORIGINATOR_ID: 1},
            "stale": {COMMUNITIES: (WellKnownCommunity.LLGR_STALE,)},
        }.get(self.extra, {})
        origin = Origin.INCOMPLETE if self.extra == "origin" else Origin.IGP
        said = attributes(*self.path, med=self.med, local_pref=self.local_pref, origin=origin, rows=rows)
        destination = UNREACHABLE if self.extra == "unreachable" else SOMEWHERE
        return Route(source, said, destination, self.since, igp_metric=self.metric)


rows = st.builds(
    Row,
    st.sampled_from([0, 1, 2]),
    st.booleans(),
    st.sampled_from([(1,), (2,), (1, 3), (2, 3), ()]),
    st.sampled_from([None, 0, 10, 20]),
    st.sampled_from([None, None, 100, 101]),
    st.sampled_from([0, 5]),
    st.integers(0, 1),
    st.sampled_from(["", "", "", "cluster", "originator", "stale", "origin", "unreachable"]),
)
rules = st.builds(
    Rules,
    path_metric=st.booleans(),
    med_metric=st.booleans(),
    igp_metric=st.booleans(),
    prefer_older=st.booleans(),
    unresolvable_last=st.booleans(),
)


@given(st.lists(rows, min_size=2, max_size=7), rules)
def test_the_choice_is_the_rfcs_in_any_order(said: list[Row], switches: Rules) -> None:
    decision = Decision(switches)
    routes = [row.made(number) for number, row in enumerate(said)]
    expected = ordered_as_the_rfc_words_it(routes, switches)
    assert expected[0] is select_as_the_rfc_words_it(routes, switches)
    assert decision.select(routes) is expected[0]
    assert decision.select(routes[::-1]) is expected[0]
    assert decision.ordered(routes) == expected
    assert decision.ordered(routes[::-1], 3) == expected[:3]


@given(st.lists(rows, min_size=2, max_size=7), rules)
def test_whoever_lost_was_beaten_by_the_rival_it_is_told_of(said: list[Row], switches: Rules) -> None:
    """With the rival alone it loses, at the step that the verdict names."""
    decision = Decision(switches)
    routes = [row.made(number) for number, row in enumerate(said)]
    best, *losers = decision.ordered(routes)
    for loser in losers:
        verdict = decision.verdict(loser, [best, *losers])
        assert verdict is not None
        assert select_as_the_rfc_words_it([loser, verdict.rival], switches) is verdict.rival
        assert verdict.step.key(verdict.rival) < verdict.step.key(loser)


@given(st.lists(rows, min_size=1, max_size=6), rows, rows, rules)
def test_what_cannot_matter_changes_nothing(said: list[Row], old: Row, new: Row, switches: Rules) -> None:
    """Whoever skips the selection then, has the same winner as after it."""
    decision = Decision(switches)
    others = [row.made(number) for number, row in enumerate(said)]
    before, after = old.made(9), new.made(9)
    best = decision.select([*others, before])
    if best is not before and not decision.can_matter(best, before, after):
        assert decision.select([*others, after]) is best


def test_thousands_of_candidates_are_ordered() -> None:
    """Every one is removed on MED by the next, and each has its turn."""
    routes = [
        route(neighbor(f"n{number:04}", router_id=number), attributes(65001, med=2000 - number))
        for number in range(1200)
    ]
    decision = Decision()
    assert decision.select(routes) is routes[-1]
    assert decision.ordered(routes) == routes[::-1]
    verdict = decision.verdict(routes[0], routes[::-1])
    assert verdict is not None
    assert verdict.rival is routes[-1]
