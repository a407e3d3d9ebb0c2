"""How long the routes of a neighbor that is away are kept (RFC 4724 §4.2, RFC 8538 §4.1, RFC 9494 §4.2)."""

from collections.abc import Callable
from typing import Final

import pytest

from bgpd.logs.journal import Journal
from bgpd.protocols.stale_routes import Limits, StaleRoutes
from fsm.long_lived_restart import LongLived
from fsm.restart import Restart
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from tests.protocols.virtual_time import VirtualTime

LIMIT: Final = 180
BOTH: Final = (IPV4_UNICAST, IPV6_UNICAST)
RESTART: Final = Restart(
    time=60,
    families=BOTH,
    preserved=frozenset(BOTH),
    is_restarting=True,
    after_notification=False,
    is_helped=True,
)
LONG: Final = 1000
"""As long as the neighbor wants its routes to be long-lived stale."""
LONGEST: Final = 5000
LONG_LIVED: Final = RESTART._replace(
    long_lived=LongLived(dict.fromkeys(BOTH, LONG), preserved=frozenset(BOTH))
)


class Story:
    """What happens to a neighbor, told step by step."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.removed: list[Family] = []
        self.grown_stale: list[Family] = []
        self.stale = StaleRoutes(
            Journal("tor1"),
            Limits(LIMIT, LONGEST),
            self.time,
            self.removed.append,
            self.grown_stale.append,
        )

    def lost(self, *families: Family, time: int = 60, restart: Restart = RESTART) -> "Story":
        self.stale.keep(families or BOTH, restart._replace(time=time))
        return self

    def back(self, restart: Restart | None = RESTART, families: tuple[Family, ...] = BOTH) -> "Story":
        self.stale.session_up(restart, families)
        return self

    def ends(self, *families: Family) -> "Story":
        for family in families:
            self.stale.end_of_rib(family)
        return self

    def after(self, seconds: float) -> "Story":
        self.time.pass_by(seconds)
        return self


def preserved(*families: Family) -> Restart:
    return RESTART._replace(preserved=frozenset(families))


Scene = Callable[[], Story]
STORIES: Final[tuple[tuple[str, Scene, tuple[Family, ...], tuple[Family, ...]], ...]] = (
    ("nothing is lost", lambda: Story().back().ends(*BOTH).after(999), (), ()),
    ("just lost", lambda: Story().lost(), BOTH, ()),
    ("lost for long", lambda: Story().lost().after(59), BOTH, ()),
    ("not back in time", lambda: Story().lost().after(60), (), BOTH),
    ("back in time", lambda: Story().lost().after(59).back().after(100), BOTH, ()),
    ("End-of-RIB of one family", lambda: Story().lost().back().ends(*BOTH[:1]), BOTH[1:], BOTH[:1]),
    ("End-of-RIB of both", lambda: Story().lost().back().ends(*BOTH).after(999), (), BOTH),
    ("another End-of-RIB", lambda: Story().lost().back().ends(*BOTH).ends(*BOTH), (), BOTH),
    ("no End-of-RIB for too long", lambda: Story().lost().back().after(60 + LIMIT), (), BOTH),
    ("no End-of-RIB for long", lambda: Story().lost().back().after(59 + LIMIT), BOTH, ()),
    ("one family not preserved", lambda: Story().lost().back(preserved(*BOTH[1:])), BOTH[1:], BOTH[:1]),
    ("nothing preserved", lambda: Story().lost().back(preserved()), (), BOTH),
    ("back without the capability", lambda: Story().lost().back(None), (), BOTH),
    ("back without a family", lambda: Story().lost().back(families=BOTH[:1]), BOTH[:1], BOTH[1:]),
    ("only one family was to be kept", lambda: Story().lost(*BOTH[:1]), BOTH[:1], ()),
    ("lost again before End-of-RIB", lambda: Story().lost().after(50).back().lost().after(59), BOTH, ()),
    ("lost again, and not back", lambda: Story().lost().after(50).back().lost().after(60), (), BOTH),
    (
        "lost again, without a family",
        lambda: Story().lost().back().lost(*BOTH[:1]),
        BOTH[:1],
        BOTH[1:],
    ),
    (
        "lost time and again",
        lambda: Story().lost().after(50).back().lost().after(50).back().lost(time=999).after(140),
        (),
        BOTH,
    ),
    ("away for as long as it asked", lambda: Story().lost(time=4095).after(4094), BOTH, ()),
    (
        "lost after all was over",
        lambda: Story().lost().after(50).back().ends(*BOTH).after(LIMIT - 51).lost().after(59),
        BOTH,
        BOTH,
    ),
)


@pytest.mark.parametrize(
    ("scene", "stale", "removed"), [row[1:] for row in STORIES], ids=[row[0] for row in STORIES]
)
def test_what_is_kept(scene: Scene, stale: tuple[Family, ...], removed: tuple[Family, ...]) -> None:
    story = scene()
    assert (tuple(story.stale.families), tuple(story.removed)) == (stale, removed)


def test_nothing_is_to_come_when_it_is_over() -> None:
    assert Story().lost().back().ends(*BOTH).time.appointments == 0


def test_what_the_operator_ends_is_removed_by_who_ended_it() -> None:
    story = Story().lost()
    assert (set(story.stale.give_up()), story.removed) == ({*BOTH}, [])
    assert (tuple(story.stale.families), story.time.appointments) == ((), 0)


@pytest.mark.parametrize(
    ("scene", "shown"),
    [
        (Story, None),
        (lambda: Story().lost().after(20), (40, 60)),
        (lambda: Story().lost().after(20).back(), None),
        (lambda: Story().lost().after(20).back().lost(time=99).after(9), (90, 99)),
    ],
    ids=["not lost", "away", "back", "away again"],
)
def test_the_restart_timer_that_is_shown(scene: Scene, shown: tuple[float, float] | None) -> None:
    assert scene().stale.restart_timer == shown


def long_lived(
    *families: Family, time: int = 60, stale_time: int = LONG, preserved: tuple[Family, ...] = BOTH
) -> Restart:
    """Return what is agreed if these families may be long-lived stale."""
    stale_times = dict.fromkeys(families, stale_time)
    return RESTART._replace(time=time, long_lived=LongLived(stale_times, frozenset(preserved)))


def away(restart: Restart = LONG_LIVED) -> Story:
    """Return the story of a neighbor that is not back in time."""
    return Story().lost(time=restart.time, restart=restart).after(restart.time)


IPV4, IPV6 = BOTH
NEVER: Final = ()
LONG_STORIES: Final[
    tuple[tuple[str, Scene, tuple[Family, ...], tuple[Family, ...], tuple[Family, ...]], ...]
] = (
    ("back in time", lambda: Story().lost(restart=LONG_LIVED).after(59), BOTH, NEVER, NEVER),
    ("not back in time", away, BOTH, NEVER, BOTH),
    ("away for long", lambda: away().after(LONG - 1), BOTH, NEVER, BOTH),
    ("away for too long", lambda: away().after(LONG), NEVER, BOTH, BOTH),
    ("one family only", lambda: away(long_lived(IPV6)), (IPV6,), (IPV4,), (IPV6,)),
    ("no time for a restart", lambda: Story().lost(time=0, restart=LONG_LIVED), BOTH, NEVER, BOTH),
    (
        "no time for a restart, one family",
        lambda: Story().lost(IPV4, time=0, restart=long_lived(IPV4)),
        (IPV4,), NEVER, (IPV4,),
    ),
    (
        "one family is not to be kept for a restart",
        lambda: Story().lost(restart=LONG_LIVED._replace(families=(IPV4,))),
        BOTH, NEVER, (IPV6,),
    ),
    ("back after long", lambda: away().after(99).back(LONG_LIVED), BOTH, NEVER, BOTH),
    ("End-of-RIB", lambda: away().after(99).back(LONG_LIVED).ends(IPV4), (IPV6,), (IPV4,), BOTH),
    ("End-of-RIB of both", lambda: away().back(LONG_LIVED).ends(*BOTH).after(9999), NEVER, BOTH, BOTH),
    ("no End-of-RIB for long", lambda: away().back(LONG_LIVED).after(LONG - 1), BOTH, NEVER, BOTH),
    ("no End-of-RIB for too long", lambda: away().back(LONG_LIVED).after(LONG), NEVER, BOTH, BOTH),
    ("not preserved", lambda: away().back(long_lived(*BOTH, preserved=(IPV6,))), (IPV6,), (IPV4,), BOTH),
    ("back without the capability", lambda: away().back(RESTART), NEVER, BOTH, BOTH),
    ("back without graceful restart", lambda: away().back(None), NEVER, BOTH, BOTH),
    ("back without a family", lambda: away().back(LONG_LIVED, (IPV4,)), (IPV4,), (IPV6,), BOTH),
    (
        "back wanting less time",
        lambda: away().back(long_lived(*BOTH, stale_time=1)).after(LONG - 1),
        BOTH, NEVER, BOTH,
    ),
    (
        "lost again before End-of-RIB: what it said meanwhile is stale at once",
        lambda: away().back(LONG_LIVED).lost(restart=LONG_LIVED),
        BOTH, NEVER, BOTH + BOTH,
    ),
    (
        "lost time and again: the end does not move",
        lambda: (
            away().after(400).back(LONG_LIVED).lost(restart=LONG_LIVED).after(400).back(LONG_LIVED)
            .lost(restart=LONG_LIVED).after(LONG - 800)
        ),
        NEVER, BOTH, BOTH * 3,
    ),
    (
        "lost again, without a family",
        lambda: away().back(LONG_LIVED).lost(IPV4, restart=LONG_LIVED),
        (IPV4,), (IPV6,), (*BOTH, IPV4),
    ),
    (
        "lost again in time: a restart, and then for long",
        lambda: Story().lost(restart=LONG_LIVED).after(50).back().lost(restart=LONG_LIVED).after(60),
        BOTH, NEVER, BOTH,
    ),
    (
        "back, but it says nothing: that is no absence",
        lambda: Story().lost(restart=LONG_LIVED).after(50).back(LONG_LIVED).after(10 + LIMIT),
        NEVER, BOTH, NEVER,
    ),
    (
        "no longer than we want",
        lambda: away(long_lived(*BOTH, stale_time=LONGEST + 1)).after(LONGEST),
        NEVER, BOTH, BOTH,
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("scene", "stale", "removed", "grown_stale"),
    [row[1:] for row in LONG_STORIES],
    ids=[row[0] for row in LONG_STORIES],
)
def test_what_is_kept_for_long(
    scene: Scene, stale: tuple[Family, ...], removed: tuple[Family, ...], grown_stale: tuple[Family, ...]
) -> None:
    """RFC 9494 §4.2."""
    story = scene()
    found = tuple(story.stale.families), tuple(story.removed), tuple(story.grown_stale)
    assert found == (stale, removed, grown_stale)


def test_the_long_lived_timers_that_are_shown() -> None:
    story = away().after(400)
    assert story.stale.long_lived_timers == dict.fromkeys(BOTH, (600, LONG))
    assert story.stale.restart_timer is None
    story.back(LONG_LIVED).ends(IPV4).after(100).lost(IPV6, restart=LONG_LIVED).after(9)
    assert story.stale.long_lived_timers == {IPV6: (491, LONG)}
    assert story.time.appointments == 1


def test_what_the_operator_ends_is_not_waited_for() -> None:
    story = away()
    assert (set(story.stale.give_up()), story.removed, story.time.appointments) == ({*BOTH}, [], 0)
