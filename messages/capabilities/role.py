"""BGP Role capability (RFC 9234 §4.1)."""

from typing import Final

from messages.capabilities.capability import Capability
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode, Role

_NAMES: Final = {int(role): role.name.lower() for role in Role}


def _decode(value: bytes) -> int:
    """A role without a meaning is kept: the negotiation says whether it fits ours (RFC 9234 §4.2)."""
    if len(value) != 1:
        raise MalformedValueError(f"length {len(value)} is not 1")
    return value[0]


def _encode(role: int) -> bytes:
    return bytes((role,))


def _render(role: int) -> str:
    return _NAMES.get(role, str(role))


ROLE: Final = Capability(
    code=CapabilityCode.ROLE,
    name="role",
    decode=_decode,
    encode=_encode,
    render=_render,
)
