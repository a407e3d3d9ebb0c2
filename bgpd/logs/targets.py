"""Where log lines go.

None of these places is waited for: what one cannot take is lost there, and it says so as soon as it can.
"""

import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import suppress
from typing import Final, Protocol, TextIO

from bgpd.logs.about import LogEvent, about
from bgpd.logs.classes import ALL
from bgpd.logs.dialects import Line, line_of
from bgpd.logs.layouts import Layout
from bgpd.logs.outlet import Outlet

_RIGHTS: Final = 0o666
"""As far as the umask has nothing against it."""


class Target(Protocol):
    """One place, which takes the lines of some classes."""

    classes: Collection[str]

    def write(self, line: Line) -> None:
        """Write a line, now or never."""

    def close(self) -> None:
        """Write no more."""


class LossyTarget(ABC):
    """A place that may not take every line; before the next one it takes there is how many are missing."""

    def __init__(self, classes: Collection[str] = ALL) -> None:
        self.classes = classes
        self._lost = 0
        self._problem = ""

    @abstractmethod
    def put(self, line: Line) -> str:
        """Write a line; return what kept us from it, or nothing."""

    def write(self, line: Line) -> None:
        """Write a line, and first how many could not be written before it."""
        problem = self.put(self._gap(line)) if self._lost else ""
        if not problem:
            self._lost = 0
            problem = self.put(line)
        if problem:
            self._lost += 1
            self._problem = problem

    def _gap(self, line: Line) -> Line:
        words = f"{self._lost} lines were lost here: {self._problem}"
        record = logging.makeLogRecord(
            {"name": "bgpd.logs", "levelno": logging.WARNING, "msg": words, **about(LogEvent.LINES_LOST)}
        )
        record.created = line.record.created
        made = line_of(record, "bgpd")
        assert made is not None  # our own dialect leaves nothing out
        return made

    @abstractmethod
    def close(self) -> None:
        """Write no more."""


class StreamTarget(LossyTarget):
    """A stream that somebody else has opened, and keeps."""

    def __init__(self, stream: TextIO, layout: Layout, classes: Collection[str] = ALL) -> None:
        super().__init__(classes)
        self._stream = stream
        self._layout = layout
        self._outlet = _outlet(stream)

    def put(self, line: Line) -> str:
        """Write it past the stream's buffer, which would wait; a stream in memory has no descriptor."""
        text = self._layout(line)
        if self._outlet is not None:
            return self._outlet.write(text.encode(errors="backslashreplace"))
        with suppress(OSError, ValueError):  # it is closed
            self._stream.write(f"{text}\n")
            self._stream.flush()
        return ""

    def close(self) -> None:
        """Leave it to its owner."""


def _outlet(stream: TextIO) -> Outlet | None:
    try:
        return Outlet(stream.fileno())
    except (OSError, ValueError):
        return None


class FileTarget(LossyTarget):
    """A file, which grows, and is made anew when it was moved away. Raises OSError if it cannot be opened."""

    def __init__(self, path: str, layout: Layout, classes: Collection[str] = ALL) -> None:
        super().__init__(classes)
        self._path = path
        self._layout = layout
        self._outlet = self._open()

    def _open(self) -> Outlet:
        """A named pipe that nobody reads is refused here, instead of waited for."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        outlet = Outlet(os.open(self._path, flags, _RIGHTS))
        found = os.fstat(outlet.descriptor)
        self._identity = found.st_dev, found.st_ino
        return outlet

    def put(self, line: Line) -> str:
        """Write it to the file of this name, whichever that is now."""
        self._follow()
        return self._outlet.write(self._layout(line).encode(errors="backslashreplace"))

    def _follow(self) -> None:
        with suppress(OSError):  # without a new one the old one has to do
            try:
                found = os.stat(self._path)
            except FileNotFoundError:
                is_ours = False
            else:
                is_ours = (found.st_dev, found.st_ino) == self._identity
            if not is_ours:
                former = self._outlet
                self._outlet = self._open()
                former.close()

    def close(self) -> None:
        """Close it."""
        self._outlet.close()
