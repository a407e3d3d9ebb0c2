"""One TCP connection: bytes to messages to events, and messages to bytes (RFC 4271 §4, §8.2)."""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from time import thread_time
from typing import Final, Protocol, cast

from bgpd.sessions.fair_timers import FairTimers
from bgpd.sessions.message_counters import MessageCounters
from bgpd.sessions.message_events import event_of_error, event_of_message
from bgpd.sessions.read_size import LARGEST, ReadSize
from bgpd.sessions.socket_facts import failure_words, packed_address, scope_of
from bgpd.sessions.socket_options import SocketAddress, reset_on_close
from fsm.events import Event, TcpConnectionFails, TcpConnectionRequestAcked
from fsm.machine import Machine
from fsm.negotiation import Negotiated
from messages.context import Context
from messages.errors import NotificationError
from messages.framing import Framer
from messages.iana import HEADER_OCTETS, MessageType
from messages.route_refresh import RouteRefresh, decode_route_refresh
from messages.update import JoinedUpdates

_UPDATE: Final = int(MessageType.UPDATE)
_TYPE_AT: Final = HEADER_OCTETS - 1
_READ_BUFFER: Final = memoryview(bytearray(LARGEST))
"""Shared by all sessions: what is read into it is copied out before the loop can run another callback."""
_WRITE_HIGH: Final = 2 * 1024 * 1024
_WRITE_LOW: Final = 512 * 1024
_LINGER: Final = 5.0
"""Seconds for the peer to take our last words and close its side."""


class MessageHandler(Protocol):
    """Who takes what an established session receives."""

    def updates_received(self, bodies: Sequence[bytes]) -> None:
        """Take UPDATEs in their order; a ``NotificationError`` ends the session."""

    def route_refresh_received(self, message: RouteRefresh) -> None:
        """Take a ROUTE-REFRESH."""

    def writable(self) -> None:
        """Learn that a session that was full takes more."""


class SessionOwner(Protocol):
    """Who drives the machine of a session."""

    def dispatch(self, session: "Session", event: Event) -> None:
        """Let the machine handle an event of this session."""

    def contained(self, session: "Session | None") -> AbstractContextManager[None]:
        """Let a ``NotificationError`` end this session, and a bug no more than those with the neighbor."""


