"""Every event in every state (RFC 4271 §8.2.2)."""

import itertools
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from fsm.actions import (
    Action,
    DropConnection,
    ReportFailure,
    SendKeepalive,
    SendNotification,
    SendOpen,
    SessionDown,
    SessionUp,
    StartConnecting,
)
from fsm.events import (
    AutomaticStart,
    AutomaticStop,
    ConnectRetryTimerExpires,
    DelayOpenTimerExpires,
    Event,
    HoldTimerExpires,
    IdleHoldTimerExpires,
    KeepaliveReceived,
    KeepaliveTimerExpires,
    ManualStart,
    ManualStop,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenMessageError,
    OpenReceived,
    RouteRefreshReceived,
    SendHoldTimerExpires,
    TcpConnectionConfirmed,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
    UpdateMessageError,
    UpdateReceived,
)
from fsm.machine import Machine
from fsm.state import State
from messages.capabilities import Capabilities
from messages.notification import Notification
from tests.fsm.machines import NOW, SETTINGS, machine_delaying_in, machine_in, peer_open

EVENTS: dict[str, Event] = {
    "1 ManualStart": ManualStart(),
    "2 ManualStop": ManualStop(Notification(6, 2)),
    "2 ManualStop, silently": ManualStop(),
    "3 AutomaticStart": AutomaticStart(),
    "8 AutomaticStop": AutomaticStop(Notification(6, 6)),
    "9 ConnectRetryTimer": ConnectRetryTimerExpires(),
    "10 HoldTimer": HoldTimerExpires(),
    "11 KeepaliveTimer": KeepaliveTimerExpires(),
    "12 DelayOpenTimer": DelayOpenTimerExpires(),
    "13 IdleHoldTimer": IdleHoldTimerExpires(),
    "16 TcpConnectionRequestAcked": TcpConnectionRequestAcked(),
    "17 TcpConnectionConfirmed": TcpConnectionConfirmed(),
    "18 TcpConnectionFails": TcpConnectionFails("Connection refused"),
    "19 OPEN": OpenReceived(peer_open()),
    "19 OPEN, bad AS": OpenReceived(peer_open(65002, capabilities=Capabilities())),
    "21 header error": MessageHeaderError(Notification(1, 2, b"\x00\x12")),
    "22 OPEN error": OpenMessageError(Notification(2, 4)),
    "23 OpenCollisionDump": OpenCollisionDump(),
    "24 NOTIFICATION, version": NotificationVersionError(Notification(2, 1, b"\x00\x03")),
    "25 NOTIFICATION": NotificationReceived(Notification(6, 2)),
    "26 KEEPALIVE": KeepaliveReceived(),
    "27 UPDATE": UpdateReceived(),
    "28 UPDATE error": UpdateMessageError(Notification(3, 1)),
    "29 SendHoldTimer": SendHoldTimerExpires(),
    "ROUTE-REFRESH": RouteRefreshReceived(),
}

SITUATIONS: dict[str, Callable[[], Machine]] = {
    **{str(state): partial(machine_in, state) for state in State},
    "Connect wait": partial(machine_delaying_in, State.CONNECT),
    "Active wait": partial(machine_delaying_in, State.ACTIVE),
}
"""The states, and what Connect and Active are while the DelayOpenTimer runs."""

