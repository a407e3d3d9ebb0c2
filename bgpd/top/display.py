"""The terminal while it is ours: its other screen, keys one by one, and its size."""

import os
import select
import signal
import sys
import termios
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import Final, Self

_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[?7l"
"""The other screen, no cursor, and long lines are cut."""
_LEAVE: Final = "\x1b[?7h\x1b[?25h\x1b[?1049l"
_TOP: Final = "\x1b[H"
_WIPE: Final = "\x1b[K"
_BELOW: Final = "\x1b[J"

_LOCAL_FLAGS, _CONTROL_CHARACTERS = 3, 6
_CHUNK: Final = 1024
_DEFAULT_SIZE: Final = (80, 24)


class Display:
    """Takes the terminal over, and gives it back as it was, whatever happens."""

    def __init__(self) -> None:
        self._terminal = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._terminal)
        self._resized, self._resize = os.pipe()
        os.set_blocking(self._resize, False)

    def __enter__(self) -> Self:
        self._former = {
            signal.SIGWINCH: signal.signal(signal.SIGWINCH, self._note_size),
            signal.SIGTERM: signal.signal(signal.SIGTERM, _end),
        }
        quiet = termios.tcgetattr(self._terminal)
        quiet[_LOCAL_FLAGS] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
        quiet[_CONTROL_CHARACTERS][termios.VMIN] = 1
        quiet[_CONTROL_CHARACTERS][termios.VTIME] = 0
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, quiet)
        _write(_ENTER)
        return self

    def __exit__(self, *_exception: object) -> None:
        _write(_LEAVE)
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)
        for number, handler in self._former.items():
            signal.signal(number, handler)
        os.close(self._resized)
        os.close(self._resize)

    def _note_size(self, _number: int, _frame: FrameType | None) -> None:
        with suppress(BlockingIOError):  # then it is noted
            os.write(self._resize, b".")

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            columns, rows = os.get_terminal_size(sys.stdout.fileno())
        except OSError:
            return _DEFAULT_SIZE
        return columns or _DEFAULT_SIZE[0], rows or _DEFAULT_SIZE[1]

    def show(self, lines: Iterable[str]) -> None:
        """Draw the whole screen, without a flicker."""
        _write(_TOP + "\r\n".join(f"{_WIPE}{line}" for line in lines) + _BELOW)

    def wait(self, seconds: float) -> bytes | None:
        """Return what was typed, or nothing if the size changed; None if neither happens in time."""
        readable, _, _ = select.select([self._terminal, self._resized], [], [], max(0.0, seconds))
        if self._resized in readable:
            os.read(self._resized, _CHUNK)
            return b""
        if not readable:
            return None
        typed = os.read(self._terminal, _CHUNK)
        return typed or b"q"  # the terminal hung up


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave through everything that gives something back."""
    raise SystemExit(128 + signal.SIGTERM)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
