"""One neighbor of a crowd: BGP as far as it takes to be one, for as little CPU time as possible."""

import os
import socket
from collections import deque
from collections.abc import Callable
from typing import Final

from messages.iana import HEADER_OCTETS, MessageType
from tests.bench.speaker import KEEPALIVE, open_message
from tests.load.plan import NEVER, Part, Story

READ_OCTETS: Final = 1 << 18
WRITE_OCTETS: Final = 1 << 18
"""What is done at a time for one neighbor, so that the others get their turn."""
RETRY: Final = 1.0
"""Seconds between two attempts to connect."""

_OPEN: Final = int(MessageType.OPEN)
_UPDATE: Final = int(MessageType.UPDATE)
_NOTIFICATION: Final = int(MessageType.NOTIFICATION)
_KEEPALIVE: Final = int(MessageType.KEEPALIVE)


class Neighbor:
    """Plays one part: connects or is connected to, stays, and notes what happens."""

    keeps = False
    """Whether it looks into UPDATEs."""

    def __init__(self, part: Part, watch: Callable[["Neighbor"], None]) -> None:
        self.part = part
        self.story = Story()
        self.socket: socket.socket | None = None
        self._watch = watch
        """Called when it waits for something else than before."""
        self._unsent: deque[memoryview] = deque()
        self._unread = b""
        self._heard = self._spoke = self._tried = NEVER

    @property
    def is_reading(self) -> bool:
        """Whether it wants what comes."""
        return True

    @property
    def is_writing(self) -> bool:
        """Whether it has something to send."""
        return bool(self._unsent)

    def tick(self, now: float, daemon: tuple[str, int]) -> None:
        """Do what time demands; called several times a second."""
        if self.socket is not None:
            if self.story.is_up and not self._unsent and now >= self._spoke + self.part.hold_time / 3:
                self._say(KEEPALIVE, now)
        elif not self.part.waits and self.story.up == NEVER and now >= self._tried + RETRY:
            self._tried = now
            self._connect(daemon)

    # The connection

    def _connect(self, daemon: tuple[str, int]) -> None:
        sock = self._new_socket()
        sock.bind((self.part.address, 0))
        sock.connect_ex(daemon)  # a failure shows as soon as it is written to
        self.adopt(sock)

    def _new_socket(self) -> socket.socket:
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)

    def adopt(self, sock: socket.socket) -> None:
        """Take a connection in place of any there was, and begin with the OPEN."""
        if self.socket is not None:
            self._close("replaced by another connection", self._heard)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = sock
        self.story.attempts += 1
        self._unread = b""
        part = self.part
        self._say(open_message(part.asn, part.address, part.hold_time), self._heard)

    def _close(self, reason: str, now: float) -> None:
        assert self.socket is not None
        sock, self.socket = self.socket, None
        self._unsent.clear()
        self._watch(self)
        sock.close()
        if self.story.is_up:
            self.story.down = now
            self.story.ending = self.story.ending or reason

    # What comes

    def readable(self, now: float) -> None:
        """Read what has come, and look at every message."""
        assert self.socket is not None
        try:
            data = self.socket.recv(READ_OCTETS)
        except BlockingIOError:
            return
        except OSError as error:
            self._close(os.strerror(error.errno or 0), now)
            return
        if not data:
            self._close("closed", now)
            return
        if self.story.is_up and self.is_reading:
            self.story.longest_silence = max(self.story.longest_silence, now - self._heard)
        self._heard = now
        self.story.octets += len(data)
        self._cut(self._unread + data, now)

    def _cut(self, data: bytes, now: float) -> None:
        keeps = self.keeps
        position, end, updates = 0, len(data), 0
        while position + HEADER_OCTETS <= end:
            stop = position + (data[position + 16] << 8 | data[position + 17])
            if stop > end:
                break
            kind = data[position + 18]
            if kind == _UPDATE:
                updates += 1
                if keeps:
                    self._keep(data[position + HEADER_OCTETS : stop])
            else:
                self._take(kind, data[position + HEADER_OCTETS : stop], now)
            position = stop
        self._unread = data[position:]
        self.story.updates += updates

    def _keep(self, body: bytes) -> None:
        """Look into an UPDATE."""

    def _take(self, kind: int, body: bytes, now: float) -> None:
        if kind == _OPEN:
            self._say(KEEPALIVE, now)
        elif kind == _NOTIFICATION:
            self.story.ending = f"NOTIFICATION {body[0]}/{body[1]}"
        elif kind == _KEEPALIVE and self.story.up == NEVER:
            self.story.up = now
            self._watch(self)

    # What goes

    def _say(self, octets: bytes, now: float) -> None:
        self._spoke = now
        self._unsent.append(memoryview(octets))
        self._watch(self)

    def writable(self, now: float) -> None:
        """Send some of what is to be sent."""
        assert self.socket is not None
        try:
            sent = self.socket.send(self._unsent[0][:WRITE_OCTETS])
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(error, now)
            return
        if sent < len(self._unsent[0]):
            self._unsent[0] = self._unsent[0][sent:]
            return
        self._unsent.popleft()
        if not self._unsent:
            self._drained(now)
            self._watch(self)

    def _drained(self, now: float) -> None:
        """Everything is sent."""

    def _lost(self, error: OSError, now: float) -> None:
        """The connection is gone; what came before may still be read, and tell why."""
        before = NEVER
        while self.socket is not None and before != self.story.octets:
            before = self.story.octets
            self.readable(now)
        if self.socket is not None:
            self._close(os.strerror(error.errno or 0), now)
