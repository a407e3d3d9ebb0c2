"""Numbered packets from one host to an address of another, and which of them arrived."""

import socket
from typing import Final, Self

from tests.interop.lab import Host
from tests.interop.routers import family_of

_SO_RCVBUFFORCE: Final = 33
_NUMBER_OCTETS: Final = 4


class Traffic:
    """UDP, so that nobody sends a lost packet again; a context manager."""

    def __init__(self, sender: Host, receiver: Host, address: str) -> None:
        family = socket.AF_INET if family_of(address) == "ipv4" else socket.AF_INET6
        with receiver.entered():
            self._receiver = socket.socket(family, socket.SOCK_DGRAM)
        self._receiver.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 16 << 20)
        self._receiver.setblocking(False)
        self._receiver.bind((address, 0))
        self._destination = self._receiver.getsockname()[:2]
        with sender.entered():
            self._sender = socket.socket(family, socket.SOCK_DGRAM)
        self.sent = 0
        self._missing: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.close()
        self._receiver.close()

    def send(self) -> None:
        """Send the next packet; without a route that is an OSError."""
        self._sender.sendto(self.sent.to_bytes(_NUMBER_OCTETS), self._destination)
        self._missing.add(self.sent)
        self.sent += 1

    def missing(self) -> set[int]:
        """Take what has arrived, and return the numbers of the packets that have not."""
        try:
            while True:
                self._missing.discard(int.from_bytes(self._receiver.recv(_NUMBER_OCTETS)))
        except BlockingIOError:
            return self._missing
