"""Why a connection ended, in the words of ``show protocols``."""

from enum import StrEnum
from typing import Final, NamedTuple, Self

from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification, text


class FailureKind(StrEnum):
    """Who or what ended it; the value is what BIRD prints before the text."""

    MISCELLANEOUS = "Error"
    SOCKET = "Socket"
    RECEIVED = "Received"
    SENT = "BGP Error"
    AUTOMATIC = "Automatic shutdown"


DAMPED_CEASES: Final = {CeaseSubcode.MAXIMUM_NUMBER_OF_PREFIXES_REACHED, CeaseSubcode.OUT_OF_RESOURCES}
"""The reasons to Cease that will still be there when the neighbor comes back at once (RFC 4486 §4)."""


class Failure(NamedTuple):
    """The end of a connection that nobody ordered."""

    kind: FailureKind
    text: str
    notification: Notification | None = None
    """What was received or sent, if anything was."""
    damped: bool = False
    """Whether to wait in Idle before the next attempt (DampPeerOscillations)."""
    detail: str = ""
    """More for the log: what exactly is wrong, or what the operator on the other side says."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"

    @classmethod
    def received(cls, notification: Notification) -> Self:
        """The peer sent a NOTIFICATION."""
        code, subcode, _ = notification.reason
        damped = code != ErrorCode.CEASE or subcode in DAMPED_CEASES
        detail = notification.shutdown_communication or notification.flaw
        return cls(FailureKind.RECEIVED, str(notification), notification, damped, detail)

    @classmethod
    def sent(cls, notification: Notification, detail: str = "") -> Self:
        """We found an error and sent a NOTIFICATION."""
        words = text(notification.code, notification.subcode)
        return cls(FailureKind.SENT, words, notification, damped=True, detail=detail)

    @classmethod
    def of_socket(cls, words: str) -> Self:
        """The transport failed."""
        return cls(FailureKind.SOCKET, words)
