"""The three policies there are without a filter."""

import pytest

from messages.attribute_set import AttributeSet
from rib.policy import Policy
from tests.rib.building import attributes

RECEIVED = attributes(65001)


@pytest.mark.parametrize(
    ("policy", "outcome", "name"),
    [
        (Policy.ALL, RECEIVED, "ACCEPT"),
        (Policy.NONE, None, "REJECT"),
        (Policy.MISSING, None, "REJECT (no policy, RFC 8212)"),
    ],
)
def test_everything_or_nothing(policy: Policy, outcome: AttributeSet | None, name: str) -> None:
    assert policy.judge(RECEIVED) is outcome
    assert policy.name == name


def test_two_filters_that_look_alike_are_two() -> None:
    """Groups of neighbors must not be merged because of a name."""
    assert len({Policy.ALL, Policy(Policy.ALL.name, Policy.ALL.judge)}) == 2
