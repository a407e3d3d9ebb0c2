"""More input than the daemon can read: what lies unread in the kernel is no silence of the peer.

The daemon is stopped and continued, which makes it slow on any machine, while neighbors with a short hold
time go on to send.
"""

import signal
import time
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.process import Process
from tests.interop.waiting import eventually
from tests.load.arena import DAEMON, PORT, Arena, part
from tests.load.plan import Conduct, Plan

pytestmark = pytest.mark.interop

HOLD_TIME: Final = 3
ROUTES: Final = 100_000
MANY_ROUTES: Final = 300_000
PATIENCE: Final = 120.0
FEEDER: Final = part(0, Conduct.FEEDS, hold_time=HOLD_TIME)
KEEPER: Final = part(1, Conduct.KEEPS, hold_time=HOLD_TIME)
TOLD: Final = [part(number, hold_time=HOLD_TIME, waits=True) for number in range(2, 12)]
"""They come when there is a table already: bringing them up to date is what keeps the daemon from reading."""
PARTS: Final = [FEEDER, KEEPER, *TOLD]


def stop_for(process: Process, seconds: float) -> None:
    """Let the process do nothing for a while."""
    process.signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("stop", "run", "times"),
    [(0.475, 0.025, 6 * HOLD_TIME), (2.0 * HOLD_TIME, 0.5, 1)],
    ids=["slow all the time", "longer than the hold time"],
)
@pytest.mark.soak
def test_a_full_socket_buffer_costs_no_session(
    lab: Lab, soaking: bool, stop: float, run: float, times: int
) -> None:
    routes = MANY_ROUTES if soaking else ROUTES
    arena = Arena(lab)
    crowd = arena.crowd("crowd", Plan(DAEMON, PORT, PARTS, routes))
    daemon = arena.daemon(PARTS, told={each.address for each in TOLD})
    eventually(lambda: crowd.report.up, equals=len(PARTS), within=PATIENCE)
    for _ in range(3 * times if soaking else times):
        stop_for(daemon.processes[0], stop)
        time.sleep(run)
    assert crowd.report.endings == {}
    crowd.rest()
    eventually(lambda: crowd.report.stories[KEEPER.address].prefixes, equals=routes, within=PATIENCE)
    assert crowd.report.endings == {}


def test_keepalives_leave_on_time(lab: Lab) -> None:
    """While one neighbor sends as fast as it can for several hold times, no other one hears nothing."""
    arena = Arena(lab)
    parts = [
        part(0, Conduct.FEEDS, hold_time=HOLD_TIME),
        *(part(number, hold_time=6) for number in range(1, 5)),
    ]
    crowd = arena.crowd("crowd", Plan(DAEMON, PORT, parts, ROUTES))
    daemon = arena.daemon(parts)
    eventually(lambda: crowd.report.up, equals=len(parts), within=PATIENCE)
    time.sleep(3 * HOLD_TIME)  # it is the passing of time that is tested
    report = crowd.report
    assert report.sweeps
    assert report.harmed(6) == {}
    assert "Traceback" not in daemon.log()
