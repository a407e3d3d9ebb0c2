"""What a policy does to a route, and for which prefixes together (architecture §3)."""

import pytest

from rib.policy import Accepted, Policy, grouped
from rib.route import Route
from tests.rib.building import SOMEWHERE, attributes, key, neighbor
from tests.rib.judging import by_attributes, by_length, by_prefix

RECEIVED, BY_NOW = attributes(65001), attributes(65001, med=7)
P, Q, R = key("10.0.0.0/8"), key("10.1.0.0/16"), key("11.0.0.0/8")


def made() -> Route:
    """Return a route whose preference is not that of its source."""
    route = Route(neighbor("a"), RECEIVED, SOMEWHERE, 0)
    route.preference = 170
    return route


@pytest.mark.parametrize(
    ("policy", "outcome", "name"),
    [
        (Policy.ALL, Accepted(BY_NOW, 170, SOMEWHERE), "ACCEPT"),
        (Policy.NONE, None, "REJECT"),
        (Policy.MISSING, None, "REJECT (no policy, RFC 8212)"),
    ],
)
@pytest.mark.parametrize("silent", [False, True])
def test_everything_or_nothing(policy: Policy, outcome: Accepted | None, name: str, silent: bool) -> None:
    """What it has by now is what it keeps: the very same objects."""
    assert policy.judge(made(), BY_NOW, P, silent=silent) == outcome
    assert policy.name == name


def test_two_filters_that_look_alike_are_two() -> None:
    """Groups of neighbors must not be merged because of a name."""
    assert len({Policy.ALL, Policy(Policy.ALL.name, Policy.ALL.judge)}) == 2


def test_prefixes_that_are_judged_alike_stay_together_in_their_order() -> None:
    keys = [P, Q, R]
    (whole,) = by_attributes("any", lambda said: said).by_kind(keys)
    assert whole is keys
    assert [*by_length("long", lambda said: said).by_kind(keys)] == [[P, R], [Q]]
    assert [*by_prefix("each", lambda said, _key: said).by_kind(keys)] == [[P], [Q], [R]]
    assert [*by_length("long", lambda said: said).by_kind([])] == []


def test_what_is_grouped_comes_as_its_kind_came_first() -> None:
    assert [*grouped([Q, P, R, Q], lambda each: each[1])] == [[Q, P, Q], [R]]
