"""How long the callbacks of the event loop run: while one has the loop, everybody else waits."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import perf_counter, thread_time
from typing import Final, NamedTuple

from bgpd.health.durations import BOUNDS, Durations
from bgpd.logs.about import LogEvent, about
from bgpd.logs.restraint import Restraint

WINDOW_SECONDS: Final = 300.0
"""What is recent began in this window or in the one before."""
SLOW_SECONDS: Final = 0.05
"""CPU time that no callback should take more of."""
WARNING_SECONDS: Final = 0.25
"""CPU time at which the operator is told: neighbors with short hold times may notice."""
_BURST: Final = 3

_log = logging.getLogger("bgpd")


class Longest(NamedTuple):
    """The most CPU time and the most time at all that callbacks took; these may be two callbacks."""

    cpu: float = 0.0
    wall: float = 0.0
    what: str = ""
    """The one with the most CPU time."""

    def beside(self, other: "Longest") -> "Longest":
        """Return what is the longest of both."""
        longer = max(self, other)
        return longer._replace(wall=max(self.wall, other.wall))


class CallbackClock:
    """Measures every callback of the event loop.

    CPU time of the thread is what counts, since other programs that want the processor make callbacks look
    longer; the time that passed is kept beside it.
    """

    def __init__(
        self, cpu: Callable[[], float] = thread_time, wall: Callable[[], float] = perf_counter
    ) -> None:
        self.slow = 0
        """How many callbacks took more CPU time than they should."""
        self.durations = Durations()
        """How much time passed during all of them."""
        self._cpu = cpu
        self._wall = wall
        self._restraint = Restraint(_log, _BURST, now=wall)
        self.start_over()

    def start_over(self) -> None:
        """Forget what was the longest so far."""
        self._ever = self._window = self._window_before = Longest()
        self._window_ends = self._wall() + WINDOW_SECONDS
        self._notable = 0.0

    @property
    def ever(self) -> Longest:
        """The longest of all."""
        return self._ever

    @property
    def recent(self) -> Longest:
        """The longest of the last five to ten minutes."""
        self._turn_windows(self._wall())
        return self._window.beside(self._window_before)

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Measure what the event loops of this process run.

        asyncio has no hook for this: its debug mode costs too much, and a selector of our own would see
        whole turns of the loop and not the callbacks in them. So the private method that runs a callback
        is wrapped; it has been there since asyncio is, and a test would miss it.
        """
        plain_run = asyncio.Handle._run
        cpu, wall = self._cpu, self._wall
        durations, counts, shortest = self.durations, self.durations.counts, BOUNDS[0]

        def run(handle: asyncio.Handle) -> None:
            """Run a callback, and ask for CPU time a second time only if enough time passed: that is dear."""
            cpu_before, before = cpu(), wall()
            plain_run(handle)
            now = wall()
            took = now - before
            if took <= shortest:  # nearly all
                counts[0] += 1
                durations.sum += took
            else:
                durations.note(took)
            if took > self._notable or now > self._window_ends:
                self._note(handle, cpu() - cpu_before, took, now)

        asyncio.Handle._run = run  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            asyncio.Handle._run = plain_run  # type: ignore[method-assign]

    def _note(self, handle: asyncio.Handle, cpu: float, wall: float, now: float) -> None:
        self._turn_windows(now)
        if cpu > self._window.cpu:
            self._window = Longest(cpu, wall, _name(handle))
        self._window = self._window._replace(wall=max(wall, self._window.wall))
        self._ever = self._ever.beside(self._window)
        self._notable = min(self._window.cpu, SLOW_SECONDS)
        if cpu > SLOW_SECONDS:
            self.slow += 1
        if cpu > WARNING_SECONDS:
            self._warn(cpu, wall, handle)

    def _turn_windows(self, now: float) -> None:
        if now > self._window_ends:
            is_next = now <= self._window_ends + WINDOW_SECONDS
            self._window_before = self._window if is_next else Longest()
            self._window = Longest()
            self._window_ends = now + WINDOW_SECONDS
            self._notable = 0.0

    def _warn(self, cpu: float, wall: float, handle: asyncio.Handle) -> None:
        line = f"Everything waited {cpu:.2f} s of CPU time ({wall:.2f} s in all) for {_name(handle)}"
        self._restraint.log(logging.WARNING, "%s", line, extra=about(LogEvent.SLOW))


def _name(handle: asyncio.Handle) -> str:
    """Return words for a callback; of a task they are those of its coroutine.

    What it is given, or has come of it, is left alone: the ``repr`` of a large configuration takes a while.
    """
    callback = handle._callback  # type: ignore[attr-defined]
    while isinstance(callback, partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return f"Task {_qualified(owner.get_coro())}"
    return _qualified(callback)


def _qualified(function: object) -> str:
    return str(getattr(function, "__qualname__", type(function).__qualname__))
