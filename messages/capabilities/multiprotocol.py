"""Multiprotocol Extensions capability (RFC 4760 §8)."""

from struct import Struct
from typing import Final

from messages.capabilities.capability import Capability
from messages.capabilities.family_numbers import AnyFamily, family_of, numbers_of, render_family
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode

_VALUE: Final = Struct("!HxB")


def _decode(value: bytes) -> AnyFamily:
    if len(value) != _VALUE.size:
        raise MalformedValueError(f"length {len(value)} is not {_VALUE.size}")
    return family_of(*_VALUE.unpack(value))


def _encode(family: AnyFamily) -> bytes:
    return _VALUE.pack(*numbers_of(family))


MULTIPROTOCOL: Final = Capability(
    code=CapabilityCode.MULTIPROTOCOL,
    name="multiprotocol",
    decode=_decode,
    encode=_encode,
    render=render_family,
)
