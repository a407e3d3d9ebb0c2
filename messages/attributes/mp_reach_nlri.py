"""MP_REACH_NLRI path attribute (RFC 4760 §3, RFC 2545, RFC 8950)."""

from typing import Final, NamedTuple

from messages.attributes.attribute import OPTIONAL_NON_TRANSITIVE, Attribute
from messages.context import Context
from messages.errors import Malformed, MalformedValueError
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import render_prefix, split
from messages.iana import AttributeCode

_SHORTEST: Final = 5
"""AFI, SAFI, a next hop of length 0 and the reserved octet (RFC 7606 §5.3)."""
_NEXT_HOP_OCTETS: Final = {
    IPV4_UNICAST: (4, 16, 32),  # the IPv6 ones by RFC 8950 §3
    IPV6_UNICAST: (16, 32),  # RFC 2545 §3
}


class MpReach(NamedTuple):
    """Routes of one family with their next hop; ``nlri`` is not parsed yet."""

    afi: int
    safi: int
    next_hop: bytes
    nlri: bytes

    def __str__(self) -> str:
        family = FAMILIES.get((self.afi, self.safi))
        if family is None:
            return f"{self.afi}/{self.safi} {self.next_hop.hex()} {self.nlri.hex()}"
        prefixes = (render_prefix(key, family) for key in split(self.nlri, family.max_bits))
        return " ".join((family.name, self.next_hop.hex(), *prefixes))


def _check(value: bytes, context: Context) -> None:
    """A next hop of a wrong length hides where the prefixes begin: the session is reset (RFC 7606 §7.11).

    Of a family that was not negotiated all routes are ignored anyway ("AFI/SAFI disable", RFC 7606 §2).
    """
    if len(value) < _SHORTEST:
        raise MalformedValueError(f"length {len(value)} is less than {_SHORTEST}")
    octets = value[3]
    family = FAMILIES.get((value[0] << 8 | value[1], value[2]))
    if family not in context.families:
        return
    if _SHORTEST + octets > len(value):
        raise MalformedValueError(f"a next hop of {octets} octets overruns the attribute")
    if octets not in _NEXT_HOP_OCTETS[family]:
        raise MalformedValueError(f"a next hop of {octets} octets for {family.name}")


def _decode(value: bytes) -> MpReach:
    """The octet after the next hop is reserved (RFC 4760 §3)."""
    stop = 4 + value[3]
    return MpReach(value[0] << 8 | value[1], value[2], value[4:stop], value[stop + 1 :])


def _encode(reach: MpReach) -> bytes:
    header = bytes((reach.afi >> 8, reach.afi & 0xFF, reach.safi, len(reach.next_hop)))
    return b"".join((header, reach.next_hop, b"\0", reach.nlri))


MP_REACH_NLRI: Final = Attribute(
    code=AttributeCode.MP_REACH_NLRI,
    name="mp_reach_nlri",
    flags=OPTIONAL_NON_TRANSITIVE,
    check=_check,
    decode=_decode,
    encode=_encode,
    render=str,
    on_malformed=Malformed.SESSION_RESET,
)
