"""A scrape of a large table: nothing walks it, and nobody waits for long."""

import time
from statistics import median
from typing import Final

import pytest

from tests.hostile.victim import Victim
from tests.interop.conftest import lab, pytest_runtest_makereport
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

__all__ = ["lab", "pytest_runtest_makereport"]
pytestmark = [pytest.mark.interop, pytest.mark.soak]

ROUTES, MANY_ROUTES = 30_000, 1_000_000
SCRAPES: Final = 20
_MOST_SECONDS: Final = 0.1
_PAUSE: Final = 0.2


def test_a_scrape_takes_as_long_as_its_text(
    lab: Lab, soaking: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with Victim.in_lab(lab, MANY_ROUTES if soaking else ROUTES) as victim:
        key = "bgpd_routes_advertised", "ipv4"
        eventually(lambda: key in victim.figures())
        slow = victim.figures()["bgpd_event_loop_slow_callbacks_total", ""]
        victim.friend.announce(65002, "10.77.0.0/16")  # so that what is told is counted once more meanwhile
        seconds = [_scrape(victim) for _ in range(SCRAPES)]
        figures = victim.figures()
        assert figures["bgpd_event_loop_slow_callbacks_total", ""] == slow
        with capsys.disabled():
            print(
                f"\n{figures['bgpd_table_prefixes', 'ipv4']:.0f} prefixes: a scrape takes "
                f"{1000 * median(seconds):.0f} ms, {1000 * min(seconds):.0f} to {1000 * max(seconds):.0f}"
            )
        if soaking:  # which has the machine for itself: elsewhere a time proves nothing
            assert median(seconds) < _MOST_SECONDS


def _scrape(victim: Victim) -> float:
    time.sleep(_PAUSE)
    begun = time.perf_counter()
    assert victim.page("/metrics")[0] == 200
    return time.perf_counter() - begun
