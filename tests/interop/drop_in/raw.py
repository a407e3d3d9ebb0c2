"""A control socket as it is on the wire: lines with their codes, in the short form or not."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from tests.interop.waiting import NotYetError

_CODED: Final = re.compile(r"(\d{4})([- ])(.*)", re.DOTALL)


class FramingError(AssertionError):
    """A line that no client of BIRD reads so."""


class Line(NamedTuple):
    """One line of a reply."""

    code: str
    text: str
    is_last: bool = False

    def __str__(self) -> str:
        return f"{self.code}{' ' if self.is_last else '-'}{self.text}"


class Conversation:
    """One connection; commands are answered in order."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._code = ""
        self.banner = self._line()

    def ask(self, command: str) -> list[Line]:
        """Give a command and return its reply."""
        self.send(command)
        return self.reply()

    def send(self, command: str) -> None:
        """Give a command without waiting for the reply."""
        self._stream.write(f"{command}\n")
        self._stream.flush()

    def reply(self) -> list[Line]:
        """Return the lines up to the last one of a reply."""
        lines = [self._line()]
        while not lines[-1].is_last:
            lines.append(self._line())
        return lines

    def _line(self) -> Line:
        """Read a line: it has no code exactly if it has that of the line before and others follow."""
        text = self._stream.readline()
        if not text:
            raise NotYetError("connection closed")
        text = text.removesuffix("\n")
        if text.startswith(" "):
            if not self._code:
                raise FramingError(f"nothing has a code that could be that of {text!r}")
            return Line(self._code, text[1:])
        found = _CODED.fullmatch(text)
        if found is None:
            raise FramingError(f"no line of a reply: {text!r}")
        code, mark, rest = found.groups()
        if mark == "-" and code == self._code:
            raise FramingError(f"the code is that of the line before: {text!r}")
        self._code = code
        return Line(code, rest, is_last=mark == " ")


@contextmanager
def talking(path: Path) -> Iterator[Conversation]:
    """Connect to a control socket; the server has to speak first."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NotYetError(f"{path}: {error.strerror}") from None
        connection.settimeout(30)
        with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
            yield Conversation(stream)


def ask(path: Path, command: str) -> list[Line]:
    """Give one command on a connection of its own."""
    with talking(path) as conversation:
        return conversation.ask(command)
