"""AS4_AGGREGATOR path attribute: AGGREGATOR for speakers of 2-octet AS numbers (RFC 6793 §3)."""

from typing import Final

from messages.attributes.aggregator import check_aggregator, decode_aggregator, encode_aggregator
from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute
from messages.context import Context
from messages.errors import Malformed
from messages.iana import AttributeCode


def _check(value: bytes, _context: Context) -> None:
    """RFC 6793 §6."""
    check_aggregator(value, 4)


AS4_AGGREGATOR: Final = Attribute(
    code=AttributeCode.AS4_AGGREGATOR,
    name="as4_aggregator",
    flags=OPTIONAL_TRANSITIVE,
    check=_check,
    decode=decode_aggregator,
    encode=encode_aggregator,
    render=str,
    on_malformed=Malformed.ATTRIBUTE_DISCARD,
)