LISTED = """
Idle         1 ManualStart                 Connect      connect
Idle         3 AutomaticStart              Active
Idle         16 TcpConnectionRequestAcked  Idle         drop
Idle         17 TcpConnectionConfirmed     Idle         drop

Connect      1 ManualStart                 Connect
Connect      2 ManualStop                  Idle         drop
Connect      2 ManualStop, silently        Idle         drop
Connect      3 AutomaticStart              Connect
Connect      9 ConnectRetryTimer           Connect      report connect
Connect      12 DelayOpenTimer             OpenSent     open
Connect      16 TcpConnectionRequestAcked  OpenSent     open
Connect      17 TcpConnectionConfirmed     OpenSent     open
Connect      18 TcpConnectionFails         Active       drop report
Connect      23 OpenCollisionDump          Idle         drop

Active       1 ManualStart                 Active
Active       2 ManualStop                  Idle         drop
Active       2 ManualStop, silently        Idle         drop
Active       3 AutomaticStart              Active
Active       9 ConnectRetryTimer           Connect      connect
Active       12 DelayOpenTimer             OpenSent     open
Active       16 TcpConnectionRequestAcked  OpenSent     open
Active       17 TcpConnectionConfirmed     OpenSent     open
Active       18 TcpConnectionFails         Idle         drop report
Active       23 OpenCollisionDump          Idle         drop

Connect wait 1 ManualStart                 Connect
Connect wait 2 ManualStop                  Idle         6/2 drop
Connect wait 2 ManualStop, silently        Idle         drop
Connect wait 3 AutomaticStart              Connect
Connect wait 8 AutomaticStop               Idle         6/6 drop report
Connect wait 9 ConnectRetryTimer           Connect      report connect
Connect wait 12 DelayOpenTimer             OpenSent     open
Connect wait 16 TcpConnectionRequestAcked  Connect
Connect wait 17 TcpConnectionConfirmed     Connect
Connect wait 18 TcpConnectionFails         Active       drop report
Connect wait 19 OPEN                       OpenConfirm  open keepalive
Connect wait 19 OPEN, bad AS               Idle         2/2 drop report
Connect wait 21 header error               Idle         1/2 drop report
Connect wait 22 OPEN error                 Idle         2/4 drop report
Connect wait 23 OpenCollisionDump          Idle         6/7 drop
Connect wait 24 NOTIFICATION, version      Idle         drop report
Connect wait 25 NOTIFICATION               Idle         drop report

Active wait  1 ManualStart                 Active
Active wait  2 ManualStop                  Idle         6/2 drop
Active wait  2 ManualStop, silently        Idle         drop
Active wait  3 AutomaticStart              Active
Active wait  8 AutomaticStop               Idle         6/6 drop report
Active wait  9 ConnectRetryTimer           Connect      connect
Active wait  12 DelayOpenTimer             OpenSent     open
Active wait  16 TcpConnectionRequestAcked  Active
Active wait  17 TcpConnectionConfirmed     Active
Active wait  18 TcpConnectionFails         Idle         drop report
Active wait  19 OPEN                       OpenConfirm  open keepalive
Active wait  19 OPEN, bad AS               Idle         2/2 drop report
Active wait  21 header error               Idle         1/2 drop report
Active wait  22 OPEN error                 Idle         2/4 drop report
Active wait  23 OpenCollisionDump          Idle         6/7 drop
Active wait  24 NOTIFICATION, version      Idle         drop report
Active wait  25 NOTIFICATION               Idle         drop report

OpenSent     1 ManualStart                 OpenSent
OpenSent     2 ManualStop                  Idle         6/2 drop
OpenSent     2 ManualStop, silently        Idle         drop
OpenSent     3 AutomaticStart              OpenSent
OpenSent     8 AutomaticStop               Idle         6/6 drop report
OpenSent     10 HoldTimer                  Idle         4/0 drop report
OpenSent     18 TcpConnectionFails         Active       drop report
OpenSent     19 OPEN                       OpenConfirm  keepalive
OpenSent     19 OPEN, bad AS               Idle         2/2 drop report
OpenSent     21 header error               Idle         1/2 drop report
OpenSent     22 OPEN error                 Idle         2/4 drop report
OpenSent     23 OpenCollisionDump          Idle         6/7 drop
OpenSent     24 NOTIFICATION, version      Idle         drop report
OpenSent     25 NOTIFICATION               Idle         drop report

OpenConfirm  1 ManualStart                 OpenConfirm
OpenConfirm  2 ManualStop                  Idle         6/2 drop
OpenConfirm  2 ManualStop, silently        Idle         drop
OpenConfirm  3 AutomaticStart              OpenConfirm
OpenConfirm  8 AutomaticStop               Idle         6/6 drop report
OpenConfirm  10 HoldTimer                  Idle         4/0 drop report
OpenConfirm  11 KeepaliveTimer             OpenConfirm  keepalive
OpenConfirm  18 TcpConnectionFails         Idle         drop report
OpenConfirm  21 header error               Idle         1/2 drop report
OpenConfirm  22 OPEN error                 Idle         2/4 drop report
OpenConfirm  23 OpenCollisionDump          Idle         6/7 drop
OpenConfirm  24 NOTIFICATION, version      Idle         drop report
OpenConfirm  25 NOTIFICATION               Idle         drop report
OpenConfirm  26 KEEPALIVE                  Established  up

Established  1 ManualStart                 Established
Established  2 ManualStop                  Idle         6/2 drop down
Established  2 ManualStop, silently        Idle         drop down
Established  3 AutomaticStart              Established
Established  8 AutomaticStop               Idle         6/6 drop report down
Established  10 HoldTimer                  Idle         4/0 drop report down
Established  11 KeepaliveTimer             Established  keepalive
Established  18 TcpConnectionFails         Idle         drop report down
Established  21 header error               Idle         1/2 drop report down
Established  23 OpenCollisionDump          Idle         6/7 drop down
Established  24 NOTIFICATION, version      Idle         drop report down
Established  25 NOTIFICATION               Idle         drop report down
Established  26 KEEPALIVE                  Established
Established  27 UPDATE                     Established
Established  28 UPDATE error               Idle         3/1 drop report down
Established  29 SendHoldTimer              Idle         8/0 drop report down
Established  ROUTE-REFRESH                 Established
"""
"""State, event, next state, actions; written from RFC 4271 §8.2.2."""

