"""Whether a received OPEN is acceptable to us (RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §4.2)."""

from typing import Final

from fsm.settings import Settings
from messages.capabilities import FOUR_OCTET_AS, ROLE, Capabilities
from messages.errors import NotificationError
from messages.iana import ErrorCode, OpenSubcode, Role
from messages.open import Open

_COUNTERPART: Final = {
    Role.PROVIDER: Role.CUSTOMER,
    Role.CUSTOMER: Role.PROVIDER,
    Role.RS: Role.RS_CLIENT,
    Role.RS_CLIENT: Role.RS,
    Role.PEER: Role.PEER,
}
"""What the peer of each role must be (RFC 9234 §4.2, table 2)."""


def check_open(message: Open, settings: Settings) -> None:
    """Raise ``NotificationError`` for the first thing in a well-formed OPEN that we do not accept."""
    _check_autonomous_system(message.asn, settings)
    _check_router_id(message, settings)
    if message.hold_time in {1, 2}:  # at least three seconds, or none (RFC 4271 §4.2)
        raise _refusal(OpenSubcode.UNACCEPTABLE_HOLD_TIME, f"{message.hold_time} is less than 3 seconds")
    if settings.is_external(message.asn):  # roles are between autonomous systems (RFC 9234 §4)
        _check_role(message.capabilities.all(ROLE), settings)
    _check_required(message.capabilities, settings.required)


def _check_autonomous_system(asn: int, settings: Settings) -> None:
    if asn == 0:  # RFC 7607 §2
        raise _refusal(OpenSubcode.BAD_PEER_AS, "AS 0 is reserved")
    if settings.peer_asn is not None and asn != settings.peer_asn:
        raise _refusal(OpenSubcode.BAD_PEER_AS, f"{settings.peer_asn} expected, {asn} received")


def _check_router_id(message: Open, settings: Settings) -> None:
    """A BGP Identifier is not zero, and unique within an AS (RFC 6286 §2.2)."""
    if message.router_id == 0:
        raise _refusal(OpenSubcode.BAD_BGP_IDENTIFIER, "0.0.0.0 is not allowed")
    if message.router_id == settings.router_id and message.asn == settings.local_asn:
        raise _refusal(OpenSubcode.BAD_BGP_IDENTIFIER, "an internal peer has our own")


def _check_role(announced: tuple[int, ...], settings: Settings) -> None:
    """One role is what the peer has, and it is the counterpart of ours (RFC 9234 §4.2)."""
    roles = sorted(set(announced))
    if not roles:
        if settings.strict_role:
            raise _refusal(OpenSubcode.ROLE_MISMATCH, "the peer announces no role")
        return
    names = " and ".join(ROLE.render(role) for role in roles)
    if len(roles) > 1:
        raise _refusal(OpenSubcode.ROLE_MISMATCH, f"the peer announces to be {names}")
    if settings.role is not None and roles != [_COUNTERPART[settings.role]]:
        raise _refusal(OpenSubcode.ROLE_MISMATCH, f"we are {ROLE.render(settings.role)}, the peer is {names}")


def _check_required(announced: Capabilities, required: Capabilities) -> None:
    """The peer announces what we cannot do without; what is missing is the data (RFC 5492 §5).

    Of FOUR_OCTET_AS the value is the peer's own AS, which is judged elsewhere.
    """
    offered = tuple(announced)
    missing = tuple(
        (code, value)
        for code, row, value in required
        if (code, row, value) not in offered and not (row is FOUR_OCTET_AS and row in announced)
    )
    if missing:
        capabilities = Capabilities(missing)
        raise _refusal(OpenSubcode.UNSUPPORTED_CAPABILITY, str(capabilities), capabilities.encode())


def _refusal(subcode: OpenSubcode, reason: str, data: bytes = b"") -> NotificationError:
    return NotificationError(ErrorCode.OPEN_MESSAGE, subcode, data, reason)