class Session(asyncio.BufferedProtocol):
    """One TCP connection; it lives from the attempt, or from being accepted, until the socket is closed."""

    def __init__(
        self,
        machine: Machine,
        owner: SessionOwner,
        handler: MessageHandler,
        counters: MessageCounters,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.machine = machine
        self.full = False
        """Whether the peer takes less than we write; ``writable`` follows."""
        self.local_address = b""
        self.remote_address = b""
        self.link = 0
        """Index of the interface that link-local addresses of the session belong to, 0 if they are none."""
        self.closed: asyncio.Future[None] = loop.create_future()
        self._owner = owner
        self._handler = handler
        self._counters = counters
        self._loop = loop
        self._timers = FairTimers(machine)
        self._framer = Framer()
        self._read_size = ReadSize()
        self._negotiated: Negotiated | None = None
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None
        self.is_incoming = False
        """Whether the peer opened the connection."""
        self.socket: socket.socket | None = None
        self._is_closing = False
        self._unsent: list[bytes] = []
        self._linger: asyncio.TimerHandle | None = None

    @property
    def negotiated(self) -> Negotiated:
        """The terms of the session, from Established on."""
        assert self._negotiated is not None
        return self._negotiated

    @property
    def context(self) -> Context:
        """What the codec must know about this session."""
        return self.negotiated.context

    @property
    def peer_router_id(self) -> int:
        """The peer's BGP Identifier."""
        return self.negotiated.peer_router_id

    # Opening

    def adopt(self, sock: socket.socket) -> None:
        """Go on with a connection that the peer opened."""
        self.is_incoming = True
        self.connect(sock, None)

    def connect(self, sock: socket.socket, address: SocketAddress | None) -> None:
        """Connect this socket, if it has yet to be; success and failure are events."""
        self.socket = sock
        self._opening = self._loop.create_task(self._connect(sock, address))
        self._opening.add_done_callback(partial(self._opened, sock))

    async def _connect(self, sock: socket.socket, address: SocketAddress | None) -> None:
        if address is not None:
            await self._loop.sock_connect(sock, address)
        await self._loop.create_connection(lambda: self, sock=sock)

    def _opened(self, sock: socket.socket, opening: asyncio.Task[None]) -> None:
        """Clean up unless there is a connection, or was one for a moment."""
        if self._transport is not None or self.closed.done():
            return
        sock.close()
        self._finish()
        if not opening.cancelled():
            with self._owner.contained(self):
                self._owner.dispatch(self, TcpConnectionFails(failure_words(opening.exception())))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the connected socket."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(_WRITE_HIGH, _WRITE_LOW)
        self.local_address = packed_address(transport.get_extra_info("sockname"))
        self.link = scope_of(transport.get_extra_info("sockname"))
        self.remote_address = packed_address(transport.get_extra_info("peername"))
        if self._is_closing:
            self._transport.abort()
            return
        with self._owner.contained(self):
            for message in self._unsent:
                self.write(message)
            self._unsent.clear()
            if not self.is_incoming:
                self._owner.dispatch(self, TcpConnectionRequestAcked())

    def established(self) -> None:
        """Note the terms; from now on UPDATEs take the short way."""
        self._negotiated = self.machine.negotiated
        self._framer.message_octets = self.context.message_octets

    # Receiving

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Lend the transport as much of the buffer of all sessions as one callback can handle."""
        return _READ_BUFFER[: self._read_size.octets]

    def buffer_updated(self, octets: int) -> None:
        """Handle what was read."""
        if self._is_closing:
            return
        begun = thread_time()
        with self._owner.contained(self):
            self._received(bytes(_READ_BUFFER[:octets]))
        self._read_size.learn(octets, thread_time() - begun)

    def _received(self, data: bytes) -> None:
        """Handle every complete message; UPDATEs in Established take the short way, all that came at once."""
        received = self._counters.received
        for message_type, bodies in self._framer.runs(data):
            if self._is_closing:
                return
            if message_type == _UPDATE and self._negotiated is not None:
                received[_UPDATE] += len(bodies)
                self.machine.heard_from_peer(self._loop.time())
                self._handler.updates_received(bodies)
            else:
                self._dispatch_messages(message_type, bodies)

    def _dispatch_messages(self, message_type: int, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            if self._is_closing:
                return
            self._counters.received[message_type] += 1
            self._dispatch_message(message_type, body)

    def _dispatch_message(self, message_type: int, body: bytes) -> None:
        self._owner.dispatch(self, event_of_message(message_type, body))
        is_refresh = message_type == MessageType.ROUTE_REFRESH
        if is_refresh and self._negotiated is not None and not self._is_closing:
            self._handler.route_refresh_received(decode_route_refresh(body))

    def pause_reading(self) -> None:
        """Leave what the peer sends in the kernel, so that the peer slows down."""
        if self._transport is not None and not self._is_closing and self._transport.is_reading():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        if self._transport is not None and not self._is_closing and not self._transport.is_reading():
            self._transport.resume_reading()

    # Sending

    def write(self, data: bytes | list[bytes]) -> None:
        """Send one message, or several; ``JoinedUpdates`` are several."""
        messages = [data] if isinstance(data, bytes) else data
        if self._is_closing or not messages:
            return
        if self._transport is None:
            self._unsent += messages
            return
        sent = self._counters.sent
        for message in messages:
            sent[message[_TYPE_AT]] += message.number if isinstance(message, JoinedUpdates) else 1
        octets = b"".join(messages)
        self._timers.octets_written += len(octets)
        self._transport.write(octets)  # not writelines, which on Python 3.12 never says that it has enough
        if messages[0][_TYPE_AT] == _UPDATE:
            self.machine.update_sent(self._loop.time())

    def pause_writing(self) -> None:
        """Remember that the transport has enough."""
        self.full = True

    def resume_writing(self) -> None:
        """Tell the handler that the transport drained."""
        self.full = False
        if self._negotiated is not None and not self._is_closing:
            with self._owner.contained(self):
                self._handler.writable()

    def before_expiry(self, now: float) -> None:
        """Make the timers fair before they are looked at."""
        if self._transport is not None:
            self._timers.correct(self._transport, now)

    # Ending

    def reset(self, error: NotificationError) -> None:
        """End the session with the NOTIFICATION that the error names."""
        self._owner.dispatch(self, event_of_error(error))

    def close(self) -> None:
        """Send what was written, then close.

        Our side is shut first and what still arrives is thrown away: closing with data unread would make
        the kernel reset the connection, and the NOTIFICATION could be lost with it.
        """
        if self._is_closing:
            return
        self._is_closing = True
        if self._transport is None:
            assert self._opening is not None
            self._opening.cancel()
            return
        try:
            self._transport.write_eof()
        except OSError:
            self._transport.abort()
            return
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._linger = self._loop.call_later(_LINGER, self._give_up)

    def abort(self) -> None:
        """Close without another word."""
        self._is_closing = True
        if self._transport is not None:
            self._transport.abort()
        elif self._opening is not None:
            self._opening.cancel()

    def _give_up(self) -> None:
        """The peer took nothing: let the kernel not keep it, and keep trying, for minutes."""
        if self.socket is not None and self._transport is not None:
            reset_on_close(self.socket)
            self._transport.abort()

    def eof_received(self) -> None:
        """The peer closed its side; returning None closes ours."""
        with self._owner.contained(self):
            self._owner.dispatch(self, TcpConnectionFails("Connection closed"))

    def connection_lost(self, error: Exception | None) -> None:
        """The socket is about to be closed."""
        if error is not None and not self._is_closing:
            self._read_last_words()
        with self._owner.contained(self):
            self._owner.dispatch(self, TcpConnectionFails(failure_words(error)))
        self._finish()

    def _read_last_words(self) -> None:
        """When writing failed, the NOTIFICATION that tells why may still be unread."""
        assert self._transport is not None
        with suppress(OSError):
            octets = os.readv(self._transport.get_extra_info("socket").fileno(), [_READ_BUFFER])
            self.buffer_updated(octets)

    def _finish(self) -> None:
        self._transport = self.socket = None
        self._is_closing = True
        if self._linger is not None:
            self._linger.cancel()
        if not self.closed.done():
            self.closed.set_result(None)
