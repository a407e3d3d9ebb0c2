"""IPv6 Address Specific Extended Communities path attribute (RFC 5701)."""

from typing import Final

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute, cut, elements_of
from messages.attributes.extended_communities import ROUTE_ORIGIN, ROUTE_TARGET
from messages.families.prefix import render_address
from messages.iana import AttributeCode

_OCTETS: Final = 20
_TRANSITIVE_IPV6_ADDRESS: Final = 0x00
_KINDS: Final = {ROUTE_TARGET: "rt", ROUTE_ORIGIN: "ro"}


def _decode(value: bytes) -> tuple[bytes, ...]:
    return cut(value, _OCTETS)


def _render_one(community: bytes) -> str:
    """Return the form that extended communities of IPv4 addresses have."""
    kind = _KINDS.get(community[1])
    if kind and community[0] == _TRANSITIVE_IPV6_ADDRESS:
        return f"({kind}, {render_address(community[2:18])}, {int.from_bytes(community[18:])})"
    return f"(generic, 0x{community.hex()})"


def _render(communities: tuple[bytes, ...]) -> str:
    return " ".join(map(_render_one, communities))


IPV6_EXTENDED_COMMUNITIES: Final = Attribute(
    code=AttributeCode.IPV6_EXTENDED_COMMUNITIES,
    name="ipv6_ext_community",
    flags=OPTIONAL_TRANSITIVE,
    check=elements_of(_OCTETS),  # RFC 7606 §7.15
    decode=_decode,
    encode=b"".join,
    render=_render,
)
