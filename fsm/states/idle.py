"""Idle: no resources, no connection; every incoming one is refused (RFC 4271 §8.2.2)."""

from collections.abc import Mapping
from typing import Final

from fsm.actions import Actions, DropConnection
from fsm.events import (
    AutomaticStart,
    Event,
    ManualStart,
    ManualStop,
    TcpConnectionConfirmed,
    TcpConnectionRequestAcked,
)
from fsm.session_attributes import SessionAttributes
from fsm.states.handler import Handler
from fsm.states.transitions import ignore


def _manual_start(session: SessionAttributes, _event: ManualStart, now: float) -> Actions:
    """Event 1, and event 4 for a passive neighbor or one with a connect delay.

    During the delay the session listens only, which spares both sides a collision when they start together.
    """
    session.timers.stop_all()
    session.intervene()
    if session.settings.passive or session.connect_delay:
        return session.listen(session.connect_delay, now)
    return session.connect(now)


def _automatic_start(session: SessionAttributes, _event: AutomaticStart, now: float) -> Actions:
    """Event 5: after a failure there is always a delay, so that two speakers that disagree do not spin."""
    return session.listen(session.retry_delay, now)


def _stop(session: SessionAttributes, _event: ManualStop, _now: float) -> Actions:
    """Event 2 is ignored, but for the IdleHoldTimer that would end the rest."""
    session.timers.stop_all()
    session.intervene()
    return ()


def _refuse(_session: SessionAttributes, _event: Event, _now: float) -> Actions:
    """Idle refuses all connections."""
    return (DropConnection(),)


TRANSITIONS: Final[Mapping[type[Event], Handler]] = {
    ManualStart: _manual_start,
    AutomaticStart: _automatic_start,
    ManualStop: _stop,
    TcpConnectionRequestAcked: _refuse,
    TcpConnectionConfirmed: _refuse,
}
UNLISTED: Final[Handler] = ignore
