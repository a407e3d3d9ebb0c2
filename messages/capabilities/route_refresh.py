"""Route Refresh capability (RFC 2918 §2)."""

from typing import Final

from messages.capabilities.capability import Capability
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode


def _decode(value: bytes) -> bool:
    """Being there is all it says."""
    if value:
        raise MalformedValueError(f"length {len(value)} is not 0")
    return True


def _encode(_present: bool) -> bytes:
    return b""


def _render(_present: bool) -> str:
    return ""


ROUTE_REFRESH: Final = Capability(
    code=CapabilityCode.ROUTE_REFRESH,
    name="route_refresh",
    decode=_decode,
    encode=_encode,
    render=_render,
)
