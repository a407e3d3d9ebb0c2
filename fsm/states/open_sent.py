"""OpenSent: our OPEN is out, the peer's is awaited (RFC 4271 §8.2.2)."""

from collections.abc import Mapping
from typing import Final

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
    open_received,
    unexpected,
    version_refused,
)

TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStart: ignore,
    AutomaticStart: ignore,
    ManualStop: manual_stop,
    AutomaticStop: automatic_stop,
    HoldTimerExpires: hold_timer_expires,
    TcpConnectionFails: connection_failed,
    OpenReceived: open_received,
    MessageHeaderError: message_error,
    OpenMessageError: message_error,
    OpenCollisionDump: collision_dump,
    NotificationVersionError: version_refused,
    NotificationReceived: notification_received,
}
UNLISTED: Final[Handler] = unexpected
