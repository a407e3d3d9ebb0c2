"""Neighbors that are played: each connects until it is let in, says what it has, notes what it is told."""

import asyncio
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from messages.attribute_set import AttributeSetTable
from messages.context import Context
from messages.families.prefix import render_prefix
from messages.iana import MessageType
from messages.update import decode_update
from tests.bench.speaker import KEEPALIVE, MARKER, messages, open_message
from tests.daemon.conversation import message

_PAUSE: Final = 0.03
"""Seconds between two attempts to connect."""
_ROUTE_REFRESH: Final = b"\x02\x00"
_END_OF_RIB: Final = message(MessageType.UPDATE, bytes(4))
_HEADER: Final = len(MARKER) + 3
_ORIGIN: Final = bytes.fromhex("40010100")
_LOCAL_PREF: Final = bytes.fromhex("40050400000064")


@dataclass(eq=False)
class Far:
    """One neighbor, for as long as its task runs."""

    local: str
    asn: int
    ports: Callable[[], Sequence[int]]
    """Where the daemon may listen now."""
    make_socket: Callable[[str], socket.socket]
    """Makes one that is bound to an address."""
    remote: str
    routes: Sequence[bytes] = ()
    """The UPDATEs it says first, and again when it is asked."""
    external: bool = True
    capabilities: bytes = _ROUTE_REFRESH
    """What its OPEN has beyond the usual."""
    sessions: int = 0
    """How many were established."""
    told: dict[str, bytes] = field(default_factory=dict)
    """What it knows of the daemon: the octets of the attributes of each prefix."""
    is_up: bool = False
    writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Connect time and again."""
        while True:
            for port in self.ports():
                with suppress(OSError, EOFError):
                    await self._session(port)
            await asyncio.sleep(_PAUSE)

    def hang_up(self) -> None:
        """Lose the session."""
        if self.writer is not None:
            self.writer.close()

    async def _session(self, port: int) -> None:
        sock = self.make_socket(self.local)
        try:
            await asyncio.get_running_loop().sock_connect(sock, (self.remote, port))
        except OSError:
            sock.close()
            raise
        reader, self.writer = await asyncio.open_connection(sock=sock)
        try:
            self.writer.write(open_message(self.asn, self.local, 240, self.capabilities))
            await self._converse(reader, self.writer)
        finally:
            self.is_up = False
            self.told.clear()
            self.writer.close()
            self.writer = None

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        context = Context(external=self.external)
        sets = AttributeSetTable(context)
        unread = b""
        while more := await reader.read(1 << 16):
            unread += more
            for kind, body in messages(unread):
                unread = unread[_HEADER + len(body) :]
                if kind == MessageType.OPEN:
                    writer.write(KEEPALIVE)
                elif kind == MessageType.KEEPALIVE and not self.is_up:
                    self.is_up = True
                    self.sessions += 1
                    self._say_all(writer)
                elif kind == MessageType.ROUTE_REFRESH:
                    self._say_all(writer)
                elif kind == MessageType.UPDATE:
                    self._take(body, sets)

    def _say_all(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(self.routes) + _END_OF_RIB)

    def _take(self, body: bytes, sets: AttributeSetTable) -> None:
        update = decode_update(body, sets)
        assert not update.errors, update.errors
        for family, gone in update.withdrawn:
            for key in gone:
                self.told.pop(render_prefix(key, family), None)
        for family, attributes, keys in update.announced:
            for key in keys:
                self.told[render_prefix(key, family)] = b"".join(attributes.pieces().values())


def announcement(asn: int, next_hop: str, more: bytes, *prefixes: str, external: bool = True) -> bytes:
    """Return an UPDATE (RFC 4271 §4.3); ``more`` are further attributes, with their headers."""
    as_path = b"\x40\x02\x06\x02\x01" + struct.pack("!I", asn) if external else b"\x40\x02\x00"
    attributes = _ORIGIN + as_path + b"\x40\x03\x04" + socket.inet_aton(next_hop)
    attributes += more if external else more + _LOCAL_PREF
    reachable = b"".join(map(_octets, prefixes))
    return message(MessageType.UPDATE, struct.pack("!HH", 0, len(attributes)) + attributes + reachable)


def _octets(prefix: str) -> bytes:
    address, _, bits = prefix.partition("/")
    return bytes([int(bits)]) + socket.inet_aton(address)[: (int(bits) + 7) // 8]
