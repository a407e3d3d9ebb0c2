"""What can be done to the pages by those who may connect."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Final

from tests.hostile.victim import Victim

REFUSED_PATHS: Final = (
    b"/../../../../etc/passwd",
    b"/metrics/../../etc/passwd",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"//etc/passwd",
    b"/metrics%00.html",
    b"/..\\..\\etc\\passwd",
    b"file:///etc/passwd",
    b"http://192.0.2.66/../../etc/passwd",
    b"/" + b"a" * 7000,
    b"*",
)


def answer(client: socket.socket) -> bytes:
    """Return all up to the end of the connection, in whatever way it ends."""
    read = b""
    with suppress(ConnectionError):
        while octets := client.recv(1 << 16):
            read += octets
    return read


def _send(client: socket.socket, octets: bytes) -> None:
    with suppress(ConnectionError):
        client.sendall(octets)


@contextmanager
def _all_say(number: int, octets: bytes, victim: Victim) -> Iterator[None]:
    """Connect so often, say this and wait."""
    with ExitStack() as connections:
        for _ in range(number):
            with suppress(ConnectionError):
                client = connections.enter_context(victim.http())
                _send(client, octets)
        yield


@contextmanager
def _drip(victim: Victim) -> Iterator[None]:
    """Say a request octet by octet, on many connections."""
    with ExitStack() as connections:
        clients = [connections.enter_context(victim.http()) for _ in range(40)]
        for octet in b"GET /metrics HTTP/1.1\r\nHost: a":
            for client in clients:
                _send(client, bytes([octet]))
        yield


@contextmanager
def _expect(status: bytes, request: bytes, victim: Victim, *, ends: bool = False) -> Iterator[None]:
    """Say something that has an answer, and nothing but it."""
    with victim.http() as client:
        _send(client, request)
        if ends:
            client.shutdown(socket.SHUT_WR)
        yield
        read = answer(client)
    assert read.startswith(b"HTTP/1.1 " + status) if status else not read, read[:200]
    assert read.count(b"HTTP/1.1 ") == bool(status)
    assert b"root:" not in read


@contextmanager
def _traverse(victim: Victim) -> Iterator[None]:
    for path in REFUSED_PATHS:
        with _expect(b"404", b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n", victim):
            pass
    yield


@contextmanager
def _never_read(victim: Victim) -> Iterator[None]:
    """Ask for much, with a window as small as can be, and read nothing."""
    with ExitStack() as connections:
        for _ in range(40):
            client = connections.enter_context(victim.http())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            _send(client, b"GET /metrics HTTP/1.1\r\n\r\n")
        yield


GET: Final = b"GET /metrics HTTP/1.1\r\nHost: a\r\n"
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n\r\n" + b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"
ATTACKS: Final[Mapping[str, Callable[[Victim], object]]] = {
    "slow requests": _drip,
    "heads without an end": partial(_all_say, 100, b"GET /metrics HTTP/1.1\r\n"),
    "huge fields": partial(_all_say, 20, GET + b"Cookie: " + b"x" * (4 << 20)),
    "many fields": partial(_all_say, 20, GET + b"a: b\r\n" * 500_000),
    "thousands of connections": partial(_all_say, 3000, b""),
    "thousands of requests": partial(_all_say, 1000, GET + b"\r\n"),
    "binary": partial(_all_say, 100, os.urandom(100_000)),
    "a TLS handshake": partial(_expect, b"400", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n"),
    "paths that lead elsewhere": _traverse,
    "pipelining": partial(_expect, b"200", (GET + b"\r\n") * 20_000),
    "half closed after the request": partial(_expect, b"200", GET + b"\r\n", ends=True),
    "half closed in the request": partial(_expect, b"", GET, ends=True),
    "HTTP/0.9": partial(_expect, b"400", b"GET /metrics\r\n\r\n"),
    "a body": partial(_expect, b"405", b"POST /metrics HTTP/1.1\r\nContent-Length: 99999999\r\n\r\nabc"),
    "chunks": partial(_expect, b"405", b"POST /metrics HTTP/1.1\r\n" + CHUNKED * 20),
    "chunks that nobody expects": partial(_expect, b"200", GET + CHUNKED * 20),
    "two lengths": partial(_expect, b"200", GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
    "who does not read": _never_read,
}
