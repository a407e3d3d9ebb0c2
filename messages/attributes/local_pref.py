"""LOCAL_PREF path attribute (RFC 4271 §5.1.5)."""

from typing import Final

from messages.attributes.attribute import WELL_KNOWN, Attribute, check_length
from messages.context import Context
from messages.iana import AttributeCode


def _check(value: bytes, _context: Context) -> None:
    """RFC 7606 §7.5."""
    check_length(value, 4)


def _encode(degree: int) -> bytes:
    return degree.to_bytes(4)


LOCAL_PREF: Final = Attribute(
    code=AttributeCode.LOCAL_PREF,
    name="local_pref",
    flags=WELL_KNOWN,
    check=_check,
    decode=int.from_bytes,
    encode=_encode,
    render=str,
    internal_only=True,
)
