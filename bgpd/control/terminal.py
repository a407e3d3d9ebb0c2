"""Answers on a terminal or in a pipe."""

import os
import re
import sys
from collections.abc import Iterable
from typing import Final

from bgpd.control.document import JSON_CODE
from bgpd.show.command import Line

FIRST_ERROR_CODE: Final = 8000
_HEADINGS: Final = range(2000, 3000)

_BOLD, _RED, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[0m"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""A neighbor's texts must not steer the terminal."""


class Terminal:
    """Prints answers, errors on stderr; in color if that is a terminal and ``color`` allows it."""

    def __init__(self, color: str) -> None:
        allowed = color == "auto" and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ
        self._colors_output = allowed and sys.stdout.isatty()
        self._colors_errors = allowed and sys.stderr.isatty()

    def print(self, text: str) -> None:
        """Print a line."""
        sys.stdout.write(f"{_CONTROL.sub('?', text)}\n")

    def complain(self, text: str) -> None:
        """Print an error."""
        text = _CONTROL.sub("?", text)
        sys.stdout.flush()
        sys.stderr.write(f"{_RED}{text}{_PLAIN}\n" if self._colors_errors else f"{text}\n")

    def print_answer(self, lines: Iterable[Line]) -> bool:
        """Print the lines of an answer; return whether it was one, and not an error."""
        good = True
        in_document = False
        for line in lines:
            if line.code >= FIRST_ERROR_CODE:
                self.complain(line.text)
                good = False
            elif line.code == JSON_CODE:
                sys.stdout.write(line.text)
                in_document = True
            elif line.code in _HEADINGS and self._colors_output:
                sys.stdout.write(f"{_BOLD}{line.text}{_PLAIN}\n")
            elif line.code:
                self.print(line.text)
        if in_document:
            sys.stdout.write("\n")
        sys.stdout.flush()
        return good
