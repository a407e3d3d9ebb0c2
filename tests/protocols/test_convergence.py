"""Who is waited for at the start, and until when (RFC 4724 §2)."""

from collections.abc import Callable
from typing import Final

import pytest

from bgpd.restart.convergence import QUIET, Convergence
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family

PATIENCE: Final = 20.0
BOTH: Final = (IPV4_UNICAST, IPV6_UNICAST)


class Start:
    """What happens at a start, told second by second; nothing else is worked on unless it says so."""

    def __init__(self, *expected: str) -> None:
        self.convergence = Convergence(self._noticed)
        self.noticed = 0
        self.updates: dict[str, int] = {}
        self.now = 0.0
        for name in expected:
            self.convergence.expect(name, PATIENCE, self.now)

    def _noticed(self) -> None:
        self.noticed += 1

    def up(self, name: str, *families: Family) -> "Start":
        self.updates.setdefault(name, 0)
        self.convergence.session_up(name, families, lambda: self.updates[name], self.now)
        return self

    def ends(self, name: str, *families: Family) -> "Start":
        for family in families:
            self.convergence.end_of_rib(name, family)
        return self

    def down(self, name: str) -> "Start":
        self.convergence.session_down(name, self.now)
        return self

    def off(self, name: str) -> "Start":
        self.convergence.dismiss(name)
        return self

    def says(self, name: str, updates: int = 1) -> "Start":
        self.updates[name] += updates
        return self

    def after(self, seconds: float, *, is_busy: bool = False) -> "Start":
        for _ in range(int(seconds)):
            self.now += 1
            self.convergence.look(self.now, is_busy=is_busy)
        return self

    def look(self, *, is_busy: bool = False) -> "Start":
        self.convergence.look(self.now, is_busy=is_busy)
        return self


Scene = Callable[[], Start]
OVER: Final = ""
WAITING: Final[tuple[tuple[str, Scene, str], ...]] = (
    ("nobody", lambda: Start().look(), OVER),
    ("nobody, and our own work", lambda: Start().look(is_busy=True), "what was received to be worked on"),
    ("no session yet", lambda: Start("tor1").after(PATIENCE - 1), "tor1 (no session)"),
    ("no session in time", lambda: Start("tor1").after(PATIENCE), OVER),
    ("End-of-RIB", lambda: Start("tor1").up("tor1", IPV4_UNICAST).ends("tor1", IPV4_UNICAST).look(), OVER),
    (
        "End-of-RIB of one family of two",
        lambda: Start("tor1").up("tor1", *BOTH).ends("tor1", IPV4_UNICAST).look(),
        "tor1 (no End-of-RIB for ipv6)",
    ),
    ("of both", lambda: Start("tor1").up("tor1", *BOTH).ends("tor1", *BOTH).look(), OVER),
    (
        "End-of-RIB while we are behind",
        lambda: Start("tor1").up("tor1", IPV4_UNICAST).ends("tor1", IPV4_UNICAST).look(is_busy=True),
        "what was received to be worked on",
    ),
    (
        "one of two",
        lambda: Start("tor1", "tor2").up("tor1", IPV4_UNICAST).ends("tor1", IPV4_UNICAST).look(),
        "tor2 (no session)",
    ),
    (
        "a neighbor without End-of-RIB, not yet silent",
        lambda: Start("tor1").up("tor1", *BOTH).after(QUIET - 1),
        "tor1 (no End-of-RIB for ipv4 and ipv6)",
    ),
    ("silent from the beginning", lambda: Start("tor1").up("tor1", *BOTH).after(QUIET), OVER),
    (
        "it speaks again",
        lambda: Start("tor1").up("tor1", IPV4_UNICAST).after(QUIET - 1).says("tor1").after(QUIET),
        "tor1 (no End-of-RIB for ipv4)",
    ),
    (
        "then is silent",
        lambda: Start("tor1").up("tor1", IPV4_UNICAST).after(QUIET - 1).says("tor1").after(QUIET + 1),
        OVER,
    ),
    (
        "silent because we do not read",
        lambda: Start("tor1").up("tor1", IPV4_UNICAST).after(QUIET, is_busy=True).after(QUIET - 1),
        "tor1 (no End-of-RIB for ipv4)",
    ),
    ("refused routes only", lambda: Start("tor1").up("tor1").look(), OVER),
    ("shut down by the operator", lambda: Start("tor1").off("tor1").look(), OVER),
    (
        "shut down in the middle",
        lambda: Start("tor1").up("tor1", IPV4_UNICAST).down("tor1").off("tor1").look(),
        OVER,
    ),
    (
        "a lost session may come back",
        lambda: Start("tor1").after(9).up("tor1", IPV4_UNICAST).down("tor1").after(PATIENCE - 1),
        "tor1 (no session)",
    ),
    ("but not for ever", lambda: Start("tor1").up("tor1", IPV4_UNICAST).down("tor1").after(PATIENCE), OVER),
    (
        "it comes back",
        lambda: Start("tor1").up("tor1", *BOTH).ends("tor1", *BOTH[:1]).down("tor1").up("tor1", *BOTH).look(),
        "tor1 (no End-of-RIB for ipv4 and ipv6)",
    ),
    (
        "lost twice",
        lambda: Start("tor1").up("tor1", *BOTH).down("tor1").up("tor1", *BOTH).down("tor1").look(),
        OVER,
    ),
    (
        "lost after everything was said",
        lambda: Start("tor1", "tor2").up("tor1", *BOTH).ends("tor1", *BOTH).down("tor1").look(),
        "tor2 (no session)",
    ),
    (
        "nobody waits for the same twice",
        lambda: Start("tor1", "tor2").up("tor1", *BOTH).ends("tor1", *BOTH).down("tor1").up("tor1", *BOTH),
        "tor2 (no session)",
    ),
    (
        "a neighbor that was given up comes after all",
        lambda: (
            Start("tor1", "tor2")
            .after(18)
            .up("tor2", *BOTH)
            .after(2)
            .up("tor1", IPV4_UNICAST)
            .ends("tor2", *BOTH)
            .look()
        ),
        "tor1 (no End-of-RIB for ipv4)",
    ),
    (
        "one of a range, whom nobody knew",
        lambda: Start("pods").up("pods_10_0_0_1", *BOTH).look(),
        "pods (no session), pods_10_0_0_1 (no End-of-RIB for ipv4 and ipv6)",
    ),
    (
        "seven",
        lambda: Start(*"abcdefg"),
        "a (no session), b (no session), c (no session), d (no session), e (no session) and 2 more",
    ),
)


