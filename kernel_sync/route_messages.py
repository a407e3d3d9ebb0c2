"""Routes to and from RTM_NEWROUTE and RTM_DELROUTE messages, in bulk (rtnetlink(7)).

Prefixes that share a route share all octets of its message but sequence number and prefix. Writing
therefore packs one struct and appends a constant tail; reading cuts the prefix out and looks the
rest up as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, groupby
from operator import itemgetter
from struct import Struct
from typing import Final, NamedTuple

from kernel_sync.operations import Operation, OperationKind
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
from kernel_sync.types import PROTOCOL_BIRD, KernelRoute, Metric, NextHop, ObservedRoute, RouteKind, Scope
from messages.families import IPV4_UNICAST, Family
from messages.families.prefix import PrefixKey

AF_INET: Final = 2
AF_INET6: Final = 10

_RTA_DST: Final = 1
_RTA_OIF: Final = 4
_RTA_GATEWAY: Final = 5
_RTA_PRIORITY: Final = 6
_RTA_PREFSRC: Final = 7
_RTA_METRICS: Final = 8
_RTA_MULTIPATH: Final = 9
_RTA_FLOW: Final = 11
_RTA_TABLE: Final = 15
_RTA_VIA: Final = 18

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
_METRICS: Final = frozenset(map(int, Metric))

_FLAGS: Final = {
    OperationKind.ADD: NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL,
    OperationKind.REPLACE: NLM_F_REQUEST | NLM_F_REPLACE,
    OperationKind.DELETE: NLM_F_REQUEST,
    OperationKind.DELETE_EXACTLY: NLM_F_REQUEST,
    OperationKind.DELETE_TWIN: NLM_F_REQUEST,
}


def address_family(family: Family) -> int:
    """Return the number that sockets know a family by."""
    return AF_INET if family is IPV4_UNICAST else AF_INET6


_KIND_AND_ROUTE: Final = itemgetter(1, 2)
_HEAD: Final = Struct("=IHH")
_AFTER: Final = Struct("=BBBBBBIHH")
_FLAGS_OCTET: Final = 6
"""Of the header: the flags' lower one."""


class _Template(NamedTuple):
    """What the messages of one kind for one route have in common."""

    pack: Callable[..., bytes]
    """Puts them together, with what differs between them."""
    head: bytes
    """Length, type and flags of the header."""
    before: bytes
    """Port and address family."""
    after: bytes
    """Everything from source prefix length to the header of RTA_DST."""
    tail: bytes


class RoutePacker:
    """Writes operations on one table."""

    def __init__(self, family: Family, table_id: int, protocol: int = PROTOCOL_BIRD) -> None:
        self._family = family
        self._address_family = address_family(family)
        self._table_id = table_id
        self._protocol = protocol
        self._templates: dict[tuple[OperationKind, KernelRoute], _Template] = {}

    def pack(self, operations: Sequence[Operation], last: int) -> list[bytes]:
        """Return one message per operation, numbered up to ``last``, which asks for an answer."""
        messages: list[bytes] = []
        numbers = count(last - len(operations) + 1)
        for (kind, route), alike in groupby(operations, _KIND_AND_ROUTE):
            pack, head, before, after, tail = self._template(kind, route)
            messages += [
                pack(head, number, before, key[0], after, key[1:], tail)
                for (key, _, _), number in zip(alike, numbers, strict=False)
            ]
        if messages:
            messages[-1] = _asking(messages[-1])
        return messages

    def _template(self, kind: OperationKind, route: KernelRoute) -> _Template:
        template = self._templates.get((kind, route))
        if template is None:
            if len(self._templates) >= _SHAPES:
                self._templates.clear()
            template = self._templates[kind, route] = self._make_template(kind, route)
        return template

    def _make_template(self, kind: OperationKind, route: KernelRoute) -> _Template:
        route = route.canonical(self._family)
        tail = attribute(_RTA_TABLE, _UINT32.pack(self._table_id))
        if route.metric:
            tail += attribute(_RTA_PRIORITY, _UINT32.pack(route.metric))
        if kind >= OperationKind.DELETE:
            # Prefix, table, type, protocol and metric say which; wherever it leads, it goes.
            message_type, scope, flags = RTM_DELROUTE, int(Scope.NOWHERE), 0
            if kind is not OperationKind.DELETE:
                tail += self._pack_way(route)
        else:
            message_type, scope = RTM_NEWROUTE, route.scope or 0
            flags = _RTNH_F_ONLINK if len(route.next_hops) == 1 and route.next_hops[0].onlink else 0
            tail += self._pack_way(route)
        table = self._table_id if self._table_id < 256 else 0
        octets = self._family.address_octets
        shape = Struct(f"=8sI5sB14s{octets}s{len(tail)}s")
        head = _HEAD.pack(shape.size, message_type, _FLAGS[kind])
        before = bytes((0, 0, 0, 0, self._address_family))
        after = _AFTER.pack(0, 0, table, self._protocol, scope, int(route.kind), flags, 4 + octets, _RTA_DST)
        return _Template(shape.pack, head, before, after, tail)

    def _pack_way(self, route: KernelRoute) -> bytes:
        """Return everything that only a route to be written has."""
        realm = attribute(_RTA_FLOW, _UINT32.pack(route.realm)) if route.realm else b""
        if len(route.next_hops) > 1:
            legs = (self._pack_leg(hop, realm) for hop in route.next_hops)
            packed = attribute(_RTA_MULTIPATH, b"".join(legs))
        else:
            packed = b"".join(map(self._pack_only_hop, route.next_hops)) + realm
        if route.preferred_source:
            packed += attribute(_RTA_PREFSRC, route.preferred_source)
        if route.metrics:
            metrics = (attribute(name, _UINT32.pack(value)) for name, value in route.metrics)
            packed += attribute(_RTA_METRICS, b"".join(metrics))
        return packed

    def _pack_only_hop(self, hop: NextHop) -> bytes:
        interface = attribute(_RTA_OIF, _UINT32.pack(hop.interface)) if hop.interface else b""
        return self._pack_gateway(hop.gateway) + interface

    def _pack_leg(self, hop: NextHop, realm: bytes) -> bytes:
        rest = self._pack_gateway(hop.gateway) + realm
        flags = _RTNH_F_ONLINK if hop.onlink else 0
        return _NEXT_HOP.pack(_NEXT_HOP.size + len(rest), flags, hop.weight - 1, hop.interface) + rest

    def _pack_gateway(self, gateway: bytes) -> bytes:
        if not gateway:
            return b""
        if len(gateway) == self._family.address_octets:
            return attribute(_RTA_GATEWAY, gateway)
        other = AF_INET6 if self._family is IPV4_UNICAST else AF_INET  # RFC 8950: IPv4 via IPv6
        return attribute(_RTA_VIA, _UINT16.pack(other) + gateway)


