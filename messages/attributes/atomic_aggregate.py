"""ATOMIC_AGGREGATE path attribute (RFC 4271 §5.1.6)."""

from typing import Final

from messages.attributes.attribute import WELL_KNOWN, Attribute, length_is
from messages.errors import Malformed
from messages.iana import AttributeCode


def _decode(_value: bytes) -> bool:
    """Being there is all it says."""
    return True


def _encode(_present: bool) -> bytes:
    return b""


def _render(_present: bool) -> str:
    return ""


ATOMIC_AGGREGATE: Final = Attribute(
    code=AttributeCode.ATOMIC_AGGREGATE,
    name="atomic_aggr",
    flags=WELL_KNOWN,
    check=length_is(0),  # RFC 7606 §7.6
    decode=_decode,
    encode=_encode,
    render=_render,
    on_malformed=Malformed.ATTRIBUTE_DISCARD,
)
