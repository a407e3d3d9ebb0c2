"""One TCP connection: bytes to messages to events, and messages to bytes (RFC 4271 §4, §8.2)."""

import asyncio
import fcntl
import logging
import os
import socket
import termios
from array import array
from contextlib import AbstractContextManager, suppress
from functools import partial
from ipaddress import ip_address
from typing import Final, Protocol, cast

from bgpd.sessions.socket_options import SocketAddress, reset_on_close
from fsm.events import (
    AutomaticStop,
    Event,
    KeepaliveReceived,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenMessageError,
    OpenReceived,
    RouteRefreshReceived,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
    UpdateMessageError,
    UpdateReceived,
)
from fsm.failure import DAMPED_CEASES
from fsm.machine import Machine
from fsm.negotiation import Negotiated
from messages.context import Context
from messages.errors import NotificationError
from messages.framing import Framer
from messages.iana import HEADER_OCTETS, ErrorCode, MessageType, OpenSubcode
from messages.keepalive import check_keepalive
from messages.notification import Notification, decode_notification
from messages.open import decode_open
from messages.route_refresh import RouteRefresh, decode_route_refresh

_log: Final = logging.getLogger("bgpd.session")

_UPDATE: Final = int(MessageType.UPDATE)
_TYPE_AT: Final = HEADER_OCTETS - 1
_READ_OCTETS: Final = 64 * 1024
"""One read, and so the work of one callback."""
_READ_BUFFER: Final = memoryview(bytearray(_READ_OCTETS))
"""Shared by all sessions: what is read into it is copied out before the loop can run another callback."""
_WRITE_HIGH: Final = 2 * 1024 * 1024
_WRITE_LOW: Final = 512 * 1024
_LINGER: Final = 5.0
"""Seconds for the peer to take our last words and close its side."""
_HOLD_RESPITE: Final = 10.0
"""Seconds for us to read what the peer sent in time, as BIRD grants."""


class MessageCounters:
    """Messages of one neighbor by type, over all its sessions; index with ``MessageType``."""

    __slots__ = ("received", "sent")

    def __init__(self) -> None:
        self.received = [0] * (max(MessageType) + 1)
        self.sent = [0] * (max(MessageType) + 1)


class MessageHandler(Protocol):
    """Who takes what an established session receives."""

    def update_received(self, body: bytes) -> None:
        """Take an UPDATE; a ``NotificationError`` ends the session."""

    def route_refresh_received(self, message: RouteRefresh) -> None:
        """Take a ROUTE-REFRESH."""

    def writable(self) -> None:
        """Learn that a session that was full takes more."""


