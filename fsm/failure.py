"""Why a connection ended, in the words of ``show protocols``."""

from enum import StrEnum
from typing import Final, NamedTuple, Self

from messages.iana import CeaseSubcode, ErrorCode, OpenSubcode
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
_UNSUPPORTED_CAPABILITY: Final = (ErrorCode.OPEN_MESSAGE, OpenSubcode.UNSUPPORTED_CAPABILITY)


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
    rest: float | None = None
    """How long to wait in Idle, if that does not depend on the errors before."""

    def __str__(self) -> str:
        """What ``show protocols`` prints.

        If an OPEN was refused the two configurations do not fit, and the operator is told the difference.
        """
        return f"{self.in_short} ({self.detail})" if self._refuses_open and self.detail else self.in_short

    @property
    def in_short(self) -> str:
        """What BIRD prints: without any detail."""
        return f"{self.kind}: {self.text}"

    @property
    def longest_rest(self) -> bool:
        """Whether only an operator can remove the reason, so that to try again is hardly worth it.

        A peering that ended for want of a capability is not to come back by itself (RFC 5492 §3); we do try
        again, but as seldom as we may.
        """
        return self.notification is not None and self.notification[:2] == _UNSUPPORTED_CAPABILITY

    @property
    def _refuses_open(self) -> bool:
        if self.kind is not FailureKind.SENT or self.notification is None:
            return False
        return self.notification.code == ErrorCode.OPEN_MESSAGE

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
