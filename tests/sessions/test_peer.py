"""Peers against each other and against puppets, over TCP on the loopback interface."""

import asyncio
import logging
import re
import socket
import struct
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bgpd.sessions.peer import Peer
from fsm.state import State
from messages.errors import NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.framing import frame
from messages.iana import MessageType
from messages.keepalive import KEEPALIVE
from messages.notification import Notification
from messages.route_refresh import RouteRefresh, encode_route_refresh
from tests.sessions.speakers import (
    END_OF_RIB,
    OURS,
    THEIR_ADDRESS,
    THEIRS,
    Clock,
    Puppet,
    free_port,
    lone_speaker,
    puppet_open,
    two_speakers,
    waiting_puppet,
)

UPDATE_OF_A_THOUSAND = [frame(MessageType.UPDATE, bytes(4) + bytes([24, 10, 0, 0]) * 1000)]


@pytest.mark.parametrize("ours", [OURS, replace(OURS, router_id=0)], ids=["dominant", "submissive"])
@pytest.mark.parametrize("attempt", range(10))
async def test_a_simultaneous_open_ends_in_one_session(ours: object, attempt: int) -> None:
    """RFC 4271 §6.8."""
    router_id = 2 if ours is OURS else 1
    here, there = two_speakers(replace(OURS, router_id=router_id), replace(THEIRS, router_id=3 - router_id))
    async with here, there:
        here.peer.start()
        there.peer.start()
        await here.established()
        await there.established()
        here.session.write(END_OF_RIB)
        there.session.write(END_OF_RIB)
        await there.handler.until(lambda: there.handler.updates)
        await here.handler.until(lambda: here.handler.updates)
        assert (len(here.handler.sessions), len(there.handler.sessions)) == (1, 1)
        assert (here.peer.last_error, there.peer.last_error) == ("", "")


async def test_a_session_has_what_both_agreed_on() -> None:
    here, there = two_speakers(
        replace(OURS, families=(IPV4_UNICAST, IPV6_UNICAST)), replace(THEIRS, families=(IPV6_UNICAST,))
    )
    async with here, there:
        here.peer.start()
        there.peer.start()
        session = await here.established()
        assert session.negotiated.families == (IPV6_UNICAST,)
        assert (session.context.external, session.context.as_number_octets) == (True, 4)
        assert session.peer_router_id == THEIRS.router_id
        assert (session.local_address, session.remote_address) == (b"\x7f\0\0\1", b"\x7f\0\0\2")


async def test_a_session_over_ipv6() -> None:
    here, there = two_speakers(addresses=("::1", "::1"))
    async with here, there:
        here.peer.start()
        there.peer.start()
        assert (await here.established()).remote_address == bytes(15) + b"\1"


async def test_messages_arrive_and_are_counted() -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            speaker.session.write([END_OF_RIB, END_OF_RIB])
            speaker.session.write([])
            puppet.send(END_OF_RIB, encode_route_refresh(RouteRefresh(1, 1)), END_OF_RIB)
            await speaker.handler.until(lambda: len(speaker.handler.updates) == 2)
            assert speaker.handler.refreshes == [RouteRefresh(1, 1)]
            received, sent = speaker.peer.counters.received, speaker.peer.counters.sent
            assert (received[MessageType.UPDATE], received[MessageType.OPEN]) == (2, 1)
            assert (sent[MessageType.UPDATE], sent[MessageType.KEEPALIVE]) == (2, 1)
            assert [await puppet.receive() for _ in range(2)] == [MessageType.UPDATE] * 2


# Coming and going


async def test_a_stopped_neighbor_says_why_and_can_return() -> None:
    here, there = two_speakers()
    async with here, there:
        here.peer.start()
        there.peer.start()
        await here.established()
        await there.established()
        there.peer.stop(communication="back in a minute")
        await here.handler.until(lambda: here.handler.ends)
        assert here.handler.ends == ["Received: Administrative shutdown"]
        assert there.handler.ends == ["Administrative shutdown"]
        failure = here.peer.last_failure
        assert failure is not None
        assert failure.notification is not None
        assert failure.notification.shutdown_communication == "back in a minute"
        assert (here.peer.state, there.peer.state) == (State.ACTIVE, State.IDLE)
        assert (there.peer.last_error, there.peer.established_at) == ("", None)
        there.peer.start()
        await here.established()
        assert here.peer.last_error == ""


