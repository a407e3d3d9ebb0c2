"""ORIGIN path attribute (RFC 4271 §5.1.1)."""

from typing import Final

from messages.attributes.attribute import WELL_KNOWN, Attribute
from messages.context import Context
from messages.errors import MalformedValueError
from messages.iana import AttributeCode, Origin

_ORIGINS: Final = (Origin.IGP, Origin.EGP, Origin.INCOMPLETE)
_DEFINED: Final = bytes(_ORIGINS)
_NAMES: Final = {Origin.IGP: "IGP", Origin.EGP: "EGP", Origin.INCOMPLETE: "Incomplete"}


def _check(value: bytes, _context: Context) -> None:
    """RFC 7606 §7.1."""
    if len(value) != 1 or value not in _DEFINED:
        raise MalformedValueError(f"{value.hex() or 'nothing'} is no origin")


def _decode(value: bytes) -> Origin:
    return _ORIGINS[value[0]]


def _encode(origin: Origin) -> bytes:
    return bytes((origin,))


ORIGIN: Final = Attribute(
    code=AttributeCode.ORIGIN,
    name="origin",
    flags=WELL_KNOWN,
    check=_check,
    decode=_decode,
    encode=_encode,
    render=_NAMES.__getitem__,
)