class SessionOwner(Protocol):
    """Who drives the machine of a session."""

    def dispatch(self, session: "Session", event: Event) -> None:
        """Let the machine handle an event of this session."""

    def contained(self, session: "Session") -> AbstractContextManager[None]:
        """Let a ``NotificationError`` end this session, and a bug no more than this session."""


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
        self.closed: asyncio.Future[None] = loop.create_future()
        self._owner = owner
        self._handler = handler
        self._counters = counters
        self._loop = loop
        self._framer = Framer()
        self._negotiated: Negotiated | None = None
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None
        self.is_incoming = False
        """Whether the peer opened the connection."""
        self.socket: socket.socket | None = None
        self._is_closing = False
        self._unsent: list[bytes] = []
        self._octets_written = 0
        self._octets_flushed = 0
        self._was_waiting = False
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

    def connect(self, sock: socket.socket, address: SocketAddress) -> None:
        """Connect this socket; success and failure are events."""
        self._open(sock, address)

    def adopt(self, sock: socket.socket) -> None:
        """Go on with a connection that the peer opened."""
        self.is_incoming = True
        self._open(sock, None)

    def _open(self, sock: socket.socket, address: SocketAddress | None) -> None:
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
                self._owner.dispatch(self, TcpConnectionFails(_words(opening.exception())))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the connected socket."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(_WRITE_HIGH, _WRITE_LOW)
        self.local_address = _packed(transport.get_extra_info("sockname"))
        self.remote_address = _packed(transport.get_extra_info("peername"))
        if self._is_closing:
            self._transport.abort()
            return
        with self._owner.contained(self):
            for message in self._unsent:
                self.write(message)
            self._unsent.clear()
            if not self.is_incoming:
                self._owner.dispatch(self, TcpConnectionRequestAcked())

    # Receiving

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Lend the transport the buffer of all sessions."""
        return _READ_BUFFER

    def buffer_updated(self, octets: int) -> None:
        """Handle what was read."""
        if self._is_closing:
            return
        with self._owner.contained(self):
            self._received(bytes(_READ_BUFFER[:octets]))

    def _received(self, data: bytes) -> None:
        """Handle every complete message; an UPDATE in Established takes the short way."""
        received = self._counters.received
        update_received = self._handler.update_received
        updates = received[_UPDATE]
        for message_type, body in self._framer.feed(data):
            if self._is_closing:
                return
            received[message_type] += 1
            if message_type == _UPDATE and self._negotiated is not None:
                update_received(body)
            else:
                self._dispatch_message(message_type, body)
        if received[_UPDATE] != updates:
            self.machine.heard_from_peer(self._loop.time())

    def _dispatch_message(self, message_type: int, body: bytes) -> None:
        match MessageType(message_type):
            case MessageType.OPEN:
                self._owner.dispatch(self, OpenReceived(decode_open(body)))
            case MessageType.UPDATE:
                self._owner.dispatch(self, UpdateReceived())
            case MessageType.NOTIFICATION:
                self._notification_received(decode_notification(body))
            case MessageType.KEEPALIVE:
                check_keepalive(body)
                self._owner.dispatch(self, KeepaliveReceived())
            case _:
                self._route_refresh_received(body)

    def _notification_received(self, notification: Notification) -> None:
        is_version = (notification.code, notification.subcode) == (
            ErrorCode.OPEN_MESSAGE,
            OpenSubcode.UNSUPPORTED_VERSION_NUMBER,
        )
        event = NotificationVersionError(notification) if is_version else NotificationReceived(notification)
        self._owner.dispatch(self, event)

    def _route_refresh_received(self, body: bytes) -> None:
        self._owner.dispatch(self, RouteRefreshReceived())
        if self._negotiated is not None and not self._is_closing:
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
        """Send one message, or several."""
        if self._is_closing:
            return
        if self._transport is None:
            self._unsent += [data] if isinstance(data, bytes) else data
            return
        if isinstance(data, bytes):
            data = [data]
        if not data:
            return
        sent = self._counters.sent
        for message in data:
            sent[message[_TYPE_AT]] += 1
        octets = b"".join(data)
        self._octets_written += len(octets)
        self._transport.write(octets)  # not writelines, which on Python 3.12 never says that it has enough
        if data[0][_TYPE_AT] == _UPDATE:
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

    # Time

    def before_expiry(self, now: float) -> None:
        """Make the timers fair before they are looked at.

        The peer is not silent while we have yet to read what it sent: then the HoldTimer gets a respite.
        And the SendHoldTimer begins anew whenever the peer took some of what we wrote, or had nothing to take
        when it was looked at last; what the kernel still holds for it was not taken.
        """
        if self._transport is None:
            return
        hold = self.machine.timers.hold
        if hold.deadline <= now and self._has_unread():
            hold.deadline = now + min(_HOLD_RESPITE, hold.duration)
        waiting = self._transport.get_write_buffer_size() + self._octets_queued(termios.TIOCOUTQ)
        flushed = self._octets_written - waiting
        if flushed > self._octets_flushed or not self._was_waiting:
            self.machine.sending_progressed(now)
        self._octets_flushed, self._was_waiting = flushed, waiting > 0

    def _has_unread(self) -> bool:
        assert self._transport is not None
        if not self._transport.is_reading():
            return True
        return self._octets_queued(termios.FIONREAD) > 0

    def _octets_queued(self, direction: int) -> int:
        """Return how many octets the kernel holds, unread or not acknowledged by the peer."""
        octets = array("i", [0])
        fcntl.ioctl(self._fileno(), direction, octets)
        return octets[0]

    def _fileno(self) -> int:
        assert self._transport is not None
        return cast(int, self._transport.get_extra_info("socket").fileno())

    # Ending

    def established(self) -> None:
        """Note the terms; from now on UPDATEs take the short way."""
        self._negotiated = self.machine.negotiated
        self._framer.message_octets = self.context.message_octets

    def reset(self, error: NotificationError) -> None:
        """End the session with the NOTIFICATION that the error names."""
        self._owner.dispatch(self, _event_of(error))

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
            self._owner.dispatch(self, TcpConnectionFails(_words(error)))
        self._finish()

    def _read_last_words(self) -> None:
        """When writing failed, the NOTIFICATION that tells why may still be unread."""
        with suppress(OSError):
            octets = os.readv(self._fileno(), [_READ_BUFFER])
            self.buffer_updated(octets)

    def _finish(self) -> None:
        self._transport = self.socket = None
        self._is_closing = True
        if self._linger is not None:
            self._linger.cancel()
        if not self.closed.done():
            self.closed.set_result(None)


def _event_of(error: NotificationError) -> Event:
    """Return the event that an error in a received message is (RFC 4271 §8.1.5)."""
    notification = Notification(error.code, error.subcode, error.data)
    match error.code:
        case ErrorCode.MESSAGE_HEADER:
            return MessageHeaderError(notification, error.reason)
        case ErrorCode.OPEN_MESSAGE:
            return OpenMessageError(notification, error.reason)
        case ErrorCode.CEASE:
            return AutomaticStop(notification, damped=error.subcode in DAMPED_CEASES)
        case _:
            return UpdateMessageError(notification, error.reason)


def _words(error: BaseException | None) -> str:
    """Name the cause as the kernel does; what we raised ourselves says more than its number."""
    if error is None:
        return "Connection closed"
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    return os.strerror(error.errno)


def _packed(address: SocketAddress | None) -> bytes:
    """Return an address as octets; there is none if the connection is lost already."""
    return b"" if address is None else ip_address(address[0].partition("%")[0]).packed
