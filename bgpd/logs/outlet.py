"""Octets to a descriptor, at once or not at all: nobody who writes a log waits for those who read it.

Standard error is shared with other programs, so it isn't made non-blocking for all of them. Instead it is
asked whether there is room: a pipe that has any takes 4,096 octets at once (pipe(7)).
"""

import os
import select
from contextlib import suppress
from typing import Final

_AT_ONCE: Final = 4096
"""PIPE_BUF."""


class Outlet:
    """One descriptor. What it does not take is lost, and counted in lines."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor: Final = descriptor
        self._is_torn = False
        """Whether the last line was taken in part."""
        self._room = select.poll()
        self._room.register(descriptor, select.POLLOUT)

    def write(self, line: bytes) -> str:
        """Write a line; return what kept us from it, or nothing."""
        rest = b"\n" * self._is_torn + line + b"\n"
        begun = False
        while rest:
            taken, problem = self._take(rest[:_AT_ONCE])
            if problem:
                self._is_torn = self._is_torn or begun
                return problem
            rest = rest[taken:]
            begun = True
        self._is_torn = False
        return ""

    def _take(self, octets: bytes) -> tuple[int, str]:
        try:
            if not self._has_room():
                return 0, "nobody takes them"
            taken = os.write(self.descriptor, octets)
        except BlockingIOError:
            return 0, "nobody takes them"
        except OSError as error:
            return 0, error.strerror or str(error)
        return taken, "" if taken else "nothing is taken"

    def _has_room(self) -> bool:
        events = self._room.poll(0)
        return bool(events) and not events[0][1] & select.POLLNVAL

    def close(self) -> None:
        """Close the descriptor; only for who has opened it."""
        with suppress(OSError):
            os.close(self.descriptor)
