"""One routing table of the kernel, kept equal to what the daemon wants.

All state is touched in loop callbacks only, and they are bounded in length. The one thing done in
another thread is the system call that carries a batch: the kernel works on it before it returns, and
rebuilding its trie takes more than 100 ms at times.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from kernel_sync.fib import Fib
from kernel_sync.route_socket import AddressState, LinkState, RouteSocket
from kernel_sync.types import PROTOCOL_BIRD, KernelRoute
from messages.families import Family
from messages.families.prefix import PrefixKey

MAIN_TABLE: Final = 254

_OPERATIONS_PER_CALLBACK: Final = 1000
_DATAGRAMS_PER_CALLBACK: Final = 4
"""A datagram of a dump holds some 500 routes."""
_CONCLUSIONS_PER_CALLBACK: Final = 10_000
_REPAIR_DELAY: Final = 0.05
"""Seconds from a notification to our reaction: gathers bursts, and tames a fight with another program."""


class KernelCounters(NamedTuple):
    """What happened since the start, and how things are."""

    written: int
    refused: int
    dumps: int
    installed: int
    problems: int


class KernelTable:
    """Writes, watches and repairs our routes of one family in one table."""

    def __init__(self, family: Family, table_id: int = MAIN_TABLE, protocol: int = PROTOCOL_BIRD) -> None:
        self.family = family
        self.table_id = table_id
        self.fib = Fib(family, protocol)
        self.on_problem: Callable[[PrefixKey, str], None] | None = None
        """Called when a wanted route cannot be written."""
        self.on_aliens: Callable[[set[PrefixKey]], None] | None = None
        """Called once per burst with the prefixes whose routes of other programs may have changed."""
        self._socket: RouteSocket | None = None
        self._flush_handle: asyncio.Handle | None = None
        self._repair_handle: asyncio.TimerHandle | None = None
        self._sending: asyncio.Future[None] | None = None
        self._dump_wanted = False
        self._concluding = False
        self._waiting: list[asyncio.Future[None]] = []
        self._interfaces: set[int] = set()
        self._sources: set[bytes] = set()
        self._down: set[int] = set()

    async def start(self) -> None:
        """Open the socket and read the table; raise KernelPermissionError if we may not write it."""
        self._socket = RouteSocket(self.fib, self.family, self.table_id, self._interface_changed)
        try:
            self._socket.check_permission()
        except BaseException:
            self._close()
            raise
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)
        self._socket.dump()
        await self.settle()

    def set(self, keys: Iterable[PrefixKey], route: KernelRoute | None) -> None:
        """Make ``route`` what the kernel shall have for every key; None is no route."""
        if route is not None:
            self._interfaces.update([hop.interface for hop in route.next_hops])
            self._sources.add(route.preferred_source)
        self.fib.set(keys, route)
        self._schedule_flush()

    def feed_complete(self) -> None:
        """Remove, now and from now on, routes of an earlier process that nobody wants."""
        self.fib.complete()
        self._schedule_flush()

    def problem(self, key: PrefixKey) -> str | None:
        """Return why a wanted route is not in the kernel, or None."""
        return self.fib.problem(key)

    def is_written(self, key: PrefixKey) -> bool:
        """Tell whether the kernel has the route that is wanted for a prefix."""
        return self.fib.is_written(key)

    def routes(self) -> dict[PrefixKey, KernelRoute]:
        """Return our routes in the kernel."""
        return self.fib.installed()

    def counters(self) -> KernelCounters:
        fib = self.fib
        return KernelCounters(fib.written, fib.refused, fib.dumps, len(fib), len(fib.problems))

    async def settle(self) -> None:
        """Wait until the kernel has answered to everything that is wanted now."""
        if self._busy():
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    async def stop(self, *, persist: bool) -> None:
        """Close; unless ``persist``, remove our routes before."""
        if self._socket is not None and not persist:
            self.fib.clear()
            self._schedule_flush()
            await self.settle()
        if self._sending is not None:
            await self._sending
        self._close()

    def _close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        for handle in (self._flush_handle, self._repair_handle):
            if handle is not None:
                handle.cancel()
        self._flush_handle = self._repair_handle = None
        for waiting in self._waiting:
            waiting.cancel()

    def _busy(self) -> bool:
        return self._socket is not None and (
            self._socket.busy or self._concluding or self._repair_handle is not None or not self.fib.settled
        )

    # Callbacks

    def _readable(self) -> None:
        if self._socket is None:
            return
        was_busy = self._socket.busy
        self._hear(self._socket)
        if was_busy:
            self._schedule_flush()
        elif not self.fib.settled and self._flush_handle is None:
            self._schedule_repair()
        self._report()

    def _hear(self, netlink: RouteSocket) -> bool:
        dumping = netlink.dumping
        drained = netlink.hear(_DATAGRAMS_PER_CALLBACK)
        self._concluding |= dumping and not netlink.dumping
        return drained

    def _schedule_flush(self) -> None:
        """See to it that what is pending is sent, unless answers are awaited: their end does that."""
        if self._flush_handle is None and self._socket is not None and not self._socket.busy:
            self._flush_handle = asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        """Conclude a dump, or send one batch; then come back for the rest."""
        self._flush_handle = None
        if self._socket is None:
            return
        if self._concluding and not self._socket.busy:
            self._concluding = not self.fib.end_dump(_CONCLUSIONS_PER_CALLBACK)
        elif self._hear(self._socket) and not self._socket.busy:
            # What is replaced must be ours by the latest news, since a replacement asks nobody.
            self._send(self._socket, self._socket.next_batch(_OPERATIONS_PER_CALLBACK))
        if self._concluding or not self.fib.settled:
            self._schedule_flush()
        self._report()

    def _send(self, netlink: RouteSocket, datagrams: list[bytes]) -> None:
        if datagrams:
            self._sending = asyncio.get_running_loop().run_in_executor(None, netlink.send, datagrams)

    def _report(self) -> None:
        """Tell the owner what is new, and whoever waits that all is done."""
        while self.fib.reported:
            key = self.fib.reported.pop()
            text = self.fib.problem(key)
            if self.on_problem is not None and text is not None:
                self.on_problem(key, text)
        if self._socket is not None and self._socket.alien_keys and not self._socket.dumping:
            changed = self._socket.take_alien_keys()
            if self.on_aliens is not None:
                self.on_aliens(changed)
        if self._waiting and not self._busy():
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    # Repairs

    def _interface_changed(self, change: LinkState | AddressState) -> None:
        """Look again after a loss: the kernel drops IPv4 routes of a lost link or address without a word."""
        if isinstance(change, LinkState):
            changed = (change.interface in self._down) is change.up
            (self._down.discard if change.up else self._down.add)(change.interface)
            lost = changed and not change.up and self._uses(change.interface)
        else:
            lost = not change.present and (self._uses(change.interface) or change.address in self._sources)
        self._dump_wanted |= lost
        if lost or self.fib.problems:
            self._schedule_repair()

    def _uses(self, index: int) -> bool:
        """Tell whether a route of ours may use an interface; 0 means that the kernel chose one."""
        return index in self._interfaces or 0 in self._interfaces

    def _schedule_repair(self) -> None:
        if self._repair_handle is None:
            self._repair_handle = asyncio.get_running_loop().call_later(_REPAIR_DELAY, self._repair)

    def _repair(self) -> None:
        """Ask for the table where news cannot be trusted to be complete; else try again what failed."""
        self._repair_handle = None
        if self._dump_wanted and self._socket is not None:
            self._dump_wanted = False
            self._socket.dump()
        else:
            self.fib.retry()
            self._schedule_flush()
        self._report()