def _asking(message: bytes) -> bytes:
    """Return the message with the wish for an answer."""
    flags = message[_FLAGS_OCTET] | NLM_F_ACK
    return message[:_FLAGS_OCTET] + bytes((flags,)) + message[_FLAGS_OCTET + 1 :]


class RouteReader:
    """Reads the routes of one table; what is not a plain route of it is None."""

    def __init__(self, family: Family, table_id: int) -> None:
        self._family = family
        self._address_family = address_family(family)
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
        family, bits, source_bits, tos, table, protocol, scope, kind, flags = _ROUTE.unpack_from(data, start)
        found = {key: data[a:b] for key, a, b in split_attributes(data, start + _ROUTE.size, end)}
        key = PrefixKey(_BITS[min(bits, 128)] + found.get(_RTA_DST, b"")[: bits + 7 >> 3])
        table = _unsigned(found.get(_RTA_TABLE)) or table
        plain = not source_bits and not tos and not flags & _RTM_F_CLONED and kind in _KINDS
        if family != self._address_family or table != self._table_id or not plain:
            return None, key
        next_hops, realm = _read_next_hops(found, flags)
        route = KernelRoute(
            _KINDS[kind],
            next_hops,
            _unsigned(found.get(_RTA_PRIORITY)),
            found.get(_RTA_PREFSRC, b""),
            realm,
            _read_metrics(found.get(_RTA_METRICS, b"")),
            scope,
        )
        return ObservedRoute(route.canonical(self._family), protocol), key


def _read_next_hops(found: Mapping[int, bytes], flags: int) -> tuple[tuple[NextHop, ...], int]:
    """Return the next hops and the realm, which each of several next hops carries."""
    legs = found.get(_RTA_MULTIPATH)
    if legs is None:
        onlink = bool(flags & _RTNH_F_ONLINK)
        hop = NextHop(_gateway(found), _unsigned(found.get(_RTA_OIF)), onlink=onlink)
        return (hop,), _unsigned(found.get(_RTA_FLOW))
    read = [*_read_legs(legs)]
    return tuple(hop for hop, _ in read), max((realm for _, realm in read), default=0)


def _read_legs(legs: bytes) -> Iterator[tuple[NextHop, int]]:
    start = 0
    while start + _NEXT_HOP.size <= len(legs):
        length, flags, hops, interface = _NEXT_HOP.unpack_from(legs, start)
        if length < _NEXT_HOP.size:
            return
        rows = split_attributes(legs, start + _NEXT_HOP.size, start + length)
        found = {kind: legs[a:b] for kind, a, b in rows}
        hop = NextHop(_gateway(found), interface, hops + 1, bool(flags & _RTNH_F_ONLINK))
        yield hop, _unsigned(found.get(_RTA_FLOW))
        start += length + 3 & ~3


def _read_metrics(metrics: bytes) -> tuple[tuple[int, int], ...]:
    """Return those that are numbers, which is all but the name of the congestion control."""
    rows = split_attributes(metrics, 0, len(metrics))
    return tuple((kind, _unsigned(metrics[a:b])) for kind, a, b in rows if kind in _METRICS)


def _gateway(found: Mapping[int, bytes]) -> bytes:
    via = found.get(_RTA_VIA)
    return found.get(_RTA_GATEWAY, b"") if via is None else via[2:]


def _unsigned(value: bytes | None) -> int:
    number: int = _UINT32.unpack(value)[0] if value and len(value) == _UINT32.size else 0
    return number
