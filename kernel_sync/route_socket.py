"""The conversation with the kernel about one routing table: batches, answers, dumps, notifications.

One socket carries all of it, so that what others do and what the kernel answers to us arrive in the
order in which the kernel did it. There is no event loop here; ``kernel.py`` decides when.
"""

from collections.abc import Callable, Sequence
from errno import EPERM
from typing import Final, NamedTuple

from kernel_sync.aliens import is_of_interfaces
from kernel_sync.fib import Fib
from kernel_sync.footing import AddressState, HostChange, LinkState, NextHopGone
from kernel_sync.netlink import (
    RTNLGRP_IPV4_IFADDR,
    RTNLGRP_IPV4_ROUTE,
    RTNLGRP_IPV6_IFADDR,
    RTNLGRP_IPV6_ROUTE,
    RTNLGRP_LINK,
    RTNLGRP_NEXTHOP,
    KernelPermissionError,
    NetlinkSocket,
    NotificationsLostError,
)
from kernel_sync.observer import Notification, Observer
from kernel_sync.operations import Operation
from kernel_sync.route_messages import RoutePacker, RouteReader, address_family
from kernel_sync.rtnetlink import (
    NLM_F_DUMP_INTR,
    NLM_F_REPLACE,
    NLMSG_DONE,
    NLMSG_ERROR,
    RTM_DELADDR,
    RTM_DELLINK,
    RTM_DELNEXTHOP,
    RTM_DELROUTE,
    RTM_NEWADDR,
    RTM_NEWLINK,
    RTM_NEWROUTE,
    Message,
    pack_permission_probe,
    pack_route_dump,
    read_address,
    read_failure,
    read_link,
    split_messages,
)
from kernel_sync.types import Failure
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey

_INTERRUPTED_DUMPS: Final = 3
"""A dump that others wrote into may have gaps; after so many we live with what notifications add."""
_PROBE: Final = 1
_DATAGRAM_OCTETS: Final = 128 << 10
"""Fits the send buffer that every process gets."""


class _Batch(NamedTuple):
    """Operations that are sent together, numbered up to ``last``."""

    operations: list[Operation]
    last: int
    datagrams: list[bytes]

    @property
    def keys(self) -> set[PrefixKey]:
        return {operation.key for operation in self.operations}


_NOTHING: Final = _Batch([], 0, [])


