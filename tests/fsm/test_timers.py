"""Timers and what they do, under a clock that the test owns (RFC 4271 §8, §10)."""

from dataclasses import replace

import pytest

from fsm.actions import (
    DropConnection,
    ReportFailure,
    SendKeepalive,
    SendNotification,
    SessionDown,
    SessionUp,
    StartConnecting,
)
from fsm.events import (
    AutomaticStart,
    AutomaticStop,
    Event,
    KeepaliveReceived,
    ManualStart,
    ManualStop,
    NotificationReceived,
    OpenReceived,
    TcpConnectionConfirmed,
    TcpConnectionFails,
)
from fsm.failure import Failure, FailureKind
from fsm.machine import Machine
from fsm.restart_state import RestartState
from fsm.state import State
from fsm.timers import ErrorWait, Timer
from messages.notification import Notification
from tests.fsm.machines import NOW, SETTINGS, machine_in, peer_open

HOLD_TIMER_EXPIRED = Notification(4, 0)


def test_an_idle_machine_waits_for_nothing() -> None:
    assert machine_in(State.IDLE).next_deadline() is None


def test_a_timer_that_is_not_due_does_nothing(established: Machine) -> None:
    assert established.expire(NOW + 29.9) == []
    assert established.state is State.ESTABLISHED


# Connecting


def test_the_connect_delay_comes_before_the_first_attempt() -> None:
    machine = machine_in(State.IDLE, replace(SETTINGS, connect_delay=5))
    assert machine.handle(ManualStart(), NOW) == ()
    assert (machine.state, machine.next_deadline()) == (State.ACTIVE, NOW + 5)
    assert machine.expire(NOW + 5) == [StartConnecting()]
    assert machine.state is State.CONNECT


def test_nobody_waits_for_the_connect_delay_after_a_restart() -> None:
    """RFC 4724 §4.1: until all sessions are back nobody is told what has changed."""
    state = RestartState()
    machine = machine_in(State.IDLE, replace(SETTINGS, connect_delay=5, restart_state=state))
    state.is_restarting = True
    assert machine.handle(ManualStart(), NOW) == (StartConnecting(),)
    machine.handle(TcpConnectionFails("Connection refused"), NOW)
    assert (machine.state, machine.next_deadline()) == (State.ACTIVE, NOW + 1)
    state.is_restarting = False
    assert machine.expire(NOW + 1) == [StartConnecting()]
    machine.handle(TcpConnectionFails("Connection refused"), NOW + 1)
    assert machine.next_deadline() == NOW + 6


def test_an_attempt_that_takes_too_long_is_made_anew() -> None:
    """RFC 4271 §8.2.2, Connect, event 9."""
    machine = machine_in(State.CONNECT)
    assert machine.next_deadline() == NOW + 120
    timed_out = ReportFailure(Failure(FailureKind.SOCKET, "Connection timed out"))
    assert machine.expire(NOW + 120) == [timed_out, StartConnecting()]
    assert machine.next_deadline() == NOW + 240


def test_a_refused_attempt_is_repeated_after_the_connect_delay() -> None:
    machine = machine_in(State.CONNECT, replace(SETTINGS, connect_delay=0, connect_retry=77))
    machine.settings = replace(SETTINGS, connect_delay=7)
    machine.handle(TcpConnectionFails("Connection refused"), NOW + 1)
    assert (machine.state, machine.next_deadline()) == (State.ACTIVE, NOW + 8)


@pytest.mark.parametrize(
    "event", [TcpConnectionFails("Connection refused"), NotificationReceived(Notification(6, 5))]
)
def test_two_speakers_that_disagree_do_not_spin(event: Event) -> None:
    """Without a connect delay there is a second between attempts."""
    machine = machine_in(State.OPEN_SENT)
    machine.handle(event, NOW)
    machine.handle(AutomaticStart(), NOW)
    assert (machine.state, machine.next_deadline()) == (State.ACTIVE, NOW + 1)


