"""EXTENDED_COMMUNITIES path attribute (RFC 4360, RFC 5668)."""

from collections.abc import Mapping
from struct import unpack
from typing import Final

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute, cut, elements_of
from messages.families.prefix import render_address
from messages.iana import AttributeCode

ROUTE_TARGET: Final = 0x02
ROUTE_ORIGIN: Final = 0x03
"""Sub-types (RFC 4360 §4, §5)."""

_OCTETS: Final = 8
_TWO_OCTET_AS: Final = 0x00
_IPV4_ADDRESS: Final = 0x01
_FOUR_OCTET_AS: Final = 0x02
_LINK_BANDWIDTH: Final = (0x40, 0x04)
_ADMINISTRATORS: Final = (_TWO_OCTET_AS, _IPV4_ADDRESS, _FOUR_OCTET_AS)
_NON_TRANSITIVE: Final = 0x40

_KINDS: Final = {ROUTE_TARGET: "rt", ROUTE_ORIGIN: "ro"}
_SUBTYPES: Final[Mapping[int, str]] = {
    ROUTE_TARGET: "rt",
    ROUTE_ORIGIN: "ro",
    0x04: "link-bandwidth",
    0x05: "ospf-domain",
    0x08: "data-collection",
    0x09: "source-as",
    0x0A: "l2vpn",
    0x10: "cisco-vpn",
}
"""Sub-types of the types that begin with an AS number or an IPv4 address."""
_OPAQUE: Final[Mapping[tuple[int, int], str]] = {
    (0x03, 0x06): "ospf-route-type",
    (0x03, 0x0B): "color",
    (0x03, 0x0C): "encapsulation",
    (0x03, 0x0D): "default-gateway",
    (0x06, 0x00): "mac-mobility",
    (0x06, 0x01): "esi-label",
    (0x06, 0x02): "es-import",
    (0x06, 0x03): "router-mac",
    (0x43, 0x00): "origin-validation",
    (0x80, 0x06): "traffic-rate",
    (0x80, 0x07): "traffic-action",
    (0x80, 0x08): "redirect",
    (0x80, 0x09): "traffic-marking",
}
"""Types and sub-types whose values have a form of their own (RFC 4360 §3.3, RFC 7432, RFC 8097, RFC 8955)."""


def is_transitive(community: bytes) -> bool:
    """Tell whether a community, also one of an IPv6 address, may leave the AS (RFC 4360 §2, RFC 5701 §2)."""
    return not community[0] & _NON_TRANSITIVE


def _decode(value: bytes) -> tuple[bytes, ...]:
    return cut(value, _OCTETS)


def _fields(community: bytes) -> tuple[str, str]:
    """Return Global and Local Administrator of a type that has them (RFC 4360 §3.1, §3.2, RFC 5668 §2)."""
    kind = community[0] & ~_NON_TRANSITIVE
    if kind == _TWO_OCTET_AS:
        return str(int.from_bytes(community[2:4])), str(int.from_bytes(community[4:]))
    first = render_address(community[2:6]) if kind == _IPV4_ADDRESS else str(int.from_bytes(community[2:6]))
    return first, str(int.from_bytes(community[6:]))


def _render_one(community: bytes) -> str:
    kind = _KINDS.get(community[1])
    if kind and community[0] in _ADMINISTRATORS:
        return f"({kind}, {', '.join(_fields(community))})"
    return f"(generic, 0x{int.from_bytes(community[:4]):x}, 0x{int.from_bytes(community[4:]):x})"


def _render(communities: tuple[bytes, ...]) -> str:
    return " ".join(map(_render_one, communities))


def _describe_one(community: bytes) -> str:
    """Return ``rt:65001:100``: the name of the type, if it is a common one, and the value in its form."""
    kind, subtype = community[:2]
    if (kind, subtype) == _LINK_BANDWIDTH:
        asn, octets_per_second = unpack("!Hf", community[2:])
        return f"link-bandwidth:{asn}:{octets_per_second:g}"
    name = _OPAQUE.get((kind, subtype))
    if name:
        return f"{name}:{community[2:].hex()}"
    if kind & ~_NON_TRANSITIVE in _ADMINISTRATORS:
        return ":".join((_SUBTYPES.get(subtype, f"{community[:2].hex()}"), *_fields(community)))
    return f"{community[:2].hex()}:{community[2:].hex()}"


def _describe(communities: tuple[bytes, ...]) -> str:
    return " ".join(map(_describe_one, communities))


EXTENDED_COMMUNITIES: Final = Attribute(
    code=AttributeCode.EXTENDED_COMMUNITIES,
    name="ext_community",
    flags=OPTIONAL_TRANSITIVE,
    check=elements_of(_OCTETS),  # RFC 7606 §7.14
    decode=_decode,
    encode=b"".join,
    render=_render,
    describe=_describe,
)