UNLISTED_SUBCODE = {State.OPEN_SENT: 1, State.OPEN_CONFIRM: 2, State.ESTABLISHED: 3}
MESSAGE_TYPES = {
    "19 OPEN": 1,
    "19 OPEN, bad AS": 1,
    "22 OPEN error": 1,
    "27 UPDATE": 2,
    "28 UPDATE error": 2,
    "26 KEEPALIVE": 4,
    "ROUTE-REFRESH": 5,
}


def listed() -> dict[tuple[str, str], tuple[str, str]]:
    rows = {}
    for line in filter(None, LISTED.splitlines()):
        state, event, following, actions = (
            line[start:end].strip() for start, end in ((0, 13), (13, 43), (43, 56), (56, None))
        )
        rows[state, event] = following, actions
    return rows


TABLE = listed()


def summary(actions: Sequence[Action]) -> str:
    words = {
        StartConnecting: "connect",
        DropConnection: "drop",
        SendOpen: "open",
        SendKeepalive: "keepalive",
        ReportFailure: "report",
        SessionUp: "up",
        SessionDown: "down",
    }
    return " ".join(
        f"{action.notification.code:d}/{action.notification.subcode:d}"
        if isinstance(action, SendNotification)
        else words[type(action)]
        for action in actions
    )


def test_the_table_names_known_states_and_events() -> None:
    assert {situation for situation, _ in TABLE} == SITUATIONS.keys()
    assert {event for _, event in TABLE} <= EVENTS.keys()


def test_the_numbers_are_those_of_the_rfc() -> None:
    """RFC 4271 §8.1, RFC 9687 §3.1."""
    for name, event in EVENTS.items():
        number = name.partition(" ")[0]
        assert event.number == (int(number) if number.isdecimal() else None)


@pytest.mark.parametrize(("situation", "name"), list(itertools.product(SITUATIONS, EVENTS)))
def test_every_event_in_every_state(situation: str, name: str) -> None:
    machine = SITUATIONS[situation]()
    expected = TABLE.get((situation, name)) or unlisted(machine.state, name)
    actions = machine.handle(EVENTS[name], NOW)
    assert (str(machine.state), summary(actions)) == expected


