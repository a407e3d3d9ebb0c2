"""The timers of a connection as ``show protocols all`` prints them: seconds left of seconds in all."""

from typing import NamedTuple, Self

from fsm.machine import Machine
from fsm.state import State
from fsm.timers import Timer


class Countdown(NamedTuple):
    """A running timer."""

    left: float
    total: float


class Countdowns(NamedTuple):
    """The timers of one connection; None is a timer that does not run."""

    error_wait: Countdown | None
    connect_delay: Countdown | None
    """Until the next attempt, in Active."""
    connect_retry: Countdown | None
    """Until the present attempt is given up, in Connect."""
    hold: Countdown | None
    keepalive: Countdown | None
    send_hold: Countdown | None
    delay_open: Countdown | None
    """Until our OPEN leaves without the neighbor's."""

    @classmethod
    def of(cls, machine: Machine, now: float) -> Self:
        """Read the timers of a machine."""
        timers = machine.timers
        connecting = _read(timers.connect_retry, now)
        is_waiting = machine.state is State.ACTIVE
        return cls(
            error_wait=_read(timers.idle_hold, now),
            connect_delay=connecting if is_waiting else None,
            connect_retry=None if is_waiting else connecting,
            hold=_read(timers.hold, now),
            keepalive=_read(timers.keepalive, now),
            send_hold=_read(timers.send_hold, now),
            delay_open=_read(timers.delay_open, now),
        )


def _read(timer: Timer, now: float) -> Countdown | None:
    return Countdown(timer.left(now), timer.duration) if timer.running else None
