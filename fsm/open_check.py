"""Whether a received OPEN is acceptable to us (RFC 4271 §6.2)."""

from fsm.settings import Settings
from messages.errors import NotificationError
from messages.iana import ErrorCode, OpenSubcode
from messages.open import Open


def check_open(message: Open, settings: Settings) -> None:
    """Raise ``NotificationError`` for the first thing in a well-formed OPEN that we do not accept."""
    _check_autonomous_system(message.asn, settings)
    _check_router_id(message, settings)
    if message.hold_time in {1, 2}:  # at least three seconds, or none (RFC 4271 §4.2)
        raise _refusal(
            OpenSubcode.UNACCEPTABLE_HOLD_TIME, f"hold time {message.hold_time} is less than 3 seconds"
        )


def _check_autonomous_system(asn: int, settings: Settings) -> None:
    if asn == 0:  # RFC 7607 §2
        raise _refusal(OpenSubcode.BAD_PEER_AS, "AS 0 is reserved")
    if settings.peer_asn is not None and asn != settings.peer_asn:
        raise _refusal(
            OpenSubcode.BAD_PEER_AS, f"the peer says AS {asn}, configured is AS {settings.peer_asn}"
        )


def _check_router_id(message: Open, settings: Settings) -> None:
    """A BGP Identifier is not zero, and unique within an AS (RFC 6286 §2.2)."""
    if message.router_id == 0:
        raise _refusal(OpenSubcode.BAD_BGP_IDENTIFIER, "BGP identifier 0.0.0.0 is not allowed")
    if message.router_id == settings.router_id and message.asn == settings.local_asn:
        raise _refusal(OpenSubcode.BAD_BGP_IDENTIFIER, "an internal peer has our own BGP identifier")


def _refusal(subcode: OpenSubcode, reason: str) -> NotificationError:
    return NotificationError(ErrorCode.OPEN_MESSAGE, subcode, reason=reason)
