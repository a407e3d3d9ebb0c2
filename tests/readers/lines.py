"""How Calico's programs read BIRD's control socket: at once, line by line, with 2 s of patience for each."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

DEADLINE: Final = 2.0
"""Seconds for connecting, and for each line."""


class UnexpectedLineError(Exception):
    """The reader gives the whole answer up."""


@contextmanager
def connected(path: Path) -> Iterator[TextIO]:
    """Connect; whoever waits longer than the deadline gets a ``TimeoutError``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(DEADLINE)
        connection.connect(str(path))
        with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
            yield stream


def send(stream: TextIO, command: str) -> None:
    """Give a command, without waiting for the banner."""
    stream.write(f"{command}\n")
    stream.flush()


def read(stream: TextIO) -> str:
    """Return the next line."""
    line = stream.readline()
    if not line:
        raise UnexpectedLineError("connection closed")
    return line.removesuffix("\n")
