"""AGGREGATOR path attribute (RFC 4271 §5.1.7, RFC 6793)."""

from struct import Struct
from typing import Final, NamedTuple

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute
from messages.context import Context
from messages.errors import Malformed, MalformedValueError
from messages.families.prefix import render_address
from messages.iana import AttributeCode

_AGGREGATOR: Final = Struct("!I4s")


class Aggregator(NamedTuple):
    """Who formed the aggregate route."""

    asn: int
    address: bytes

    def __str__(self) -> str:
        return f"{render_address(self.address)} AS{self.asn}"


def check_aggregator(value: bytes, as_number_octets: int) -> None:
    """Complain about another length than AS number and address have, and about AS 0 (RFC 7607 §2)."""
    if len(value) != as_number_octets + 4:
        raise MalformedValueError(f"length {len(value)} is not {as_number_octets + 4}")
    if not any(value[:as_number_octets]):
        raise MalformedValueError("AS 0 is no aggregator")


def decode_aggregator(value: bytes) -> Aggregator:
    """Return the aggregator in a value of eight octets."""
    return Aggregator._make(_AGGREGATOR.unpack(value))


def encode_aggregator(aggregator: Aggregator) -> bytes:
    """Return the value of eight octets."""
    return _AGGREGATOR.pack(*aggregator)


def _check(value: bytes, context: Context) -> None:
    """RFC 7606 §7.7."""
    check_aggregator(value, context.as_number_octets)


AGGREGATOR: Final = Attribute(
    code=AttributeCode.AGGREGATOR,
    name="aggregator",
    flags=OPTIONAL_TRANSITIVE,
    check=_check,
    decode=decode_aggregator,
    encode=encode_aggregator,
    render=str,
    on_malformed=Malformed.ATTRIBUTE_DISCARD,
)
