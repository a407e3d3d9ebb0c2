"""A file, or a folder of them, that is looked at once a second."""

import asyncio
from collections.abc import Awaitable, Callable
from time import time
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.sources.source import Changed, SourceStatus
from bgpd.sources.watch import Look, Watch, look

_SECONDS: Final = 1.0
_SOON: Final = 0.2
"""Seconds until the next look at what is being written."""


class WatchedPath:
    """Looks in a thread, since a path may lead to another host that does not answer.

    It does not matter how a file changes, whether it is written to, replaced, or a link that leads elsewhere,
    nor what can't be watched otherwise, such as a folder of another host.
    """

    def __init__(
        self,
        path: str,
        read_at: float,
        now: Callable[[], float] = time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``read_at`` is the Unix time at which somebody began to read it."""
        self.name = path
        self._read_at = read_at
        self._now = now
        self._sleep = sleep
        self._last = Look()
        self._since = now()
        self._task: asyncio.Task[None] | None = None

    def start(self, changed: Changed) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._watch(changed))

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def status(self) -> SourceStatus:
        """Return what the last look has found."""
        last = self._last
        kind, objects = ("folder", len(last.files)) if last.is_folder else ("file", None)
        state = "missing" if last.problem else "watched"
        return SourceStatus(kind, self.name, state, self._since, last.problem, objects)

    async def _watch(self, changed: Changed) -> None:
        watch = Watch(await asyncio.to_thread(look, self.name), self._read_at)
        while True:
            self._note(watch.last)
            await self._sleep(_SOON if watch.is_unsettled else _SECONDS)
            with FAULTS.contained("source", self.name):
                if watch.is_news(await asyncio.to_thread(look, self.name)):
                    changed(f"{self.name} changed")

    def _note(self, now: Look) -> None:
        if now.problem != self._last.problem:
            self._since = self._now()
        self._last = now
