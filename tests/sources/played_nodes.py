"""The other nodes of a cluster, played in a namespace: each has one session and one block, and counts."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any, Final, NamedTuple, Self

from messages.attribute_set import AttributeSetTable
from messages.context import Context
from messages.families.prefix import render_prefix
from messages.iana import MessageType
from messages.update import decode_update
from tests.bench.speaker import KEEPALIVE, MARKER, messages, open_message
from tests.interop.lab import Host
from tests.reconfiguration.far import announcement

ASN: Final = 64512
_BGP: Final = 179
_PAUSE: Final = 0.2
"""Seconds between two attempts to connect."""
_HEADER: Final = len(MARKER) + 3
_END_OF_RIB: Final = bytes(4)


def address_of(number: int) -> str:
    """Return the address of a node."""
    return f"10.40.{1 + number // 100}.{1 + number % 100}"


def block_of(number: int) -> str:
    """Return the block of a node."""
    return f"10.200.{number}.0/26"


class Counted(NamedTuple):
    """What must not change for a node if nothing happens to it."""

    sessions: int
    """How many were established."""
    lost: int
    """How many of them have ended."""
    heard: Counter[MessageType]
    """What the daemon has said, without KEEPALIVE messages."""

    def later(self, updates: int) -> Self:
        """Return the same after so many more UPDATEs."""
        return self._replace(heard=self.heard + Counter({MessageType.UPDATE: updates}))


@dataclass(eq=False)
class PlayedNode:
    """One node, as the daemon sees it."""

    number: int
    is_up: bool = False
    is_fed: bool = False
    """Whether it was told all there is (RFC 4724 §2)."""
    sessions: int = 0
    lost: int = 0
    heard: Counter[MessageType] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)
    """The prefixes that it knows from the daemon."""

    @property
    def address(self) -> str:
        return address_of(self.number)

    @property
    def counted(self) -> Counted:
        return Counted(self.sessions, self.lost, self.heard.copy())

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be in a session until it ends."""
        unread, sets = b"", AttributeSetTable(Context(external=False))
        writer.write(open_message(ASN, self.address))
        try:
            while more := await reader.read(1 << 16):
                unread += more
                for kind, body in messages(unread):
                    unread = unread[_HEADER + len(body) :]
                    self._take(MessageType(kind), body, sets, writer)
        except ConnectionError:
            pass
        finally:
            self.lost += self.is_up
            self.is_up = self.is_fed = False
            self.told.clear()
            writer.close()

    def _take(
        self, kind: MessageType, body: bytes, sets: AttributeSetTable, writer: asyncio.StreamWriter
    ) -> None:
        if kind is MessageType.KEEPALIVE:
            writer.write(KEEPALIVE)
            if not self.is_up:
                self.is_up, self.sessions = True, self.sessions + 1
                writer.write(announcement(ASN, self.address, b"", block_of(self.number), external=False))
            return
        self.heard[kind] += 1
        if kind is MessageType.OPEN:
            writer.write(KEEPALIVE)
        elif kind is MessageType.UPDATE:
            update = decode_update(body, sets)
            self.is_fed = self.is_fed or body == _END_OF_RIB
            for family, gone in update.withdrawn:
                self.told.difference_update(render_prefix(key, family) for key in gone)
            for family, _, keys in update.announced:
                self.told.update(render_prefix(key, family) for key in keys)


class PlayedNodes:
    """All nodes but that of the daemon; of two the one with the higher address connects."""

    def __init__(self, host: Host, daemon: int, loop: asyncio.AbstractEventLoop) -> None:
        self.nodes: dict[int, PlayedNode] = {}
        self._host = host
        self._daemon = address_of(daemon)
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def join(self, *numbers: int) -> None:
        """There are these as well from now on."""
        self.nodes |= {number: PlayedNode(number) for number in numbers}
        self._loop.call_soon_threadsafe(self._connect, numbers)

    def _connect(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if IPv4Address(address_of(number)) > IPv4Address(self._daemon):
                task = self._loop.create_task(self._keep_connected(self.nodes[number]))
                self._tasks.add(task)

    async def listen(self) -> None:
        with self._host.entered():
            sock = socket.create_server(("0.0.0.0", _BGP), backlog=1024)
        self._server = await asyncio.start_server(self._accept, sock=sock)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        local = writer.get_extra_info("sockname")[0]
        node = next((each for each in self.nodes.values() if each.address == local), None)
        if node is None or node.is_up:
            writer.close()
            return
        with suppress(asyncio.CancelledError):  # nobody would take it
            await node.converse(reader, writer)

    async def _keep_connected(self, node: PlayedNode) -> None:
        while True:
            with self._host.entered():
                sock = socket.socket()
            sock.setblocking(False)
            with suppress(OSError):
                sock.bind((node.address, 0))
                await self._loop.sock_connect(sock, (self._daemon, _BGP))
                await node.converse(*await asyncio.open_connection(sock=sock))
            sock.close()
            await asyncio.sleep(_PAUSE)

    async def leave(self) -> None:
        """Nobody is there any more."""
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def played(host: Host, daemon: int) -> Iterator[PlayedNodes]:
    """Play nodes in a thread of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(work(), loop).result(timeout=60)

    nodes = PlayedNodes(host, daemon, loop)
    try:
        run(nodes.listen)
        yield nodes
    finally:
        run(nodes.leave)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
