"""The journal of systemd: lines with fields, if standard error leads there (systemd.journal-fields(7)).

Its socket takes ``KEY=value`` lines, and values of several lines in a binary form. While there is no such
socket, or nobody at it, lines go to standard error with their priority before them (sd-daemon(3)).
"""

import logging
import os
import socket
from collections.abc import Collection, Iterator, Mapping
from struct import Struct
from typing import Final, TextIO

from bgpd.logs.about import fields_of
from bgpd.logs.classes import ALL
from bgpd.logs.dialects import Line
from bgpd.logs.layouts import Layout
from bgpd.logs.targets import LossyTarget, StreamTarget

SOCKET: Final = "/run/systemd/journal/socket"
IDENTIFIER: Final = "bgpd"
_STREAM: Final = "JOURNAL_STREAM"
_LENGTH: Final = Struct("<Q")
_ROOM: Final = 512 * 1024
"""Octets that are asked for to send from; all texts of a line are cut far below."""


def is_journal(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a stream leads to the journal, as systemd says in the environment."""
    device, _, inode = environment.get(_STREAM, "").partition(":")
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return (device, inode) == (str(found.st_dev), str(found.st_ino))


def with_priority(layout: Layout) -> Layout:
    """Return the layout with the priority before each line, which the journal takes off again."""
    return lambda line: f"<{line.log_class.priority}>{layout(line)}"


class JournalTarget(LossyTarget):
    """The journal's socket, or a stream for the time in which there is nobody at it."""

    def __init__(self, instead: StreamTarget, classes: Collection[str] = ALL, path: str = SOCKET) -> None:
        super().__init__(classes)
        self._instead = instead
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)

    def put(self, line: Line) -> str:
        """Send its fields."""
        try:
            self._socket.sendto(b"".join(_encoded(fields(line))), self._path)
        except BlockingIOError:
            return "the journal does not take them"
        except OSError:
            return self._instead.put(line)
        return ""

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def fields(line: Line) -> Iterator[tuple[str, str]]:
    """Yield the fields of a line."""
    record: logging.LogRecord = line.record
    yield "MESSAGE", line.message
    yield "PRIORITY", str(line.log_class.priority)
    yield "SYSLOG_IDENTIFIER", IDENTIFIER
    yield "CODE_FILE", record.pathname
    yield "CODE_LINE", str(record.lineno)
    yield "CODE_FUNC", record.funcName or ""
    yield "BGPD_CLASS", line.log_class.name
    yield "BGPD_LOGGER", record.name
    for name, value in fields_of(record).items():
        yield f"BGPD_{name.upper()}", value
    if line.trace:
        yield "BGPD_TRACE", line.trace


def _encoded(pairs: Iterator[tuple[str, str]]) -> Iterator[bytes]:
    for name, text in pairs:
        value = text.encode(errors="backslashreplace")
        if b"\n" in value:
            yield b"%b\n%b%b\n" % (name.encode(), _LENGTH.pack(len(value)), value)
        else:
            yield b"%b=%b\n" % (name.encode(), value)
