"""Routes as an MRT table dump (RFC 6396 §4.3), for routers that read their routes from one."""

import ipaddress
from collections.abc import Iterable, Iterator
from struct import pack
from typing import Final

from tests.interop.routers.router import Announcement, Attributes, family_of

_TABLE_DUMP_V2: Final = 13
_PEER_INDEX_TABLE: Final = 1
_RIB_UNICAST: Final = {"ipv4": 2, "ipv6": 4}


def table_dump(router_id: str, asn: int, routes: Iterable[Announcement]) -> Iterator[bytes]:
    """Yield the records of a dump of a router's own routes.

    The peer they come from is all zeros: GoBGP then takes them for its own, and lets them be withdrawn.
    """
    identifier = ipaddress.IPv4Address(router_id).packed
    peer = pack("!B4s4sI", 2, bytes(4), bytes(4), 0)  # type 2: IPv4 address, AS number of four octets
    yield _record(_PEER_INDEX_TABLE, pack("!4sHH", identifier, 0, 1) + peer)
    for number, route in enumerate(routes):
        yield _record(_RIB_UNICAST[family_of(route.prefix)], pack("!I", number) + _entry(asn, route))


def _record(subtype: int, body: bytes) -> bytes:
    return pack("!IHHI", 0, _TABLE_DUMP_V2, subtype, len(body)) + body


def _entry(asn: int, route: Announcement) -> bytes:
    network = ipaddress.ip_network(route.prefix)
    octets = network.network_address.packed[: (network.prefixlen + 7) // 8]
    attributes = b"".join(_attributes(asn, route.attributes, network.version))
    return pack("!B", network.prefixlen) + octets + pack("!HHIH", 1, 0, 0, len(attributes)) + attributes


def _attributes(asn: int, attributes: Attributes, version: int) -> Iterator[bytes]:
    """Yield the path attributes; the next hop is unspecified, which means the router itself."""
    path = pack(f"!BB{attributes.prepend}I", 2, attributes.prepend, *[asn] * attributes.prepend)
    yield _attribute(0x40, 1, b"\0")
    yield _attribute(0x40, 2, path if attributes.prepend else b"")
    if version == 4:
        yield _attribute(0x40, 3, bytes(4))
    if attributes.med is not None:
        yield _attribute(0x80, 4, pack("!I", attributes.med))
    if attributes.local_pref is not None:
        yield _attribute(0x40, 5, pack("!I", attributes.local_pref))
    if attributes.communities:
        pairs = (community.split(":") for community in attributes.communities)
        yield _attribute(0xC0, 8, b"".join(pack("!HH", int(high), int(low)) for high, low in pairs))
    if version == 6:
        yield _attribute(0x80, 14, pack("!HBB", 2, 1, 16) + bytes(16) + b"\0")


def _attribute(flags: int, code: int, value: bytes) -> bytes:
    return pack("!BBB", flags, code, len(value)) + value
