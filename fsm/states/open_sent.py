"""OpenSent: our OPEN is out, the peer's is awaited (RFC 4271 §8.2.2)."""

from collections.abc import Mapping
from typing import Final

from fsm.actions import Actions, SendKeepalive
from fsm.events import (
    AutomaticStart,
    AutomaticStop,
    Event,
    HoldTimerExpires,
    ManualStart,
    ManualStop,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenMessageError,
    OpenReceived,
    TcpConnectionFails,
)
from fsm.negotiation import negotiate
from fsm.session_attributes import SessionAttributes
from fsm.state import State
from fsm.states.handler import Handler
from fsm.states.transitions import (
    automatic_stop,
    collision_dump,
    connection_failed,
    hold_timer_expires,
    ignore,
    manual_stop,
    message_error,
    notification_received,
    unexpected,
)
from messages.errors import NotificationError
from messages.notification import Notification


def _open_received(session: SessionAttributes, event: OpenReceived, now: float) -> Actions:
    """Event 19, or event 22 if we do not accept what the OPEN says (RFC 4271 §6.2)."""
    try:
        terms = negotiate(event.message, session.settings)
    except NotificationError as error:
        notification = Notification(error.code, error.subcode, error.data)
        return message_error(session, OpenMessageError(notification, error.reason), now)
    session.state = State.OPEN_CONFIRM
    session.negotiated = terms
    if terms.hold_time:
        session.timers.hold.start(terms.hold_time, now)
        session.timers.keepalive.start(terms.keepalive_time, now, session.jitter())
    else:
        session.timers.hold.stop()
    return (SendKeepalive(),)


TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStart: ignore,
    AutomaticStart: ignore,
    ManualStop: manual_stop,
    AutomaticStop: automatic_stop,
    HoldTimerExpires: hold_timer_expires,
    TcpConnectionFails: connection_failed,
    OpenReceived: _open_received,
    MessageHeaderError: message_error,
    OpenMessageError: message_error,
    OpenCollisionDump: collision_dump,
    NotificationVersionError: notification_received,
    NotificationReceived: notification_received,
}
UNLISTED: Final[Handler] = unexpected
