"""MULTI_EXIT_DISC path attribute (RFC 4271 §5.1.4)."""

from typing import Final

from messages.attributes.attribute import OPTIONAL_NON_TRANSITIVE, Attribute, length_is
from messages.iana import AttributeCode


def _encode(med: int) -> bytes:
    return med.to_bytes(4)


MULTI_EXIT_DISC: Final = Attribute(
    code=AttributeCode.MULTI_EXIT_DISC,
    name="med",
    flags=OPTIONAL_NON_TRANSITIVE,
    check=length_is(4),  # RFC 7606 §7.4
    decode=int.from_bytes,
    encode=_encode,
    render=str,
)