async def test_a_silent_close_sends_no_notification() -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            speaker.peer.close_silently()
            assert await puppet.receive() is None


async def test_a_lost_neighbor_may_come_back_at_once() -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            puppet.finish()
            await speaker.reaches(State.ACTIVE)
            assert speaker.peer.last_error == "Socket: Connection closed"
        async with await Puppet.establish(speaker):
            assert speaker.peer.last_error == ""


async def test_a_neighbor_that_was_not_there_is_tried_again(clock: Clock) -> None:
    port = free_port(THEIR_ADDRESS)
    async with lone_speaker(replace(OURS, connect_delay=30), port=port) as speaker:
        speaker.peer.start()
        assert speaker.peer.state is State.ACTIVE
        clock.advance(30)
        await speaker.handler.until(lambda: speaker.peer.last_error)
        assert (speaker.peer.state, speaker.peer.last_error) == (State.ACTIVE, "Socket: Connection refused")
        delay = speaker.peer.countdowns.connect_delay
        assert delay is not None
        assert delay.total == 30
        async with waiting_puppet(port) as future:
            clock.advance(30)
            async with await future as puppet:
                assert await puppet.receive() == MessageType.OPEN


async def test_a_source_address_we_do_not_have_is_named() -> None:
    """Operators look for the real cause in ``show protocols``."""
    async with lone_speaker(port=1) as speaker:
        endpoint = replace(speaker.peer.settings.endpoint, source_address="192.0.2.1")
        settings = replace(speaker.peer.settings, endpoint=endpoint)
        peer = Peer(settings, speaker.handler, asyncio.get_running_loop())
        peer.start()
        assert peer.last_error == "Socket: bind to 192.0.2.1: Cannot assign requested address"
        peer.stop()


# What a neighbor can do wrong


@pytest.mark.parametrize(
    ("data", "code", "subcode"),
    [
        (b"GET / HTTP/1.1\r\nHost: example\r\n\r\n", 1, 1),
        (bytes(19), 1, 1),
        (b"\xff" * 16 + b"\x00\x12\x04", 1, 2),
        (b"\xff" * 16 + b"\x10\x01\x02", 1, 2),
        (b"\xff" * 16 + b"\x00\x13\x09", 1, 3),
        (frame(MessageType.OPEN, b"\x03" + bytes(9)), 2, 1),
        (puppet_open(asn=65002), 2, 2),
        (puppet_open(router_id=0), 2, 3),
        (puppet_open(hold_time=2), 2, 6),
        (KEEPALIVE, 5, 1),
        (END_OF_RIB, 5, 1),
        (encode_route_refresh(RouteRefresh(1, 1)), 5, 1),
        (puppet_open() + END_OF_RIB, 5, 2),
        (puppet_open() + puppet_open(), 5, 2),
        (puppet_open() + KEEPALIVE + puppet_open(), 5, 3),
        (puppet_open() + KEEPALIVE + frame(MessageType.ROUTE_REFRESH, bytes(3)), 7, 1),
    ],
)
async def test_wrong_bytes_end_with_the_right_notification(data: bytes, code: int, subcode: int) -> None:
    """RFC 4271 §6; the neighbor is refused while we rest, and may come back afterwards."""
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.connect(speaker) as puppet:
            puppet.send(data)
            answer = await puppet.notification()
            assert answer is not None
            assert (answer.code, answer.subcode) == (code, subcode)
        assert speaker.peer.state is State.IDLE
        assert speaker.peer.last_error.startswith("BGP Error: ")


async def test_half_an_open_and_a_close_leave_the_neighbor_welcome() -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.connect(speaker) as puppet:
            puppet.send(puppet_open()[:20])
            puppet.finish()
            assert await puppet.notification() is None
        await speaker.reaches(State.ACTIVE)
        async with await Puppet.establish(speaker):
            pass


