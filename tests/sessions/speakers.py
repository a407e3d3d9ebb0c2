"""Two kinds of neighbors on the loopback interface: real peers, and one that does what a test tells it."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from itertools import count
from types import TracebackType
from typing import Any, Self

from bgpd.sessions.listener import Listener
from bgpd.sessions.peer import Peer
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.session import Session
from bgpd.sessions.socket_options import Endpoint, change_password
from fsm.settings import Settings
from fsm.state import State
from messages.capabilities import (
    FOUR_OCTET_AS,
    GRACEFUL_RESTART,
    MULTIPROTOCOL,
    Capabilities,
    Capability,
    GracefulRestart,
)
from messages.families import IPV4_UNICAST, Family
from messages.framing import Framer, frame
from messages.iana import MessageType
from messages.keepalive import KEEPALIVE
from messages.notification import Notification, decode_notification
from messages.open import Open, encode_open
from messages.route_refresh import RouteRefresh

PATIENCE = 20.0
_NUMBERS = count()
END_OF_RIB = frame(MessageType.UPDATE, bytes(4))
OUR_ADDRESS, THEIR_ADDRESS = "127.0.0.1", "127.0.0.2"
OURS = Settings(local_asn=64512, router_id=2, peer_asn=65001, connect_delay=0)
THEIRS = Settings(local_asn=65001, router_id=1, peer_asn=64512, connect_delay=0)


class Clock:
    """The time of the loop, which a test can turn forward."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._real = loop.time
        self._ahead = 0.0

    def time(self) -> float:
        return self._real() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass
