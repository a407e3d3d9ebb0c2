"""Has the daemon read its configuration again when the cluster's resources have changed."""

import asyncio
from contextlib import suppress
from threading import Lock
from time import time
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.kubernetes.collections import Collection
from bgpd.kubernetes.observer import Observer
from bgpd.kubernetes.settling import Settling
from bgpd.kubernetes.state_file import StateFile
from bgpd.sources.source import Changed, SourceStatus

_BETWEEN_SAVES: Final = 10.0
"""Seconds; what is lost meanwhile is known again as soon as the API answers."""

_END: Final = 2.0
"""Seconds that threads have to end; one may be looking up a name, and then ends later."""


class KubernetesSource:
    """Brings what the threads of an observer say into the event loop, some of it at a time."""

    def __init__(self, observer: Observer, state: StateFile, name: str) -> None:
        self.name = name
        self._observer = observer
        self._state = state
        self._settling = Settling(observer.pace)
        self._changed: Changed = lambda _what: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = Lock()
        self._news: set[str] = set()
        """What has changed, until the loop has taken note of it; the threads add to it."""
        self._unread: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None
        self._unsaved = asyncio.Event()

    def start(self, changed: Changed) -> None:
        """Begin to tell; what is known by now was read already, or is told at once."""
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._saving = self._loop.create_task(self._save_now_and_then())
        self._unsaved.set()
        self._observer.listen(self._heard)

    async def stop(self) -> None:
        """End, with all threads."""
        if self._timer is not None:
            self._timer.cancel()
        self._changed = lambda _what: None
        if self._saving is not None:
            self._saving.cancel()
            with suppress(asyncio.CancelledError):
                await self._saving
        if self._unsaved.is_set():
            await asyncio.to_thread(self._save)
        self._observer.stop()
        await asyncio.to_thread(self._observer.join, _END)

    def status(self) -> SourceStatus:
        """Return how the API does."""
        health = self._observer.health()
        return SourceStatus(
            "kubernetes", self.name, health.state, health.since, health.problem, health.objects
        )

    def _heard(self, collection: Collection) -> None:
        """Of a thread: wake the loop, unless it has yet to take note of the last time."""
        with self._lock:
            is_first = not self._news
            self._news.add(collection.plural)
        if is_first and self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._note)

    def _note(self) -> None:
        with self._lock:
            self._unread |= self._news
            self._news.clear()
        self._unsaved.set()
        loop = asyncio.get_running_loop()
        self._settling.changed(loop.time())
        if self._timer is not None:
            self._timer.cancel()
        if self._settling.due is not None:
            self._timer = loop.call_at(self._settling.due, self._tell)

    def _tell(self) -> None:
        self._timer = None
        self._settling.read()
        what, self._unread = ", ".join(sorted(self._unread)), set()
        self._changed(f"{what} of {self.name} changed")

    async def _save_now_and_then(self) -> None:
        while True:
            await self._unsaved.wait()
            self._unsaved.clear()
            with FAULTS.contained("kubernetes", self.name):
                await asyncio.to_thread(self._save)
            await asyncio.sleep(_BETWEEN_SAVES)

    def _save(self) -> None:
        """Keep what is known, if that is all of it; until then what a former process has known is better."""
        if self._observer.was_complete:
            self._state.write(self._observer.objects(), time())
