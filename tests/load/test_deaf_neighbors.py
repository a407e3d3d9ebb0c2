"""Neighbors that take nothing of what they are sent, beside others who must not notice."""

import signal
from dataclasses import dataclass
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.waiting import eventually
from tests.load.arena import DAEMON, PORT, Arena, Crowd, MeasuredBgpd, part
from tests.load.plan import Conduct, Part, Plan

pytestmark = pytest.mark.interop

MANY_ROUTES: Final = 100_000
"""More than a window and all buffers on the way hold, as they are flapped."""
FEW_ROUTES: Final = 20_000
"""More than the window, but the kernel takes all there is to send."""
SHORT_HOLD_TIME: Final = 3
SEND_HOLD_TIME: Final = 10
PATIENCE: Final = 120.0
BOUND: Final = 100 << 20
"""Octets that two neighbors may cost who are not up to date: their backlogs, and what is already written."""

FEEDER: Final = part(0, Conduct.FEEDS)
KEEPER: Final = part(1, Conduct.KEEPS)
INNOCENT: Final = [FEEDER, KEEPER, *(part(number) for number in range(2, 6))]
DEAF: Final = part(6, Conduct.DEAF, hold_time=SHORT_HOLD_TIME)
STOPPED: Final = part(7, hold_time=SHORT_HOLD_TIME)
EVERYBODY: Final = [*INNOCENT, DEAF, STOPPED]


@dataclass
class Bystanders:
    """A daemon, and those of its neighbors who behave."""

    daemon: MeasuredBgpd
    crowd: Crowd
    routes: int

    def are_unharmed(self) -> None:
        """Nobody lost a session or waited too long, and what is sent in the end is right."""
        self.crowd.rest()
        eventually(self._held, equals=self.routes, within=PATIENCE)
        assert self.crowd.report.harmed(FEEDER.hold_time) == {}
        assert self.crowd.report.up == len(INNOCENT)
        assert "Traceback" not in self.daemon.log()

    def _held(self) -> int:
        return self.crowd.report.stories[KEEPER.address].prefixes


def bystanders(arena: Arena, routes: int) -> Bystanders:
    """Start the daemon and bring up the sessions of those who behave."""
    crowd = arena.crowd("innocent", Plan(DAEMON, PORT, INNOCENT, routes))
    told = {each.address for each in [*INNOCENT[2:], STOPPED]}
    daemon = arena.daemon(EVERYBODY, told, {DEAF.address: f"send_hold_time = {SEND_HOLD_TIME}"})
    eventually(lambda: crowd.report.up, equals=len(INNOCENT), within=PATIENCE)
    eventually(lambda: crowd.report.sweeps, within=PATIENCE)
    return Bystanders(daemon, crowd, routes)


def join(arena: Arena, who: Part) -> Crowd:
    """Start one more neighbor in a process of its own."""
    crowd = arena.crowd(who.conduct, Plan(DAEMON, PORT, [who]))
    eventually(lambda: crowd.report.up, equals=1, within=PATIENCE)
    return crowd


def await_error(daemon: MeasuredBgpd, who: Part, error: str) -> None:
    """Wait until ``show protocols`` gives this as the reason why there is no session."""
    eventually(lambda: f"Error: {error}" in daemon.line(who.address), within=PATIENCE)


@pytest.mark.parametrize("routes", [MANY_ROUTES, FEW_ROUTES])
def test_who_reads_nothing_is_dropped(lab: Lab, routes: int) -> None:
    """RFC 9687 §3.1: its KEEPALIVEs do not help; it is told why, should it ever read again."""
    arena = Arena(lab)
    others = bystanders(arena, routes)
    if routes == FEW_ROUTES:
        others.crowd.rest()
    before = others.daemon.resident
    deaf = join(arena, DEAF)
    await_error(others.daemon, DEAF, "Send hold timer expired")
    deaf.hear()
    eventually(lambda: deaf.report.endings, equals={DEAF.address: "NOTIFICATION 8/0"})
    assert others.daemon.resident < before + BOUND
    others.are_unharmed()


def test_who_says_nothing_is_dropped(lab: Lab) -> None:
    """RFC 4271 §6.5, for a process that is stopped while it is sent a table."""
    arena = Arena(lab)
    others = bystanders(arena, MANY_ROUTES)
    before = others.daemon.resident
    stopped = join(arena, STOPPED)
    stopped.process.signal(signal.SIGSTOP)
    await_error(others.daemon, STOPPED, "Hold timer expired")
    stopped.process.signal(signal.SIGCONT)
    eventually(lambda: stopped.report.endings)
    assert others.daemon.resident < before + BOUND
    others.are_unharmed()
