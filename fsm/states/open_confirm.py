"""OpenConfirm: the OPENs agree, the peer's first KEEPALIVE is awaited (RFC 4271 §8.2.2)."""

from collections.abc import Mapping
from typing import Final

from fsm.actions import Actions, SessionUp
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
    OpenMessageError,
    TcpConnectionFails,
)
from fsm.session_attributes import SessionAttributes
from fsm.state import State
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
    version_refused,
)


def _keepalive_received(session: SessionAttributes, _event: KeepaliveReceived, now: float) -> Actions:
    """Event 26: restart the HoldTimer and enter Established."""
    assert session.negotiated  # since OpenConfirm
    session.state = State.ESTABLISHED
    session.connect_retry_counter = 0
    session.timers.hold.restart(now)
    session.timers.send_hold.start(session.negotiated.send_hold_time, now)
    return (SessionUp(),)


TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStart: ignore,
    AutomaticStart: ignore,
    ManualStop: manual_stop,
    AutomaticStop: automatic_stop,
    HoldTimerExpires: hold_timer_expires,
    KeepaliveTimerExpires: keepalive_timer_expires,
    TcpConnectionFails: connection_lost,
    MessageHeaderError: message_error,
    OpenMessageError: message_error,
    OpenCollisionDump: collision_dump,
    NotificationVersionError: version_refused,
    NotificationReceived: notification_received,
    KeepaliveReceived: _keepalive_received,
}
UNLISTED: Final[Handler] = unexpected
