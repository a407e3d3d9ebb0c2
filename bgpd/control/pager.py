"""Stops answers where the screen is full, as BIRD's clients do: blank for a page, Enter a line, q to end."""

import os
import sys
import termios
from collections.abc import Callable
from typing import Final

_MORE: Final = "--More--\r"
_WIPED: Final = "        \r"

_PAGE, _LINE, _QUIT = " ", "\r\n", "q"

_LOCAL_FLAGS, _CONTROL_CHARACTERS = 3, 6
_BIRDS_COLUMNS, _BIRDS_ROWS = 80, 25


class Pager:
    """Counts the rows of a screen; ``ask`` shows a text and waits for one of these keys."""

    def __init__(self, ask: Callable[[str, str], str]) -> None:
        self._ask = ask
        self._rows = 0
        self.skips = False

    def begin(self) -> None:
        """Begin an answer on a new page; the prompt and the command are on it, too."""
        self._rows = 2
        self.skips = False

    def passed(self, length: int) -> None:
        """Count a line of that many characters, its end included; wait where the screen is full."""
        columns, rows = _screen()
        self._rows += (length + columns - 1) // columns
        if self._rows >= rows:
            self._wait()

    def _wait(self) -> None:
        key = self._ask(_MORE, _PAGE + _LINE + _QUIT)
        self.skips = key == _QUIT
        self._rows = 2 if key == _PAGE else self._rows - 1
        _write(_WIPED)


def ask_for_key(question: str, keys: str) -> str:
    """Show a question and wait for one of these keys of the terminal on standard input, without an echo."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    silent = termios.tcgetattr(terminal)
    silent[_LOCAL_FLAGS] &= ~(termios.ICANON | termios.ECHO)
    silent[_CONTROL_CHARACTERS][termios.VMIN] = 1
    silent[_CONTROL_CHARACTERS][termios.VTIME] = 0
    # Before the question is seen: who answers it at once is not echoed either.
    termios.tcsetattr(terminal, termios.TCSANOW, silent)
    try:
        _write(question)
        while not (key := _read_key(terminal)) or key not in keys:
            pass
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    return key


def _read_key(terminal: int) -> str:
    return os.read(terminal, 1).decode(errors="replace") or _QUIT  # the terminal hung up


def _screen() -> tuple[int, int]:
    try:
        columns, rows = os.get_terminal_size(sys.stdin.fileno())
    except OSError:
        return _BIRDS_COLUMNS, _BIRDS_ROWS
    return columns or _BIRDS_COLUMNS, rows or _BIRDS_ROWS


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
