"""How long neighbors that have kept our routes are told nothing after a restart (RFC 4724 §4.1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import pytest

from bgpd.restart.deferral import Deferral
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from tests.protocols.virtual_time import VirtualTime

BOTH: Final = (IPV4_UNICAST, IPV6_UNICAST)
PATIENCE: Final = 7.0
LIMIT: Final = 60.0


@dataclass
class Place:
    family: Family


@dataclass
class Worker:
    table: Place
    is_behind: bool = False


@dataclass
class Start:
    """A start after which these neighbors are expected."""

    expected: tuple[str, ...] = ()
    over: list[Family] = field(default_factory=list)
    is_over: bool = False

    def __post_init__(self) -> None:
        self.time = VirtualTime()
        self.workers = {family: Worker(Place(family)) for family in BOTH}
        self.deferral = Deferral(self.workers.values(), self.time)
        self.deferral.on_over = self.end
        self.deferral.defer(LIMIT)
        for name in self.expected:
            self.deferral.expect(name, BOTH, PATIENCE)
        for family in BOTH:
            self.deferral.when_over(family, partial(self.over.append, family))
        self.deferral.begin()

    def end(self) -> None:
        self.is_over = True

    def up(self, name: str, *families: Family) -> "Start":
        self.deferral.session_up(name, families, lambda: int(self.time.time()))
        return self

    def ends(self, name: str, *families: Family) -> "Start":
        for family in families:
            self.deferral.end_of_rib(name, family)
        return self

    def after(self, seconds: float) -> "Start":
        self.time.pass_by(seconds)
        return self


Scene = Callable[[], Start]
STORIES: Final[tuple[tuple[str, Scene, tuple[Family, ...]], ...]] = (
    ("nobody is expected", lambda: Start().after(0), BOTH),
    ("nobody has come yet", lambda: Start(("tor1",)).after(PATIENCE - 1), ()),
    ("nobody comes", lambda: Start(("tor1",)).after(PATIENCE + 1), BOTH),
    ("a session", lambda: Start(("tor1",)).up("tor1", *BOTH).after(30), ()),
    (
        "End-of-RIB of one family",
        lambda: Start(("tor1",)).up("tor1", *BOTH).ends("tor1", BOTH[1]).after(0),
        BOTH[1:],
    ),
    ("End-of-RIB of both", lambda: Start(("tor1",)).up("tor1", *BOTH).ends("tor1", *BOTH).after(0), BOTH),
    ("a family that it does not have", lambda: Start(("tor1",)).up("tor1", BOTH[0]).after(30), BOTH[1:]),
    ("it waits for us itself", lambda: Start(("tor1",)).up("tor1").after(0), BOTH),
    (
        "one of two is dead",
        lambda: Start(("tor1", "tor2")).up("tor1", *BOTH).ends("tor1", *BOTH).after(PATIENCE + 1),
        BOTH,
    ),
    (
        "but may still live",
        lambda: Start(("tor1", "tor2")).up("tor1", *BOTH).ends("tor1", *BOTH).after(PATIENCE - 1),
        (),
    ),
    ("for ever", lambda: Start(("tor1",)).up("tor1", *BOTH).after(LIMIT), BOTH),
    ("not quite for ever", lambda: Start(("tor1",)).up("tor1", *BOTH).after(LIMIT - 1), ()),
)


@pytest.mark.parametrize(("scene", "over"), [row[1:] for row in STORIES], ids=[row[0] for row in STORIES])
def test_which_families_are_complete(scene: Scene, over: tuple[Family, ...]) -> None:
    start = scene()
    assert tuple(start.over) == over
    assert [start.deferral.concerns(family) for family in BOTH] == [family not in over for family in BOTH]
    assert (start.is_over, start.deferral.is_over) == (over == BOTH, over == BOTH)


def test_what_was_said_has_to_be_settled() -> None:
    """And what is said of the other family is of no importance."""
    start = Start(("tor1",))
    start.workers[IPV4_UNICAST].is_behind = True
    start.up("tor1", *BOTH).ends("tor1", *BOTH).after(3)
    assert start.over == [IPV6_UNICAST]
    start.workers[IPV4_UNICAST].is_behind = False
    assert start.after(0.1).over == [IPV6_UNICAST, IPV4_UNICAST]
    assert start.time.appointments == 0


def test_what_is_shown() -> None:
    start = Start(("tor1", "tor2")).up("tor1", *BOTH).ends("tor1", IPV4_UNICAST).after(5)
    deferral = start.deferral
    assert (deferral.number_waited_for, deferral.left, deferral.limit) == (2, LIMIT - 5, LIMIT)
    assert [deferral.waits_for(name) for name in ("tor1", "tor2", "tor3")] == [True, True, False]
    assert start.ends("tor1", IPV6_UNICAST).deferral.number_waited_for == 1


def test_who_is_shut_down_is_not_waited_for() -> None:
    start = Start(("tor1",))
    start.deferral.dismiss("tor1")
    assert start.after(0).is_over


def test_a_session_that_is_lost_may_come_back() -> None:
    start = Start(("tor1",)).up("tor1", *BOTH).after(4)
    start.deferral.session_down("tor1")
    assert not start.after(PATIENCE - 1).over
    assert start.up("tor1", *BOTH).ends("tor1", *BOTH).after(0).is_over


def test_without_a_restart_nobody_waits() -> None:
    deferral = Deferral()
    deferral.expect("tor1", BOTH, PATIENCE)
    deferral.session_up("tor1", BOTH, lambda: 0)
    deferral.begin()
    assert (deferral.is_over, deferral.concerns(IPV4_UNICAST), deferral.number_waited_for) == (True, False, 0)


def test_the_daemon_may_end_before() -> None:
    start = Start(("tor1",))
    start.deferral.stop()
    assert (start.after(99).over, start.time.appointments) == ([], 0)


class Broken(Worker):
    """One that has a bug."""

    @property
    def is_behind(self) -> bool:
        raise LookupError

    @is_behind.setter
    def is_behind(self, _value: bool) -> None: ...


def test_a_bug_keeps_nobody_waiting_for_ever() -> None:
    start = Start(("tor1",))
    start.workers[IPV4_UNICAST] = Broken(Place(IPV4_UNICAST))
    assert start.after(LIMIT - 1).over == [IPV6_UNICAST]
    assert start.after(2).over == [IPV6_UNICAST, IPV4_UNICAST]
    assert start.is_over
