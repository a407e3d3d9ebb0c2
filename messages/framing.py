"""Message framing: a stream of bytes to whole messages and back (RFC 4271 §4.1, §6.1)."""

from collections.abc import Iterator
from struct import Struct
from typing import Final

from messages.errors import NotificationError
from messages.iana import HEADER_OCTETS, MAXIMUM_MESSAGE_OCTETS, ErrorCode, MessageHeaderSubcode, MessageType

_MARKER: Final = b"\xff" * 16
_HEADER: Final = Struct("!QQHB").unpack_from
"""The marker in two halves, length and type."""
_ONES: Final = (1 << 64) - 1
_NONE: Final = 0
"""The type of no message."""
_SHORTEST: Final = {
    int(MessageType.OPEN): 29,
    int(MessageType.UPDATE): 23,
    int(MessageType.NOTIFICATION): 21,
    int(MessageType.KEEPALIVE): 19,
    int(MessageType.ROUTE_REFRESH): 19,  # a wrong length is an error of that message (RFC 7313 §5)
}
_LONGEST: Final = {
    int(MessageType.OPEN): MAXIMUM_MESSAGE_OCTETS,  # whatever is negotiated later (RFC 8654 §4)
    int(MessageType.KEEPALIVE): HEADER_OCTETS,
}
_NEVER: Final = 0x10000


class Framer:
    """Cuts what TCP delivers into messages; ``message_octets`` changes with what is negotiated (RFC 8654)."""

    __slots__ = ("_rest", "message_octets")

    def __init__(self, message_octets: int = MAXIMUM_MESSAGE_OCTETS) -> None:
        self.message_octets = message_octets
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield type and body of every message that is complete now; keep what is left of the next.

        Raises ``NotificationError`` at a bad header, after the messages before it. Exhaust the iterator
        before you feed more.
        """
        for kind, bodies in self.runs(data):
            for body in bodies:
                yield kind, body

    def runs(self, data: bytes) -> Iterator[tuple[int, list[bytes]]]:
        """Do the same, with messages of one type that follow each other in one list."""
        if self._rest:
            data = self._rest + data
        position, end = 0, len(data)
        bodies: list[bytes] = []
        kind = last = _NONE
        while end - position >= HEADER_OCTETS:
            ones, more_ones, octets, kind = _HEADER(data, position)
            if kind != last and bodies:
                yield last, bodies  # what comes of it may change what we take (RFC 8654)
                bodies = []
            last = kind
            if (
                ones != _ONES
                or more_ones != _ONES
                or octets > self.message_octets
                or octets < _SHORTEST.get(kind, _NEVER)
                or octets > _LONGEST.get(kind, octets)
            ):
                if bodies:
                    yield kind, bodies
                raise _header_error(data[position : position + HEADER_OCTETS], self.message_octets)
            stop = position + octets
            if stop > end:
                break
            bodies.append(data[position + HEADER_OCTETS : stop])
            position = stop
        if bodies:
            yield kind, bodies
        self._rest = data[position:]


def _header_error(header: bytes, message_octets: int) -> NotificationError:
    """Say what is wrong with a header (RFC 4271 §6.1)."""
    length, kind = header[16:18], header[18]
    octets = int.from_bytes(length)
    if not header.startswith(_MARKER):
        subcode, data, reason = (
            MessageHeaderSubcode.CONNECTION_NOT_SYNCHRONIZED,
            b"",
            "marker is not all ones",
        )
    elif kind in _SHORTEST or not HEADER_OCTETS <= octets <= message_octets:
        subcode, data, reason = (
            MessageHeaderSubcode.BAD_MESSAGE_LENGTH,
            length,
            f"length {octets}, type {kind}",
        )
    else:
        subcode, data, reason = MessageHeaderSubcode.BAD_MESSAGE_TYPE, header[18:], f"type {kind}"
    return NotificationError(ErrorCode.MESSAGE_HEADER, subcode, data, reason)


def frame(message_type: int, body: bytes) -> bytes:
    """Return the message with its header."""
    octets = HEADER_OCTETS + len(body)
    return b"".join((_MARKER, bytes((octets >> 8, octets & 0xFF, message_type)), body))
