"""When routes of an earlier process are let go: at the convergence, or when they have stayed long enough."""

import logging
from dataclasses import dataclass, field
from typing import Final

import pytest

from bgpd.restart.adoption import Adoption
from bgpd.restart.convergence import PASSIVE_PATIENCE
from messages.families import IPV4_UNICAST
from tests.protocols.virtual_time import VirtualTime

PATIENCE: Final = 20.0


@dataclass
class Keeper:
    """A kernel's table that notes when it was told."""

    name: str
    adopt_wait: int
    clock: VirtualTime
    strays: int = 0
    is_held: bool = False
    told: list[float] = field(default_factory=list)

    has_nothing_to_adopt: bool = False

    def feed_complete(self) -> None:
        self.told.append(self.clock.time() - 1000)

    def adopt_nothing(self) -> None:
        self.has_nothing_to_adopt = True


@dataclass
class Worker:
    is_behind: bool = False


class Start:
    """A daemon's start with two kernel tables."""

    def __init__(self, *neighbors: str, waits: tuple[int, int] = (120, 120), strays: int = 0) -> None:
        self.clock = VirtualTime()
        self.keepers = [
            Keeper(f"kernel{number}", wait, self.clock, strays * number)
            for number, wait in enumerate(waits, start=1)
        ]
        self.worker = Worker()
        self.adoption = Adoption(self.keepers, [Worker(), self.worker], self.clock)
        for name in neighbors:
            self.adoption.convergence.expect(name, PATIENCE, self.clock.time())
        self.adoption.begin()

    def finish(self, name: str) -> None:
        convergence = self.adoption.convergence
        convergence.session_up(name, [IPV4_UNICAST], lambda: 1, self.clock.time())
        convergence.end_of_rib(name, IPV4_UNICAST)

    @property
    def told(self) -> list[list[float]]:
        return [keeper.told for keeper in self.keepers]


def test_without_neighbors_they_go_at_once() -> None:
    start = Start()
    start.clock.pass_by()
    assert start.told == [[0], [0]]
    assert start.clock.appointments == 0


def test_but_not_before_what_is_known_has_been_worked_on() -> None:
    start = Start(waits=(120, 0))
    start.worker.is_behind = True
    start.clock.pass_by(3)
    assert start.told == [[], []]
    start.worker.is_behind = False
    start.clock.pass_by(0.1)
    assert start.told == [[pytest.approx(3, abs=0.1)], [pytest.approx(3, abs=0.1)]]


def test_they_go_when_the_last_neighbor_has_said_everything() -> None:
    start = Start("tor1", "tor2")
    start.clock.pass_by(1.25)
    start.finish("tor1")
    start.clock.pass_by(1.25)
    assert start.told == [[], []]
    start.finish("tor2")
    start.clock.pass_by()
    assert start.told == [[2.5], [2.5]]
    assert start.clock.appointments == 0


def test_what_the_last_one_said_has_to_be_worked_on() -> None:
    start = Start("tor1")
    start.clock.pass_by(1)
    start.worker.is_behind = True
    start.finish("tor1")
    start.clock.pass_by(10)
    assert start.told == [[], []]
    start.worker.is_behind = False
    start.clock.pass_by(0.1)
    assert start.told[0] == [pytest.approx(11, abs=0.1)]


def test_a_dead_neighbor_is_not_waited_for_as_long_as_is_allowed() -> None:
    start = Start("tor1")
    start.clock.pass_by(PATIENCE + 1)
    assert start.told == [[PATIENCE], [PATIENCE]]


def test_each_table_has_its_own_longest_time() -> None:
    """Zero is at once; the other one goes on waiting."""
    start = Start("tor1", waits=(0, 4))
    start.clock.pass_by(0.5)
    assert start.told == [[0], []]
    start.clock.pass_by(5)
    assert start.told == [[0], [pytest.approx(4, abs=1)]]


def test_routes_without_time_wait_for_work_but_not_for_ever() -> None:
    """A neighbor that never stops talking keeps nothing in place."""
    start = Start("tor1", waits=(0, 4))
    start.worker.is_behind = True
    start.clock.pass_by(20)
    assert start.told == [[pytest.approx(5, abs=0.1)], [pytest.approx(9, abs=0.1)]]


def test_a_daemon_that_ends_lets_nothing_go() -> None:
    start = Start("tor1")
    start.clock.pass_by(1)
    start.adoption.stop()
    start.adoption.convergence.dismiss("tor1")
    start.clock.pass_by(PASSIVE_PATIENCE)
    assert start.told == [[], []]


def test_events_before_the_start_wait_for_it() -> None:
    clock = VirtualTime()
    adoption = Adoption([Keeper("kernel1", 120, clock)], [], clock)
    adoption.convergence.expect("tor1", PATIENCE, clock.time())
    adoption.convergence.dismiss("tor1")
    assert clock.appointments == 0


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return found


def test_who_was_not_told_what_is_wanted_lets_go_of_nothing() -> None:
    """RFC 4724 §4.1: after a restart that comes later, as soon as all is known."""
    start = Start(strays=1)
    start.keepers[0].is_held = True
    start.clock.pass_by(300)
    assert (len(start.keepers[0].told), len(start.keepers[1].told)) == (0, 1)
    start.keepers[0].is_held = False
    start.clock.pass_by(1)
    assert len(start.keepers[0].told) == 1
    assert start.clock.appointments == 0


def test_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgpd.kernel")
    start = Start("tor1", "tor2", strays=1, waits=(120, 3))
    stay = "of an earlier process stay until all neighbors have said what they have"
    both = "tor1 (no session), tor2 (no session)"
    assert lines(caplog) == [
        f"kernel1: 1 route {stay} (waiting for {both})",
        f"kernel2: 2 routes {stay} (waiting for {both})",
    ]
    start.finish("tor1")
    start.clock.pass_by(4)
    [line] = lines(caplog)
    told = "still waiting for tor2 (no session): 2 routes that nobody wants go"
    assert line == f"kernel2: after 3 s (adopt_wait), {told}"
    start.keepers[0].strays = 0
    start.clock.pass_by(PATIENCE)
    assert lines(caplog) == ["kernel1: converged after 20.0 s without tor2: no route is left over"]


def test_nothing_is_logged_where_nothing_happens(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgpd.kernel")
    Start().clock.pass_by()
    assert lines(caplog) == []


def test_a_table_of_the_kernel_that_comes_later_waits_like_the_others_if_they_still_do() -> None:
    start = Start("tor1")
    late, later = Keeper("late", 120, start.clock), Keeper("later", 120, start.clock)
    start.adoption.join(late)
    start.finish("tor1")
    start.clock.pass_by(1)
    assert late.told
    start.adoption.join(later)
    assert later.has_nothing_to_adopt
    assert not later.told
