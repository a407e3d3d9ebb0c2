"""What can be wrong with received bytes, and what it costs (RFC 4271 §6, RFC 7606 §2)."""

from enum import IntEnum
from typing import NamedTuple


class MalformedValueError(ValueError):
    """A value breaks the RFC that defines it; the registry row knows what that costs."""


class NotificationError(Exception):
    """The session must end with this NOTIFICATION."""

    def __init__(self, code: int, subcode: int, data: bytes = b"", reason: str = "") -> None:
        super().__init__(reason or f"NOTIFICATION {int(code)}/{int(subcode)}")
        self.code = code
        self.subcode = subcode
        self.data = data
        self.reason = reason


class Malformed(IntEnum):
    """How an error in an UPDATE is handled, from the weakest to the strongest approach (RFC 7606 §2)."""

    ATTRIBUTE_DISCARD = 1
    TREAT_AS_WITHDRAW = 2
    AFI_SAFI_DISABLE = 3
    SESSION_RESET = 4


class AttributeFlaw(NamedTuple):
    """One error found in the path attributes of an UPDATE, to be logged and counted (RFC 7606 §6)."""

    code: int
    cost: Malformed
    reason: str
    wire: bytes
