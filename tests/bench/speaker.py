"""A load speaker: the least BGP that moves pre-built bytes in and counts raw bytes out.

It is made so that the daemon is measured and not the tool: UPDATEs are built before the clock starts,
what arrives is kept as raw bytes, and prefixes are counted after the run.
"""

import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

MARKER = b"\xff" * 16
KEEPALIVE = MARKER + b"\x00\x13\x04"
READ_OCTETS = 1 << 18
HOLD_TIME = 3600
"""So long that nobody need send a KEEPALIVE."""
SENDS_PATHS = b"\x45\x04\x00\x01\x01\x02"
"""The capability to send several paths to a prefix (RFC 7911 §4)."""
_AS_TRANS = 23456


def open_message(asn: int, router_id: str, hold_time: int = 180, capabilities: bytes = b"") -> bytes:
    """OPEN with IPv4 unicast and 4-octet AS numbers, and more (RFC 4271 §4.2, RFC 6793)."""
    capabilities = b"\x01\x04\x00\x01\x00\x01" + b"\x41\x04" + struct.pack("!I", asn) + capabilities
    parameters = bytes((2, len(capabilities))) + capabilities
    short_asn = asn if asn <= 0xFFFF else _AS_TRANS
    identifier = socket.inet_aton(router_id)
    body = struct.pack("!BHH4sB", 4, short_asn, hold_time, identifier, len(parameters)) + parameters
    return MARKER + struct.pack("!HB", 19 + len(body), 1) + body


@dataclass(eq=False)
class Speaker:
    """One blocking BGP session from ``local`` to the daemon."""

    local: str
    asn: int
    remote: tuple[str, int]
    capabilities: bytes = b""
    hold_time: int = HOLD_TIME
    router_id: str = ""
    """Its address if empty, which is one of IPv4 then."""
    received: list[bytes] = field(default_factory=list)

    def connect(self) -> None:
        """Open the session and return once the daemon's first KEEPALIVE has come."""
        deadline = time.monotonic() + 30
        opening = self.opening()
        while True:
            self.socket = socket.socket(socket.AF_INET6 if ":" in self.local else socket.AF_INET)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.bind((self.local, 0))
            try:
                self.socket.connect(self.remote)
                self.socket.sendall(opening)
                if self._handshake():
                    return
            except OSError:
                if time.monotonic() > deadline:
                    raise
            self.socket.close()
            if time.monotonic() > deadline:
                raise TimeoutError(f"no session from {self.local} to {self.remote} within 30 s")
            time.sleep(0.05)

    def opening(self) -> bytes:
        """Return the OPEN."""
        return open_message(self.asn, self.router_id or self.local, self.hold_time, self.capabilities)

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

    def read_until(self, *sentinels: bytes, timeout: float) -> float:
        """Read raw bytes until all sentinels were seen; return the monotonic second at which they were."""
        self.socket.settimeout(timeout)
        missing = [*sentinels]
        tail = b""
        while True:
            data = self.read()
            text = tail + data
            missing = [sentinel for sentinel in missing if sentinel not in text]
            if not missing:
                return time.monotonic()
            tail = data[-max(map(len, missing)) :]

    def read(self) -> bytes:
        """Return what has come, or comes next, and keep it."""
        data = self.socket.recv(READ_OCTETS)
        if not data:
            raise ConnectionError("the daemon closed the session")
        self.received.append(data)
        return data

    def send(self, data: bytes) -> None:
        """Send everything in one system call, so that a thread that sends does not disturb one that reads."""
        self.socket.setblocking(True)
        self.socket.sendall(data)

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


@contextmanager
def sending(loads: Mapping[Speaker, bytes]) -> Iterator[None]:
    """Let all of them send at once while the block runs, and wait at its end until they have."""
    threads = [threading.Thread(target=each.send, args=(data,), daemon=True) for each, data in loads.items()]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
