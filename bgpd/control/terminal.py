"""Answers on a terminal or in a pipe."""

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import Final

from bgpd.control.colors import BOLD, GREEN, PROTOCOL_ROW, RED, colored, with_state_colored
from bgpd.control.pager import Pager
from bgpd.control.reply import ASYNCHRONOUS, JSON_CODE, UNKNOWN, ReplyLine

__all__ = ("GREEN", "RED", "Terminal", "marked", "printable")

_HEADINGS: Final = range(2000, 3000)

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""A neighbor's texts must not steer the terminal."""


class Terminal:
    """Prints answers, errors on stderr; in color if that is a terminal and ``color`` allows it.

    With ``in_json`` an error that there is instead of an answer is a JSON object on stdout, besides.
    """

    def __init__(self, color: str, *, in_json: bool = False) -> None:
        self._in_json = in_json
        allowed = color == "auto" and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ
        self.colors_output = allowed and sys.stdout.isatty()
        self._colors_errors = allowed and sys.stderr.isatty()

    def print(self, text: str) -> None:
        """Print a line."""
        sys.stdout.write(f"{printable(text)}\n")

    def complain(self, text: str) -> None:
        """Print an error."""
        sys.stdout.flush()
        text = printable(text)
        sys.stderr.write(f"{colored(text, RED) if self._colors_errors else text}\n")

    def fail(self, text: str) -> None:
        """Print an error that there is instead of an answer."""
        if self._in_json:
            sys.stdout.write(json.dumps({"error": text}) + "\n")
        self.complain(text)

    def colored(self, text: str, color: str) -> str:
        """Return printable text in a color if there are colors."""
        return colored(text, color) if self.colors_output else text

    def print_answer(self, lines: Iterable[ReplyLine], pager: Pager | None = None) -> bool:
        """Print the lines of an answer; return whether it was one, and not an error."""
        problems: list[str] = []
        in_document = False
        for line in lines:
            if line.is_error:
                problems.append(line.text)
            if line.code == JSON_CODE:
                sys.stdout.write(line.text)
                in_document = True
            elif line.code and not (pager and pager.skips):
                self._print_line(line)
                if pager and not line.last:
                    pager.passed(len(line.text) + 1)
        if in_document:
            sys.stdout.write("\n")
        elif self._in_json and problems:
            sys.stdout.write(json.dumps({"error": "\n".join(problems)}) + "\n")
        sys.stdout.flush()
        return not problems

    def _print_line(self, line: ReplyLine) -> None:
        if line.is_error:
            self.complain(line.text)
        elif line.code in _HEADINGS:
            sys.stdout.write(f"{self.colored(printable(line.text), BOLD)}\n")
        elif line.code == PROTOCOL_ROW and self.colors_output:
            sys.stdout.write(f"{with_state_colored(printable(line.text))}\n")
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
