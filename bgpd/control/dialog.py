"""The client's end of the control socket; it understands every server that speaks BIRD's line protocol."""

import json
import select
import socket
from collections import deque
from collections.abc import Iterator
from typing import Any, Final, Self

from bgpd.control.remedies import remedy
from bgpd.control.reply import JSON, JSON_CODE, ReplyLine, ReplyReader

_CHUNK: Final = 65536


class DialogError(Exception):
    """The server hung up, or it is silent for too long."""


class RefusedError(DialogError):
    """The server refuses a command, or knows none like it."""


class UnreachableError(DialogError):
    """Nobody serves the socket."""


class Dialog:
    """A connection on which one question is asked at a time.

    With ``patience`` it is an error if the server says nothing for so many seconds while it is waited for.
    """

    def __init__(self, path: str, patience: float | None = None) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(patience)
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise UnreachableError(
                f"Unable to connect to server control socket ({path}): {error.strerror or error}"
                f"{remedy(path, error)}"
            ) from None
        self._reader = ReplyReader()
        self._lines: deque[bytes] = deque()
        self._begun = b""
        self._is_open = True
        self.banner = next(self._answer()).text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._socket.close()

    def fileno(self) -> int:
        """Return what to wait on for lines that nobody asked for."""
        return self._socket.fileno()

    def ask(self, command: str) -> Iterator[ReplyLine]:
        """Send a command and yield the lines of the answer while they come."""
        self._is_open = True
        try:
            self._socket.sendall(f"{command}\n".encode(errors="replace"))
        except ConnectionError:
            raise DialogError("Connection closed by server") from None
        yield from self._answer()

    def document(self, command: str) -> Any:  # noqa: ANN401  # who asks knows the shape
        """Return the answer to a command as JSON has it. Raises RefusedError if it is no such answer."""
        text, problems = "", []
        for line in self.ask(f"{JSON} {command}"):
            if line.code == JSON_CODE:
                text += line.text
            elif line.is_error:
                problems.append(line.text)
        if problems or not text:
            raise RefusedError("\n".join(problems) or "no answer")
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RefusedError(f"no JSON: {error}") from None

    def skip(self) -> None:
        """Read over the rest of an answer that was left unread."""
        for _ in self._answer():
            pass

    def unasked(self) -> Iterator[ReplyLine]:
        """Yield the lines that are there though nothing was asked."""
        while self._lines or select.select([self._socket], [], [], 0)[0]:
            yield self._read_line()

    def _answer(self) -> Iterator[ReplyLine]:
        while self._is_open:
            line = self._read_line()
            self._is_open = not line.last
            yield line

    def _read_line(self) -> ReplyLine:
        while not self._lines:
            *whole, self._begun = (self._begun + self._receive()).split(b"\n")
            self._lines.extend(whole)
        return self._reader.read(self._lines.popleft().decode(errors="replace"))

    def _receive(self) -> bytes:
        try:
            octets = self._socket.recv(_CHUNK)
        except TimeoutError:
            raise DialogError("The server does not answer") from None
        except ConnectionError:
            octets = b""
        if not octets:
            raise DialogError("Connection closed by server")
        return octets
