"""Timers as deadlines (RFC 4271 §8, §10): nothing here runs, the driver asks what is due."""

from math import inf
from typing import Final

_SHORTEST: Final = 1.0
"""Jitter makes no time shorter than this: KEEPALIVEs are a second apart at least (RFC 4271 §4.4)."""


class Timer:
    """One timer; a stopped one has an infinite deadline."""

    __slots__ = ("deadline", "duration")

    def __init__(self) -> None:
        self.duration = 0.0
        """What it was started with, for display and ``restart``; zero while stopped."""
        self.deadline = inf

    @property
    def running(self) -> bool:
        """Whether it will expire."""
        return self.deadline != inf

    def start(self, duration: float, now: float, jitter: float = 1.0) -> None:
        """Expire once, ``duration`` from now, or earlier by the factor ``jitter`` (RFC 4271 §10)."""
        self.duration = duration
        self.deadline = now + max(duration * jitter, min(duration, _SHORTEST))

    def restart(self, now: float, jitter: float = 1.0) -> None:
        """Begin anew with the same duration; does nothing while stopped."""
        if self.duration:
            self.start(self.duration, now, jitter)

    def stop(self) -> None:
        """Set to zero, as RFC 4271 calls it."""
        self.duration = 0.0
        self.deadline = inf

    def left(self, now: float) -> float:
        """Seconds until it expires, for display."""
        return max(0.0, self.deadline - now)


class Timers:
    """The timers of one connection."""

    __slots__ = ("connect_retry", "delay_open", "hold", "idle_hold", "keepalive", "send_hold")

    def __init__(self) -> None:
        self.idle_hold = Timer()
        self.connect_retry = Timer()
        self.delay_open = Timer()
        self.hold = Timer()
        self.send_hold = Timer()
        self.keepalive = Timer()

    @property
    def in_order(self) -> tuple[Timer, Timer, Timer, Timer, Timer, Timer]:
        """All timers, in the order in which they fire when several are due."""
        return (
            self.idle_hold,
            self.connect_retry,
            self.delay_open,
            self.hold,
            self.send_hold,
            self.keepalive,
        )

    def next_deadline(self) -> float | None:
        """When the first of them expires, None while none runs."""
        deadline = min(timer.deadline for timer in self.in_order)
        return None if deadline == inf else deadline

    def stop_all(self) -> None:
        """Stop every timer."""
        for timer in self.in_order:
            timer.stop()


class ErrorWait:
    """How long a neighbor rests in Idle after an error, to prevent oscillation (RFC 4271 §8.1.1).

    The wait doubles from error to error and starts anew after a time without one. Both connections of a
    neighbor share it.
    """

    __slots__ = ("_forget", "_last_error", "_longest", "_shortest", "_wait")

    def __init__(self, bounds: tuple[float, float], forget: float) -> None:
        self._shortest, self._longest = bounds
        self._forget = forget
        self._wait = 0.0
        self._last_error = -inf

    def follow(self, bounds: tuple[float, float], forget: float) -> None:
        """Wait otherwise from the next error on."""
        self._shortest, self._longest = bounds
        self._forget = forget

    def next(self, now: float) -> float:
        """Note an error and return how long to wait."""
        if now - self._last_error >= self._forget:
            self._wait = 0.0
        self._last_error = now
        self._wait = min(2 * self._wait, self._longest) if self._wait else self._shortest
        return self._wait

    def longest(self, now: float) -> float:
        """Note an error that only an operator can remove, and return the longest wait."""
        self._last_error = now
        self._wait = self._longest
        return self._wait

    def clear(self) -> None:
        """Forget all errors: an operator intervened."""
        self._wait = 0.0
        self._last_error = -inf
