"""Hundreds of neighbors with a short hold time, while one of them flaps a table: nobody may be lost.

Nothing goes to the kernel here: its routes would lead to the loopback interface, and what is measured is what
the sessions cost.
"""

import time
from typing import Final, NamedTuple

import pytest

from tests.interop.lab import Lab
from tests.interop.waiting import eventually
from tests.load.arena import DAEMON, PORT, Arena, part
from tests.load.figures import Figures
from tests.load.plan import Conduct, Part, Plan

pytestmark = [pytest.mark.interop, pytest.mark.soak]

HOLD_TIME: Final = 9
TOLD: Final = 10
"""So many neighbors are told of the routes."""
LONGEST_CALLBACK: Final = 0.1
"""Seconds of CPU time. The goal is half of it, on a machine that does nothing else (architecture.md §5): the
figures tell more; what takes longer than this is no noise."""
COMING_UP: Final = 30.0
"""Seconds of all to be up in the long form, which has the machine for itself."""
PATIENCE: Final = 120.0


class Size(NamedTuple):
    """How much there is of everything."""

    neighbors: int
    routes: int
    seconds: float
    pause: float
    """Of the feeder between two sweeps: the short form leaves something to the tests beside it."""


SHORT: Final = Size(neighbors=50, routes=20_000, seconds=30, pause=0.5)
LONG: Final = Size(neighbors=500, routes=100_000, seconds=300, pause=0)


def parts_of(size: Size) -> list[Part]:
    """The first feeds; every other one waits for the daemon to connect."""
    conducts = [Conduct.FEEDS, Conduct.KEEPS] + [Conduct.READS] * (size.neighbors - 2)
    return [
        part(number, conduct, hold_time=HOLD_TIME, waits=bool(number % 2))
        for number, conduct in enumerate(conducts)
    ]


def test_no_session_is_lost(lab: Lab, soaking: bool, capsys: pytest.CaptureFixture[str]) -> None:
    size = LONG if soaking else SHORT
    parts = parts_of(size)
    told = {each.address for each in parts[1 : 1 + TOLD]}
    arena = Arena(lab)
    crowd = arena.crowd("crowd", Plan(DAEMON, PORT, parts, size.routes, size.pause))
    started = time.monotonic()
    daemon = arena.daemon(parts, told)
    eventually(lambda: crowd.report.up, equals=size.neighbors, within=PATIENCE)
    figures = Figures(daemon, crowd, size.routes, started)
    time.sleep(size.seconds)  # it is the passing of time that is tested
    figures.stop()
    crowd.rest()
    keeper = parts[1].address
    eventually(lambda: crowd.report.stories[keeper].prefixes, equals=size.routes, within=PATIENCE)
    report = crowd.report
    assert report.harmed(HOLD_TIME) == {}
    assert report.up == size.neighbors
    assert "Traceback" not in daemon.log()
    with capsys.disabled():
        print(f"\n{size.neighbors} neighbors for {size.seconds:.0f} s\n{figures}")
    if soaking:  # which has the machine for itself: elsewhere a time proves nothing
        assert figures.callback["cpu"] < LONGEST_CALLBACK
        assert figures.all_up < COMING_UP
