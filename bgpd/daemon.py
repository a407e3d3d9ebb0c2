"""The composition root: the control socket first, then what the configuration says, as long as it runs."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Any

from bgpd.configuring import Configuring
from bgpd.control.server import AlreadyRunningError, ControlServer
from bgpd.dump import Dump
from bgpd.export_counts import ExportCounts
from bgpd.health.callbacks import CallbackClock
from bgpd.health.faults import FAULTS
from bgpd.health.interpreter import share_with_threads, spare_the_collector
from bgpd.health.memory import keep_large_blocks_apart
from bgpd.health.sd_notify import Notifier
from bgpd.health.upkeep import Upkeep
from bgpd.http import HttpServer
from bgpd.logs.about import LogEvent, about
from bgpd.logs.classes import FATAL
from bgpd.logs.dialects import NOT_IN_BIRD, in_bird
from bgpd.metrics.pages import pages
from bgpd.restart.host_shutdown import host_ends
from bgpd.restart.leaving import Stop
from bgpd.settings import DaemonSettings
from bgpd.show.view import (
    Reconfiguration,
    ReconfigurationError,
    ReconfigurationResult,
    Severity,
)
from bgpd.speaker import Speaker
from bgpd.startup import StartupError

_log = logging.getLogger("bgpd")
_TRY_AGAIN_SECONDS = 5.0
"""How often a daemon that could not start looks whether it can."""
_KILLED = 128 + signal.SIGTERM
"""The exit status of a daemon that is told twice."""


class Daemon(Configuring):
    """One running daemon: a speaker, what people may ask of it, and where its configuration comes from."""

    def __init__(
        self,
        settings: DaemonSettings,
        read: Callable[[str | None], DaemonSettings] | None = None,
        configuration_file: str = "",
        *,
        problem: str = "",
        recovers: bool = False,
        ends: Callable[[], Awaitable[str]] = host_ends,
    ) -> None:
        """``read`` reads a file, or for None the one of the start; it is called in a thread.

        With a ``problem`` of the configuration only the control socket is served until it is mended. A daemon
        that ``recovers`` says so until all neighbors have said what they have. ``ends`` finds out why the
        whole host is about to end, if it is.
        """
        super().__init__(read or (lambda _file: settings))
        self.configuration_file = configuration_file
        self.configuration_problem = problem
        self.started = time()
        self.now = time
        self.shutting_down = False
        self._recovers = recovers
        self._callbacks = CallbackClock()
        self._stop = asyncio.Event()
        self._how: Stop | None = None
        """How to stop, if somebody said so."""
        self._host_ends = ends
        self._upkeep = Upkeep(self, Notifier(), self._loop)
        self._is_begun = asyncio.Event()
        self._control = ControlServer(Path(settings.socket), self)
        self._metrics: HttpServer | None = None
        self._metrics_at: tuple[str, int] | None = None
        self._dump = Dump(self, self._loop)
        self._use(settings)

    def _use(self, settings: DaemonSettings) -> None:
        self._speaker = Speaker(settings, self.now, self._loop, self._follow)
        self._speaker.recovers = self._recovers
        self._export_counts = ExportCounts(self._speaker.tables, self._speaker.protocols, self._loop)

    # -- life --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until ``shutdown`` is called. Raises StartupError if the daemon can't start."""
        spare_the_collector()  # the configuration may be large; nobody waits for us yet
        self._loop.set_exception_handler(FAULTS.of_loop)
        with self._callbacks.measuring():
            try:
                await self._open_control()
                if not self.configuration_problem:
                    await self._unless_stopped(self._start_or_wait())
                self._is_begun.set()
                if self.configuration_problem:
                    self._upkeep.ready()  # for those who mend it
                while self.configuration_problem and not self._stop.is_set():
                    await self._try_again()
                await self._stop.wait()
            finally:
                self.shutting_down = True
                await self._shut_down()
        _log.info("Shutdown completed", extra={**in_bird(FATAL), **about(LogEvent.STOPPED)})

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it; whoever wants us to stop need not wait until it is done."""
        doing = self._loop.create_task(work)
        stopping = self._loop.create_task(self._stop.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        is_done = doing.done()
        for task in (doing, stopping):
            task.cancel()
        (outcome, _) = await asyncio.gather(doing, stopping, return_exceptions=True)
        if is_done and isinstance(outcome, BaseException):
            raise outcome

    async def _start_or_wait(self) -> None:
        """Begin; in the place of BIRD, where nobody sees why we ended, wait for what is missing instead."""
        try:
            await self._start()
        except StartupError as error:
            if self.dialect != "bird":
                raise
            _log.error("%s", error)
            self.configuration_problem = str(error)
            await self._speaker.stop()

    async def _try_again(self) -> None:
        """Look after a while whether the daemon can start now."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), _TRY_AGAIN_SECONDS)
        if self._stop.is_set() or not self.configuration_problem or self._reading.locked():
            return
        before = self.configuration_problem
        try:
            await self.reconfigure()
        except ReconfigurationError as error:
            if str(error) != before:
                _log.error("%s", error)

    def shutdown(self, how: Stop | None = None) -> None:
        """Ask for an orderly end; if nobody says how, as the configuration has it."""
        self._how = how or self._how
        self._stop.set()

    def terminate(self) -> None:
        """Do what a signal asks for: an orderly end, and when it comes again the end."""
        if self._stop.is_set():
            _log.error("Told to stop once more: ending at once, with all routes where they are")
            os._exit(_KILLED)
        self.shutdown()

    async def _open_control(self) -> None:
        try:
            await self._control.start()
        except AlreadyRunningError as error:
            raise StartupError(f"{error}; stop it first, or give this one another socket with -s") from error
        except OSError as error:
            raise StartupError(
                f"control socket {self.settings.socket}: {error.strerror or error}; choose another with -s"
            ) from error

    async def _start(self) -> None:
        self._speaker.recall(self._upkeep.recall(self.settings.state_path))
        await self._speaker.start()
        await self._open_metrics()
        spare_the_collector()
        share_with_threads()
        keep_large_blocks_apart()
        await asyncio.sleep(0)
        await self._speaker.meet_neighbors()
        self._sources.begin(self.settings, self._sources_changed)
        self._upkeep.begin()

    def dump(self, subject: str) -> None:
        """Write what is known of a subject, or of all, to the debug output."""
        self._dump.begin(subject)

    def log(self, severity: Severity, text: str) -> None:
        """Write what a command has to say to the log."""
        _log.log(severity, "%s", text)

    async def _open_metrics(self) -> None:
        if self.settings.metrics is None:
            return
        address, port = self.settings.metrics
        server = HttpServer(address, port, pages(self, self._callbacks))
        try:
            await server.start()
        except OSError as error:
            raise StartupError(
                f"metrics on {address} port {port}: {os.strerror(error.errno or 0)}; "
                'set listen in [metrics] to another address and port, or to "" for no metrics'
            ) from error
        self._metrics = server
        self._metrics_at = self.settings.metrics

    async def _shut_down(self) -> None:
        _log.info("Shutting down", extra=about(LogEvent.STOPPING))
        last = self._upkeep.last_look()
        await self._sources.stop()
        for change in (changes := tuple(self._changes)):
            change.cancel()
        await asyncio.gather(*changes, return_exceptions=True)
        how = await self._way_to_stop()
        await self._speaker.stop(graceful=how == "graceful")
        if self._metrics is not None:
            self._metrics.stop()
        await self._upkeep.end(last, how)
        await self._control.stop()

    async def _way_to_stop(self) -> Stop:
        """Of a host that ends nobody is to keep any route, whatever was said."""
        how: Stop = self._how or self.settings.stop
        if how == "graceful":
            with FAULTS.contained("stop"):
                reason = await self._host_ends()
                if reason:
                    _log.info("All routes are withdrawn: %s", reason, extra=NOT_IN_BIRD)
                    return "withdraw"
            _log.info("Neighbors and kernel keep our routes as far as they can", extra=NOT_IN_BIRD)
        return how

    # -- the configuration changes -----------------------------------------------------------------

    async def _start_at_last(self, settings: DaemonSettings) -> Reconfiguration:
        """Begin with the first configuration that is right."""
        self._use(settings)
        try:
            await self._start()
        except StartupError as error:
            self.configuration_problem = str(error)
            await self._speaker.stop()  # what it has taken the next one needs
            raise ReconfigurationError(str(error)) from None
        self.configuration_problem = ""
        return Reconfiguration(ReconfigurationResult.DONE, settings.notices())

    async def _follow(self, settings: DaemonSettings) -> Sequence[str]:
        """Serve figures where the configuration says now, and look for changes of what it was made from."""
        await self._sources.follow(settings)
        if self._metrics_at == settings.metrics:
            return ()
        if self._metrics is not None:
            self._metrics.stop()
        self._metrics = self._metrics_at = None
        try:
            await self._open_metrics()
        except StartupError as error:
            return [str(error)]
        return ()
