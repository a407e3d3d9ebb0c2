"""Answers on a terminal or in a pipe."""

import os
import re
import sys
from collections.abc import Iterable
from typing import Final

from bgpd.control.pager import Pager
from bgpd.control.reply import ASYNCHRONOUS, JSON_CODE, UNKNOWN, ReplyLine

_HEADINGS: Final = range(2000, 3000)

BOLD: Final = "1"
RED: Final = "31"
GREEN: Final = "32"

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
        sys.stdout.write(f"{printable(text)}\n")

    def complain(self, text: str) -> None:
        """Print an error."""
        sys.stdout.flush()
        text = printable(text)
        sys.stderr.write(f"{_colored(text, RED) if self._colors_errors else text}\n")

    def colored(self, text: str, color: str) -> str:
        """Return printable text in a color if there are colors."""
        return _colored(text, color) if self._colors_output else text

    def print_answer(self, lines: Iterable[ReplyLine], pager: Pager | None = None) -> bool:
        """Print the lines of an answer; return whether it was one, and not an error."""
        good = True
        in_document = False
        for line in lines:
            good = good and not line.is_error
            if line.code == JSON_CODE:
                sys.stdout.write(line.text)
                in_document = True
            elif line.code and not (pager and pager.skips):
                self._print_line(line)
                if pager and not line.last:
                    pager.passed(len(line.text) + 1)
        if in_document:
            sys.stdout.write("\n")
        sys.stdout.flush()
        return good

    def _print_line(self, line: ReplyLine) -> None:
        if line.is_error:
            self.complain(line.text)
        elif line.code in _HEADINGS:
            sys.stdout.write(f"{self.colored(printable(line.text), BOLD)}\n")
        else:
            self.print(marked(line))


def marked(line: ReplyLine) -> str:
    """Return the text of a line, with BIRD's marks if it is no part of an answer."""
    if line.code == ASYNCHRONOUS:
        return f">>> {line.text}"
    return f"??? {line.text}" if line.code == UNKNOWN else line.text


def printable(text: str) -> str:
    """Return text without what would steer a terminal."""
    return _CONTROL.sub("?", text)


def _colored(text: str, color: str) -> str:
    return f"\x1b[{color}m{text}\x1b[0m"
