"""MP_UNREACH_NLRI path attribute (RFC 4760 §4)."""

from typing import Final, NamedTuple

from messages.attributes.attribute import OPTIONAL_NON_TRANSITIVE, Attribute
from messages.context import Context
from messages.errors import Malformed, MalformedValueError
from messages.families import FAMILIES
from messages.families.prefix import render_prefix, split
from messages.iana import AttributeCode

_SHORTEST: Final = 3
"""AFI and SAFI (RFC 7606 §5.3)."""


class MpUnreach(NamedTuple):
    """Withdrawn routes of one family; ``withdrawn`` is not parsed yet."""

    afi: int
    safi: int
    withdrawn: bytes

    def __str__(self) -> str:
        family = FAMILIES.get((self.afi, self.safi))
        if family is None:
            return f"{self.afi}/{self.safi} {self.withdrawn.hex()}"
        prefixes = (render_prefix(key, family) for key in split(self.withdrawn, family.max_bits))
        return " ".join((family.name, *prefixes))


def _check(value: bytes, _context: Context) -> None:
    if len(value) < _SHORTEST:
        raise MalformedValueError(f"length {len(value)} is less than {_SHORTEST}")


def _decode(value: bytes) -> MpUnreach:
    return MpUnreach(value[0] << 8 | value[1], value[2], value[3:])


def _encode(unreach: MpUnreach) -> bytes:
    return bytes((unreach.afi >> 8, unreach.afi & 0xFF, unreach.safi)) + unreach.withdrawn


MP_UNREACH_NLRI: Final = Attribute(
    code=AttributeCode.MP_UNREACH_NLRI,
    name="mp_unreach_nlri",
    flags=OPTIONAL_NON_TRANSITIVE,
    check=_check,
    decode=_decode,
    encode=_encode,
    render=str,
    on_malformed=Malformed.SESSION_RESET,
)
