"""One routing table of the kernel, kept equal to what the daemon wants.

All state is touched in loop callbacks only, and they are bounded in length. The one thing done in
another thread (``Sender``) is the system call that carries a batch: the kernel works on it before it returns,
and rebuilding its trie takes more than 100 ms at times.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from time import time
from typing import Final, NamedTuple

from kernel_sync.books import EXISTS
from kernel_sync.check import Check
from kernel_sync.fib import RESTORE_LIMIT, Fib
from kernel_sync.footing import AddressState, Footing, HostChange, LinkState, NextHopGone
from kernel_sync.kernel_view import KernelTableView
from kernel_sync.news import News
from kernel_sync.route_socket import RouteSocket
from kernel_sync.sender import Sender
from kernel_sync.timers import Timers
from kernel_sync.types import MAIN_TABLE, PROTOCOL_BIRD, KernelRoute
from kernel_sync.wants import Wants
from messages.families import Family
from messages.families.prefix import PrefixKey

_OPERATIONS_PER_CALLBACK: Final = 3000
_BEHIND: Final = 262_144
"""Prefixes that wait for the kernel at which nobody should make more of them wait."""
_DATAGRAMS_PER_CALLBACK: Final = 4
"""A datagram of a dump holds some 500 routes."""
_CONCLUSIONS_PER_CALLBACK: Final = 10_000
_MOST_LOOKED_THROUGH: Final = 100_000
"""Routes in one callback; with more, what they stand on is remembered for ever."""
_REPAIR_DELAY: Final = 0.05
"""Seconds from a notification to our reaction: gathers bursts, and tames a fight with another program."""
_RETRY_DELAY: Final = 0.001
"""Seconds for each refused route until all of them are tried again: there may be many."""
_FAILURE_DELAY: Final = 1.0
_REVIEW_DELAY: Final = 0.1
_GUARD_DELAY: Final = 0.05
"""Seconds: hundreds of sessions may come up at once."""


class Habits(NamedTuple):
    """How a table is looked after."""

    guard: bool = True
    """Whether routes are kept out that would cut this host off."""
    check_interval: float = 60.0
    """Seconds; 0: no checks."""
    restore_limit: int = RESTORE_LIMIT
    """How often within a minute a route is put back."""


class KernelTable(KernelTableView):
    """Writes, watches and repairs our routes of one family in one table."""

    def __init__(
        self,
        family: Family,
        table_id: int = MAIN_TABLE,
        protocol: int = PROTOCOL_BIRD,
        habits: Habits = Habits(),  # noqa: B008 - nobody can change it
        now: Callable[[], float] = time,
    ) -> None:
        """``now`` returns the Unix time, for what operators read."""
        self.family = family
        self.table_id = table_id
        self.fib = Fib(family, protocol, habits.restore_limit)
        self.on_room: Callable[[], None] | None = None
        """Called when it ``is_behind`` no longer."""
        self.is_behind = False
        """Whether so much waits for the kernel that nobody should add to it."""
        self.on_fault: Callable[[Exception], None] | None = None
        """Called when a bug has left something half done: then nothing more is done, and ``stop`` is due."""
        self.on_aliens: Callable[[set[PrefixKey]], None] | None = None
        """Called once per burst with the prefixes whose routes of other programs may have changed."""
        self._wants = Wants(self.fib, guards=table_id == MAIN_TABLE, refuses=habits.guard)
        self.news = News(self.fib, self._wants, now)
        self._footing = Footing(family, self.fib.aliens, self._lose_aliens)
        self._check = Check(self.fib, table_id, habits.check_interval, self._checked, self._failed)
        self._timers = Timers(self._failed)
        self._socket: RouteSocket | None = None
        self._flush_handle: asyncio.Handle | None = None
        self._sender: Sender | None = None
        self._last: KernelRoute | None = None
        """What was wanted last: mostly one object for many prefixes."""
        self._guarded: Mapping[bytes, str] = {}
        self._dump_wanted = False
        self._concluding = False
        self._waiting: list[asyncio.Future[None]] = []

    # The life of the table

    async def start(self) -> None:
        """Open the socket and read the table; raise KernelPermissionError if we may not write it."""
        loop = asyncio.get_running_loop()
        self._socket = RouteSocket(self.fib, self.table_id, self._host_changed, loop.time)
        try:
            self._socket.check_permission()
        except BaseException:
            self._close()
            raise
        self._sender = Sender(self._socket.send, lambda error: loop.call_soon_threadsafe(self._sent, error))
        loop.add_reader(self._socket.fileno(), self._readable)
        self._dump(self._socket)
        await self.settle()
        self._check.start()

    async def settle(self) -> None:
        """Wait until the kernel has answered to everything that is wanted now."""
        if self._busy():
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    async def stop(self, *, persist: bool) -> None:
        """Close; unless ``persist``, remove our routes before."""
        self._check.stop()
        if self._socket is not None and not persist:
            self._wants.clear()
            self._schedule_flush()
            await self.settle()
        self._close()

    def _close(self) -> None:
        if self._sender is not None:
            self._sender.close()
            self._sender = None
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        if self._flush_handle is not None:
            self._flush_handle.cancel()
            self._flush_handle = None
        self._timers.cancel()
        for waiting in self._waiting:
            waiting.cancel()

    def _busy(self) -> bool:
        return self._socket is not None and (
            not self._socket.is_idle
            or self._concluding
            or self._timers.is_asked(self._repair)
            or not self.fib.settled
        )

    # What is wanted

    def set(self, keys: Collection[PrefixKey], route: KernelRoute | None) -> None:
        """Make ``route`` what the kernel shall have for every key; None is no route."""
        if route is not None and route is not self._last:
            self._last = route
            self._footing.add(route)
        self._wants.set(keys, route)
        self.is_behind = self.is_behind or self.fib.backlog > _BEHIND
        self._schedule_flush()
        self._schedule_review()

    def set_guarded(self, addresses: Mapping[bytes, str]) -> None:
        """Keep these addresses reachable, of whatever family they are; the text says what each is."""
        self._guarded = dict(addresses)
        if self._socket is None:
            self._guard()
        else:
            self._timers.ask(_GUARD_DELAY, self._guard)

    def _guard(self) -> None:
        self._wants.guard_addresses(self._guarded)
        self._schedule_review()

    def feed_complete(self) -> None:
        """Remove, now and from now on, routes of an earlier process that nobody wants."""
        self.fib.complete()
        self._schedule_flush()

    def remove_strays(self) -> int:
        """Remove what nobody wants, be the feed complete or not; return how many routes that is."""
        count = self.fib.remove_strays()
        self._schedule_flush()
        return count

    # What others wrote

    def tell_again(self, keys: Collection[PrefixKey]) -> None:
        """Tell ``on_aliens`` of these prefixes as well when the table has been read."""
        if self._socket is not None:
            self.fib.aliens.changed.update(keys)

    # Callbacks

    def _safely(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Nobody can tell any more what the kernel has: leave it alone."""
        if self.on_fault is None:
            raise error
        self._check.stop()
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(error)
        self._close()
        self.on_fault(error)

    def _readable(self) -> None:
        self._safely(self._hear_news)

    def _hear_news(self) -> None:
        if self._socket is None:
            return
        was_busy = self._socket.busy
        drained = self._hear(self._socket)
        if was_busy and drained and not self._socket.busy and self._flush_handle is None:
            self._flush()  # at once: the kernel has nothing to do
        elif was_busy:
            self._schedule_flush()
        elif not self.fib.settled and self._flush_handle is None:
            self._timers.ask(_REPAIR_DELAY, self._repair)
        self._report()

    def _hear(self, netlink: RouteSocket) -> bool:
        dumping = netlink.dumping
        drained = netlink.hear(_DATAGRAMS_PER_CALLBACK)
        if dumping and not netlink.dumping:
            self._concluding = True
            self.news.dumped()
        return drained

    def _schedule_flush(self) -> None:
        """See to it that what is pending is sent, unless answers are awaited: their end does that."""
        if self._flush_handle is None and self._socket is not None and not self._socket.is_full:
            self._flush_handle = asyncio.get_running_loop().call_soon(self._safely, self._flush)

    def _flush(self) -> None:
        """Conclude a dump, send one batch, or prepare the next one; then come back for the rest."""
        self._flush_handle = None
        netlink = self._socket
        if netlink is None:
            return
        if self._concluding and not netlink.busy:
            self._concluding = not netlink.observer.end_dump(_CONCLUSIONS_PER_CALLBACK)
        elif self._hear(netlink) and not netlink.dumping:
            if netlink.busy:
                netlink.prepare(_OPERATIONS_PER_CALLBACK)
            else:  # what is replaced must be ours by the latest news, since a replacement asks nobody
                self._send(netlink.next_batch(_OPERATIONS_PER_CALLBACK))
        if self._concluding or not self.fib.settled:
            self._schedule_flush()
        self._make_room()
        self._report()

    def _make_room(self) -> None:
        if self.is_behind and self.fib.backlog < _BEHIND // 2:
            self.is_behind = False
            if self.on_room is not None:
                self.on_room()

    def _send(self, datagrams: list[bytes]) -> None:
        if datagrams and self._sender is not None:
            self.news.changed()
            self._sender.put(datagrams)

    def _sent(self, error: Exception | None) -> None:
        self._safely(lambda: self._is_sent(error))

    def _is_sent(self, error: Exception | None) -> None:
        """The kernel is through with a batch, or did not take all of it."""
        if error is not None and not isinstance(error, OSError):
            raise error
        netlink = self._socket
        if netlink is None:
            return
        if error is not None:
            self.news.not_sent(error)
            self._timers.ask(_FAILURE_DELAY, self._give_up)
        elif self._hear(netlink):
            netlink.give_up_batch(sent=True)
        self._schedule_flush()

    def _give_up(self) -> None:
        """Look what is there, and try again."""
        if self._socket is not None:
            self._socket.give_up_batch(sent=False)

    # News for the owner

    def _report(self) -> None:
        """Tell the owner what is new, and whoever waits that all is done."""
        self.news.pass_on()
        self._report_aliens()
        self._schedule_review()
        self._schedule_attempt()
        if self._waiting and not self._busy():
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    def _report_aliens(self) -> None:
        if self._socket is None or not self.fib.aliens.changed or self._socket.dumping:
            return
        changed = self.fib.aliens.take_changed()
        self._wants.aliens_changed()
        if self.on_aliens is not None:
            self.on_aliens(changed)

    # The guard and fights

    def _schedule_review(self) -> None:
        if self._wants.is_due and self._socket is not None:
            self._timers.ask(_REVIEW_DELAY, self._review)

    def _review(self) -> None:
        if self._socket is not None and self._socket.dumping:
            self._schedule_review()  # half a picture of the aliens
            return
        self._wants.review()
        self._schedule_flush()
        self._report()

    def _schedule_attempt(self) -> None:
        due = self.fib.fights.next_attempt
        if due is not None and self._socket is not None:
            self._timers.ask(max(0.0, due - asyncio.get_running_loop().time()), self._attempt)

    def _attempt(self) -> None:
        """Try again what is fought over."""
        self.fib.end_rests(asyncio.get_running_loop().time())
        self._wants.problems_changed()
        self._schedule_flush()
        self._report()

    # Repairs

    def _host_changed(self, change: HostChange) -> None:
        """Look again after a loss: the kernel drops IPv4 routes of a lost link or address without a word."""
        gained = False
        match change:
            case LinkState():
                self._dump_wanted |= self._footing.link_changed(change)
                gained = change.up
            case AddressState():
                self._dump_wanted |= self._footing.address_changed(change)
                gained = change.present
            case NextHopGone():  # ours use none; an alien route that is in our way may
                self._dump_wanted |= EXISTS in self.fib.problems.values()
        if self._dump_wanted:
            self._timers.ask(_REPAIR_DELAY, self._repair)
        elif gained and self.fib.problems:
            self._timers.ask(max(_REPAIR_DELAY, _RETRY_DELAY * len(self.fib.problems)), self._retry)

    def _lose_aliens(self, interface: int) -> bool:
        return self._socket is None or self._socket.lose_aliens(interface)

    def _checked(self, is_wrong: bool) -> None:
        """A check has come to an end."""
        self.news.checked()
        if len(self.fib.wanted) <= _MOST_LOOKED_THROUGH:
            self._last = None
            self._footing.begin_anew(self.fib.wanted.values())
        if is_wrong:
            self._dump_wanted = True
            self._timers.ask(_REPAIR_DELAY, self._repair)

    def _repair(self) -> None:
        """Ask for the table where news cannot be trusted to be complete; else write what is not as wanted."""
        if self._dump_wanted and self._socket is not None:
            self._dump_wanted = False
            self._dump(self._socket)
        else:
            self._schedule_flush()
        self._report()

    def _retry(self) -> None:
        """Try again what the kernel refused: something has changed."""
        self.fib.retry()
        self._wants.problems_changed()
        self._schedule_flush()
        self._report()

    def _dump(self, netlink: RouteSocket) -> None:
        netlink.dump()
        self._check.start()  # one under way would see half a picture
