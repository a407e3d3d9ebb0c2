"""What can be done to the control socket by those who may open it."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Final

from tests.hostile.victim import Victim

_PATIENCE: Final = 0.2
"""Seconds after which a client that cannot write any more gives up; the daemon does not read from it."""


def _send(client: socket.socket, octets: bytes) -> None:
    """Write as much as the daemon takes."""
    client.settimeout(_PATIENCE)
    with suppress(OSError):
        client.sendall(octets)
    client.settimeout(60)


def _read_until(client: socket.socket, end: bytes) -> bytes:
    """Return what comes up to and with these octets."""
    read = b""
    while end not in read:
        octets = client.recv(1 << 16)
        assert octets, f"the connection ended after {read[-200:]!r}"
        read += octets
    return read


@contextmanager
def _all_say(number: int, octets: bytes, victim: Victim) -> Iterator[None]:
    """Open so many connections, say this and read nothing."""
    with ExitStack() as connections:
        for _ in range(number):
            with suppress(OSError):
                _send(connections.enter_context(victim.control()), octets)
        yield


@contextmanager
def _long_lines(victim: Victim) -> Iterator[None]:
    """Say megabytes in one line; the next command is answered."""
    with victim.control() as client:
        client.sendall(b"show " + b"x" * (8 << 20))
        yield
        client.sendall(b"\nshow status\n")
        assert b"9000 Command too long\n" in _read_until(client, b"\n0013 ")


@contextmanager
def _rubbish(victim: Victim) -> Iterator[None]:
    """Say what is no text; the next command is answered."""
    with victim.control() as client:
        client.sendall(os.urandom(5000) + b"\0\0\xff\xfe\n" * 500 + b"\n")
        yield
        client.sendall(b"show status\n")
        _read_until(client, b"\n0013 ")


@contextmanager
def _leave(victim: Victim) -> Iterator[None]:
    """Go in the middle of long answers, in both ways that there are."""
    for number in range(100):
        with victim.control() as client:
            client.sendall(b"show route all\nshow protocols all\n" if number % 2 else b"show rou")
            client.recv(100)
            if number % 3:
                client.shutdown(socket.SHUT_RDWR)
    yield


@contextmanager
def _stop_reading(number: int, victim: Victim) -> Iterator[None]:
    """Read the beginning of long answers, and then no more of them."""
    with ExitStack() as connections:
        for _ in range(number):
            client = connections.enter_context(victim.control())
            client.sendall(b"show route all\n")
            for _ in range(64):
                client.recv(1 << 16)
        yield


ATTACKS: Final[Mapping[str, Callable[[Victim], object]]] = {
    "lines of megabytes": _long_lines,
    "megabytes without a line": partial(_all_say, 20, b"y" * (2 << 20)),
    "binary": _rubbish,
    "more binary": partial(_all_say, 50, os.urandom(200_000)),
    "disconnects in mid-answer": _leave,
    "thousands of connections": partial(_all_say, 2000, b""),
    "readers that never read all routes": partial(_all_say, 50, b"show route all\n"),
    "readers that stop after some megabytes": partial(_stop_reading, 20),
    "readers that never read all routes in JSON": partial(_all_say, 20, b"json show route all\n"),
    "commands without end, unread": partial(_all_say, 10, b"show protocols all\n" * 200_000),
    "dumps of everything": partial(_all_say, 5, b"dump routes\ndump attributes\n" * 200_000),
    "long options": partial(_all_say, 5, (b"show route where " + b"(" * 900 + b"\n") * 100),
    "filters that go on and on": partial(_all_say, 5, b"eval " + b"1+" * 400 + b"1\n"),
}
