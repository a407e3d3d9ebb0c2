"""A load speaker: the least BGP that moves pre-built bytes in and counts raw bytes out.

It is made so that the daemon is measured and not the tool: UPDATEs are built before the clock starts,
what arrives is kept as raw bytes, and prefixes are counted after the run.
"""

import socket
import struct
import time
from dataclasses import dataclass, field

MARKER = b"\xff" * 16
KEEPALIVE = MARKER + b"\x00\x13\x04"
READ_OCTETS = 1 << 18


def open_message(asn: int, router_id: str, hold_time: int = 180) -> bytes:
    """OPEN with IPv4 unicast and 4-octet AS numbers (RFC 4271 §4.2, RFC 6793)."""
    capabilities = b"\x01\x04\x00\x01\x00\x01" + b"\x41\x04" + struct.pack("!I", asn)
    parameters = bytes((2, len(capabilities))) + capabilities
    body = (
        struct.pack("!BHH4sB", 4, asn, hold_time, socket.inet_aton(router_id), len(parameters)) + parameters
    )
    return MARKER + struct.pack("!HB", 19 + len(body), 1) + body


@dataclass
class Speaker:
    """One blocking BGP session from ``local`` to the daemon."""

    local: str
    asn: int
    remote: tuple[str, int]
    received: list[bytes] = field(default_factory=list)

    def connect(self) -> None:
        """Open the session and return once the daemon's first KEEPALIVE has come."""
        deadline = time.monotonic() + 30
        while True:
            self.socket = socket.socket()
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.socket.bind((self.local, 0))
            try:
                self.socket.connect(self.remote)
                self.socket.sendall(open_message(self.asn, self.local))
                if self._handshake():
                    return
            except OSError:
                if time.monotonic() > deadline:
                    raise
            self.socket.close()
            if time.monotonic() > deadline:
                raise TimeoutError(f"no session from {self.local} to {self.remote} within 30 s")
            time.sleep(0.2)

    def _handshake(self) -> bool:
        data, answered = b"", False
        while not _has_keepalive(data):
            more = self.socket.recv(4096)
            if not more:
                return False
            data += more
            if not answered and messages(data):
                self.socket.sendall(KEEPALIVE)
                answered = True
        return True

    def read_until(self, sentinel: bytes, timeout: float) -> float:
        """Read raw bytes until ``sentinel`` was seen; return the monotonic second at which it was."""
        self.socket.settimeout(timeout)
        tail = b""
        while True:
            data = self.socket.recv(READ_OCTETS)
            if not data:
                raise ConnectionError("the daemon closed the session")
            self.received.append(data)
            if sentinel in tail + data:
                return time.monotonic()
            tail = data[-len(sentinel) :]

    def close(self) -> None:
        """Close the connection without a NOTIFICATION."""
        self.socket.close()


def _has_keepalive(data: bytes) -> bool:
    return any(kind == 4 for kind, _ in messages(data))


def messages(data: bytes) -> list[tuple[int, bytes]]:
    """Cut raw bytes into (type, body); an incomplete message at the end is left out."""
    found = []
    position = 0
    while position + 19 <= len(data):
        length = data[position + 16] << 8 | data[position + 17]
        if position + length > len(data):
            break
        found.append((data[position + 18], data[position + 19 : position + length]))
        position += length
    return found


def count_prefixes(data: bytes) -> tuple[int, int, int]:
    """Return (announced, withdrawn, UPDATE messages) of IPv4 unicast in raw bytes."""
    announced = withdrawn = updates = 0
    for kind, body in messages(data):
        if kind != 2:
            continue
        updates += 1
        gone = body[0] << 8 | body[1]
        attributes = body[2 + gone] << 8 | body[3 + gone]
        withdrawn += _count(body[2 : 2 + gone])
        announced += _count(body[4 + gone + attributes :])
    return announced, withdrawn, updates


def _count(field_octets: bytes) -> int:
    position = count = 0
    while position < len(field_octets):
        position += 1 + (field_octets[position] + 7 >> 3)
        count += 1
    return count