def test_a_passive_machine_never_connects() -> None:
    """RFC 4271 §8.1.1, PassiveTcpEstablishment."""
    machine = machine_in(State.IDLE, replace(SETTINGS, passive=True))
    machine.handle(ManualStart(), NOW)
    assert (machine.state, machine.next_deadline()) == (State.ACTIVE, None)


def test_jitter_shortens_what_the_rfc_wants_jittered() -> None:
    """RFC 4271 §10: ConnectRetryTimer and KeepaliveTimer, never the HoldTimer."""
    machine = machine_in(State.ESTABLISHED, jitter=lambda: 0.75)
    assert machine.timers.keepalive.deadline == NOW + 22.5
    assert machine.timers.hold.deadline == NOW + 90
    assert machine_in(State.CONNECT, jitter=lambda: 0.75).next_deadline() == NOW + 90


def test_jitter_spares_every_other_timer() -> None:
    """RFC 4271 §10."""
    delaying = machine_in(State.ACTIVE, replace(SETTINGS, delay_open=20), jitter=lambda: 0.75)
    delaying.handle(TcpConnectionConfirmed(), NOW)
    assert delaying.next_deadline() == NOW + 20
    assert machine_in(State.OPEN_SENT, jitter=lambda: 0.75).next_deadline() == NOW + 240
    machine = machine_in(State.ESTABLISHED, jitter=lambda: 0.75)
    assert machine.timers.send_hold.deadline == NOW + 480
    assert fail(machine, NOW) == 60


@pytest.mark.parametrize("factor", [0.75, 0.8, 1.0])
def test_every_keepalive_has_a_jitter_of_its_own(factor: float) -> None:
    factors = iter([1.0, 1.0, factor])
    machine = machine_in(State.ESTABLISHED, jitter=lambda: next(factors))
    machine.expire(NOW + 30)
    assert machine.timers.keepalive.deadline == NOW + 30 + 30 * factor


# Waiting for the OPEN, and the HoldTimer


def test_an_open_that_never_comes_ends_the_connection_after_four_minutes() -> None:
    """RFC 4271 §8.2.2, OpenSent."""
    machine = machine_in(State.OPEN_SENT)
    assert machine.next_deadline() == NOW + 240
    actions = machine.expire(NOW + 240)
    assert actions[:2] == [SendNotification(HOLD_TIMER_EXPIRED), DropConnection()]


def test_how_long_to_wait_for_the_open_is_configurable() -> None:
    machine = machine_in(State.OPEN_SENT, replace(SETTINGS, startup_hold_time=15))
    assert machine.next_deadline() == NOW + 15


def test_silence_for_the_hold_time_ends_the_session(established: Machine) -> None:
    """RFC 4271 §6.5; the KeepaliveTimer that is due as well has no say any more."""
    assert established.expire(NOW + 90) == [
        SendNotification(HOLD_TIMER_EXPIRED),
        DropConnection(),
        ReportFailure(Failure(FailureKind.SENT, "Hold timer expired", HOLD_TIMER_EXPIRED, damped=True)),
        SessionDown("BGP Error: Hold timer expired"),
    ]


def test_an_update_keeps_the_session_alive(established: Machine) -> None:
    established.heard_from_peer(NOW + 80)
    assert established.timers.hold.deadline == NOW + 170


def test_a_keepalive_keeps_the_session_alive(established: Machine) -> None:
    assert established.handle(KeepaliveReceived(), NOW + 80) == ()
    assert established.timers.hold.deadline == NOW + 170


def test_the_smaller_hold_time_counts() -> None:
    """RFC 4271 §4.2."""
    machine = machine_in(State.OPEN_SENT)
    machine.handle(OpenReceived(peer_open(hold_time=30)), NOW)
    assert machine.timers.hold.deadline == NOW + 30
    assert machine.timers.keepalive.deadline == NOW + 10


