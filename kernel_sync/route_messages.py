"""Routes to and from RTM_NEWROUTE and RTM_DELROUTE messages, in bulk (rtnetlink(7)).

Prefixes that share a route share all octets of its message but sequence number and prefix. Writing
therefore packs one struct and appends a constant tail; reading cuts the prefix out and looks the
rest up as it is.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Final, NamedTuple

from kernel_sync.fib import Operation, OperationKind
from kernel_sync.rtnetlink import (
    NLM_F_ACK,
    NLM_F_CREATE,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    NLM_F_REQUEST,
    RTM_DELROUTE,
    RTM_NEWROUTE,
    attribute,
    split_attributes,
)
from kernel_sync.types import PROTOCOL_BIRD, KernelRoute, NextHop, ObservedRoute, RouteKind
from messages.families import IPV4_UNICAST, Family
from messages.families.prefix import PrefixKey

AF_INET: Final = 2
AF_INET6: Final = 10

_RTA_DST: Final = 1
_RTA_OIF: Final = 4
_RTA_GATEWAY: Final = 5
_RTA_PRIORITY: Final = 6
_RTA_PREFSRC: Final = 7
_RTA_MULTIPATH: Final = 9
_RTA_TABLE: Final = 15
_RTA_VIA: Final = 18

_RT_SCOPE_UNIVERSE: Final = 0
_RT_SCOPE_LINK: Final = 253
_RT_SCOPE_NOWHERE: Final = 255
_RTNH_F_ONLINK: Final = 4
_RTM_F_CLONED: Final = 0x200

_ROUTE: Final = Struct("=BBBBBBBBI")
_NEXT_HOP: Final = Struct("=HBBi")
_UINT32: Final = Struct("=I")
_UINT16: Final = Struct("=H")
_BEFORE_PREFIX: Final = _ROUTE.size + 8  # the kernel puts RTA_TABLE first
_SHAPES: Final = 4096
_BITS: Final = [bytes((bits,)) for bits in range(129)]
_KINDS: Final = {int(kind): kind for kind in RouteKind}

_FLAGS: Final = {
    OperationKind.ADD: NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL,
    OperationKind.REPLACE: NLM_F_REQUEST | NLM_F_REPLACE,
    OperationKind.DELETE: NLM_F_REQUEST,
}


class _Template(NamedTuple):
    """What the messages of one kind for one route have in common."""

    before: tuple[int, ...]
    """Length, type and flags of the header."""
    after: tuple[int, ...]
    """Everything from source prefix length to the header of RTA_DST."""
    tail: bytes


class RoutePacker:
    """Writes operations on one table."""

    def __init__(self, family: Family, table_id: int, protocol: int = PROTOCOL_BIRD) -> None:
        self._address_octets = family.address_octets
        self._address_family = AF_INET if family is IPV4_UNICAST else AF_INET6
        self._table_id = table_id
        self._protocol = protocol
        self._message = Struct(f"=IHHII BBBBBBBBI HH{family.address_octets}s")
        self._templates: dict[tuple[OperationKind, KernelRoute], _Template] = {}

    def pack(self, operations: Sequence[Operation], last: int) -> list[bytes]:
        """Return one message per operation, numbered up to ``last``, which asks for an answer."""
        pack, family = self._message.pack, self._address_family
        messages: list[bytes] = []
        template: _Template | None = None
        previous_kind, previous_route = None, None
        acknowledge = 0
        for number, (key, kind, route) in enumerate(operations, last - len(operations) + 1):
            if template is None or route is not previous_route or kind is not previous_kind:
                template = self._template(kind, route)
                previous_kind, previous_route = kind, route
            (length, message_type, flags), after, tail = template
            if number == last:
                acknowledge = NLM_F_ACK
            fixed = pack(
                length, message_type, flags | acknowledge, number, 0, family, key[0], *after, key[1:]
            )
            messages.append(fixed + tail)
        return messages

    def _template(self, kind: OperationKind, route: KernelRoute) -> _Template:
        template = self._templates.get((kind, route))
        if template is None:
            if len(self._templates) >= _SHAPES:
                self._templates.clear()
            template = self._templates[kind, route] = self._make_template(kind, route)
        return template

    def _make_template(self, kind: OperationKind, route: KernelRoute) -> _Template:
        tail = attribute(_RTA_TABLE, _UINT32.pack(self._table_id))
        if route.metric:
            tail += attribute(_RTA_PRIORITY, _UINT32.pack(route.metric))
        if kind is OperationKind.DELETE:
            # Whatever the route is now: if it is at this prefix and metric and of our protocol, it goes.
            message_type, scope, route_kind, flags = RTM_DELROUTE, _RT_SCOPE_NOWHERE, 0, 0
        else:
            message_type, scope, route_kind = RTM_NEWROUTE, self._scope(route), int(route.kind)
            flags, hops = self._pack_next_hops(route.next_hops)
            tail += hops
            if route.preferred_source:
                tail += attribute(_RTA_PREFSRC, route.preferred_source)
        table = self._table_id if self._table_id < 256 else 0
        length = self._message.size + len(tail)
        after = (0, 0, table, self._protocol, scope, route_kind, flags, 4 + self._address_octets, _RTA_DST)
        return _Template((length, message_type, _FLAGS[kind]), after, tail)

    def _scope(self, route: KernelRoute) -> int:
        """IPv4 wants to be told that a destination is on the link; IPv6 knows no scope."""
        on_link = route.kind is RouteKind.UNICAST and not any(hop.gateway for hop in route.next_hops)
        return _RT_SCOPE_LINK if on_link and self._address_family == AF_INET else _RT_SCOPE_UNIVERSE

    def _pack_next_hops(self, next_hops: tuple[NextHop, ...]) -> tuple[int, bytes]:
        if not next_hops:
            return 0, b""
        if len(next_hops) > 1:
            return 0, attribute(_RTA_MULTIPATH, b"".join(map(self._pack_leg, next_hops)))
        (hop,) = next_hops
        interface = attribute(_RTA_OIF, _UINT32.pack(hop.interface)) if hop.interface else b""
        return _RTNH_F_ONLINK if hop.onlink else 0, self._pack_gateway(hop.gateway) + interface

    def _pack_leg(self, hop: NextHop) -> bytes:
        gateway = self._pack_gateway(hop.gateway)
        flags = _RTNH_F_ONLINK if hop.onlink else 0
        return _NEXT_HOP.pack(_NEXT_HOP.size + len(gateway), flags, hop.weight - 1, hop.interface) + gateway

    def _pack_gateway(self, gateway: bytes) -> bytes:
        if not gateway:
            return b""
        if len(gateway) == self._address_octets:
            return attribute(_RTA_GATEWAY, gateway)
        other = AF_INET6 if self._address_family == AF_INET else AF_INET  # RFC 8950: IPv4 via IPv6
        return attribute(_RTA_VIA, _UINT16.pack(other) + gateway)


class RouteReader:
    """Reads the routes of one table; what is not a plain route of it is None."""

    def __init__(self, family: Family, table_id: int) -> None:
        self._address_family = AF_INET if family is IPV4_UNICAST else AF_INET6
        self._table_id = table_id
        self._prefix_header = _UINT16.pack(4 + family.address_octets) + _UINT16.pack(_RTA_DST)
        self._prefix_end = _BEFORE_PREFIX + 4 + family.address_octets
        self._shapes: dict[bytes, ObservedRoute | None] = {}

    def read(self, data: bytes, start: int, end: int) -> tuple[PrefixKey, ObservedRoute] | None:
        """Return prefix and route of the message body ``data[start:end]``."""
        prefix = start + _BEFORE_PREFIX
        if data[prefix : prefix + 4] != self._prefix_header:
            observed, key = self._decode(data, start, end)
            return None if observed is None else (key, observed)
        rest = start + self._prefix_end
        bits = data[start + 1]
        shape = data[start : start + 1] + data[start + 2 : prefix] + data[rest:end]
        try:
            observed = self._shapes[shape]
        except KeyError:
            if len(self._shapes) >= _SHAPES:
                self._shapes.clear()
            observed = self._shapes[shape] = self._decode(data, start, end)[0]
        if observed is None:
            return None
        return PrefixKey(_BITS[bits] + data[prefix + 4 : prefix + 4 + (bits + 7 >> 3)]), observed

    def _decode(self, data: bytes, start: int, end: int) -> tuple[ObservedRoute | None, PrefixKey]:
        """Read every attribute; the kernel leaves RTA_DST out of a default route."""
        family, bits, source_bits, tos, table, protocol, _, kind, flags = _ROUTE.unpack_from(data, start)
        found = {key: data[a:b] for key, a, b in split_attributes(data, start + _ROUTE.size, end)}
        key = PrefixKey(_BITS[min(bits, 128)] + found.get(_RTA_DST, b"")[: bits + 7 >> 3])
        table = _unsigned(found.get(_RTA_TABLE)) or table
        plain = not source_bits and not tos and not flags & _RTM_F_CLONED and kind in _KINDS
        if family != self._address_family or table != self._table_id or not plain:
            return None, key
        route = KernelRoute(
            _KINDS[kind],
            _read_next_hops(found, flags),
            _unsigned(found.get(_RTA_PRIORITY)),
            found.get(_RTA_PREFSRC, b""),
        )
        return ObservedRoute(route.canonical(0), protocol), key


def _read_next_hops(found: dict[int, bytes], flags: int) -> tuple[NextHop, ...]:
    legs = found.get(_RTA_MULTIPATH)
    if legs is not None:
        return _read_legs(legs)
    onlink = bool(flags & _RTNH_F_ONLINK)
    return (NextHop(_gateway(found), _unsigned(found.get(_RTA_OIF)), onlink=onlink),)


def _read_legs(legs: bytes) -> tuple[NextHop, ...]:
    next_hops = []
    start = 0
    while start + _NEXT_HOP.size <= len(legs):
        length, flags, hops, interface = _NEXT_HOP.unpack_from(legs, start)
        if length < _NEXT_HOP.size:
            break
        found = {
            kind: legs[a:b] for kind, a, b in split_attributes(legs, start + _NEXT_HOP.size, start + length)
        }
        next_hops.append(NextHop(_gateway(found), interface, hops + 1, bool(flags & _RTNH_F_ONLINK)))
        start += length + 3 & ~3
    return tuple(next_hops)


def _gateway(found: dict[int, bytes]) -> bytes:
    via = found.get(_RTA_VIA)
    return found.get(_RTA_GATEWAY, b"") if via is None else via[2:]


def _unsigned(value: bytes | None) -> int:
    number: int = _UINT32.unpack(value)[0] if value else 0
    return number
