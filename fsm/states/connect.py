"""Connect: our attempt to reach the peer is under way (RFC 4271 §8.2.2)."""

from collections.abc import Mapping
from typing import Final

from fsm.actions import Actions, ReportFailure
from fsm.collision import Initiator
from fsm.events import (
    AutomaticStart,
    ConnectRetryTimerExpires,
    Event,
    ManualStart,
    TcpConnectionConfirmed,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
)
from fsm.failure import Failure
from fsm.session_attributes import SessionAttributes
from fsm.states import delay_open
from fsm.states.handler import Handler
from fsm.states.transitions import connection_failed, ignore, unexpected_unconnected


def _retry(session: SessionAttributes, _event: ConnectRetryTimerExpires, now: float) -> Actions:
    """Event 9: the attempt takes too long; give it up and make another."""
    session.connect_retry_counter += 1
    return (ReportFailure(Failure.of_socket("Connection timed out")), *session.connect(now))


def _acked(session: SessionAttributes, _event: TcpConnectionRequestAcked, now: float) -> Actions:
    """Event 16: our attempt succeeded."""
    return session.connected(Initiator.LOCAL, now)


def _confirmed(session: SessionAttributes, _event: TcpConnectionConfirmed, now: float) -> Actions:
    """Event 17: the driver gave this machine the peer's connection."""
    return session.connected(Initiator.REMOTE, now)


TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStart: ignore,
    AutomaticStart: ignore,
    ConnectRetryTimerExpires: _retry,
    TcpConnectionRequestAcked: _acked,
    TcpConnectionConfirmed: _confirmed,
    TcpConnectionFails: connection_failed,
    **delay_open.TRANSITIONS,
}
UNLISTED: Final[Handler] = unexpected_unconnected
