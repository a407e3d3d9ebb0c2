"""Established: the peers exchange routes (RFC 4271 §8.2.2)."""

from collections.abc import Mapping
from typing import Final

from fsm.actions import Actions, SendNotification
from fsm.events import (
    AutomaticStart,
    AutomaticStop,
    Event,
    HoldTimerExpires,
    KeepaliveReceived,
    KeepaliveTimerExpires,
    ManualStart,
    ManualStop,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    RouteRefreshReceived,
    SendHoldTimerExpires,
    TcpConnectionFails,
    UpdateMessageError,
    UpdateReceived,
)
from fsm.failure import Failure
from fsm.session_attributes import SessionAttributes
from fsm.states.handler import Handler
from fsm.states.transitions import (
    automatic_stop,
    collision_dump,
    connection_lost,
    hold_timer_expires,
    ignore,
    keepalive_timer_expires,
    manual_stop,
    message_error,
    notification_received,
    unexpected,
)
from messages.iana import ErrorCode
from messages.notification import Notification

_SEND_HOLD_TIMER_EXPIRED: Final = Notification(ErrorCode.SEND_HOLD_TIMER_EXPIRED, 0)


def _message_received(
    session: SessionAttributes, _event: KeepaliveReceived | UpdateReceived | RouteRefreshReceived, now: float
) -> Actions:
    """Events 26 and 27: restart the HoldTimer; routes are no business of the machine."""
    session.timers.hold.restart(now)
    return ()


def _send_hold_timer_expires(session: SessionAttributes, _event: SendHoldTimerExpires, now: float) -> Actions:
    """Event 29: nothing we sent gets through; the NOTIFICATION will hardly either (RFC 9687 §3.2)."""
    failure = Failure.sent(_SEND_HOLD_TIMER_EXPIRED)
    return session.fail(failure, now, SendNotification(_SEND_HOLD_TIMER_EXPIRED))


TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStart: ignore,
    AutomaticStart: ignore,
    ManualStop: manual_stop,
    AutomaticStop: automatic_stop,
    HoldTimerExpires: hold_timer_expires,
    KeepaliveTimerExpires: keepalive_timer_expires,
    SendHoldTimerExpires: _send_hold_timer_expires,
    TcpConnectionFails: connection_lost,
    MessageHeaderError: message_error,
    OpenCollisionDump: collision_dump,
    NotificationVersionError: notification_received,
    NotificationReceived: notification_received,
    KeepaliveReceived: _message_received,
    UpdateReceived: _message_received,
    UpdateMessageError: message_error,
    RouteRefreshReceived: _message_received,
}
UNLISTED: Final[Handler] = unexpected
