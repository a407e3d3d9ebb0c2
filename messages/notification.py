"""NOTIFICATION message (RFC 4271 §4.5, §6)."""

from typing import Final, NamedTuple

from messages.errors import NotificationError
from messages.framing import frame
from messages.iana import (
    HEADER_OCTETS,
    MAXIMUM_MESSAGE_OCTETS,
    CeaseSubcode,
    ErrorCode,
    MessageHeaderSubcode,
    MessageType,
)

_TEXTS: Final = {
    (1, 0): "Invalid message header",
    (1, 1): "Connection not synchronized",
    (1, 2): "Bad message length",
    (1, 3): "Bad message type",
    (2, 0): "Invalid OPEN message",
    (2, 1): "Unsupported version number",
    (2, 2): "Bad peer AS",
    (2, 3): "Bad BGP identifier",
    (2, 4): "Unsupported optional parameter",
    (2, 5): "Authentication failure",
    (2, 6): "Unacceptable hold time",
    (2, 7): "Required capability missing",
    (2, 8): "No supported AFI/SAFI",
    (2, 11): "Role mismatch",
    (3, 0): "Invalid UPDATE message",
    (3, 1): "Malformed attribute list",
    (3, 2): "Unrecognized well-known attribute",
    (3, 3): "Missing mandatory attribute",
    (3, 4): "Invalid attribute flags",
    (3, 5): "Invalid attribute length",
    (3, 6): "Invalid ORIGIN attribute",
    (3, 7): "AS routing loop",
    (3, 8): "Invalid NEXT_HOP attribute",
    (3, 9): "Optional attribute error",
    (3, 10): "Invalid network field",
    (3, 11): "Malformed AS_PATH",
    (4, 0): "Hold timer expired",
    (5, 0): "Finite state machine error",
    (5, 1): "Unexpected message in OpenSent state",
    (5, 2): "Unexpected message in OpenConfirm state",
    (5, 3): "Unexpected message in Established state",
    (6, 0): "Cease",
    (6, 1): "Maximum number of prefixes reached",
    (6, 2): "Administrative shutdown",
    (6, 3): "Peer de-configured",
    (6, 4): "Administrative reset",
    (6, 5): "Connection rejected",
    (6, 6): "Other configuration change",
    (6, 7): "Connection collision resolution",
    (6, 8): "Out of Resources",
    (6, 9): "Hard reset",
    (6, 10): "BFD session down",
    (7, 0): "Invalid ROUTE-REFRESH message",
    (7, 1): "Invalid ROUTE-REFRESH message length",
    (8, 0): "Send hold timer expired",
}
"""What IANA has in its registries, in the words of BIRD: operators and monitoring look for them."""
_HARD_RESET: Final = (int(ErrorCode.CEASE), int(CeaseSubcode.HARD_RESET))
_WITH_COMMUNICATION: Final = (CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, CeaseSubcode.ADMINISTRATIVE_RESET)
_LONGEST_COMMUNICATION: Final = 255
_MOST_DATA: Final = MAXIMUM_MESSAGE_OCTETS - HEADER_OCTETS - 2


class Notification(NamedTuple):
    """Why a session ends; code and subcode may be ones we do not know."""

    code: int
    subcode: int
    data: bytes = b""

    @property
    def reason(self) -> "Notification":
        """Why the session really ends: what a hard reset has in its data (RFC 8538 §3), else this one."""
        if not self.is_hard_reset or len(self.data) < 2:
            return self
        return Notification(self.data[0], self.data[1], self.data[2:])

    @property
    def is_hard_reset(self) -> bool:
        """Whether the session ends for good, so that no routes are kept (RFC 8538 §3)."""
        return (self.code, self.subcode) == _HARD_RESET

    @property
    def shutdown_communication(self) -> str:
        """What the operator on the other side says (RFC 9003 §2); empty if nothing, or nothing readable."""
        reason = self.reason
        if not reason._carries_words or reason._has_bad_words:
            return ""
        return "".join(letter if letter.isprintable() else "\ufffd" for letter in reason.data[1:].decode())

    @property
    def flaw(self) -> str:
        """What is wrong with a NOTIFICATION: nobody answers it, but somebody should know (RFC 4271 §6.4)."""
        reason = self.reason
        if (reason.code, reason.subcode) not in _TEXTS:
            return f"code {reason.code}, subcode {reason.subcode} is unknown; data {reason.data.hex()}"
        if reason._carries_words and reason._has_bad_words:
            return f"malformed shutdown communication {reason.data.hex()}"
        return ""

    @property
    def _carries_words(self) -> bool:
        return self.code == ErrorCode.CEASE and self.subcode in _WITH_COMMUNICATION and bool(self.data)

    @property
    def _has_bad_words(self) -> bool:
        """Whether the length is wrong or the text no UTF-8 (RFC 9003 §2)."""
        words = self.data[1:]
        return self.data[0] != len(words) or words.decode(errors="ignore").encode() != words

    def __str__(self) -> str:
        reason = self.reason
        words = text(self.code, self.subcode)
        return words if reason is self else f"{words}: {reason}"


def text(code: int, subcode: int) -> str:
    """Return the words for a code and subcode."""
    return _TEXTS.get((code, subcode), f"Unknown error {code:d}.{subcode:d}")


def hard_reset(reason: Notification) -> Notification:
    """Return the NOTIFICATION that ends a session for this reason and without any graceful restart."""
    return Notification(*_HARD_RESET, bytes((reason.code, reason.subcode)) + reason.data)


def shutdown_communication(message: str) -> bytes:
    """Return the data field that carries ``message``, cut where a character ends (RFC 9003 §2)."""
    octets = message.encode()[:_LONGEST_COMMUNICATION].decode(errors="ignore").encode()
    return bytes((len(octets),)) + octets


def decode_notification(body: bytes) -> Notification:
    """Read a NOTIFICATION; one that is too short has a header error (RFC 4271 §6.1)."""
    if len(body) < 2:
        raise NotificationError(
            ErrorCode.MESSAGE_HEADER,
            MessageHeaderSubcode.BAD_MESSAGE_LENGTH,
            reason="NOTIFICATION without subcode",
        )
    return Notification(body[0], body[1], body[2:])


def encode_notification(notification: Notification) -> bytes:
    """Return the message, with as much of the data as every peer takes (RFC 4271 §4.1)."""
    return frame(MessageType.NOTIFICATION, bytes(notification[:2]) + notification.data[:_MOST_DATA])
