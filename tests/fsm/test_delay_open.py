"""DelayOpen: the first OPEN is left to the peer for a while (RFC 4271 §8.1.1, §8.2.2)."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from fsm.actions import Action, DropConnection, SendKeepalive, SendNotification, SendOpen
from fsm.collision import Initiator
from fsm.events import (
    Event,
    KeepaliveReceived,
    ManualStart,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenReceived,
    TcpConnectionConfirmed,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
    UpdateReceived,
)
from fsm.machine import Machine
from fsm.state import State
from messages.notification import Notification
from tests.fsm.machines import NOW, SETTINGS, machine_delaying_in, machine_in, peer_open

WAITING = pytest.mark.parametrize("state", [State.CONNECT, State.ACTIVE], ids=str)
DELAYING = replace(SETTINGS, delay_open=20)


def kinds(actions: Sequence[Action]) -> list[type[Action]]:
    return [type(action) for action in actions]


@pytest.mark.parametrize(
    ("state", "event", "initiator"),
    [
        (State.CONNECT, TcpConnectionRequestAcked(), Initiator.LOCAL),
        (State.CONNECT, TcpConnectionConfirmed(), Initiator.REMOTE),
        (State.ACTIVE, TcpConnectionRequestAcked(), Initiator.LOCAL),
        (State.ACTIVE, TcpConnectionConfirmed(), Initiator.REMOTE),
    ],
)
def test_a_new_connection_waits_whoever_opened_it(state: State, event: Event, initiator: Initiator) -> None:
    """Events 16 and 17: the ConnectRetryTimer stops, the DelayOpenTimer runs, the state stays."""
    machine = machine_in(state, DELAYING)
    assert machine.handle(event, NOW) == ()
    assert (machine.state, machine.initiator) == (state, initiator)
    assert machine.next_deadline() == NOW + 20
    assert (machine.waits_to_open, machine.has_connection, machine.is_alive) == (True, True, True)


@WAITING
def test_our_open_leaves_when_the_time_is_over(state: State) -> None:
    """Event 12: the HoldTimer is set to a large value."""
    machine = machine_delaying_in(state)
    assert machine.expire(NOW + 19.9) == []
    assert kinds(machine.expire(NOW + 20)) == [SendOpen]
    assert machine.state is State.OPEN_SENT
    assert machine.next_deadline() == NOW + 20 + 240


@WAITING
@pytest.mark.parametrize(("hold_time", "deadlines"), [(30, (30, 10)), (0, (None, None))])
def test_an_open_of_the_peer_is_answered_at_once(
    state: State, hold_time: int, deadlines: tuple[float | None, float | None]
) -> None:
    """Event 20: OPEN and KEEPALIVE, the timers as negotiated, and OpenConfirm."""
    machine = machine_delaying_in(state)
    actions = machine.handle(OpenReceived(peer_open(hold_time=hold_time)), NOW + 5)
    assert kinds(actions) == [SendOpen, SendKeepalive]
    assert machine.state is State.OPEN_CONFIRM
    assert machine.negotiated is not None
    assert machine.negotiated.hold_time == hold_time
    timers = machine.timers
    running = [timer.left(NOW + 5) if timer.running else None for timer in (timers.hold, timers.keepalive)]
    assert tuple(running) == deadlines
    assert not machine.waits_to_open


@WAITING
def test_an_open_that_we_refuse_is_told_why(state: State) -> None:
    """Event 22 with SendNOTIFICATIONwithoutOPEN; our OPEN is not sent."""
    machine = machine_delaying_in(state)
    actions = machine.handle(OpenReceived(peer_open(hold_time=1)), NOW)
    assert actions[:2] == (SendNotification(Notification(2, 6)), DropConnection())
    assert (machine.state, machine.timers.idle_hold.running) == (State.IDLE, True)


def test_a_lost_connection_is_repeated_from_connect() -> None:
    """Event 18 in Connect: the ConnectRetryTimer runs, the DelayOpenTimer stops, the state is Active."""
    machine = machine_delaying_in(State.CONNECT)
    machine.handle(TcpConnectionFails("Connection reset by peer"), NOW + 5)
    assert (machine.state, machine.next_deadline()) == (State.ACTIVE, NOW + 5 + machine.retry_delay)
    assert (machine.has_connection, machine.is_alive) == (False, False)


def test_a_lost_connection_leads_from_active_to_idle() -> None:
    """Event 18 in Active."""
    machine = machine_delaying_in(State.ACTIVE)
    machine.handle(TcpConnectionFails("Connection reset by peer"), NOW + 5)
    assert (machine.state, machine.next_deadline()) == (State.IDLE, None)
    assert machine.connect_retry_counter == 1


@WAITING
@pytest.mark.parametrize(
    ("event", "counted", "damped"),
    [
        (NotificationVersionError(Notification(2, 1, b"\0\3")), 0, False),
        (NotificationReceived(Notification(2, 2)), 1, True),
        (NotificationReceived(Notification(6, 2)), 1, False),
        (OpenCollisionDump(), 1, False),
        (KeepaliveReceived(), 1, True),
        (UpdateReceived(), 1, True),
    ],
    ids=["24", "25", "25 Cease", "23", "26", "27"],
)
def test_what_ends_a_connection_before_any_open(
    state: State, event: Event, counted: int, damped: bool
) -> None:
    """Event 24 with the DelayOpenTimer running is neither counted nor damped."""
    machine = machine_delaying_in(state)
    actions = machine.handle(event, NOW)
    assert DropConnection() in actions
    assert (machine.state, machine.connect_retry_counter) == (State.IDLE, counted)
    assert machine.timers.idle_hold.running is damped


@pytest.mark.parametrize("state", [State.OPEN_SENT, State.OPEN_CONFIRM, State.ESTABLISHED], ids=str)
def test_a_version_error_counts_only_once_established(state: State) -> None:
    """Event 24."""
    machine = machine_in(state)
    machine.handle(NotificationVersionError(Notification(2, 1, b"\0\3")), NOW)
    is_counted = state is State.ESTABLISHED
    assert machine.timers.idle_hold.running is is_counted
    assert machine.connect_retry_counter == is_counted


def test_a_dump_is_told_to_the_peer() -> None:
    """RFC 4271 §6.8: a collision ends with a Cease."""
    machine = machine_delaying_in(State.ACTIVE)
    actions = machine.handle(OpenCollisionDump(), NOW)
    assert actions == (SendNotification(Notification(6, 7)), DropConnection())


@pytest.mark.parametrize("state", State, ids=str)
def test_who_is_alive_and_who_has_a_connection(state: State) -> None:
    machine = machine_in(state)
    assert machine.has_connection == (state >= State.OPEN_SENT)
    assert machine.is_alive == (state not in {State.IDLE, State.ACTIVE})
    assert machine.collision_state is state


@WAITING
def test_who_waits_counts_in_a_collision_like_who_has_spoken(state: State) -> None:
    assert machine_delaying_in(state).collision_state is State.OPEN_SENT


@WAITING
def test_without_delay_there_is_no_timer(state: State) -> None:
    machine = machine_in(state)
    machine.handle(TcpConnectionConfirmed(), NOW)
    assert (machine.state, machine.waits_to_open) == (State.OPEN_SENT, False)


# Two machines that talk to each other


@pytest.mark.parametrize(("delay", "peers_delay"), list(itertools.product((0, 20, 50), repeat=2)))
def test_two_speakers_meet_whatever_their_delays(delay: float, peers_delay: float) -> None:
    """Who waits longer answers the OPEN of the other; both send one OPEN and become established."""
    ours = replace(SETTINGS, delay_open=delay)
    theirs = replace(SETTINGS, local_asn=65001, peer_asn=64512, router_id=2, delay_open=peers_delay)
    caller, callee = Machine(ours), Machine(theirs).rival()
    caller.handle(ManualStart(), NOW)
    opens = 0
    queue: list[tuple[Machine, Event]] = [
        (caller, TcpConnectionRequestAcked()),
        (callee, TcpConnectionConfirmed()),
    ]
    now = NOW
    while caller.state is not State.ESTABLISHED or callee.state is not State.ESTABLISHED:
        if queue:
            machine, event = queue.pop(0)
            actions = machine.handle(event, now)
        else:
            deadlines = {machine.next_deadline() or 1e9: machine for machine in (callee, caller)}
            now = min(deadlines)
            machine = deadlines[now]
            actions = machine.expire(now)
        peer = callee if machine is caller else caller
        for action in actions:
            if isinstance(action, SendOpen):
                opens += 1
                queue.append((peer, OpenReceived(action.message)))
            elif isinstance(action, SendKeepalive):
                queue.append((peer, KeepaliveReceived()))
    assert opens == 2
    assert now == NOW + min(delay, peers_delay)
