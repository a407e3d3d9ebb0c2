"""Only to Customer path attribute (RFC 9234 §5)."""

from typing import Final

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute, length_is
from messages.iana import AttributeCode


def _encode(asn: int) -> bytes:
    return asn.to_bytes(4)


ONLY_TO_CUSTOMER: Final = Attribute(
    code=AttributeCode.ONLY_TO_CUSTOMER,
    name="otc",
    flags=OPTIONAL_TRANSITIVE,
    check=length_is(4),
    decode=int.from_bytes,
    encode=_encode,
    render=str,
)
