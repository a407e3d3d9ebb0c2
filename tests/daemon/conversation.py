"""The other end of a BGP connection, by hand: what is sent are octets, right or wrong."""

import socket
import struct
from typing import Final, Self

from messages.iana import MessageType
from messages.notification import Notification, decode_notification
from tests.bench.speaker import KEEPALIVE, MARKER, messages, open_message
from tests.interop.lab import Host

_SECONDS: Final = 60.0
"""How long to wait for what must come; a busy machine is slow, and waiting costs nothing if it comes."""
_ORIGIN_IGP: Final = bytes.fromhex("40010100")

Received = tuple[int, bytes]
"""The type and the body of a message."""


class Conversation:
    """One TCP connection to port 179 of a daemon, closed at the end of the ``with`` block."""

    def __init__(self, host: Host, local: str, remote: str) -> None:
        with host.entered():
            self.socket = socket.create_connection((remote, 179), _SECONDS, (local, 0))
        self.local = local
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *octets: bytes) -> None:
        self.socket.sendall(b"".join(octets))

    def establish(self, asn: int, capabilities: bytes = b"") -> None:
        """Open the session and return when the daemon has done the same."""
        self.send(open_message(asn, self.local, hold_time=240, capabilities=capabilities))
        assert self.message()[0] == MessageType.OPEN
        self.send(KEEPALIVE)
        assert self.message()[0] == MessageType.KEEPALIVE

    def announce(self, asn: int, *prefixes: str) -> None:
        """Announce IPv4 prefixes of whole octets, as a neighbor of this AS that is their next hop."""
        self.send(update(asn, self.local, *prefixes))

    def message(self) -> Received:
        """Return the next message; the end of the connection is an EOFError."""
        while True:
            cut = messages(self._unread)
            if cut:
                kind, body = cut[0]
                self._unread = self._unread[len(MARKER) + 3 + len(body) :]
                return kind, body
            more = self.socket.recv(1 << 16)
            if not more:
                raise EOFError
            self._unread += more

    def rest(self) -> list[Received]:
        """Return all messages up to the end of the connection."""
        found: list[Received] = []
        while True:
            try:
                found.append(self.message())
            except EOFError:
                return found

    def notification(self) -> Notification:
        """Return the NOTIFICATION that must be the daemon's last word."""
        *_, (kind, body) = self.rest()
        assert kind == MessageType.NOTIFICATION
        return decode_notification(body)

    def waiting(self) -> list[int]:
        """Return the types of the messages that have come and were not read; EOFError after the end."""
        self.socket.settimeout(0.01)
        types: list[int] = []
        try:
            while True:
                types.append(self.message()[0])
        except TimeoutError:
            return types
        finally:
            self.socket.settimeout(_SECONDS)


def message(kind: int, body: bytes) -> bytes:
    """Return a message with a right header (RFC 4271 §4.1)."""
    return MARKER + struct.pack("!HB", len(MARKER) + 3 + len(body), kind) + body


def update(asn: int, next_hop: str, *prefixes: str) -> bytes:
    """Return an UPDATE of a neighbor with 4-octet AS numbers (RFC 4271 §4.3, RFC 6793)."""
    as_path = b"\x40\x02\x06\x02\x01" + struct.pack("!I", asn)
    attributes = _ORIGIN_IGP + as_path + b"\x40\x03\x04" + socket.inet_aton(next_hop)
    reachable = b"".join(map(_octets, prefixes))
    return message(MessageType.UPDATE, struct.pack("!HH", 0, len(attributes)) + attributes + reachable)


def _octets(prefix: str) -> bytes:
    address, _, bits = prefix.partition("/")
    return bytes([int(bits)]) + socket.inet_aton(address)[: int(bits) // 8]
