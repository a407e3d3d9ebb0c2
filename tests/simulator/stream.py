"""One direction of a TCP connection: octets in their order, delivered when the agenda says so."""

from collections.abc import Callable

from tests.simulator.agenda import Agenda

_ROOM: int = 3
"""Writes under way from which on the sender is told to wait, where the receiver is slow."""


class Stream:
    """What one end has written and the other has not read yet."""

    def __init__(
        self, agenda: Agenda, deliver: Callable[[bytes], None], writable: Callable[[], None]
    ) -> None:
        self._agenda = agenda
        self._deliver = deliver
        self._writable = writable
        self._chunks: list[bytes] = []
        self._is_scheduled = False
        self._is_closed = False
        self._sender_waits = False
        self.is_stuck = False
        """Whether nothing is delivered for the time being."""
        self.capacity = 1 << 30
        """How many writes may be under way before the sender has to wait."""

    def write(self, octets: bytes) -> bool:
        """Take octets; return whether there is room for more."""
        if self._is_closed:
            return True
        self._chunks.append(octets)
        self._schedule()
        if len(self._chunks) >= self.capacity:
            self._sender_waits = True
        return not self._sender_waits

    def stick(self) -> None:
        """The receiver stops reading, so that the sender soon has to wait."""
        self.is_stuck = True
        self.capacity = self._agenda.random.randint(1, _ROOM)

    def release(self) -> None:
        """The receiver reads again."""
        self.is_stuck = False
        self.capacity = 1 << 30
        self._schedule()
        self._wake_sender()

    def close(self) -> None:
        """Drop everything that is under way."""
        self._is_closed = True
        self._chunks = []

    def _schedule(self) -> None:
        if self._chunks and not self._is_scheduled and not self.is_stuck:
            self._is_scheduled = True
            self._agenda.call_soon(self._carry)

    def _carry(self) -> None:
        """Deliver some octets; where they end has nothing to do with where messages end."""
        self._is_scheduled = False
        if self.is_stuck or self._is_closed:
            return
        octets = b"".join(self._chunks)
        choose = self._agenda.random
        whole = choose.random() < 0.8
        size = len(octets) if whole else choose.randint(1, len(octets))
        self._chunks = [octets[size:]] if size < len(octets) else []
        self._schedule()
        self._deliver(octets[:size])
        self._wake_sender()

    def _wake_sender(self) -> None:
        if self._sender_waits and len(self._chunks) < self.capacity and not self._is_closed:
            self._sender_waits = False
            self._agenda.call_soon(self._tell_sender)

    def _tell_sender(self) -> None:
        if not self._is_closed:
            self._writable()
