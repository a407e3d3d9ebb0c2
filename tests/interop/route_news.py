"""What the kernel says of the routes of a host while they change (rtnetlink(7))."""

import ipaddress
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, Self

from tests.interop.lab import Host

_GROUPS: Final = 0x40 | 0x400
"""RTMGRP_IPV4_ROUTE and RTMGRP_IPV6_ROUTE."""
_RCVBUFFORCE: Final = 33
_HEADER: Final = struct.Struct("=IHHII")
_ROUTE: Final = struct.Struct("=8BI")
_ATTRIBUTE: Final = struct.Struct("=HH")
_NEW, _DELETED = 24, 25
_REPLACED: Final = 0x100
_DESTINATION, _PRIORITY = 1, 6


class News(NamedTuple):
    """One notification."""

    event: str
    """"added", "replaced" or "deleted"."""
    prefix: str
    protocol: int
    metric: int


class RouteNews:
    """Collects the notifications of a host from now on; a context manager."""

    def __init__(self, host: Host) -> None:
        with host.entered():
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._socket.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, 64 << 20)
        self._socket.bind((0, _GROUPS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def take(self, seconds: float = 0.0) -> list[News]:
        """Return what has come, having waited so long for it."""
        if not select.select([self._socket], [], [], seconds)[0]:
            return []
        return list(_read(self._socket.recv(1 << 16)))

    def until(self, wanted: Callable[[News], bool], within: float = 60.0) -> list[News]:
        """Return everything up to the datagram with the first notification that is wanted."""
        seen: list[News] = []
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            some = self.take(0.1)
            seen += some
            if any(map(wanted, some)):
                return seen
        raise AssertionError(f"not within {within:g} s; heard: {seen[-20:]}")


def _read(datagram: bytes) -> Iterator[News]:
    position = 0
    while position < len(datagram):
        octets, kind, flags, _, _ = _HEADER.unpack_from(datagram, position)
        if kind in {_NEW, _DELETED}:
            event = "deleted" if kind == _DELETED else "replaced" if flags & _REPLACED else "added"
            yield _read_route(event, datagram[position + _HEADER.size : position + octets])
        position += octets + 3 & ~3


def _read_route(event: str, body: bytes) -> News:
    family, bits, _, _, _, protocol, *_ = _ROUTE.unpack_from(body)
    address = bytes(4 if family == socket.AF_INET else 16)
    metric, position = 0, _ROUTE.size
    while position < len(body):
        octets, kind = _ATTRIBUTE.unpack_from(body, position)
        value = body[position + _ATTRIBUTE.size : position + octets]
        if kind == _DESTINATION:
            address = value
        elif kind == _PRIORITY:
            metric = int.from_bytes(value, sys.byteorder)
        position += octets + 3 & ~3
    return News(event, f"{ipaddress.ip_address(address)}/{bits}", protocol, metric)
