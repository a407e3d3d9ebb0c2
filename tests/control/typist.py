"""Somebody who types at a program on a terminal."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

_PATIENCE = 20.0


class Typist:
    """Types, and waits for what the program shows."""

    def __init__(
        self, program: Sequence[str | Path], environment: Mapping[str, str] | None = None, rows: int = 24
    ) -> None:
        self._terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 200, 0, 0))
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *program],  # Ctrl-C reaches it
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "dumb", **(environment or {})},
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._terminal)

    def type(self, keys: str) -> None:
        """Type without waiting."""
        os.write(self._terminal, keys.encode())

    def until(self, expected: str) -> str:
        """Return what is shown up to a text, that included; fails if it does not come."""
        shown = ""
        while not shown.endswith(expected):
            octets = self._read() if self._something_comes() else b""
            assert octets, f"{expected!r} does not come after {shown!r}"
            shown += octets.decode()
        return shown.replace("\r\n", "\n")

    def rest(self) -> str:
        """Return all that is shown until the program is over; fails if it stays."""
        shown = b""
        while self._something_comes():
            octets = self._read()
            if not octets:
                return shown.decode().replace("\r\n", "\n")
            shown += octets
        raise AssertionError(f"it does not end after {shown!r}")

    def _something_comes(self) -> bool:
        """Wait for what is shown next, or for the end."""
        readable, _, _ = select.select([self._terminal], [], [], _PATIENCE)
        return bool(readable)

    def _read(self) -> bytes:
        try:
            return os.read(self._terminal, 1)
        except OSError:  # the program is over
            return b""