class Recorder:
    """A handler that notes what it is told, and lets tests wait for it."""

    sessions: list[Session] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    updates: list[bytes] = field(default_factory=list)
    refreshes: list[RouteRefresh] = field(default_factory=list)
    retained: Sequence[Family] = ()
    """Whose routes are kept since the last session."""
    drained: int = 0
    on_update: Callable[[bytes], None] = lambda _body: None
    on_up: Callable[[Session], None] = lambda _session: None
    on_down: Callable[[], None] = lambda: None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def session_up(self, session: Session) -> None:
        self.sessions.append(session)
        self._news.set()
        self.on_up(session)

    def session_down(self, reason: str, retained: Sequence[Family]) -> None:
        self.ends.append(reason)
        self.retained = retained
        self._news.set()
        self.on_down()

    def updates_received(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            self.updates.append(body)
            self._news.set()
            self.on_update(body)

    def route_refresh_received(self, message: RouteRefresh) -> None:
        self.refreshes.append(message)
        self._news.set()

    def state_changed(self) -> None:
        self._news.set()

    def writable(self) -> None:
        self.drained += 1
        self._news.set()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something that happens to the peer makes this true."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()


def free_port(address: str) -> int:
    """Return a port that nobody uses at this address.

    The kernel gives none of these to whoever asks for any, and other processes begin elsewhere.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    first = 4001 * os.getpid()
    while True:
        port = 10_000 + (first + next(_NUMBERS)) % 20_000
        with suppress(OSError), socket.socket(family) as sock:
            sock.bind((address, port))
            return port


def set_many_passwords(sock: socket.socket) -> None:
    """Give a listening socket the keys of more neighbors than its option memory holds."""
    for number in range(100_000):
        change_password(sock, Endpoint(address=str(IPv4Address(0x0A000000 + number))), b"key")


class Speaker:
    """A peer with a listener of its own, as in a daemon with one neighbor."""

    def __init__(self, settings: PeerSettings, address: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self.address, self.port = address, port
        self.handler = Recorder()
        self.peer = Peer(settings, self.handler, loop)
        self.listener = Listener(loop, (address,), port)
        self.listener.add(self.peer)
        self.listener.start()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.peer.stop()
        self.listener.stop()
        async with asyncio.timeout(PATIENCE):
            await self.peer.wait_closed()

    @property
    def session(self) -> Session:
        """The established session."""
        assert self.peer.session is not None
        return self.peer.session

    async def established(self) -> Session:
        """Wait for a session."""
        await self.handler.until(lambda: self.peer.state is State.ESTABLISHED)
        return self.session

    async def reaches(self, state: State) -> None:
        """Wait for a state."""
        await self.handler.until(lambda: self.peer.state is state)


def two_speakers(
    ours: Settings = OURS,
    theirs: Settings = THEIRS,
    addresses: tuple[str, str] = (OUR_ADDRESS, THEIR_ADDRESS),
    **endpoint: Any,
) -> tuple[Speaker, Speaker]:
    """Return two speakers that know each other and are not started; options of the endpoint are for both."""
    ports = free_port(addresses[0]), free_port(addresses[1])
    speakers = []
    for settings, me, other in ((ours, 0, 1), (theirs, 1, 0)):
        there = Endpoint(
            address=addresses[other], port=ports[other], source_address=addresses[me], **endpoint
        )
        name = f"neighbor{other}"
        speakers.append(
            Speaker(PeerSettings(name=name, endpoint=there, session=settings), addresses[me], ports[me])
        )
    return speakers[0], speakers[1]


def lone_speaker(settings: Settings = OURS, **endpoint: Any) -> Speaker:
    """Return a speaker whose neighbor is in the hands of the test; passive unless the port is given."""
    session = settings if "port" in endpoint else replace(settings, passive=True)
    there = Endpoint(address=THEIR_ADDRESS, source_address=OUR_ADDRESS, **endpoint)
    return Speaker(
        PeerSettings(name="puppet", endpoint=there, session=session), OUR_ADDRESS, free_port(OUR_ADDRESS)
    )


def puppet_open(
    asn: int = 65001,
    hold_time: int = 90,
    router_id: int = 1,
    restart: GracefulRestart | None = None,
    more: Sequence[tuple[Capability[Any], Any]] = (),
) -> bytes:
    """Return the OPEN of a puppet that ``OURS`` accepts unless told otherwise."""
    capabilities = Capabilities.of((MULTIPROTOCOL, IPV4_UNICAST), (FOUR_OCTET_AS, asn), *more)
    if restart is not None:
        capabilities += Capabilities.of((GRACEFUL_RESTART, restart))
    return encode_open(Open(4, asn & 0xFFFF, hold_time, router_id, capabilities))


class Puppet:
    """One end of a TCP connection, in the hands of the test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._framer = Framer()
        self._messages: list[tuple[int, bytes]] = []

    @classmethod
    async def connect(cls, speaker: Speaker, address: str = THEIR_ADDRESS) -> Self:
        """Connect to a speaker."""
        return cls(*await asyncio.open_connection(speaker.address, speaker.port, local_addr=(address, 0)))

    @classmethod
    async def establish(
        cls, speaker: Speaker, hold_time: int = 90, restart: GracefulRestart | None = None
    ) -> Self:
        """Connect, and bring the session up."""
        puppet = await cls.connect(speaker)
        puppet.send(puppet_open(hold_time=hold_time, restart=restart), KEEPALIVE)
        await speaker.established()
        assert await puppet.receive() == MessageType.OPEN
        assert await puppet.receive() == MessageType.KEEPALIVE
        return puppet

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.transport.abort()
        with suppress(OSError):  # the speaker may have reset the connection
            await self._writer.wait_closed()

    def send(self, *messages: bytes) -> None:
        """Write some bytes."""
        self._writer.write(b"".join(messages))

    def finish(self) -> None:
        """Close our side."""
        self._writer.write_eof()

    async def read_message(self) -> tuple[int, bytes] | None:
        """Return type and body of the next message, or None at the end."""
        async with asyncio.timeout(PATIENCE):
            while not self._messages:
                data = await self._reader.read(65536)
                if not data:
                    return None
                self._messages += self._framer.feed(data)
        return self._messages.pop(0)

    async def receive(self) -> int | None:
        """Return the type of the next message, or None at the end."""
        message = await self.read_message()
        return None if message is None else message[0]

    async def notification(self) -> Notification | None:
        """Return the NOTIFICATION with which the speaker closes, or None if it closes without."""
        while (message := await self.read_message()) is not None:
            if message[0] == MessageType.NOTIFICATION:
                assert await self.read_message() is None
                return decode_notification(message[1])
        return None


@asynccontextmanager
async def waiting_puppet(port: int) -> AsyncIterator["asyncio.Future[Puppet]"]:
    """Wait for a speaker to connect; the future is its other end."""
    puppet: asyncio.Future[Puppet] = asyncio.get_running_loop().create_future()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        puppet.set_result(Puppet(reader, writer))

    async with await asyncio.start_server(accept, THEIR_ADDRESS, port):
        yield puppet
