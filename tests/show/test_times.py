"""BIRD's default time formats: ``iso short`` and ``iso long``."""

import pytest

from bgpd.show.times import iso, long, short
from tests.show.world import NOW

HOUR = 3600


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, "16:09:59"), (19 * HOUR, "21:09:59"), (20 * HOUR, "2026-11-21"), (400 * 24 * HOUR, "2025-10-18")],
)
def test_short_times_turn_into_dates_after_twenty_hours(age: int, expected: str) -> None:
    assert short(NOW - age, NOW) == expected


def test_long_and_iso_times_have_the_date() -> None:
    assert (long(NOW), iso(NOW)) == ("2026-11-22 16:09:59", "2026-11-22T16:09:59+00:00")