async def test_a_neighbor_that_says_nothing_is_left_after_the_open_hold_time(clock: Clock) -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.connect(speaker) as puppet:
            assert await puppet.receive() == MessageType.OPEN
            clock.advance(240)
            assert await puppet.notification() == Notification(4, 0)


async def test_after_an_error_the_neighbor_is_refused_until_the_wait_is_over(clock: Clock) -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            clock.advance(90)
            assert await puppet.notification() == Notification(4, 0)
        assert speaker.handler.ends == ["BGP Error: Hold timer expired"]
        wait = speaker.peer.countdowns.error_wait
        assert wait is not None
        assert wait.total == 60
        async with await Puppet.connect(speaker) as puppet:
            assert await puppet.notification() == Notification(6, 5)
        refusal = speaker.peer.last_refusal
        assert refusal is not None
        assert refusal.reason == "waiting after an error (BGP Error: Hold timer expired)"
        clock.advance(60)
        await speaker.reaches(State.ACTIVE)
        async with await Puppet.establish(speaker):
            pass


async def test_the_notification_of_a_peer_that_resets_the_connection_is_read() -> None:
    """It may be unread when writing fails."""
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            speaker.session.pause_reading()
            puppet.send(frame(MessageType.NOTIFICATION, b"\x03\x01"))
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
            puppet._writer.transport.abort()
            while speaker.peer.session is not None:
                speaker.session.write(UPDATE_OF_A_THOUSAND)
                await asyncio.sleep(0)
        assert speaker.peer.last_error == "Received: Malformed attribute list"


# Who is let in


async def test_an_established_session_yields_to_no_other_connection() -> None:
    """RFC 4271 §6.8."""
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker), await Puppet.connect(speaker) as other:
            assert await other.notification() == Notification(6, 7)
            assert speaker.peer.state is State.ESTABLISHED
            assert speaker.peer.last_refusal is not None
            assert speaker.peer.last_refusal.reason == "a session is established"


async def test_a_stopped_peer_refuses() -> None:
    async with lone_speaker() as speaker, await Puppet.connect(speaker) as puppet:
        assert await puppet.notification() == Notification(6, 5)
        assert speaker.peer.last_refusal is not None
        assert speaker.peer.last_refusal.reason == "the neighbor is shut down"


async def test_a_held_peer_refuses_until_it_is_released() -> None:
    """While the routes of the last session are being removed there is no new one."""
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            speaker.peer.hold()
            puppet.finish()
            await speaker.handler.until(lambda: speaker.handler.ends)
        assert speaker.peer.state is State.IDLE
        async with await Puppet.connect(speaker) as puppet:
            assert await puppet.notification() == Notification(6, 5)
        speaker.peer.release()
        async with await Puppet.establish(speaker):
            pass


async def test_a_silent_connection_does_not_keep_the_neighbor_out() -> None:
    """The newest connection of a peer is the live one."""
    async with lone_speaker() as speaker, AsyncExitStack() as stack:
        speaker.peer.start()
        silent = [await stack.enter_async_context(await Puppet.connect(speaker)) for _ in range(3)]
        assert [await puppet.receive() for puppet in silent] == [MessageType.OPEN] * 3
        assert await silent[1].notification() == Notification(6, 7)
        await stack.enter_async_context(await Puppet.establish(speaker))
        assert await silent[0].notification() == Notification(6, 7)


async def test_the_connection_that_comes_in_wins_over_an_attempt_that_hangs() -> None:
    """The attempt may never succeed, behind a firewall for instance."""
    port = free_port(THEIR_ADDRESS)
    async with waiting_puppet(port) as future, lone_speaker(port=port) as speaker:
        speaker.peer.start()
        async with await future as silent, await Puppet.connect(speaker) as puppet:
            puppet.send(puppet_open(router_id=9), KEEPALIVE)
            await speaker.established()
            assert await silent.notification() == Notification(6, 7)


