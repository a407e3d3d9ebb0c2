"""Long work in slices: every pass of the event loop has a bounded part of it, whoever it is for."""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from time import perf_counter
from typing import Final

from bgpd.pipeline import Scheduler

_NEW_SECONDS: Final = 0.002
"""For those who have had no turn yet, in one pass; a short answer takes a tenth of that."""


class More(Enum):
    """What is left of somebody's work after a turn."""

    NOTHING = auto()
    AFTER_OTHERS = auto()
    BEFORE_OTHERS = auto()
    """Others whose work is long wait: this one has what there shall be only one of."""


class Turns:
    """Those who have something to do; everything else in the loop gets its turn between two passes.

    Who comes is served in the next pass, however many are in the middle of long work: of those, one has a
    slice in each pass, and keeps its place at the head of them while it wants to come before others.
    """

    def __init__(self, loop: Scheduler) -> None:
        self._loop = loop
        self._new: deque[Callable[[], More]] = deque()
        self._going_on: deque[Callable[[], More]] = deque()
        self._is_scheduled = False

    def join(self, work: Callable[[], More], *, goes_on: bool = False) -> None:
        """Let ``work`` be called, a slice at a time, for as long as it returns that there is more to do.

        What ``goes_on`` is the rest of long work.
        """
        (self._going_on if goes_on else self._new).append(work)
        self._schedule()

    def _schedule(self) -> None:
        if not self._is_scheduled and (self._new or self._going_on):
            self._is_scheduled = True
            self._loop.call_soon(self._pass)

    def _pass(self) -> None:
        self._is_scheduled = False
        try:
            if self._going_on:
                self._go_on(self._going_on.popleft())
            end = perf_counter() + _NEW_SECONDS
            while self._new and perf_counter() < end:
                work = self._new.popleft()
                if work() is not More.NOTHING:
                    self._going_on.append(work)
        finally:
            self._schedule()

    def _go_on(self, work: Callable[[], More]) -> None:
        more = work()
        if more is More.BEFORE_OTHERS:
            self._going_on.appendleft(work)
        elif more is More.AFTER_OTHERS:
            self._going_on.append(work)
