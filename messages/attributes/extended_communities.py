"""EXTENDED_COMMUNITIES path attribute (RFC 4360, RFC 5668)."""

from typing import Final

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute, elements_of
from messages.families.prefix import render_address
from messages.iana import AttributeCode

_OCTETS: Final = 8
_TWO_OCTET_AS: Final = 0x00
_IPV4_ADDRESS: Final = 0x01
_FOUR_OCTET_AS: Final = 0x02
_KINDS: Final = {0x02: "rt", 0x03: "ro"}
"""Route Target and Route Origin (RFC 4360 §4, §5)."""


def _decode(value: bytes) -> tuple[bytes, ...]:
    return tuple(value[start : start + _OCTETS] for start in range(0, len(value), _OCTETS))


def _render_one(community: bytes) -> str:
    kind = _KINDS.get(community[1])
    if kind and community[0] == _TWO_OCTET_AS:
        return f"({kind}, {int.from_bytes(community[2:4])}, {int.from_bytes(community[4:])})"
    if kind and community[0] == _IPV4_ADDRESS:
        return f"({kind}, {render_address(community[2:6])}, {int.from_bytes(community[6:])})"
    if kind and community[0] == _FOUR_OCTET_AS:
        return f"({kind}, {int.from_bytes(community[2:6])}, {int.from_bytes(community[6:])})"
    return f"(generic, 0x{int.from_bytes(community[:4]):x}, 0x{int.from_bytes(community[4:]):x})"


def _render(communities: tuple[bytes, ...]) -> str:
    return " ".join(map(_render_one, communities))


EXTENDED_COMMUNITIES: Final = Attribute(
    code=AttributeCode.EXTENDED_COMMUNITIES,
    name="ext_community",
    flags=OPTIONAL_TRANSITIVE,
    check=elements_of(_OCTETS),  # RFC 7606 §7.14
    decode=_decode,
    encode=b"".join,
    render=_render,
)
