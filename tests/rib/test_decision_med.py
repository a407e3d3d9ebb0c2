"""MULTI_EXIT_DISC orders only the routes through one neighboring AS (RFC 4271 §9.1.2.2 c)."""

import pytest

from rib.decision import Decision
from rib.decision_steps import Rules
from rib.route import Refusal, Route
from tests.rib.building import attributes, neighbor, route

PLAIN = Decision()
HIGH = route(neighbor("high", router_id=1), attributes(65001, med=50))
LOW = route(neighbor("low", router_id=9), attributes(65001, med=10))
STRANGER = route(neighbor("stranger", router_id=5), attributes(64501, med=99))
"""``HIGH`` beats it, but not its sibling ``LOW``, which it beats."""


def test_med_is_compared_within_one_neighboring_as_only() -> None:
    assert PLAIN.select([HIGH, STRANGER]) is HIGH
    assert PLAIN.select([HIGH, LOW, STRANGER]) is STRANGER


def test_a_sibling_that_lost_on_its_degree_removes_nobody() -> None:
    worse = route(neighbor("low", router_id=9), attributes(65001, med=10, local_pref=99))
    assert PLAIN.select([HIGH, worse, STRANGER]) is HIGH


def test_the_order_is_who_would_win_without_those_before() -> None:
    assert PLAIN.ordered([HIGH, LOW, STRANGER]) == [STRANGER, LOW, HIGH]
    assert PLAIN.ordered([HIGH, LOW, STRANGER], 2) == [STRANGER, LOW]


@pytest.mark.parametrize(("limit", "count"), [(None, 1), (0, 0), (1, 1), (5, 1)])
def test_the_order_leaves_out_what_may_not_be_selected(limit: int | None, count: int) -> None:
    refused = route(neighbor("x"), attributes(65001), Refusal.AS_LOOP)
    assert PLAIN.ordered([refused, HIGH], limit) == [HIGH][:count]


def test_who_was_removed_by_a_third_route_is_told_so() -> None:
    verdict = PLAIN.verdict(HIGH, [STRANGER, HIGH, LOW])
    assert verdict is not None
    assert (verdict.step.name, verdict.rival) == ("lower MULTI_EXIT_DISC", LOW)


def test_the_best_route_is_named_if_it_was_the_one_that_removed() -> None:
    lower = route(neighbor("lower", router_id=9), attributes(65001, med=5))
    verdict = PLAIN.verdict(HIGH, [lower, HIGH, LOW])
    assert verdict is not None
    assert (verdict.step.name, verdict.rival) == ("lower MULTI_EXIT_DISC", lower)
    between = PLAIN.verdict(HIGH, [lower, LOW, HIGH])
    assert between is not None
    assert between.rival is lower


def test_a_refused_route_removes_nobody() -> None:
    refused = route(neighbor("refused"), attributes(65001, med=1), Refusal.IMPORT_FILTER)
    verdict = PLAIN.verdict(STRANGER, [HIGH, refused, STRANGER])
    assert verdict is not None
    assert verdict.step.name == "lower router ID"


def test_the_best_and_its_like_have_not_lost() -> None:
    twin = route(HIGH.source, HIGH.attributes)
    assert PLAIN.verdict(HIGH, [HIGH]) is None
    assert PLAIN.verdict(twin, [HIGH, twin]) is None


def test_with_one_scale_for_all_the_best_is_always_the_rival() -> None:
    """BIRD's ``med metric``."""
    rules = Decision(Rules(med_metric=True))
    low, high, stranger = (
        Route(each.source, each.received, each.destination, 0) for each in (LOW, HIGH, STRANGER)
    )
    assert rules.ordered([stranger, high, low]) == [low, high, stranger]
    verdict = rules.verdict(stranger, [low, stranger, high])
    assert verdict is not None
    assert (verdict.step.name, verdict.rival) == ("lower MULTI_EXIT_DISC", low)
