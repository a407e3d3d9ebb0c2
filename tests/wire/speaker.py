"""A scripted speaker: one TCP connection on which anything can be said, and what comes is read."""

import socket
import time
from typing import Final, Self

from tests.interop.lab import Host
from tests.wire import octets
from tests.wire.decoder import Attributes, decode_update

_SECONDS: Final = 5.0
_READ: Final = 1 << 18

Received = tuple[int, bytes]
"""The type and the body of a message."""


class SessionEndedError(Exception):
    """The connection was closed where a message was expected."""


class Speaker:
    """One connection to port 179 of the daemon, closed at the end of the ``with`` block."""

    def __init__(self, host: Host, local: str) -> None:
        with host.entered():
            self._socket = socket.create_connection((octets.ROUTER, 179), _SECONDS, (local, 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""
        self.received: list[Received] = []
        """Every message so far."""
        self.closed = False
        """Whether the daemon has closed the connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send octets; if the daemon has closed the connection they are lost, which reading will show."""
        self._socket.settimeout(_SECONDS)
        try:
            self._socket.sendall(data)
        except ConnectionError:
            self.read(0.1)

    def read(self, seconds: float) -> bool:
        """Wait so long for octets, and take what is there; tell whether anything came."""
        if self.closed:
            return False
        self._socket.settimeout(max(seconds, 0.0001))
        try:
            data = self._socket.recv(_READ)
        except TimeoutError:
            return False
        except ConnectionError:
            data = b""
        if not data:
            self.closed = True
            return False
        self._unread += data
        for kind, body in octets.messages(self._unread):
            self.received.append((kind, body))
            self._unread = self._unread[octets.HEADER_OCTETS + len(body) :]
        return True

    def await_message(self, kind: int) -> bytes:
        """Return the body of the first message of this type, which may have come already."""
        deadline = time.monotonic() + _SECONDS
        while True:
            for received, body in self.received:
                if received == kind:
                    return body
            if self.closed or time.monotonic() > deadline:
                raise SessionEndedError(f"no message of type {kind}; received: {self.last_words()}")
            self.read(0.5)

    def await_close(self, seconds: float) -> bool:
        """Tell whether the daemon closes the connection in time."""
        deadline = time.monotonic() + seconds
        while not self.closed and (left := deadline - time.monotonic()) > 0:
            self.read(left)
        return self.closed

    def forget(self) -> None:
        """Forget the messages so far, but not the last words."""
        self.received = [each for each in self.received if each[0] == octets.NOTIFICATION]

    def notification(self) -> bytes | None:
        """Return the body of the NOTIFICATION that came first, if one came."""
        return next((body for kind, body in self.received if kind == octets.NOTIFICATION), None)

    def last_words(self) -> str:
        """Describe how the connection stands."""
        state = "closed" if self.closed else "open"
        body = self.notification()
        return state if body is None else f"{state} with NOTIFICATION {body[0]}/{body[1]} {body[2:].hex()}"


class Observer(Speaker):
    """A neighbor that behaves: it keeps what it is told."""

    def __init__(self, host: Host, local: str, opening: bytes) -> None:
        super().__init__(host, local)
        self.routes: dict[str, Attributes] = {}
        self.send(opening)
        self.await_message(octets.KEEPALIVE)
        self.send(octets.message(octets.KEEPALIVE))

    def look(self, seconds: float = 0.0) -> dict[str, Attributes]:
        """Wait so long for news, and return the routes it has now."""
        while self.read(seconds):
            seconds = 0.0
        for kind, body in self.received:
            if kind == octets.UPDATE:
                heard = decode_update(body)
                for prefix in heard.withdrawn:
                    self.routes.pop(prefix, None)
                self.routes |= dict.fromkeys(heard.announced, heard.attributes)
        self.forget()
        if self.closed:
            raise SessionEndedError(f"an observer lost its session: {self.last_words()}")
        return dict(self.routes)
