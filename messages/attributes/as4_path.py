"""AS4_PATH path attribute: AS_PATH for speakers of 2-octet AS numbers (RFC 6793 §3)."""

from typing import Final

from messages.attributes.as_path import AsPath, check_segments
from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute
from messages.context import Context
from messages.errors import Malformed, MalformedValueError
from messages.iana import AttributeCode, SegmentType


def _check(value: bytes, _context: Context) -> None:
    """RFC 6793 §6; the value has no AS_CONFED segments when it is sent, and loses them when it is read."""
    if not value:
        raise MalformedValueError("empty path (RFC 7606 §4)")
    check_segments(value, 4, SegmentType.AS_CONFED_SET)


def _encode(path: AsPath) -> bytes:
    return path.wire


AS4_PATH: Final = Attribute(
    code=AttributeCode.AS4_PATH,
    name="as4_path",
    flags=OPTIONAL_TRANSITIVE,
    check=_check,
    decode=AsPath,
    encode=_encode,
    render=str,
    on_malformed=Malformed.ATTRIBUTE_DISCARD,
)
