"""Support for 4-octet AS number capability (RFC 6793 §3)."""

from typing import Final

from messages.capabilities.capability import Capability
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode

_OCTETS: Final = 4


def _decode(value: bytes) -> int:
    if len(value) != _OCTETS:
        raise MalformedValueError(f"length {len(value)} is not {_OCTETS}")
    return int.from_bytes(value)


def _encode(asn: int) -> bytes:
    return asn.to_bytes(_OCTETS)


FOUR_OCTET_AS: Final = Capability(
    code=CapabilityCode.FOUR_OCTET_AS,
    name="four_octet_as",
    decode=_decode,
    encode=_encode,
    render=str,
)
