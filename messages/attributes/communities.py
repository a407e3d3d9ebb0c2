"""COMMUNITIES path attribute (RFC 1997)."""

from struct import pack, unpack
from typing import Final

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute, elements_of
from messages.iana import AttributeCode, WellKnownCommunity

_NAMES: Final = {int(community): community.name for community in WellKnownCommunity}


def _decode(value: bytes) -> tuple[int, ...]:
    return unpack(f"!{len(value) // 4}I", value)


def _encode(communities: tuple[int, ...]) -> bytes:
    return pack(f"!{len(communities)}I", *communities)


def _render(communities: tuple[int, ...]) -> str:
    return " ".join(f"({community >> 16},{community & 0xFFFF})" for community in communities)


def _describe(communities: tuple[int, ...]) -> str:
    """Return ``NO_EXPORT 65001:100``."""
    return " ".join(_NAMES.get(value) or f"{value >> 16}:{value & 0xFFFF}" for value in communities)


COMMUNITIES: Final = Attribute(
    code=AttributeCode.COMMUNITIES,
    name="community",
    flags=OPTIONAL_TRANSITIVE,
    check=elements_of(4),  # RFC 7606 §7.8
    decode=_decode,
    encode=_encode,
    render=_render,
    describe=_describe,
)
