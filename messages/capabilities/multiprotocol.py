"""Multiprotocol Extensions capability (RFC 4760 §8)."""

from struct import Struct
from typing import Final

from messages.capabilities.capability import Capability
from messages.errors import MalformedValueError
from messages.families import FAMILIES, Family
from messages.iana import CapabilityCode

_VALUE: Final = Struct("!HxB")


def _decode(value: bytes) -> Family | tuple[int, int]:
    """A family that is unknown to us stays the numbers it has."""
    if len(value) != _VALUE.size:
        raise MalformedValueError(f"length {len(value)} is not {_VALUE.size}")
    afi, safi = _VALUE.unpack(value)
    return FAMILIES.get((afi, safi), (afi, safi))


def _encode(family: Family | tuple[int, int]) -> bytes:
    return _VALUE.pack(family.afi, family.safi) if isinstance(family, Family) else _VALUE.pack(*family)


def _render(family: Family | tuple[int, int]) -> str:
    return family.name if isinstance(family, Family) else f"{family[0]}/{family[1]}"


MULTIPROTOCOL: Final = Capability(
    code=CapabilityCode.MULTIPROTOCOL,
    name="multiprotocol",
    decode=_decode,
    encode=_encode,
    render=_render,
)
