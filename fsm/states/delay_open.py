"""Connect and Active while the DelayOpenTimer runs: a connection, and no OPEN yet (RFC 4271 §8.2.2).

The two states differ only in what a lost connection does. SendNOTIFICATIONwithoutOPEN is always set: a
connection that we end by order, or for an error in what the peer sent, is not closed without a word.
"""

from collections.abc import Mapping
from typing import Final

from fsm.actions import Actions
from fsm.events import (
    AutomaticStop,
    DelayOpenTimerExpires,
    Event,
    ManualStop,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenMessageError,
    OpenReceived,
)
from fsm.session_attributes import SessionAttributes
from fsm.states.handler import Handler
from fsm.states.transitions import (
    automatic_stop,
    collision_dump,
    collision_dump_unconnected,
    manual_stop,
    manual_stop_unconnected,
    message_error,
    notification_received,
    open_received,
    unexpected_unconnected,
    version_refused,
)


def while_delaying(handler: Handler, otherwise: Handler = unexpected_unconnected) -> Handler:
    """Return a transition that is another one while there is no connection."""

    def choose(session: SessionAttributes, event: Event, now: float) -> Actions:
        return (handler if session.waits_to_open else otherwise)(session, event, now)

    return choose


def _delay_open_timer_expires(
    session: SessionAttributes, _event: DelayOpenTimerExpires, now: float
) -> Actions:
    """Event 12: the peer had its time; send our OPEN."""
    return session.open(now)


def _open_received(session: SessionAttributes, event: OpenReceived, now: float) -> Actions:
    """Event 20: the peer sent the first OPEN; send ours, and the KEEPALIVE that accepts the peer's."""
    return open_received(session, event, now, session.introduce())


TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStop: while_delaying(manual_stop, manual_stop_unconnected),
    AutomaticStop: while_delaying(automatic_stop),
    DelayOpenTimerExpires: _delay_open_timer_expires,
    OpenReceived: while_delaying(_open_received),
    MessageHeaderError: while_delaying(message_error),
    OpenMessageError: while_delaying(message_error),
    OpenCollisionDump: while_delaying(collision_dump, collision_dump_unconnected),
    NotificationVersionError: while_delaying(version_refused),
    NotificationReceived: while_delaying(notification_received),
}
"""What Connect and Active have in common."""