def unlisted(state: State, name: str) -> tuple[str, str]:
    """What a state does with an event that it does not list (RFC 4271 §8.2.2, RFC 6608 §3)."""
    if state is State.IDLE:
        return "Idle", ""
    if state in {State.CONNECT, State.ACTIVE}:
        return "Idle", "drop report"
    down = " down" if state is State.ESTABLISHED else ""
    subcode = UNLISTED_SUBCODE[state] if name in MESSAGE_TYPES else 0
    return "Idle", f"5/{subcode} drop report{down}"


@pytest.mark.parametrize(("state", "name"), list(itertools.product(UNLISTED_SUBCODE, MESSAGE_TYPES)))
def test_an_unexpected_message_is_named_by_its_type(state: State, name: str) -> None:
    """RFC 6608 §4: the data is the type of the message, in one octet."""
    if (str(state), name) in TABLE:
        return
    actions = machine_in(state).handle(EVENTS[name], NOW)
    assert actions[0] == SendNotification(
        Notification(5, UNLISTED_SUBCODE[state], bytes([MESSAGE_TYPES[name]]))
    )


@pytest.mark.parametrize(("situation", "name"), list(itertools.product(SITUATIONS, EVENTS)))
def test_idle_releases_everything(situation: str, name: str) -> None:
    """RFC 4271 §8.2.2: all timers are zero in Idle; but for the wait after an error."""
    machine = SITUATIONS[situation]()
    was_idle = machine.state is State.IDLE
    actions = machine.handle(EVENTS[name], NOW)
    if machine.state is not State.IDLE:
        return
    timers = machine.timers
    assert not any(timer.running for timer in timers.in_order if timer is not timers.idle_hold)
    assert machine.negotiated is None
    assert (DropConnection() in actions) == (not was_idle or name.startswith(("16", "17")))


@pytest.mark.parametrize(("situation", "name"), list(itertools.product(SITUATIONS, EVENTS)))
def test_a_delay_ends_with_its_connection(situation: str, name: str) -> None:
    """RFC 4271 §8.2.2: the DelayOpenTimer runs in Connect and Active only, beside no other timer."""
    machine = SITUATIONS[situation]()
    actions = machine.handle(EVENTS[name], NOW)
    if machine.waits_to_open:
        assert machine.state in {State.CONNECT, State.ACTIVE}
        assert not machine.timers.connect_retry.running
        assert actions == ()


@pytest.mark.parametrize(("situation", "name"), list(itertools.product(SITUATIONS, EVENTS)))
def test_nothing_is_sent_without_a_connection(situation: str, name: str) -> None:
    machine = SITUATIONS[situation]()
    can_send = machine.has_connection or name.startswith(("12", "16", "17"))
    actions = machine.handle(EVENTS[name], NOW)
    sends = any(isinstance(action, SendOpen | SendKeepalive | SendNotification) for action in actions)
    assert can_send or not sends


@pytest.mark.parametrize(("situation", "name"), list(itertools.product(SITUATIONS, EVENTS)))
def test_the_session_goes_down_exactly_when_it_was_up(situation: str, name: str) -> None:
    machine = SITUATIONS[situation]()
    was_up = machine.state is State.ESTABLISHED
    actions = machine.handle(EVENTS[name], NOW)
    left = was_up and machine.state is not State.ESTABLISHED
    assert any(isinstance(action, SessionDown) for action in actions) == left


def test_the_states_have_the_names_of_the_rfc() -> None:
    assert [str(state) for state in State] == [
        "Idle",
        "Connect",
        "Active",
        "OpenSent",
        "OpenConfirm",
        "Established",
    ]


def test_our_open_says_what_is_configured() -> None:
    """RFC 4271 §4.2."""
    machine = machine_in(State.CONNECT)
    (action,) = machine.handle(TcpConnectionRequestAcked(), NOW)
    assert isinstance(action, SendOpen)
    assert (action.message.version, action.message.autonomous_system) == (4, SETTINGS.local_asn)
    assert (action.message.hold_time, action.message.router_id) == (90, SETTINGS.router_id)
