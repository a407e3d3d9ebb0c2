"""A neighbor with the shortest hold time, while another one announces and withdraws a full table.

Its KEEPALIVEs come in time however much there is to read, to decide and to send, and the control socket
answers.
"""

import time
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.waiting import eventually
from tests.load.arena import DAEMON, PORT, Arena, Crowd, MeasuredBgpd, part
from tests.load.plan import Conduct, Plan

pytestmark = [pytest.mark.interop, pytest.mark.soak]

HOLD_TIME: Final = 3
"""The shortest that is not 0 (RFC 4271 §4.2); a third of it is what KEEPALIVEs are apart."""
MANY_ROUTES: Final = 1_000_000
ROUTES: Final = 100_000
SWEEPS: Final = 2
"""The table is announced and withdrawn at least once; then it is announced once more, to stay."""
SECONDS: Final = 3 * HOLD_TIME
"""The least time that this goes on for."""
ANSWERS: Final = 10
"""The least number of times that the control socket answers meanwhile."""
PATIENCE: Final = 240.0
LONGEST_CALLBACK: Final = 0.1
"""Seconds of CPU time, as in ``test_many_neighbors.py``."""

WATCH: Final = part(0, hold_time=HOLD_TIME)
FEEDER: Final = part(1, Conduct.FEEDS, hold_time=180)
KEEPER: Final = part(2, Conduct.KEEPS, hold_time=180)
READER: Final = part(3, hold_time=180)
LOAD: Final = [FEEDER, KEEPER, READER]


def answers_during(daemon: MeasuredBgpd, load: Crowd) -> int:
    """Count the answers of the control socket while the table comes and goes; each shows the session."""
    started = time.monotonic()
    answers = 0
    while load.report.sweeps < SWEEPS or time.monotonic() < started + SECONDS or answers <= ANSWERS:
        assert time.monotonic() < started + PATIENCE, load.report
        assert "Established" in daemon.line(WATCH.address)
        answers += 1
        time.sleep(0.1)  # it is the passing of time that is tested
    return answers


def test_hold_time_is_kept(lab: Lab, soaking: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """RFC 4271 §4.4: something is heard of the daemon before the hold time is over."""
    routes = MANY_ROUTES if soaking else ROUTES
    arena = Arena(lab)
    watch = arena.crowd("watch", Plan(DAEMON, PORT, [WATCH]))
    daemon = arena.daemon([WATCH, *LOAD], told={READER.address})
    eventually(lambda: watch.report.up, equals=1, within=PATIENCE)
    daemon.longest_callback()  # what it took to start is another matter
    load = arena.crowd("load", Plan(DAEMON, PORT, LOAD, routes))
    answers = answers_during(daemon, load)
    load.rest()
    eventually(lambda: load.report.stories[KEEPER.address].prefixes, equals=routes, within=PATIENCE)
    longest = daemon.longest_callback()
    with capsys.disabled():
        silence = watch.report.stories[WATCH.address].longest_silence
        print(f"\n{routes:,} routes, {answers} answers, longest silence {silence:.1f} s")
        print(f"longest callback {longest['cpu'] * 1000:.0f} ms of CPU time: {longest['what'][:110]}")
    assert watch.report.up == 1
    assert watch.report.harmed(HOLD_TIME) == {}
    assert load.report.endings == {}
    assert "Traceback" not in daemon.log()
    if soaking:  # which has the machine for itself: elsewhere a time proves nothing
        assert longest["cpu"] < LONGEST_CALLBACK
