"""BGP messages as octets, right or wrong: the builders of this suite (RFC 4271 §4).

They are written apart from ``messages``, and so is the decoder: a mistake of our codec shall not hide itself.
"""

import ipaddress
import socket
import struct
from collections.abc import Iterator
from typing import Final

MARKER: Final = b"\xff" * 16
OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH = range(1, 6)
HEADER_OCTETS: Final = 19

LOCAL_ASN: Final = 64512
"""Of the daemon."""
EXTERNAL_ASN: Final = 65001
WIDE_ASN: Final = 131072
"""A number that does not fit two octets."""
AS_TRANS: Final = 23456

ROUTER: Final = "198.18.0.1"
"""The daemon: its address and its router id."""
GATEWAY: Final = "198.18.1.250"
"""The next hop of everything that is announced; nobody's own address."""
GATEWAY6: Final = "fd00:18::250"
ROUTER_ID: Final = "198.18.255.1"
"""Of the neighbor that misbehaves."""

TARGET, BYSTANDER, NEVER_ANNOUNCED = "198.51.100.0/24", "203.0.113.0/24", "10.254.0.0/16"
SERVED: Final = "192.0.2.0/24"
"""What a neighbor that behaves announces, for the others to get."""
TARGET6, BYSTANDER6 = "2001:db8:100::/48", "2001:db8:113::/48"


def header(length: int, kind: int, marker: bytes = MARKER) -> bytes:
    """Return a header that claims what it is told."""
    return marker + struct.pack("!HB", length, kind)


def message(kind: int, body: bytes = b"") -> bytes:
    """Return a message with a right header."""
    return header(HEADER_OCTETS + len(body), kind) + body


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and body of every whole message; the header is believed."""
    position = 0
    while position + HEADER_OCTETS <= len(data):
        stop = position + int.from_bytes(data[position + 16 : position + 18])
        if stop > len(data):
            return
        yield data[position + 18], data[position + HEADER_OCTETS : stop]
        position = stop


def notification(code: int, subcode: int, data: bytes = b"") -> bytes:
    """Return a NOTIFICATION (RFC 4271 §4.5)."""
    return message(NOTIFICATION, bytes((code, subcode)) + data)


def route_refresh(afi: int, safi: int, subtype: int = 0) -> bytes:
    """Return a ROUTE-REFRESH (RFC 2918 §3, RFC 7313 §3.2)."""
    return message(ROUTE_REFRESH, struct.pack("!HBB", afi, subtype, safi))


# OPEN


def capability(code: int, value: bytes = b"") -> bytes:
    """Return one capability (RFC 5492 §4)."""
    return bytes((code, len(value))) + value


def parameter(kind: int, value: bytes) -> bytes:
    """Return one optional parameter (RFC 4271 §4.2)."""
    return bytes((kind, len(value))) + value


def multiprotocol(afi: int, safi: int) -> bytes:
    """Return the capability for a family (RFC 4760 §8)."""
    return capability(1, struct.pack("!HxB", afi, safi))


def four_octet_as(asn: int) -> bytes:
    """Return the capability with the AS number (RFC 6793 §3)."""
    return capability(65, asn.to_bytes(4))


IPV4, IPV6 = multiprotocol(1, 1), multiprotocol(2, 1)
REFRESH, ENHANCED_REFRESH, EXTENDED_MESSAGE = capability(2), capability(70), capability(6)


def opening(
    asn: int = EXTERNAL_ASN,
    *,
    version: int = 4,
    hold_time: int = 240,
    router_id: str = ROUTER_ID,
    parameters: bytes | None = None,
    octets: int | None = None,
) -> bytes:
    """Return an OPEN that is right but for what is asked; ``octets`` is the length of the parameters."""
    field = min(asn, 0xFFFF) if asn <= 0xFFFF else AS_TRANS
    if parameters is None:
        parameters = parameter(2, IPV4 + IPV6 + REFRESH + four_octet_as(asn))
    octets = len(parameters) if octets is None else octets
    fixed = struct.pack("!BHH4sB", version, field, hold_time, socket.inet_aton(router_id), octets)
    return message(OPEN, fixed + parameters)


# UPDATE


def prefix(text: str, path_id: int | None = None) -> bytes:
    """Return a prefix as it stands in a message (RFC 4271 §4.3), with its path identifier if it has one."""
    network = ipaddress.ip_network(text)
    octets = network.network_address.packed[: (network.prefixlen + 7) // 8]
    identifier = b"" if path_id is None else path_id.to_bytes(4)
    return identifier + bytes((network.prefixlen,)) + octets


def attribute(flags: int, code: int, value: bytes = b"", *, length: int | None = None) -> bytes:
    """Return a path attribute (RFC 4271 §4.3); a length that is not the value's makes it a lie."""
    length = len(value) if length is None else length
    if length > 0xFF or flags & 0x10:
        return struct.pack("!BBH", flags | 0x10, code, length) + value
    return bytes((flags, code, length)) + value


