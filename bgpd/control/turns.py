"""Long work in slices: one slice in a pass of the event loop, whoever it is for."""

import asyncio
from collections import deque
from collections.abc import Callable


class Turns:
    """Those who have more to do, in a queue; everything else in the loop gets its turn between two slices."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], bool]] = deque()

    def join(self, work: Callable[[], bool]) -> None:
        """Let ``work`` be called, a slice at a time, for as long as it returns that there is more to do."""
        self._waiting.append(work)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._next)

    def _next(self) -> None:
        work = self._waiting[0]
        try:
            more = work()
        finally:
            self._waiting.popleft()
            if self._waiting:
                self._loop.call_soon(self._next)
        if more:
            self.join(work)
