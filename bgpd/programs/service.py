"""``bird`` at work: the daemon, and what surrounds it in a process of BIRD."""

import asyncio
import concurrent.futures.thread  # noqa: F401 - else it is looked for later, by a user who may not read it
import logging
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from bgpd import logs
from bgpd.bird.loading import BirdError, load_bird
from bgpd.config import Configuration, DaemonSettings, build
from bgpd.control.server import AlreadyRunningError, look_for_another
from bgpd.daemon import Daemon
from bgpd.logs.classes import FATAL
from bgpd.programs.background import PidFile, detach
from bgpd.programs.options import Options, Program
from bgpd.programs.privileges import PrivilegesError, change_group, change_user
from bgpd.programs.title import take_title
from bgpd.restart.environment import as_wished
from bgpd.startup import StartupError

_log: Final = logging.getLogger("bgpd")


class _Source:
    """Where the configuration is."""

    def __init__(self, options: Options, program: Program) -> None:
        self._file = options.configuration
        self._socket = options.socket
        self._bits = program.bits

    def read(self, file: str | None = None) -> DaemonSettings:
        """Read a file, or the one of the start. Raises BirdError if it is broken."""
        try:
            loaded = load_bird([(file or self._file, self._bits)], self._socket)
        except BirdError as error:
            _log_lines(error.printed)
            raise
        _log_lines(loaded.printed)
        return as_wished(loaded.settings)

    def nothing(self) -> DaemonSettings:
        """Return what there is without a configuration that can be used: a control socket."""
        return replace(build(Configuration()), socket=self._socket, dialect="bird", metrics=None)


def _log_lines(lines: Sequence[str]) -> None:
    for line in lines:
        _log.info("%s", line)


def run(options: Options, program: Program, arguments: Sequence[str]) -> int:
    """Start, and serve to the end; a start that is impossible ends with 1."""
    take_title(program.name, arguments)  # another user could not
    with ExitStack() as stack:
        try:
            _set_up_log(options)
            pid_file = _prepare(options, stack)
            look_for_another(Path(options.socket))
            source = _Source(options, program)
            settings, problem = _first_settings(source)
            if not options.stays:
                detach()
            if pid_file is not None:
                pid_file.write()
            logs.follow(settings)
            asyncio.run(_serve(settings, problem, source, options))
        except AlreadyRunningError as error:
            _log.log(FATAL, "I found another BIRD running. Its pid is %d.", error.process)
            return 1
        except (StartupError, PrivilegesError, OSError) as error:
            _log.log(FATAL, "%s", error)
            return 1
    return 0


def _set_up_log(options: Options) -> None:
    logs.set_up(debug=options.is_debugged, dialect="bird", debug_output=_debug_output(options))


def _debug_output(options: Options) -> TextIO | None:
    if options.debug_file is None:
        return sys.stderr if options.debug else None
    try:
        return open(options.debug_file, "a", encoding="utf-8", errors="replace")
    except OSError as error:
        sys.exit(f"bird: Unable to open debug file {options.debug_file}: {error.strerror}")


def _prepare(options: Options, stack: ExitStack) -> PidFile | None:
    """Do what takes the rights of root, and give them up."""
    pid_file = None
    if options.pid_file is not None:
        try:
            pid_file = PidFile(options.pid_file)
        except OSError as error:
            raise StartupError(f"Cannot create PID file {options.pid_file}: {error.strerror}") from None
        stack.callback(pid_file.remove)
    if options.group is not None:
        change_group(options.group)
    if options.user is not None:
        change_user(options.user)
    return pid_file


def _first_settings(source: _Source) -> tuple[DaemonSettings, str]:
    """Return the settings, or those of a daemon that waits for a better file, and what is wrong."""
    try:
        settings = source.read()
    except BirdError as error:
        _log.error("%s", error)
        return source.nothing(), str(error)
    for notice in settings.notices():
        _log.warning("%s", notice)
    return settings, ""


async def _serve(settings: DaemonSettings, problem: str, source: _Source, options: Options) -> None:
    daemon = Daemon(settings, source.read, options.configuration, problem=problem, recovers=options.recover)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, daemon.shutdown)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    loop.add_signal_handler(signal.SIGUSR1, daemon.dump, "all")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # as BIRD: neighbors keep our routes for a while
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP, signal.SIGUSR1})
    await daemon.run()