async def test_a_dominant_peer_has_time_to_choose_its_own_connection() -> None:
    """Our connection is answered by it first, but it wants the other one (RFC 4271 §6.8)."""
    port = free_port(THEIR_ADDRESS)
    async with waiting_puppet(port) as future, lone_speaker(port=port) as speaker:
        speaker.peer.start()
        async with await future as ours, await Puppet.connect(speaker) as theirs:
            assert await theirs.receive() == MessageType.OPEN
            ours.send(puppet_open(router_id=9), KEEPALIVE)
            await speaker.reaches(State.OPEN_SENT)
            theirs.send(puppet_open(router_id=9), KEEPALIVE)
            session = await speaker.established()
            assert session.is_incoming
            assert await ours.notification() == Notification(6, 7)


async def test_a_dominant_peer_that_chooses_nothing_gets_the_connection_it_speaks_on(clock: Clock) -> None:
    port = free_port(THEIR_ADDRESS)
    async with waiting_puppet(port) as future, lone_speaker(port=port) as speaker:
        speaker.peer.start()
        async with await future as ours, await Puppet.connect(speaker) as silent:
            assert await silent.receive() == MessageType.OPEN
            ours.send(puppet_open(router_id=9), KEEPALIVE)
            while speaker.peer.state is not State.ESTABLISHED:
                clock.advance(5)
                await asyncio.sleep(0.01)
            assert not speaker.session.is_incoming
            assert await silent.notification() == Notification(6, 7)
            ours.send(END_OF_RIB)
            await speaker.handler.until(lambda: speaker.handler.updates)


async def test_a_peer_that_is_waited_for_cannot_pile_up_work() -> None:
    port = free_port(THEIR_ADDRESS)
    async with waiting_puppet(port) as future, lone_speaker(port=port) as speaker:
        speaker.peer.start()
        async with await future as ours, await Puppet.connect(speaker) as silent:
            assert await silent.receive() == MessageType.OPEN
            ours.send(puppet_open(router_id=9), *[KEEPALIVE] * 5000)
            while speaker.peer.counters.received[MessageType.KEEPALIVE] < 5000:
                assert all(len(each.waiting) <= 2 for each in speaker.peer._connections)
                await asyncio.sleep(0)


# Pressure


async def test_a_full_transport_says_so_and_says_when_it_drained() -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            written = 0
            while not speaker.session.full:
                speaker.session.write(UPDATE_OF_A_THOUSAND)
                written += 1
            assert speaker.handler.drained == 0
            for _ in range(written):
                assert await puppet.receive() == MessageType.UPDATE
            await speaker.handler.until(lambda: speaker.handler.drained)
            assert not speaker.session.full


async def test_a_peer_that_takes_nothing_for_too_long_is_left(clock: Clock) -> None:
    """RFC 9687 §3."""
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, hold_time=0) as puppet:
            while not speaker.session.full:
                speaker.session.write(UPDATE_OF_A_THOUSAND)
            clock.advance(480)
            puppet.send(END_OF_RIB)
            await speaker.handler.until(lambda: speaker.handler.updates)
            while not speaker.handler.ends:  # what the kernels still take counts, until they are full
                clock.advance(480)
                await asyncio.sleep(0)
            assert speaker.handler.ends == ["BGP Error: Send hold timer expired"]
            clock.advance(5)


async def test_a_peer_that_takes_what_there_is_stays(clock: Clock) -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker, hold_time=0) as puppet:
            for _ in range(3):
                clock.advance(481)
                speaker.session.write(END_OF_RIB)
                assert await puppet.receive() == MessageType.UPDATE
            assert speaker.peer.state is State.ESTABLISHED


async def test_the_hold_timer_waits_while_we_do_not_read(clock: Clock) -> None:
    """It measures the peer's silence, not our business."""
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            speaker.session.pause_reading()
            speaker.session.pause_reading()
            puppet.send(KEEPALIVE, END_OF_RIB)
            clock.advance(95)
            assert await puppet.receive() == MessageType.KEEPALIVE
            assert speaker.peer.state is State.ESTABLISHED
            assert speaker.handler.updates == []
            speaker.session.resume_reading()
            speaker.session.resume_reading()
            await speaker.handler.until(lambda: speaker.handler.updates)
            hold = speaker.peer.countdowns.hold
            assert hold is not None
            assert hold.left > 80