def update(*attributes: bytes, nlri: bytes = b"", withdrawn: bytes = b"") -> bytes:
    """Return an UPDATE (RFC 4271 §4.3)."""
    joined = b"".join(attributes)
    lengths = len(withdrawn).to_bytes(2), len(joined).to_bytes(2)
    return message(UPDATE, lengths[0] + withdrawn + lengths[1] + joined + nlri)


def sequence(*asns: int, octets: int = 4, kind: int = 2) -> bytes:
    """Return an AS_PATH segment, an AS_SEQUENCE unless told otherwise."""
    return bytes((kind, len(asns))) + b"".join(asn.to_bytes(octets) for asn in asns)


def community(*pairs: tuple[int, int]) -> bytes:
    """Return a COMMUNITIES attribute (RFC 1997)."""
    return attribute(0xC0, 8, b"".join(struct.pack("!HH", *pair) for pair in pairs))


def as_path(*segments: bytes) -> bytes:
    """Return an AS_PATH attribute."""
    return attribute(0x40, 2, b"".join(segments))


def mp_reach(
    nlri: bytes, *, afi: int = 2, safi: int = 1, next_hop: bytes | None = None, flags: int = 0x80
) -> bytes:
    """Return an MP_REACH_NLRI attribute (RFC 4760 §3)."""
    next_hop = address(GATEWAY6) if next_hop is None else next_hop
    family = struct.pack("!HBB", afi, safi, len(next_hop))
    return attribute(flags, 14, family + next_hop + b"\0" + nlri)


def mp_unreach(nlri: bytes, *, afi: int = 2, safi: int = 1, flags: int = 0x80) -> bytes:
    """Return an MP_UNREACH_NLRI attribute (RFC 4760 §4)."""
    return attribute(flags, 15, struct.pack("!HB", afi, safi) + nlri)


def address(text: str) -> bytes:
    """Return the octets of an address."""
    return ipaddress.ip_address(text).packed


ORIGIN: Final = attribute(0x40, 1, b"\0")
AS_PATH: Final = as_path(sequence(EXTERNAL_ASN))
NEXT_HOP: Final = attribute(0x40, 3, address(GATEWAY))
OLD: Final = community((EXTERNAL_ASN, 1))
"""What the route carries before the message of the case."""
NEW: Final = community((EXTERNAL_ASN, 2))
"""What it carries afterwards, if that message was believed."""
GOOD: Final = (ORIGIN, AS_PATH, NEXT_HOP, NEW)


def among(
    *attributes: bytes, good: tuple[bytes, ...] = GOOD, omit: tuple[int, ...] = ()
) -> tuple[bytes, ...]:
    """Return good attributes with these added, or in place of those of their types, in the order of types."""
    codes = {piece[1] for piece in attributes} | set(omit)
    kept = [piece for piece in good if piece[1] not in codes]
    return tuple(sorted([*kept, *attributes], key=lambda piece: piece[1]))


def announce(*attributes: bytes, omit: tuple[int, ...] = (), nlri: bytes | None = None) -> bytes:
    """Return an UPDATE that announces the target with these among good attributes."""
    return update(*among(*attributes, omit=omit), nlri=prefix(TARGET) if nlri is None else nlri)


def announce6(*attributes: bytes, omit: tuple[int, ...] = ()) -> bytes:
    """Return an UPDATE that announces the IPv6 target with these among good attributes."""
    return update(*among(mp_reach(prefix(TARGET6)), *attributes, omit=(3, *omit)))
