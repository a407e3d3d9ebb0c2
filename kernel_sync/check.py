"""A slow look at a whole table now and then: the net under the notifications."""

import asyncio
from collections.abc import Callable, Iterator
from time import thread_time
from typing import Final

from kernel_sync.audit import Audit
from kernel_sync.fib import Fib
from kernel_sync.netlink import NetlinkSocket
from kernel_sync.route_messages import RouteReader, address_family
from kernel_sync.rtnetlink import NLMSG_DONE, NLMSG_ERROR, RTM_NEWROUTE, pack_route_dump, split_messages

_SHARE: Final = 0.004
"""Of a processor, that a check may take while it runs."""


class Check:
    """Reads the table every ``interval`` seconds on a socket of its own, a little at a time.

    It changes nothing itself: at the end of a check ``on_end`` is told whether the table is to be read again.
    """

    def __init__(
        self,
        fib: Fib,
        table_id: int,
        interval: float,
        on_end: Callable[[bool], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """``failed`` is told of a bug, after which there are no more checks."""
        self.checks = 0
        """How many have come to an end."""
        self._audit = Audit(fib)
        self._family = address_family(fib.family)
        self._table_id = table_id
        self._reader = RouteReader(fib.family, table_id)
        self._interval = interval
        self._on_end = on_end
        self._failed = failed
        self._socket: NetlinkSocket | None = None
        self._handle: asyncio.TimerHandle | None = None
        self._work: Iterator[None] = iter(())

    def start(self) -> None:
        """Begin the first check after an interval."""
        self.stop()
        if self._interval:
            self._handle = asyncio.get_running_loop().call_later(self._interval, self._safely, self._begin)

    def stop(self) -> None:
        """Break off whatever is under way."""
        if self._socket is not None:
            self._audit.give_up()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._close()

    def _close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _safely(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:
            self.stop()
            if self._failed is None:
                raise
            self._failed(error)

    def _begin(self) -> None:
        self._audit.begin()
        self._socket = NetlinkSocket()
        self._socket.send(pack_route_dump(self._family, self._table_id, sequence=1))
        self._read_soon()

    def _read_soon(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().add_reader(self._socket.fileno(), self._safely, self._readable)

    def _readable(self) -> None:
        """Read one datagram, then rest."""
        if self._socket is None:
            return
        began = thread_time()
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        ended = any(map(self._take, self._socket.receive(limit=1)))
        if ended:
            self._close()
            self._work = self._audit.look_for_missing()
        self._rest(began, self._look_further if ended else self._read_soon)

    def _take(self, data: bytes) -> bool:
        """Compare the routes of one datagram; True if they were the last ones."""
        for message in split_messages(data):
            if message.kind in (NLMSG_DONE, NLMSG_ERROR):
                return True
            if message.kind == RTM_NEWROUTE:
                read = self._reader.read(data, message.start, message.end)
                if read is not None:
                    self._audit.see(*read)
        return False

    def _look_further(self) -> None:
        began = thread_time()
        for _ in self._work:
            self._rest(began, self._look_further)
            return
        self.checks += 1
        self.start()
        self._on_end(self._audit.is_wrong)

    def _rest(self, began: float, then: Callable[[], None]) -> None:
        pause = (thread_time() - began) / _SHARE
        self._handle = asyncio.get_running_loop().call_later(pause, self._safely, then)
