"""Where log lines go."""

import syslog
from collections.abc import Collection
from contextlib import suppress
from typing import Protocol, TextIO

from bgpd.logs.classes import ALL
from bgpd.logs.dialects import Line
from bgpd.logs.layouts import Layout, bare
from bgpd.settings import LogSettings


class Target(Protocol):
    """One place, which takes the lines of some classes."""

    classes: Collection[str]

    def write(self, line: Line) -> None:
        """Write a line. A place that cannot take it is no reason to stop: the line is lost."""

    def close(self) -> None:
        """Write no more."""


class StreamTarget:
    """A stream that somebody else has opened, and keeps."""

    def __init__(self, stream: TextIO, layout: Layout, classes: Collection[str] = ALL) -> None:
        self.classes = classes
        self._stream = stream
        self._layout = layout

    def write(self, line: Line) -> None:
        with suppress(OSError, ValueError):  # a disk is full, a reader is gone, the stream is closed
            self._stream.write(f"{self._layout(line)}\n")
            self._stream.flush()

    def close(self) -> None:
        """Leave it as it is."""


class FileTarget(StreamTarget):
    """A file of its own, which grows. Raises OSError if it cannot be opened."""

    def __init__(self, settings: LogSettings, layout: Layout) -> None:
        stream = open(settings.name, "a", encoding="utf-8", errors="replace")  # noqa: SIM115 - see close
        super().__init__(stream, layout, settings.classes)
        self._file = stream

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()


class SyslogTarget:
    """The host's syslog, which has the time by itself."""

    def __init__(self, name: str, classes: Collection[str] = ALL) -> None:
        self.classes = classes
        syslog.openlog(name, syslog.LOG_NDELAY, syslog.LOG_DAEMON)

    def write(self, line: Line) -> None:
        for part in bare(line).replace("\0", "").splitlines():
            syslog.syslog(line.log_class.priority, part)

    def close(self) -> None:
        """There is one for all, which need not be closed."""
