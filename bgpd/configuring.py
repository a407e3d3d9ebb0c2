"""The configuration of a running daemon changes: who asks for it, and how it is read."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from bgpd.config import ConfigurationError
from bgpd.daemon_view import DaemonView
from bgpd.health.upkeep import Upkeep
from bgpd.logs.about import LogEvent, about
from bgpd.logs.dialects import in_bird
from bgpd.prediction.prediction import Prediction
from bgpd.reconfiguration.consequences import Consequences
from bgpd.settings import DaemonSettings
from bgpd.show.view import Reconfiguration, ReconfigurationError, ReconfigurationResult
from bgpd.sources.sources import ON_TRIAL, UNDONE, Sources

T = TypeVar("T")
Read = Callable[[str | None], DaemonSettings]
"""Reads a file, or for None the one of the start. Raises ConfigurationError."""
_log: Final = logging.getLogger("bgpd")


class Configuring(DaemonView, ABC):
    """Reads files in a thread, and applies what they say, one request after the other."""

    _upkeep: Upkeep
    _is_begun: asyncio.Event
    """Until then no other configuration can be applied."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._loop = asyncio.get_running_loop()
        self._reading = asyncio.Lock()
        self._changes: set[asyncio.Task[Any]] = set()
        """What is being done to the configuration."""
        self._reload_waits = False
        self._file: str | None = None
        """Which file is in force; None: that of the start."""
        self._sources = Sources()

    @abstractmethod
    async def _start_at_last(self, settings: DaemonSettings) -> Reconfiguration:
        """Begin with the first configuration that is right. Raises ReconfigurationError."""

    def _change(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin to do something to the configuration; it ends with the daemon."""
        task = self._loop.create_task(work)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return task

    def reload(self) -> None:
        """Reconfigure, and log what came of it: what a signal asks for."""
        _log.info("Reconfiguration requested by SIGHUP")
        if not self._reload_waits:  # one that has yet to read the file does so for both
            self._reload_waits = True
            self._change(self._reload())

    async def _reload(self) -> None:
        try:
            async with self._reading:
                self._reload_waits = False
                outcome = await self._apply(None)
        except ReconfigurationError as error:
            _stays_as_it_was(error)
        else:
            _say(outcome)

    def take_sources(self, sources: Sources) -> None:
        """Look for changes with these, who know since when there may have been any; do so before ``run``."""
        self._sources = sources

    def _sources_changed(self) -> None:
        self._change(self._follow_sources())

    async def _follow_sources(self) -> None:
        """What the configuration was made from has changed: read it again, unless somebody has meanwhile."""
        try:
            async with self._reading:
                if self._sources.have_changed:
                    _say(await self._apply(self._file))
        except ReconfigurationError as error:
            if self._sources.refused(str(error)):
                _stays_as_it_was(error)

    def check_configuration(self, file: str | None = None) -> asyncio.Task[None]:
        """Read a file; the task fails with ReconfigurationError if it is broken."""

        async def check() -> None:
            await self._settings_of(file)

        return self._change(check())

    def predict(self, file: str | None = None) -> asyncio.Task[Prediction | None]:
        """Read a file, and prepare to find out what would come of it; see ``show.view.Daemon``."""

        async def prepare() -> Prediction | None:
            settings = await self._settings_of(file)
            is_settled = self._is_begun.is_set() and not self.is_reconfiguring
            is_settled = is_settled and not self.configuration_problem
            return await self._speaker.predict(settings) if is_settled else None

        return self._change(prepare())

    def consider(self, file: str | None = None) -> asyncio.Task[Consequences | None]:
        """Read a file, and say what it would mean for protocols; see ``show.view.Daemon``."""

        async def look() -> Consequences | None:
            settings = await self._settings_of(file)
            is_in_force = self._is_begun.is_set() and not self.configuration_problem
            return await self._speaker.reconfigurer.consequences(settings) if is_in_force else None

        return self._change(look())

    def reconfigure(
        self,
        file: str | None = None,
        *,
        soft: bool = False,
        undo_after: int | None = None,
        expired: Callable[[], None] = lambda: None,
    ) -> asyncio.Task[Reconfiguration]:
        """Read the configuration and apply it, one request after the other; see ``show.view.Daemon``."""

        def undone() -> None:
            self._sources.hold(UNDONE)
            expired()

        async def change() -> Reconfiguration:
            try:
                async with self._reading:
                    return await self._apply(file, soft=soft, undo_after=undo_after, expired=undone)
            except asyncio.CancelledError:
                return Reconfiguration(ReconfigurationResult.IGNORED)  # the daemon ends

        return self._change(change())

    async def _apply(self, file: str | None, **how: Any) -> Reconfiguration:  # noqa: ANN401 - see the above
        await self._is_begun.wait()
        self._upkeep.notifier.reloading()
        try:
            return await self._read_and_apply(file, **how)
        finally:
            self._upkeep.notifier.ready()

    async def _read_and_apply(self, file: str | None, **how: Any) -> Reconfiguration:  # noqa: ANN401
        self._sources.reading()
        try:
            settings = await self._settings_of(file)
        except ReconfigurationError as error:
            if self.configuration_problem:
                self.configuration_problem = str(error)
            raise
        self._file = file
        self._sources.used(ON_TRIAL if how.get("undo_after") is not None else "")
        if self.configuration_problem:
            return await self._start_at_last(settings)
        return await self._speaker.reconfigurer.apply(settings, **how)

    async def _settings_of(self, file: str | None) -> DaemonSettings:
        try:
            return await asyncio.to_thread(self._read, file)
        except ConfigurationError as error:
            raise ReconfigurationError(str(error)) from None

    def undo_reconfiguration(self) -> asyncio.Task[Reconfiguration]:
        """Put the former configuration back."""

        async def undo() -> Reconfiguration:
            outcome = await self._speaker.reconfigurer.undo()
            if outcome.result is not ReconfigurationResult.NOTHING_TO_DO:
                self._sources.hold(UNDONE)
            return outcome

        return self._change(undo())

    def confirm_reconfiguration(self) -> Reconfiguration:
        """Keep the present one, for which a time was set."""
        self._sources.release(ON_TRIAL)
        return self._speaker.reconfigurer.confirm()


def _say(outcome: Reconfiguration) -> None:
    for remark in outcome.remarks:
        _log.warning("%s", remark, extra=about(LogEvent.CONFIGURATION_NOTICE))


def _stays_as_it_was(error: ReconfigurationError) -> None:
    said = {**in_bird(logging.ERROR, str(error)), **about(LogEvent.CONFIGURATION_REFUSED)}
    _log.error("The configuration stays as it was: %s", error, extra=said)
