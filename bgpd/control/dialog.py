"""The client's end of the control socket; it understands every server that speaks BIRD's line protocol."""

import re
import socket
from collections.abc import Iterator
from typing import Final, Self

from bgpd.show.command import Line

ASYNCHRONOUS: Final = -1
"""Stands for the code of lines that belong to no answer: log lines, for instance."""

_CODED: Final = re.compile(r"(\d{4})([- ])(.*)")


class DialogError(Exception):
    """The server cannot be reached, or it hung up."""


class Dialog:
    """A connection on which one question is asked at a time."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise DialogError(
                f"Unable to connect to server control socket ({path}): {error.strerror or error}"
            ) from None
        self._stream = self._socket.makefile("rw", encoding="utf-8", errors="replace", newline="\n")
        self.banner = next(self._lines()).text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stream.close()
        self._socket.close()

    def ask(self, command: str) -> Iterator[Line]:
        """Send a command and yield the lines of the answer while they come."""
        try:
            self._stream.write(f"{command}\n")
            self._stream.flush()
            yield from self._lines()
        except ConnectionError:
            raise DialogError("Connection closed by server") from None

    def _lines(self) -> Iterator[Line]:
        code = 0
        for raw in self._stream:
            text = raw.rstrip("\n")
            if coded := _CODED.fullmatch(text):
                code = int(coded[1])
                is_last = coded[2] == " "
                yield Line(code, coded[3], is_last)
                if is_last:
                    return
            elif text.startswith("+"):
                yield Line(ASYNCHRONOUS, f">>> {text[1:]}")
            else:
                yield Line(code, text[1:] if text.startswith(" ") else f"??? {text}")
        raise DialogError("Connection closed by server")
