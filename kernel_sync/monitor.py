"""Links and addresses of this network namespace, as they are and as they change."""

import asyncio
from collections.abc import Callable
from typing import Final

from kernel_sync.interface_changes import InterfaceChanges
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.link_messages import read_interface, read_interface_address
from kernel_sync.netlink import (
    RTNLGRP_IPV4_IFADDR,
    RTNLGRP_IPV6_IFADDR,
    RTNLGRP_LINK,
    NetlinkSocket,
    NotificationsLostError,
)
from kernel_sync.rtnetlink import (
    NLM_F_DUMP_INTR,
    NLMSG_DONE,
    RTM_DELADDR,
    RTM_DELLINK,
    RTM_NEWADDR,
    RTM_NEWLINK,
    Message,
    pack_address_dump,
    pack_link_dump,
    split_messages,
)

_DATAGRAMS_PER_CALLBACK: Final = 4
"""A datagram of a dump holds some 20 links, each of which takes 0.2 ms to read."""
_REST: Final = 1.0
"""Seconds after a bug of ours until everything is read again."""
_DUMPS: Final = (pack_link_dump, pack_address_dump)


class Monitor:
    """Keeps an ``InterfaceTable`` true and tells ``on_change`` what was new, once per burst."""

    def __init__(self, interfaces: InterfaceTable, on_change: Callable[[InterfaceChanges], None]) -> None:
        self.on_fault: Callable[[Exception], object] | None = None
        """Called when a bug has kept news from being understood: they will be read again."""
        self._interfaces = interfaces
        self._on_change = on_change
        self._socket: NetlinkSocket | None = None
        self._sequence = 0
        self._dumps_left: list[Callable[[int], bytes]] = []
        self._dump_again = False
        self._ready: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Read all links and addresses, and watch them from now on."""
        loop = asyncio.get_running_loop()
        self._socket = NetlinkSocket(RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR)
        self._ready = loop.create_future()
        loop.add_reader(self._socket.fileno(), self._readable)
        self._begin_dump()
        await self._ready

    def stop(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        if self._ready is not None:
            self._ready.cancel()

    def _readable(self) -> None:
        try:
            self._hear()
        except Exception as error:
            if self.on_fault is None:
                raise
            if self._ready is not None and not self._ready.done():
                self._ready.set_exception(error)  # nobody can start without
                return
            self._dumps_left.clear()
            asyncio.get_running_loop().call_later(_REST, self._read_again)
            self.on_fault(error)

    def _read_again(self) -> None:
        if self._socket is not None:
            self._begin_dump()

    def _begin_dump(self) -> None:
        """Ask for links, then for addresses; the kernel works on one dump of a socket at a time."""
        if self._dumps_left:
            self._dump_again = True
            return
        self._dump_again = False
        self._interfaces.begin_dump()
        self._dumps_left = list(_DUMPS)
        self._next_dump()

    def _next_dump(self) -> None:
        self._sequence += 1
        if self._socket is not None:
            self._socket.send(self._dumps_left[0](self._sequence))

    def _hear(self) -> None:
        try:
            for data in self._socket.receive(_DATAGRAMS_PER_CALLBACK) if self._socket else ():
                for message in split_messages(data):
                    self._take(data, message)
        except NotificationsLostError:
            self._begin_dump()
        if self._dumps_left:
            return  # half a picture is nobody's business
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(None)
        changes = self._interfaces.take_changes()
        if changes:
            self._on_change(changes)

    def _take(self, data: bytes, message: Message) -> None:
        self._dump_again |= bool(message.flags & NLM_F_DUMP_INTR)
        if message.kind == NLMSG_DONE and message.sequence == self._sequence:
            self._end_of_dump()
        elif message.kind in (RTM_NEWLINK, RTM_DELLINK):
            self._take_link(data, message)
        elif message.kind in (RTM_NEWADDR, RTM_DELADDR):
            self._take_address(data, message)

    def _end_of_dump(self) -> None:
        self._dumps_left.pop(0)
        if self._dumps_left:
            self._next_dump()
        elif self._dump_again:
            self._begin_dump()
        else:
            self._interfaces.end_dump()

    def _take_link(self, data: bytes, message: Message) -> None:
        link = read_interface(data, message)
        if link is None:
            return
        if message.kind == RTM_NEWLINK:
            self._interfaces.set_link(link)
        else:
            self._interfaces.remove_link(link.index)

    def _take_address(self, data: bytes, message: Message) -> None:
        index, address = read_interface_address(data, message)
        if message.kind == RTM_NEWADDR:
            self._interfaces.set_address(index, address)
        else:
            self._interfaces.remove_address(index, address)
