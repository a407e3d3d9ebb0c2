"""Times in answers: BIRD's default formats ``iso short`` and ``iso long``, and those of a configuration."""

import pytest

from bgpd.settings import TimeFormat
from bgpd.show.times import form_of, formatted, iso, long, short
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


@pytest.mark.parametrize(
    ("age", "form", "expected"),
    [
        (0, TimeFormat("%H:%M", 10, "%d-%m-%Y"), "16:09"),
        (9, TimeFormat("%H:%M", 10, "%d-%m-%Y"), "16:09"),
        (10, TimeFormat("%H:%M", 10, "%d-%m-%Y"), "22-11-2026"),
        (1000 * HOUR, TimeFormat("%T"), "00:09:59"),
        (0, TimeFormat("%Y" * 8), "<too-long>"),
        (0, TimeFormat(""), ""),
    ],
)
def test_a_configuration_may_say_how_times_look_for_how_long(
    age: int, form: TimeFormat, expected: str
) -> None:
    assert formatted(NOW - age, NOW, form) == expected


def test_what_is_not_configured_is_as_bird_has_it() -> None:
    formats = {"route": TimeFormat("%s")}
    assert formatted(NOW, NOW, form_of(formats, "route")) == str(NOW)
    assert formatted(NOW, NOW, form_of(formats, "protocol")) == "16:09:59"
    assert formatted(NOW, NOW, form_of(formats, "base")) == "2026-11-22 16:09:59"
