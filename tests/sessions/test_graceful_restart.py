"""What becomes of a session when its peer restarts, over the loopback interface (RFC 4724, RFC 8538)."""

from dataclasses import replace

import pytest

from fsm.state import State
from messages.capabilities import GracefulRestart, RestartingFamily
from messages.families import IPV4_UNICAST
from messages.iana import MessageType
from messages.keepalive import KEEPALIVE
from messages.notification import Notification, encode_notification, hard_reset
from tests.sessions.speakers import OURS, Puppet, lone_speaker, puppet_open

HELPER = replace(OURS, graceful_restart="helper")
IPV4 = (RestartingFamily(IPV4_UNICAST, forwarding_preserved=True),)
ABLE = GracefulRestart(restarting=False, notification=True, restart_time=120, families=IPV4)
RESTARTED = ABLE._replace(restarting=True)
CEASE = Notification(6, 2)


async def test_a_restarted_peer_replaces_its_session() -> None:
    """RFC 4724 §5: the former connection is lost, and nobody had noticed."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, restart=ABLE), await Puppet.connect(speaker) as again:
            again.send(puppet_open(restart=RESTARTED), KEEPALIVE)
            await speaker.handler.until(lambda: len(speaker.handler.sessions) == 2)
            assert speaker.handler.ends == ["Socket: Connection closed"]
            assert speaker.handler.retained == (IPV4_UNICAST,)
            assert speaker.peer.state is State.ESTABLISHED


async def test_who_lost_the_race_of_two_connections_is_no_restart() -> None:
    """Both ends of a mesh connect: the second connection must not tear down what the first has recovered."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, restart=ABLE), await Puppet.connect(speaker) as again:
            again.send(puppet_open(restart=ABLE))
            assert await again.notification() == Notification(6, 7)
            assert (speaker.peer.state, speaker.handler.ends) == (State.ESTABLISHED, [])
            assert speaker.peer.last_error == ""


async def test_a_restarted_peer_that_opens_two_connections_has_restarted_once() -> None:
    """The Restart State bit is in both OPENs; the second connection was there before the session."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.connect(speaker) as first, await Puppet.connect(speaker) as second:
            assert await second.receive() == MessageType.OPEN
            first.send(puppet_open(restart=RESTARTED), KEEPALIVE)
            await speaker.established()
            second.send(puppet_open(restart=RESTARTED))
            assert await second.notification() == Notification(6, 7)
            assert (speaker.peer.state, speaker.handler.ends) == (State.ESTABLISHED, [])


async def test_no_connection_takes_over_while_routes_are_removed() -> None:
    """Routes that came now would be removed with those of the session that has ended."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        speaker.handler.on_down = speaker.peer.hold
        async with (
            await Puppet.establish(speaker, restart=ABLE._replace(notification=False)) as first,
            await Puppet.connect(speaker) as again,
        ):
            assert await again.receive() == MessageType.OPEN
            first.send(encode_notification(CEASE))
            await speaker.handler.until(lambda: speaker.handler.ends)
            assert await again.notification() == Notification(6, 7)
            speaker.peer.release()
            assert speaker.peer.state is State.ACTIVE


async def test_a_refusal_of_the_second_connection_is_no_error_of_the_session() -> None:
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, restart=ABLE), await Puppet.connect(speaker) as again:
            assert await again.receive() == MessageType.OPEN
            again.send(encode_notification(Notification(6, 7)))
            assert await again.receive() is None
            assert (speaker.peer.state, speaker.peer.last_error) == (State.ESTABLISHED, "")


async def test_a_second_connection_has_the_first_one_tried() -> None:
    """If the peer's host knows nothing of the first one, its kernel answers with a reset."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, restart=ABLE) as first, await Puppet.connect(speaker):
            assert await first.receive() == MessageType.KEEPALIVE


async def test_a_peer_without_restart_time_is_not_succeeded() -> None:
    """Nothing of it would be kept, and what it brings at once would be removed with what it had."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with (
            await Puppet.establish(speaker, restart=ABLE._replace(restart_time=0)),
            await Puppet.connect(speaker) as again,
        ):
            assert await again.notification() == Notification(6, 7)
            assert speaker.handler.ends == []


async def test_the_second_connection_takes_over_when_the_first_one_is_lost() -> None:
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with (
            await Puppet.establish(speaker, restart=ABLE) as first,
            await Puppet.connect(speaker) as again,
        ):
            assert await again.receive() == MessageType.OPEN
            first.finish()
            await speaker.handler.until(lambda: speaker.handler.ends)
            again.send(puppet_open(restart=ABLE), KEEPALIVE)
            await speaker.handler.until(lambda: len(speaker.handler.sessions) == 2)


@pytest.mark.parametrize(
    ("notification", "retained"),
    [(CEASE, (IPV4_UNICAST,)), (hard_reset(CEASE), ())],
    ids=["graceful", "hard reset"],
)
async def test_a_notification_of_the_peer(notification: Notification, retained: tuple[object, ...]) -> None:
    """RFC 8538 §4."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, restart=ABLE) as puppet:
            puppet.send(encode_notification(notification))
            await speaker.handler.until(lambda: speaker.handler.ends)
            assert speaker.handler.retained == retained


@pytest.mark.parametrize(
    ("restart", "notification"),
    [(ABLE, hard_reset(CEASE)), (ABLE._replace(notification=False), CEASE), (None, CEASE)],
    ids=["N bit", "no N bit", "no graceful restart"],
)
async def test_who_is_shut_down_keeps_nothing_of_ours(
    restart: GracefulRestart | None, notification: Notification
) -> None:
    """RFC 8538 §3: a peer that keeps routes after a NOTIFICATION is sent a hard reset."""
    async with lone_speaker(HELPER) as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, restart=restart) as puppet:
            speaker.peer.stop()
            assert await puppet.notification() == notification
            assert (speaker.handler.ends, speaker.handler.retained) == (["Administrative shutdown"], ())
