"""Active: wait for the peer to connect, or for the time to try ourselves (RFC 4271 §8.2.2)."""

from collections.abc import Mapping
from typing import Final

from fsm.actions import Actions
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
from fsm.session_attributes import SessionAttributes
from fsm.states import delay_open
from fsm.states.handler import Handler
from fsm.states.transitions import connection_lost, ignore, unexpected_unconnected


def _retry(session: SessionAttributes, _event: ConnectRetryTimerExpires, now: float) -> Actions:
    """Event 9: time to try ourselves."""
    return session.connect(now)


def _acked(session: SessionAttributes, _event: TcpConnectionRequestAcked, now: float) -> Actions:
    """Event 16: an earlier attempt succeeded after all."""
    return session.connected(Initiator.LOCAL, now)


def _confirmed(session: SessionAttributes, _event: TcpConnectionConfirmed, now: float) -> Actions:
    """Event 17: the peer connected to us."""
    return session.connected(Initiator.REMOTE, now)


TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStart: ignore,
    AutomaticStart: ignore,
    ConnectRetryTimerExpires: _retry,
    TcpConnectionRequestAcked: _acked,
    TcpConnectionConfirmed: _confirmed,
    TcpConnectionFails: connection_lost,
    **delay_open.TRANSITIONS,
}
UNLISTED: Final[Handler] = unexpected_unconnected
