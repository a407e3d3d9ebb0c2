"""Extended Next Hop Encoding capability (RFC 8950 §4)."""

from struct import Struct
from typing import Final, NamedTuple

from messages.capabilities.capability import Capability
from messages.capabilities.family_numbers import AnyFamily, family_of, numbers_of, render_family
from messages.errors import MalformedValueError
from messages.iana import AFI, CapabilityCode

_TRIPLE: Final = Struct("!HHH")
_NAMES: Final = {int(AFI.IPV4): "ipv4", int(AFI.IPV6): "ipv6"}


class ExtendedNextHop(NamedTuple):
    """Routes of one family may come with next hops of another address family."""

    family: AnyFamily
    next_hop_afi: int

    def __str__(self) -> str:
        return f"{render_family(self.family)} via {_NAMES.get(self.next_hop_afi, self.next_hop_afi)}"


def _decode(value: bytes) -> tuple[ExtendedNextHop, ...]:
    if len(value) % _TRIPLE.size:
        raise MalformedValueError(f"length {len(value)} is not a multiple of {_TRIPLE.size}")
    return tuple(
        ExtendedNextHop(family_of(afi, safi), next_hop_afi)
        for afi, safi, next_hop_afi in _TRIPLE.iter_unpack(value)
    )


def _encode(triples: tuple[ExtendedNextHop, ...]) -> bytes:
    return b"".join(_TRIPLE.pack(*numbers_of(family), next_hop_afi) for family, next_hop_afi in triples)


def _render(triples: tuple[ExtendedNextHop, ...]) -> str:
    return " ".join(map(str, triples))


EXTENDED_NEXT_HOP: Final = Capability(
    code=CapabilityCode.EXTENDED_NEXT_HOP,
    name="extended_next_hop",
    decode=_decode,
    encode=_encode,
    render=_render,
)
