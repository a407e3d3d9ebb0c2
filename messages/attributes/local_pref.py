"""LOCAL_PREF path attribute (RFC 4271 §5.1.5)."""

from typing import Final

from messages.attributes.attribute import WELL_KNOWN, Attribute, length_is
from messages.iana import AttributeCode


def _encode(degree: int) -> bytes:
    return degree.to_bytes(4)


LOCAL_PREF: Final = Attribute(
    code=AttributeCode.LOCAL_PREF,
    name="local_pref",
    flags=WELL_KNOWN,
    check=length_is(4),  # RFC 7606 §7.5
    decode=int.from_bytes,
    encode=_encode,
    render=str,
    internal_only=True,
)