def test_hold_time_zero_means_no_timers_and_no_keepalives() -> None:
    """RFC 4271 §4.2, §4.4; the one KEEPALIVE that answers the OPEN is sent all the same."""
    machine = machine_in(State.OPEN_SENT)
    assert machine.handle(OpenReceived(peer_open(hold_time=0)), NOW) == (SendKeepalive(),)
    assert machine.next_deadline() is None
    assert machine.handle(KeepaliveReceived(), NOW) == (SessionUp(),)
    machine.heard_from_peer(NOW)
    machine.update_sent(NOW)
    assert not machine.timers.hold.running
    assert not machine.timers.keepalive.running


# KEEPALIVEs


def test_keepalives_leave_every_third_of_the_hold_time(established: Machine) -> None:
    """RFC 4271 §4.4."""
    assert established.expire(NOW + 30) == [SendKeepalive()]
    assert established.next_deadline() == NOW + 60


def test_an_update_replaces_a_keepalive(established: Machine) -> None:
    """RFC 4271 §8.2.2, Established: sending an UPDATE restarts the KeepaliveTimer."""
    established.update_sent(NOW + 20)
    assert established.next_deadline() == NOW + 50


@pytest.mark.parametrize(
    ("ours", "theirs", "hold_time"),
    [(90, 180, 90), (90, 3, 3), (90, 90, 90), (0, 90, 0), (90, 0, 0), (0, 0, 0), (65535, 65535, 65535)],
)
def test_the_hold_time_of_a_session(ours: int, theirs: int, hold_time: int) -> None:
    """RFC 4271 §4.2: the smaller one; zero of either side is no hold time, and no KEEPALIVEs (§4.4)."""
    machine = machine_in(State.OPEN_SENT, replace(SETTINGS, hold_time=ours))
    machine.handle(OpenReceived(peer_open(hold_time=theirs)), NOW)
    timers = machine.timers
    assert (timers.hold.duration, timers.keepalive.duration) == (hold_time, hold_time / 3)


@pytest.mark.parametrize(
    ("hold_time", "apart"), [(3, 1), (4, 1), (6, 1.5), (90, 22.5)], ids=lambda value: f"{value:g}"
)
def test_keepalives_are_a_second_apart_at_least(hold_time: int, apart: float) -> None:
    """RFC 4271 §4.4; jitter shortens what is longer (§10)."""
    machine = machine_in(State.OPEN_SENT, jitter=lambda: 0.75)
    machine.handle(OpenReceived(peer_open(hold_time=hold_time)), NOW)
    keepalive = machine.timers.keepalive
    assert keepalive.deadline == NOW + apart
    machine.expire(NOW + apart)
    assert keepalive.deadline == NOW + 2 * apart
    machine.update_sent(NOW + apart)
    assert keepalive.deadline == NOW + 2 * apart


@pytest.mark.parametrize(("configured", "effective"), [(10.0, 10.0), (80.0, 30.0)])
def test_a_keepalive_time_is_never_longer_than_a_third(configured: float, effective: float) -> None:
    machine = machine_in(State.ESTABLISHED, replace(SETTINGS, keepalive_time=configured))
    assert machine.next_deadline() == NOW + effective


# The SendHoldTimer


def test_a_peer_that_takes_nothing_is_left() -> None:
    """RFC 9687 §3; the default is eight minutes or twice the hold time."""
    machine = machine_in(State.ESTABLISHED, replace(SETTINGS, hold_time=300))
    assert machine.timers.send_hold.deadline == NOW + 480
    machine = machine_in(State.ESTABLISHED, replace(SETTINGS, send_hold_time=100))
    machine.sending_progressed(NOW + 50)
    machine.heard_from_peer(NOW + 149)
    actions = machine.expire(NOW + 150)
    assert actions[0] == SendNotification(Notification(8, 0))
    assert actions[-1] == SessionDown("BGP Error: Send hold timer expired")


# Waiting after errors


def fail(machine: Machine, now: float) -> float:
    """Let an established session end with an error, and return how long the machine rests."""
    machine.handle(NotificationReceived(Notification(3, 1)), now)
    assert machine.state is State.IDLE
    return machine.timers.idle_hold.left(now)


def test_the_wait_after_an_error_doubles_up_to_its_limit() -> None:
    wait = ErrorWait((60, 300), forget=300)
    assert [wait.next(NOW + at) for at in (0, 100, 300, 599, 800)] == [60, 120, 240, 300, 300]


