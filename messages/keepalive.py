"""KEEPALIVE message (RFC 4271 §4.4)."""

from typing import Final

from messages.errors import NotificationError
from messages.framing import frame
from messages.iana import HEADER_OCTETS, ErrorCode, MessageHeaderSubcode, MessageType

KEEPALIVE: Final = frame(MessageType.KEEPALIVE, b"")


def check_keepalive(body: bytes) -> None:
    """Complain about a KEEPALIVE that has a body (RFC 4271 §6.1)."""
    if body:
        raise NotificationError(
            ErrorCode.MESSAGE_HEADER,
            MessageHeaderSubcode.BAD_MESSAGE_LENGTH,
            (HEADER_OCTETS + len(body)).to_bytes(2),
            "KEEPALIVE with a body",
        )
