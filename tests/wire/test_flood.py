"""Malformed messages by the thousand: nothing of them may stay in memory, and hardly anything in the log."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.interop.routers import Bgpd
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces
from tests.wire.case import EXTERNAL, FULL, Case, Moment, Then
from tests.wire.cases import CASES
from tests.wire.octets import EXTERNAL_ASN, NEW, TARGET, TARGET6, community, prefix
from tests.wire.speaker import Speaker
from tests.wire.stage import Stage

pytestmark = [pytest.mark.interop, pytest.mark.soak]

MESSAGES: Final = 100_000
SHORT: Final = 4_000
SLACK: Final = 4 << 20
"""Octets that the allocator may keep; 100,000 messages that leave as much as a pointer each take more."""
PREFIXES: Final = 64
LOGGED: Final = 500
"""Lines; the rest is counted only (RFC 7606 §8 wants errors logged, not the disk filled)."""

SURVIVED: Final = tuple(
    each
    for each in CASES
    if (each.moment, each.kind, each.terms) == (Moment.ESTABLISHED, EXTERNAL, FULL)
    and not each.needs
    and each.sends
    and all(isinstance(outcome, Then) and outcome.resends is None for outcome in each.outcomes)
)
"""What a session lives through, so that one session can be told all of it."""


@pytest.fixture
def stage() -> Iterator[Stage]:
    need_network_namespaces()
    with Stage(Bgpd, CASES) as made:
        yield made


def messages(number: int) -> Iterator[bytes]:
    """Yield what each of these cases says, with other routes and other communities in every round."""
    target = prefix(f"10.{number % PREFIXES}.7.0/24")
    target6 = prefix(f"2001:db8:{0x1000 + number % PREFIXES:x}::/48")
    news = community((EXTERNAL_ASN, number & 0xFFFF))
    for each in SURVIVED:
        said = each.sends.replace(prefix(TARGET), target).replace(prefix(TARGET6), target6)
        yield said.replace(NEW, news)


def test_memory_does_not_grow(stage: Stage, soaking: bool) -> None:
    rounds = -(-(MESSAGES if soaking else SHORT) // len(SURVIVED))
    warming = max(rounds // 4, 2)
    with stage.session(SURVIVED[0]) as speaker:
        say_all(stage, speaker, range(warming))
        before = resident(stage)
        say_all(stage, speaker, range(warming, warming + rounds))
        after = resident(stage)
    assert after < before + SLACK
    log = stage.daemon.processes[0].log.read_text()
    assert "Traceback" not in log
    assert log.count("\n") < LOGGED


def say_all(stage: Stage, speaker: Speaker, rounds: range) -> None:
    """Say it, round by round, and see each time that the daemon has come to the end of it."""
    for number in rounds:
        for octets in messages(number):
            speaker.send(octets)
        assert stage.mark(SURVIVED[0], speaker, f"10.255.{number & 0xFF}.0/24"), speaker.last_words()


def test_sessions_that_end_leave_nothing(stage: Stage, soaking: bool) -> None:
    """What ends a session, over and over."""
    endings = [each for each in CASES if not each.needs and not each.patience and each not in SURVIVED]
    chosen = endings if soaking else endings[::12]
    play_all(stage, chosen)
    before = resident(stage)
    for _ in range(4 if soaking else 1):
        play_all(stage, chosen)
    assert resident(stage) < before + SLACK


def play_all(stage: Stage, cases: list[Case]) -> None:
    """Play cases; after an error the neighbor is not admitted at once."""
    for each in cases:
        assert eventually(partial(stage.play, each), lambda verdict: bool(verdict.passed))


def resident(stage: Stage) -> int:
    """Octets of memory the daemon has."""
    status = Path(f"/proc/{stage.daemon.processes[0].pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) << 10