@pytest.mark.parametrize(("scene", "words"), [row[1:] for row in WAITING], ids=[name for name, *_ in WAITING])
def test_who_is_waited_for(scene: Scene, words: str) -> None:
    convergence = scene().convergence
    assert (convergence.words(), convergence.is_over) == (words, words == OVER)


LAST: Final[tuple[tuple[str, Scene], ...]] = (
    ("End-of-RIB", lambda: Start("tor1").up("tor1", *BOTH).ends("tor1", *BOTH)),
    ("shut down", lambda: Start("tor1").off("tor1")),
    ("refused routes only", lambda: Start("tor1").up("tor1")),
    ("lost twice", lambda: Start("tor1").up("tor1", *BOTH).down("tor1").up("tor1", *BOTH).down("tor1")),
)


@pytest.mark.parametrize("scene", [scene for _, scene in LAST], ids=[name for name, _ in LAST])
def test_the_last_event_is_noticed_at_once(scene: Scene) -> None:
    assert scene().noticed == 1


def test_other_events_are_not() -> None:
    start = Start("tor1", "tor2").up("tor1", *BOTH).ends("tor1", *BOTH).up("tor2", *BOTH).down("tor2")
    assert start.ends("tor2", IPV4_UNICAST).ends("stranger", IPV4_UNICAST).off("stranger").noticed == 0


def test_it_is_over_for_good() -> None:
    """A session of later says nothing about the start."""
    start = Start("tor1").off("tor1").look()
    start.convergence.expect("tor2", PATIENCE, start.now)
    start.up("tor1", *BOTH).down("tor1").look(is_busy=True)
    assert (start.convergence.is_over, start.convergence.waits, start.noticed) == (True, False, 1)


def test_who_was_waited_for_in_vain() -> None:
    start = Start("tor1", "tor2", "tor3").off("tor3").up("tor1", IPV4_UNICAST).ends("tor1", IPV4_UNICAST)
    assert [*start.after(PATIENCE).convergence.missed] == ["tor2"]


def test_who_came_late_was_not_waited_for_in_vain() -> None:
    start = Start("tor1", "tor2").up("tor2", *BOTH)
    for _ in range(7):
        start.says("tor2").after(3)
    assert [*start.convergence.missed] == ["tor1"]
    assert not start.up("tor1", IPV4_UNICAST).convergence.missed