class RouteSocket:
    """Carries a ``Fib`` into the kernel and the kernel's news back into it."""

    def __init__(
        self,
        fib: Fib,
        table_id: int,
        on_interface: Callable[[HostChange], None],
        now: Callable[[], float],
    ) -> None:
        """``now`` returns seconds of a clock that does not jump."""
        family = fib.family
        ipv4 = family is IPV4_UNICAST
        self.observer = Observer(fib)
        self.lost_notifications = 0
        """How often more was notified than the buffer holds."""
        self._fib = fib
        self._on_interface = on_interface
        self._now = now
        self._address_family = address_family(family)
        self._table_id = table_id
        self._packer = RoutePacker(family, table_id, fib.protocol)
        self._reader = RouteReader(family, table_id)
        self._socket = NetlinkSocket(
            RTNLGRP_LINK,
            RTNLGRP_IPV4_IFADDR if ipv4 else RTNLGRP_IPV6_IFADDR,
            RTNLGRP_IPV4_ROUTE if ipv4 else RTNLGRP_IPV6_ROUTE,
            RTNLGRP_NEXTHOP,
        )
        self._socket.drop_own_route_notifications()
        self._sequence = _PROBE
        self._in_flight = _NOTHING
        self._prepared = _NOTHING
        """What follows when the kernel has answered to what is in flight."""
        self._is_prepared = False
        """Whether that has been tried; there may be nothing that can be prepared."""
        self._is_unsure = False
        """Whether the answer to what is in flight may be among the messages that were lost."""
        self._touched: set[PrefixKey] = set()
        """What others have changed since it was prepared."""
        self._failures: dict[int, Failure] = {}
        self._deferred: list[Notification] = []
        self._dump_sequence = 0
        self._dump_again = False
        self._interrupted = False
        self._interruptions = 0

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def check_permission(self) -> None:
        """Raise KernelPermissionError if we may not write."""
        self._socket.send(pack_permission_probe(_PROBE))
        for data in self._socket.receive(limit=1):
            for message in split_messages(data):
                if message.kind == NLMSG_ERROR and message.sequence == _PROBE:
                    failure = read_failure(data, message)
                    if failure is not None and failure.errno == EPERM:
                        raise KernelPermissionError

    # Asking

    @property
    def dumping(self) -> bool:
        """Whether the kernel is still sending the table."""
        return bool(self._dump_sequence)

    @property
    def busy(self) -> bool:
        """Whether answers are outstanding."""
        return self.dumping or bool(self._in_flight.operations)

    @property
    def is_full(self) -> bool:
        """Whether nothing can be done before an answer comes."""
        return self.dumping or (self.busy and self._is_prepared)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in flight or about to be."""
        return not self.busy and not self._prepared.operations

    def dump(self) -> None:
        """Ask for the whole table, but not before what is being sent either way has been.

        What the kernel shows while it works on a batch of ours would be neither what was nor what will be.
        """
        if self.busy:
            self._dump_again = True
            return
        self._dump_again = self._interrupted = self._is_unsure = False
        self._take_back_prepared()
        self.observer.begin_dump()
        self._sequence += 1
        self._dump_sequence = self._sequence
        self._socket.send(pack_route_dump(self._address_family, self._table_id, self._sequence))

    def prepare(self, limit: int) -> None:
        """Pack up to ``limit`` pending operations while the kernel works on others."""
        if self._is_prepared:
            return
        self._is_prepared = True
        self._touched.clear()
        if self._fib.can_plan_ahead:
            self._prepared = self._pack(self._fib.pending(limit, self._in_flight.keys))

    def _pack(self, operations: list[Operation]) -> _Batch:
        self._sequence += len(operations)
        datagrams = _join(self._packer.pack(operations, self._sequence))
        return _Batch(operations, self._sequence, datagrams)

    def next_batch(self, limit: int) -> list[bytes]:
        """Return the datagrams for up to ``limit`` pending operations; they must be passed to ``send``."""
        if not self._touched.isdisjoint(self._prepared.keys):
            self._take_back_prepared()
        self._in_flight, self._prepared, self._is_prepared = self._prepared, _NOTHING, False
        if not self._in_flight.operations:
            self._in_flight = self._pack(self._fib.pending(limit))
        return self._in_flight.datagrams

    def _take_back_prepared(self) -> None:
        """Plan again: what was planned does not hold any more."""
        self._fib.take_back(self._prepared.operations)
        self._prepared = _NOTHING

    def send(self, datagram: bytes) -> None:
        """Hand a part of a batch to the kernel, which has answered it when this returns.

        This may run in another thread: it touches nothing but the socket.
        """
        self._socket.send(datagram)

    def lose_aliens(self, interface: int) -> bool:
        """Forget the alien routes that IPv4 drops without a word when an interface goes down.

        Return False if that cannot be told: of several next hops only the last one takes the route along.
        """
        certain = True
        for key, observed in self._fib.aliens.on(interface):
            if len(observed.route.next_hops) == 1:
                self.observer.observe(Notification(key, observed, present=False), self._now())
            else:
                certain = False
        return certain

    # Hearing

    def hear(self, limit: int) -> bool:
        """Take in up to ``limit`` datagrams; True if no more were there."""
        heard = 0
        try:
            for data in self._socket.receive(limit):
                heard += 1
                for message in split_messages(data):
                    self._take(data, message)
        except NotificationsLostError:
            self.lost_notifications += 1
            self._is_unsure = bool(self._in_flight.operations)
            self.dump()
        return heard < limit

    def _take(self, data: bytes, message: Message) -> None:
        kind = message.kind
        if kind in (RTM_NEWROUTE, RTM_DELROUTE):
            self._take_route(data, message)
        elif kind == NLMSG_ERROR:
            self._take_answer(data, message)
        elif kind == NLMSG_DONE:
            self._take_end_of_dump(message)
        elif kind == RTM_DELNEXTHOP:
            self._on_interface(NextHopGone())
        elif kind in (RTM_NEWLINK, RTM_DELLINK):
            link = read_link(data, message)
            if link is not None:
                exists = kind == RTM_NEWLINK
                self._on_interface(LinkState(link[0], link[1] and exists, exists))
        elif kind in (RTM_NEWADDR, RTM_DELADDR):
            self._on_interface(AddressState(*read_address(data, message), kind == RTM_NEWADDR))

    def _take_route(self, data: bytes, message: Message) -> None:
        read = self._reader.read(data, message.start, message.end)
        if read is None:
            return
        key, observed = read
        if observed.protocol != self._fib.protocol and is_of_interfaces(key, self._fib.family):
            return
        if message.port == self._socket.port:
            if message.sequence == self._dump_sequence:
                self.observer.observe_dumped(key, observed)
                self._interrupted |= bool(message.flags & NLM_F_DUMP_INTR)
            return
        replaced = bool(message.flags & NLM_F_REPLACE) and message.kind == RTM_NEWROUTE
        notification = Notification(key, observed, message.kind == RTM_NEWROUTE, replaced, message.port)
        self._touched.add(key)
        if self._in_flight.operations:
            self._deferred.append(notification)
        else:
            self.observer.observe(notification, self._now())

    def _take_answer(self, data: bytes, message: Message) -> None:
        failure = read_failure(data, message)
        if message.sequence == self._dump_sequence:  # it could not even begin
            self._take_end_of_dump(message)
            return
        batch = self._in_flight
        position = message.sequence - batch.last + len(batch.operations) - 1
        if not 0 <= position < len(batch.operations):
            return
        if failure is not None:
            self._failures[position] = failure
        if message.sequence == batch.last:
            self._take_last_answer()

    def _take_last_answer(self) -> None:
        """Close the batch, then doubt what somebody else touched while the kernel worked on it."""
        operations, failures, deferred = self._in_flight.operations, self._failures, self._deferred
        self._in_flight, self._failures, self._deferred = _NOTHING, {}, []
        self._is_unsure = False
        self._fib.done(operations, failures)
        if deferred:
            written = {operation.key: operation for operation in operations}
            for notification in deferred:
                self.observer.observe(notification, self._now())
                if notification.key in written:
                    self._fib.doubt(written[notification.key])
        if self._dump_again:
            self.dump()

    def give_up_batch(self, *, sent: bool) -> None:
        """The sender is through with a batch: if its answer was lost, or not all was ``sent``, dump."""
        if self._in_flight.operations and (self._is_unsure or not sent):
            self._in_flight, self._failures, self._deferred = _NOTHING, {}, []
            self.dump()

    def _take_end_of_dump(self, message: Message) -> None:
        if message.sequence != self._dump_sequence:
            return
        self._dump_sequence = 0
        self._interrupted |= bool(message.flags & NLM_F_DUMP_INTR)
        self._interruptions = self._interruptions + 1 if self._interrupted else 0
        if self._dump_again or 0 < self._interruptions < _INTERRUPTED_DUMPS:
            self.dump()
        else:
            self._interruptions = 0


def _join(messages: Sequence[bytes]) -> list[bytes]:
    """Fill datagrams with messages."""
    datagrams: list[bytes] = []
    first, octets = 0, 0
    for position, message in enumerate(messages):
        octets += len(message)
        if octets > _DATAGRAM_OCTETS:
            datagrams.append(b"".join(messages[first:position]))
            first, octets = position, len(message)
    if messages:
        datagrams.append(b"".join(messages[first:]))
    return datagrams
