"""Sockets to the kernel's routing netlink (netlink(7)): opening, sending, receiving, filtering."""

import ctypes
import errno
import socket
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from struct import Struct
from typing import Final

from kernel_sync.rtnetlink import NLM_F_MULTI, RTM_DELROUTE, RTM_NEWROUTE

RTNLGRP_LINK: Final = 1
RTNLGRP_IPV4_IFADDR: Final = 5
RTNLGRP_IPV4_ROUTE: Final = 7
RTNLGRP_IPV6_IFADDR: Final = 9
RTNLGRP_IPV6_ROUTE: Final = 11
RTNLGRP_NEXTHOP: Final = 32

_NEW_GROUPS: Final = frozenset({RTNLGRP_NEXTHOP})
"""An old kernel does not know them, nor what they tell of."""
_SOL_NETLINK: Final = 270
_NETLINK_ADD_MEMBERSHIP: Final = 1
_NETLINK_CAP_ACK: Final = 10
_NETLINK_EXT_ACK: Final = 11
_NETLINK_GET_STRICT_CHK: Final = 12
_SO_ATTACH_FILTER: Final = 26
_SO_RCVBUFFORCE: Final = 33

_RECEIVE_BUFFER: Final = 16 << 20
"""The kernel doubles it; it then holds a burst of more than 40,000 notifications."""
_DATAGRAM: Final = 64 << 10

_INSTRUCTION: Final = Struct("=HBBI")
_PROGRAM: Final = Struct("@HP")


class KernelPermissionError(PermissionError):
    """The process may not change the routing table."""

    def __init__(self) -> None:
        super().__init__(errno.EPERM, "cannot change kernel routes: the capability CAP_NET_ADMIN is missing")


class NotificationsLostError(Exception):
    """More was notified than the receive buffer holds; only a dump shows the truth now."""


class NetlinkSocket:
    """A non-blocking socket that hears of changes in the current network namespace."""

    def __init__(self, *groups: int) -> None:
        self._socket = socket.socket(
            socket.AF_NETLINK,
            socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC,
            socket.NETLINK_ROUTE,
        )
        self._buffer = bytearray(_DATAGRAM)
        self._view = memoryview(self._buffer)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
        except PermissionError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        for option in (_NETLINK_CAP_ACK, _NETLINK_EXT_ACK, _NETLINK_GET_STRICT_CHK):
            with suppress(OSError):  # an old kernel; what it then sends more is understood, too
                self._socket.setsockopt(_SOL_NETLINK, option, 1)
        self._socket.bind((0, 0))
        self.port: Final[int] = self._socket.getsockname()[0]
        for group in groups:
            with suppress(OSError) if group in _NEW_GROUPS else nullcontext():
                self._socket.setsockopt(_SOL_NETLINK, _NETLINK_ADD_MEMBERSHIP, group)

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Hand messages to the kernel, which has answered all of them when this returns."""
        self._socket.send(data)

    def receive(self, limit: int) -> Iterator[bytes]:
        """Yield up to ``limit`` datagrams that are there already."""
        for _ in range(limit):
            try:
                octets = self._socket.recv_into(self._buffer)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno == errno.ENOBUFS:
                    raise NotificationsLostError from error
                raise
            yield bytes(self._view[:octets])

    def drop_own_route_notifications(self) -> None:
        """Let the kernel drop what it would tell us of our own writing; answers and dumps pass.

        Integers are loaded in network byte order but written in the machine's, hence the swapping.
        """
        program = (
            (0x20, 0, 0, 12),  # load the port that caused the message
            (0x15, 0, 5, socket.htonl(self.port)),  # another's: pass
            (0x28, 0, 0, 4),  # load the type
            (0x15, 1, 0, socket.htons(RTM_NEWROUTE)),
            (0x15, 0, 2, socket.htons(RTM_DELROUTE)),  # neither: pass
            (0x28, 0, 0, 6),  # load the flags
            (0x45, 0, 1, socket.htons(NLM_F_MULTI)),  # not part of a dump: drop
            (0x06, 0, 0, 0xFFFFFFFF),  # pass
            (0x06, 0, 0, 0),  # drop
        )
        code = b"".join(_INSTRUCTION.pack(*instruction) for instruction in program)
        buffer = ctypes.create_string_buffer(code, len(code))
        self._socket.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, _PROGRAM.pack(len(program), ctypes.addressof(buffer))
        )
