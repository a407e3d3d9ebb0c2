"""Sessions with the daemon: one that keeps what it is told, and one of a speaker with 2-octet AS numbers."""

import socket
import threading
from contextlib import suppress
from struct import pack
from typing import Final, Self

from messages.iana import BGP_PORT
from tests.bench.speaker import HOLD_TIME, MARKER, Speaker
from tests.interop.lab import Host
from tests.real_table.updates import Held

IPV6_UNICAST: Final = b"\x01\x04\x00\x02\x00\x01"
"""The capability to exchange routes of IPv6 (RFC 4760 §8)."""
_OPEN: Final = 1
_VERSION: Final = 4
_READ_OCTETS: Final = 1 << 18


class OldSpeaker(Speaker):
    """Knows no capabilities and so AS numbers of two octets only (RFC 6793 §4.2)."""

    def opening(self) -> bytes:
        router_id = bytes(map(int, (self.router_id or self.local).split(".")))
        body = pack("!BHH4sB", _VERSION, self.asn, HOLD_TIME, router_id, 0)
        return MARKER + pack("!HB", 19 + len(body), _OPEN) + body


class Listener(threading.Thread):
    """A neighbor that keeps what it is told until it is stopped; a context manager."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(daemon=True)
        self.held = Held()
        self._speaker = speaker

    def __enter__(self) -> Self:
        self._speaker.connect()
        self._speaker.socket.settimeout(None)
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        with suppress(OSError):  # the daemon was first
            self._speaker.socket.shutdown(socket.SHUT_RDWR)
        self.join()
        self._speaker.close()

    def run(self) -> None:
        with suppress(ConnectionResetError):  # at the end, with something unread
            while octets := self._speaker.socket.recv(_READ_OCTETS):
                self.held.hear(octets)


def connected(host: Host, speaker: Speaker) -> Speaker:
    """Return the speaker with its session established; its socket belongs to the host."""
    with host.entered():
        speaker.connect()
    return speaker


def remote(address: str) -> tuple[str, int]:
    """Return where the daemon listens."""
    return address, BGP_PORT
