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
WRITE_OCTETS = 1 << 16
HOLD_TIME = 3600
"""So long that nobody need send a KEEPALIVE."""
SENDS_PATHS = b"\x45\x04\x00\x01\x01\x02"
"""The capability to send several paths to a prefix (RFC 7911 §4)."""
SEND_SECONDS = 300
"""How long the daemon may read nothing."""
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
        opening = open_message(self.asn, self.router_id or self.local, self.hold_time, self.capabilities)
        while True:
            self.socket = socket.socket(socket.AF_INET6 if ":" in self.local else socket.AF_INET)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
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
        """Send everything in chunks, as a router does."""
        self.socket.settimeout(SEND_SECONDS)
        for start in range(0, len(data), WRITE_OCTETS):
            self.socket.sendall(data[start : start + WRITE_OCTETS])

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


class Tally:
    """Counts what is in a stream of raw bytes: IPv4 prefixes and UPDATE messages."""

    def __init__(self) -> None:
        self.announced = 0
        self.withdrawn = 0
        self.updates = 0
        self._rest = b""

    def add(self, data: bytes) -> None:
        """Count what came next, as far as messages are complete."""
        data = self._rest + data
        position = 0
        for kind, body in messages(data):
            position += 19 + len(body)
            if kind == 2:
                withdrawn, announced = fields(body)
                self.updates += 1
                self.withdrawn += _count(withdrawn)
                self.announced += _count(announced)
        self._rest = data[position:]


def held_prefixes(data: bytes) -> set[bytes]:
    """Return the IPv4 prefixes that are announced in raw bytes and not withdrawn since."""
    held: set[bytes] = set()
    for kind, body in messages(data):
        if kind == 2:
            withdrawn, announced = fields(body)
            held.difference_update(_cut(withdrawn))
            held.update(_cut(announced))
    return held


def fields(body: bytes) -> tuple[bytes, bytes]:
    """Return the fields of an UPDATE that hold prefixes: withdrawn and announced (RFC 4271 §4.3)."""
    withdrawn = 2 + (body[0] << 8 | body[1])
    attributes = withdrawn + 2 + (body[withdrawn] << 8 | body[withdrawn + 1])
    return body[2:withdrawn], body[attributes:]


def _cut(field_octets: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(field_octets):
        stop = position + 1 + (field_octets[position] + 7 >> 3)
        yield field_octets[position:stop]
        position = stop


def _count(field_octets: bytes) -> int:
    position = count = 0
    while position < len(field_octets):
        position += 1 + (field_octets[position] + 7 >> 3)
        count += 1
    return count


def check_held(sink: Speaker, expected: int) -> None:
    """Stop the benchmark if a neighbor does not hold so many prefixes: then its figures mean nothing."""
    held = len(held_prefixes(b"".join(sink.received)))
    if held != expected:
        raise SystemExit(f"the neighbor {sink.local} holds {held:,} prefixes instead of {expected:,}")
