"""The host's syslog, by its socket: the C library's ``syslog`` waits for a server that hangs."""

import socket
import time
from collections.abc import Collection
from contextlib import suppress
from syslog import LOG_DAEMON
from typing import Final

from bgpd.logs.classes import ALL
from bgpd.logs.dialects import Line
from bgpd.logs.layouts import bare
from bgpd.logs.targets import LossyTarget

SOCKET: Final = "/dev/log"
_LONGEST: Final = 8192
"""Octets of a message: others are cut by servers, or refused."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""In English whatever the locale (RFC 3164 §4.1.2)."""


class SyslogTarget(LossyTarget):
    """Has the time by itself, and the name that the server knows us by."""

    def __init__(self, name: str, classes: Collection[str] = ALL, path: str = SOCKET) -> None:
        super().__init__(classes)
        self._name = name
        self._path = path
        self._socket = self._connected()

    def put(self, line: Line) -> str:
        """Send it; a server that was started anew has another socket."""
        message = self._message(line)
        problem = self._send(message)
        if problem:
            self.close()
            self._socket = self._connected()
            problem = self._send(message)
        return problem

    def _message(self, line: Line) -> bytes:
        at = time.localtime(line.record.created)
        moment = f"{_MONTHS[at.tm_mon - 1]} {at.tm_mday:2} {time.strftime('%H:%M:%S', at)}"
        text = f"<{LOG_DAEMON | line.log_class.priority}>{moment} {self._name}: {bare(line)}"
        return text.encode(errors="backslashreplace")[:_LONGEST]

    def _connected(self) -> socket.socket | None:
        """Return a socket to the server, which takes messages or, rarely, a stream of them."""
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            sock = socket.socket(socket.AF_UNIX, kind)
            sock.setblocking(False)
            with suppress(OSError):
                sock.connect(self._path)
                return sock
            sock.close()
        return None

    def _send(self, message: bytes) -> str:
        if self._socket is None:
            return "there is no syslog"
        try:
            is_stream = self._socket.type is socket.SOCK_STREAM
            self._socket.send(message + b"\0" * is_stream)
        except BlockingIOError:
            return "the syslog does not take them"
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