def test_errors_are_forgotten() -> None:
    wait = ErrorWait((60, 300), forget=300)
    assert [wait.next(NOW + at) for at in (0, 299, 599)] == [60, 120, 60]
    wait.clear()
    assert wait.next(NOW + 600) == 60


def test_a_machine_rests_in_idle_after_an_error(established: Machine) -> None:
    assert fail(established, NOW) == 60
    assert established.next_deadline() == NOW + 60
    assert established.expire(NOW + 60) == []
    assert (established.state, established.next_deadline()) == (State.IDLE, None)


@pytest.mark.parametrize(
    ("event", "rests"),
    [
        (TcpConnectionFails("Connection reset by peer"), False),
        (NotificationReceived(Notification(6, 2)), False),
        (NotificationReceived(Notification(6, 4)), False),
        (NotificationReceived(Notification(6, 5)), False),
        (NotificationReceived(Notification(6, 1)), True),
        (NotificationReceived(Notification(6, 8)), True),
        (NotificationReceived(Notification(4, 0)), True),
        (AutomaticStop(Notification(6, 4)), False),
        (AutomaticStop(Notification(6, 1), damped=True), True),
        (ManualStop(Notification(6, 2)), False),
    ],
)
def test_only_errors_that_would_repeat_themselves_make_it_rest(
    established: Machine, event: Event, rests: bool
) -> None:
    """A neighbor that was restarted may come back at once (RFC 4486 §4 for the subcodes of Cease)."""
    established.handle(event, NOW)
    assert established.timers.idle_hold.running is rests


def test_a_rival_shares_the_memory_of_errors(established: Machine) -> None:
    rival = established.rival()
    assert (rival.state, fail(established, NOW)) == (State.ACTIVE, 60)
    rival.error_wait.next(NOW)
    assert fail(machine_like(established), NOW) == 240


def machine_like(machine: Machine) -> Machine:
    """Return an established machine that shares the memory of errors with another."""
    other = machine_in(State.ESTABLISHED)
    other.memory = machine.memory
    return other


def test_the_operator_ends_the_rest(established: Machine) -> None:
    fail(established, NOW)
    established.handle(ManualStop(), NOW)
    assert established.next_deadline() is None
    fail_again = machine_in(State.ESTABLISHED)
    fail(fail_again, NOW)
    fail_again.handle(ManualStart(), NOW)
    assert fail_again.state is State.CONNECT


def test_a_route_limit_is_an_automatic_shutdown(established: Machine) -> None:
    actions = established.handle(AutomaticStop(Notification(6, 1), damped=True), NOW)
    (report,) = (action for action in actions if isinstance(action, ReportFailure))
    assert str(report.failure) == "Automatic shutdown: Route limit exceeded"


@pytest.mark.parametrize(("damped", "errors_before"), [(True, 0), (False, 0), (True, 2)])
def test_a_rest_of_its_own_depends_on_no_error_before(
    established: Machine, damped: bool, errors_before: int
) -> None:
    """As after too many prefixes, when the configuration says when to try again."""
    for _ in range(errors_before):
        established.error_wait.next(NOW)
    established.handle(AutomaticStop(Notification(6, 1), damped=damped, rest=7.5), NOW)
    assert established.next_deadline() == NOW + 7.5


def test_attempts_are_counted_until_one_succeeds() -> None:
    """RFC 4271 §8.1.1, ConnectRetryCounter."""
    machine = machine_in(State.CONNECT)
    machine.expire(NOW + 120)
    machine.handle(TcpConnectionFails("Connection refused"), NOW + 121)
    assert machine.connect_retry_counter == 2
    machine.handle(ManualStop(), NOW + 122)
    assert machine.connect_retry_counter == 0


def test_a_stopped_timer_has_nothing_left_to_restart() -> None:
    timer = Timer()
    timer.restart(NOW)
    assert not timer.running
    timer.start(10, NOW)
    assert (timer.left(NOW + 4), timer.left(NOW + 11)) == (6, 0)
