"""The histogram of what took how long."""

import pytest

from bgpd.health.durations import BOUNDS, Durations


@pytest.mark.parametrize(
    ("seconds", "bound"), [(0.0, "0.001"), (0.001, "0.001"), (0.0011, "0.0025"), (5.0, "5.0"), (6.0, "+Inf")]
)
def test_a_duration_counts_from_its_bound_on(seconds: float, bound: str) -> None:
    durations = Durations()
    durations.note(seconds)
    below = dict(durations.cumulative)
    names = [*map(str, BOUNDS), "+Inf"]
    assert [name for name in names if below[name]] == names[names.index(bound) :]
    assert durations.sum == seconds
