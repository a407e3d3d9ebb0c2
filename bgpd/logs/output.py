"""From the records of ``logging`` to the places that lines go to."""

import logging
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from os.path import basename
from typing import Final, Literal, TextIO, TypeAlias

from bgpd.logs.classes import ALL, BUG, TRACE
from bgpd.logs.dialects import Dialect, Line, line_of
from bgpd.logs.echo import ECHO
from bgpd.logs.journald import JournalTarget, is_journal, with_priority
from bgpd.logs.layouts import ISO_LONG, Layout, as_json, bare, dated, plain
from bgpd.logs.syslog_target import SyslogTarget
from bgpd.logs.targets import FileTarget, StreamTarget, Target
from bgpd.settings import DaemonSettings

Style: TypeAlias = Literal["text", "json"]
DUMP_LOGGER: Final = "bgpd.dump"
"""Who writes here writes to the debug output, which is no log in BIRD's dialect."""
_SYSLOG_NAME: Final = "bird"
_log: Final = logging.getLogger("bgpd")


class LogOutput(logging.Handler):
    """Writes every record, in the words of a dialect, to all places that the configuration names.

    Until there is one, and without a word in it, that is standard error; BIRD, as long as it does not run
    for ``debug``, takes the syslog instead.
    """

    def __init__(
        self,
        style: Style = "text",
        *,
        dialect: Dialect = "bgpd",
        debug: bool = False,
        debug_output: TextIO | None = None,
    ) -> None:
        super().__init__()
        self._dialect: Dialect = dialect
        self._style = style
        self._debug = debug
        self._debug_output = debug_output
        self._targets: list[Target] = [self._standard_error(self._unconfigured_layout)]

    @property
    def lowest_level(self) -> int:
        """Whatever is below is for nobody. In BIRD's dialect the records themselves know."""
        return logging.DEBUG if self._debug or self._dialect == "bird" else TRACE

    def follow(self, settings: DaemonSettings) -> None:
        """Write to where these settings say; files are opened again, so that they may have been moved."""
        self._dialect = settings.dialect
        problems: list[str] = []
        targets = [*self._opened(settings, problems)] if settings.logs else [self._unconfigured()]
        before, self._targets = self._targets, targets
        for target in before:
            target.close()
        for problem in problems:
            _log.error("%s", problem)

    def _opened(self, settings: DaemonSettings, problems: list[str]) -> Iterator[Target]:
        layout = as_json if self._style == "json" else dated(settings.time_formats.get("log", ISO_LONG))
        for log in settings.logs:
            match log.target:
                case "stderr":
                    yield self._standard_error(layout, log.classes)
                case "syslog":
                    yield SyslogTarget(log.name or _SYSLOG_NAME, log.classes)
                case "file":
                    try:
                        yield FileTarget(log.name, layout, log.classes)
                    except OSError as error:
                        problems.append(f"Unable to open log file `{log.name}': {error.strerror}")

    def _unconfigured(self) -> Target:
        if self._dialect == "bird" and not self._debug:
            return SyslogTarget(_SYSLOG_NAME)
        return self._standard_error(self._unconfigured_layout)

    def _standard_error(self, layout: Layout, classes: Collection[str] = ALL) -> Target:
        """Return what writes there; to the journal in its own way, unless words are to be those of BIRD."""
        if self._dialect == "bird" or not is_journal(sys.stderr):
            return StreamTarget(sys.stderr, layout, classes)
        if self._style == "json":
            return StreamTarget(sys.stderr, with_priority(as_json), classes)
        return JournalTarget(StreamTarget(sys.stderr, with_priority(bare), classes), classes)

    @property
    def _unconfigured_layout(self) -> Layout:
        if self._style == "json":
            return as_json
        return plain if self._dialect == "bird" else dated()

    def close(self) -> None:
        """Close the files."""
        for target in self._targets:
            target.close()
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; whoever made it has nothing to do with what goes wrong here."""
        try:
            if record.name == DUMP_LOGGER and self._dialect == "bird":
                self._dump(record)
                return
            line = line_of(record, self._dialect)
            if line is not None:
                self._write(line)
        except Exception as error:
            self._could_not(record, error)

    def _could_not(self, record: logging.LogRecord, error: Exception) -> None:
        where = f"{basename(record.pathname)}:{record.lineno}"
        words = f"A line of the log could not be written ({where}): {type(error).__name__}: {error}"
        made = line_of(logging.makeLogRecord({"name": "bgpd.logs", "levelno": BUG, "msg": words}), "bgpd")
        with suppress(Exception):
            if made is not None:
                self._write(made)

    def _write(self, line: Line) -> None:
        name = line.log_class.name
        for target in self._targets:
            if name in target.classes:
                target.write(line)
        ECHO.write(name, line.text)

    def _dump(self, record: logging.LogRecord) -> None:
        if self._debug_output is not None:
            with suppress(OSError, ValueError):
                self._debug_output.write(f"{record.getMessage()}\n")
                self._debug_output.flush()