async def test_keepalives_leave_on_time(clock: Clock) -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            for _ in range(4):
                clock.advance(30)
                assert await puppet.receive() == MessageType.KEEPALIVE
                puppet.send(END_OF_RIB)
                speaker.handler.updates.clear()
                await speaker.handler.until(lambda: speaker.handler.updates)
            assert speaker.peer.state is State.ESTABLISHED


# Errors and bugs above the session


async def test_an_error_in_an_update_ends_the_session_with_its_notification() -> None:
    def refuse(_body: bytes) -> None:
        raise NotificationError(3, 1, b"\x01")

    async with lone_speaker() as speaker:
        speaker.peer.start()
        speaker.handler.on_update = refuse
        async with await Puppet.establish(speaker) as puppet:
            puppet.send(END_OF_RIB, END_OF_RIB)
            assert await puppet.notification() == Notification(3, 1, b"\x01")
        assert len(speaker.handler.updates) == 1


async def test_a_bug_ends_one_session_only(caplog: pytest.LogCaptureFixture) -> None:
    def stumble(_body: bytes) -> None:
        raise ZeroDivisionError

    async with lone_speaker() as speaker, lone_speaker() as other:
        speaker.peer.start()
        other.peer.start()
        speaker.handler.on_update = stumble
        async with await Puppet.establish(speaker) as puppet, await Puppet.establish(other):
            puppet.send(END_OF_RIB)
            assert await puppet.notification() == Notification(6, 0)
            assert other.peer.state is State.ESTABLISHED
        assert "ZeroDivisionError" in caplog.text


async def test_a_bug_while_a_session_comes_up_ends_it() -> None:
    def stumble(_session: object) -> None:
        raise ZeroDivisionError

    async with lone_speaker() as speaker:
        speaker.peer.start()
        speaker.handler.on_up = stumble
        async with await Puppet.connect(speaker) as puppet:
            puppet.send(puppet_open(), KEEPALIVE)
            assert await puppet.notification() == Notification(6, 0)
        assert speaker.peer.state is State.IDLE


@pytest.mark.parametrize(
    ("error", "shown", "state"),
    [
        (NotificationError(6, 4), "BGP Error: Administrative reset", State.ACTIVE),
        (NotificationError(6, 1), "Automatic shutdown: Route limit exceeded", State.IDLE),
    ],
)
async def test_a_session_can_be_reset(error: NotificationError, shown: str, state: State) -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            speaker.session.reset(error)
            assert await puppet.notification() == Notification(error.code, error.subcode)
        assert (speaker.peer.last_error, speaker.peer.state) == (shown, state)


async def test_a_connection_that_is_reset_at_once_does_no_harm() -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        with socket.socket() as sock:
            sock.bind((THEIR_ADDRESS, 0))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.connect((speaker.address, speaker.port))
        await speaker.handler.until(lambda: speaker.peer.last_error)
        assert (speaker.peer.state, speaker.peer.last_error) == (
            State.ACTIVE,
            "Socket: Connection reset by peer",
        )
        async with await Puppet.establish(speaker):
            pass


# Logs


async def test_the_log_says_what_exactly_is_wrong(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgpd.protocol")
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.connect(speaker) as puppet:
            puppet.send(puppet_open(asn=65002))
            assert await puppet.notification() == Notification(2, 2)
        assert speaker.peer.last_error == "BGP Error: Bad peer AS (65001 expected, 65002 received)"
    message = "puppet: Error: Bad peer AS: 65001 expected, 65002 received"
    assert message in [record.message for record in caplog.records]


async def test_log_lines_are_the_ones_operators_know(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgpd.protocol")
    async with lone_speaker() as speaker:
        speaker.peer.start()
        async with await Puppet.establish(speaker) as puppet:
            puppet.send(frame(MessageType.NOTIFICATION, b"\x04\x00"))
            await speaker.handler.until(lambda: speaker.handler.ends)
    messages = [re.sub(r"port \d+", "port 1234", record.message) for record in caplog.records]
    assert messages == [
        "puppet: Incoming connection from 127.0.0.2 (port 1234) accepted",
        "puppet: BGP session established",
        "puppet: Received: Hold timer expired",
        "puppet: BGP session closed",
    ]
