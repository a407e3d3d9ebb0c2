"""Connections that are not accepted (RFC 4271 §6.8, RFC 4486 §4)."""

from contextlib import suppress
from socket import socket
from typing import NamedTuple

from messages.iana import ErrorCode
from messages.notification import Notification, encode_notification


class Refusal(NamedTuple):
    """One refused connection, for those who wonder why a session does not come up."""

    at: float
    """Unix time."""
    reason: str
    subcode: int
    """The Cease subcode that the other side was sent."""


def reject(sock: socket, subcode: int) -> None:
    """Tell the other side why, as far as one write can, and close."""
    with suppress(OSError):
        sock.send(encode_notification(Notification(ErrorCode.CEASE, subcode, b"")))
    sock.close()
