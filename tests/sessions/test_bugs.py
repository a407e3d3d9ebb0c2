"""A bug of ours ends the connections with one neighbor, whatever it was in, and they come back."""

from dataclasses import replace

import pytest

from bgpd.health import backoff
from fsm.machine import Machine
from fsm.state import State
from messages.capabilities import GracefulRestart, RestartingFamily
from messages.families import IPV4_UNICAST
from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification, hard_reset
from tests.faults.bugs import BugError, bug_in
from tests.sessions.speakers import END_OF_RIB, OURS, Puppet, Speaker, lone_speaker

HELPER = replace(OURS, graceful_restart="helper")
IPV4 = (RestartingFamily(IPV4_UNICAST, forwarding_preserved=True),)
ABLE = GracefulRestart(restarting=False, notification=True, restart_time=120, families=IPV4)
UNSPECIFIC = Notification(ErrorCode.CEASE, CeaseSubcode.UNSPECIFIC)


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_REST", 0.05)


def break_on_update(speaker: Speaker) -> None:
    def broken(_body: bytes) -> None:
        raise BugError("boom")

    speaker.handler.on_update = broken


@pytest.mark.parametrize(
    ("restart", "expected"),
    [(None, UNSPECIFIC), (ABLE, hard_reset(UNSPECIFIC)), (ABLE._replace(notification=False), UNSPECIFIC)],
)
async def test_the_neighbor_is_not_to_wait_for_us(
    restart: GracefulRestart | None, expected: Notification
) -> None:
    """RFC 8538 §3: after a hard reset it keeps nothing, and neither do we."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        break_on_update(speaker)
        async with await Puppet.establish(speaker, restart=restart) as puppet:
            puppet.send(END_OF_RIB)
            assert await puppet.notification() == expected
        assert speaker.handler.retained == ()
        assert speaker.peer.last_fault is not None
        assert "BugError: boom" in speaker.peer.last_fault.what


async def test_it_comes_back_after_a_rest() -> None:
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        break_on_update(speaker)
        for number in range(1, 3):
            async with await Puppet.establish(speaker) as puppet:
                puppet.send(END_OF_RIB)
                assert await puppet.notification() == UNSPECIFIC
            assert speaker.peer.backoff.number == number
            assert speaker.peer.state is State.IDLE
            await speaker.reaches(State.ACTIVE)


async def test_not_even_an_orderly_end_is_possible() -> None:
    """The machine itself is broken, and breaks again when it shall end the session."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        break_on_update(speaker)
        async with await Puppet.establish(speaker) as puppet:
            with bug_in(Machine, "handle"):
                puppet.send(END_OF_RIB)
                assert await puppet.notification() is None
            assert speaker.handler.ends == ["a bug"]
            await speaker.reaches(State.ACTIVE)
        speaker.handler.on_update = lambda _body: None
        async with await Puppet.establish(speaker):
            assert speaker.peer.state is State.ESTABLISHED


async def test_who_is_stopped_stays_so() -> None:
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker):
            with bug_in(Machine, "handle"):
                speaker.peer.stop()
        assert speaker.peer.state is State.IDLE
        assert speaker.peer.countdowns.error_wait is None
