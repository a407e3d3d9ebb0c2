"""All routes of one protocol number, found and removed without a ``KernelTable``.

For routes that no running daemon looks after: those of an earlier one, or of another program.
"""

from collections.abc import Collection, Iterator, Sequence
from errno import EPERM, ESRCH
from itertools import groupby
from operator import attrgetter
from sys import maxsize
from typing import Final, NamedTuple, Self

from kernel_sync.netlink import KernelPermissionError, NetlinkSocket
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.route_messages import AF_INET, AF_INET6, RoutePacker, RouteReader
from kernel_sync.rtnetlink import (
    NLMSG_DONE,
    NLMSG_ERROR,
    RTM_NEWROUTE,
    Message,
    pack_route_dump,
    read_failure,
    read_route_table,
    split_messages,
)
from kernel_sync.types import ALL_TABLES, Failure, KernelRoute
from messages.families import IPV4_UNICAST, Family
from messages.families.prefix import PrefixKey

_REMOVALS_PER_BATCH: Final = 250
"""Few enough that even a small receive buffer holds an error for each."""
_ROUNDS: Final = 3
"""IPv6 may have several routes at one prefix and metric; with more rounds we would race against a program
that writes them again."""
_ENDS: Final = frozenset({NLMSG_DONE, NLMSG_ERROR})


class MarkedRoute(NamedTuple):
    """One route that carries the protocol number."""

    family: Family
    table_id: int
    key: PrefixKey
    route: KernelRoute


class Removal(NamedTuple):
    """What came of the attempt to remove a route; no ``failure`` if it is gone."""

    marked: MarkedRoute
    failure: Failure | None


class MarkedRoutes:
    """The routes of one family with one protocol number, in one table of the kernel or in all.

    A context manager. Everything comes in slices: between two of them the caller may do something else.
    """

    def __init__(self, family: Family, table_id: int, protocol: int, spared: Collection[int] = ()) -> None:
        """``spared`` are tables that are left out."""
        self._family = family
        self._table_id = table_id
        self._protocol = protocol
        self._spared = spared
        self._socket = NetlinkSocket()
        self._sequence = 0
        self._readers: dict[int, RouteReader] = {}
        self._packers: dict[int, RoutePacker] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._socket.close()

    def find(self) -> Iterator[Sequence[MarkedRoute]]:
        """Read the table, or all; a table that does not exist has no routes."""
        self._sequence += 1
        address_family = AF_INET if self._family is IPV4_UNICAST else AF_INET6
        self._socket.send(pack_route_dump(address_family, self._table_id, self._sequence))
        for data in self._socket.receive(maxsize):
            messages = [*split_messages(data)]
            yield [
                marked
                for message in messages
                if message.kind == RTM_NEWROUTE and (marked := self._read(data, message)) is not None
            ]
            if any(message.kind in _ENDS for message in messages):
                return

    def _read(self, data: bytes, message: Message) -> MarkedRoute | None:
        table_id = read_route_table(data, message)
        if self._table_id not in (table_id, ALL_TABLES) or table_id in self._spared:
            return None
        if table_id not in self._readers:
            self._readers[table_id] = RouteReader(self._family, table_id)
        read = self._readers[table_id].read(data, message.start, message.end)
        if read is None or read[1].protocol != self._protocol:
            return None
        return MarkedRoute(self._family, table_id, read[0], read[1].route)

    def remove(self, routes: Sequence[MarkedRoute]) -> Iterator[Sequence[Removal]]:
        """Remove these routes and no others. Raises KernelPermissionError if we may not."""
        for table_id, group in groupby(routes, attrgetter("table_id")):
            some = [*group]
            if table_id not in self._packers:
                self._packers[table_id] = RoutePacker(self._family, table_id, self._protocol)
            for start in range(0, len(some), _REMOVALS_PER_BATCH):
                yield self._remove(self._packers[table_id], some[start : start + _REMOVALS_PER_BATCH])

    def _remove(self, packer: RoutePacker, batch: Sequence[MarkedRoute]) -> Sequence[Removal]:
        operations = [Operation(marked.key, OperationKind.DELETE, marked.route) for marked in batch]
        first, self._sequence = self._sequence + 1, self._sequence + len(batch)
        self._socket.send(b"".join(packer.pack(operations, self._sequence)))
        failures = self._failures()
        return [Removal(marked, failures.get(number)) for number, marked in enumerate(batch, first)]

    def _failures(self) -> dict[int, Failure]:
        """Return by sequence number what the kernel did not do; it has answered already."""
        failures: dict[int, Failure] = {}
        for data in self._socket.receive(maxsize):
            for message in split_messages(data):
                failure = read_failure(data, message) if message.kind == NLMSG_ERROR else None
                if failure is not None:
                    failures[message.sequence] = failure
        if any(failure.errno == EPERM for failure in failures.values()):
            raise KernelPermissionError
        return failures

    def flush(self) -> Iterator[Sequence[Removal]]:
        """Find and remove all of them; a route that is refused is tried, and told of, once."""
        refused: set[MarkedRoute] = set()
        for _ in range(_ROUNDS):
            found: list[MarkedRoute] = []
            for some in self.find():
                found += [marked for marked in some if marked not in refused]
                yield ()
            if not found:
                return
            for removals in self.remove(found):
                refused.update(marked for marked, failure in removals if failure is not None)
                yield [removal for removal in removals if not _was_gone(removal)]


def _was_gone(removal: Removal) -> bool:
    return removal.failure is not None and removal.failure.errno == ESRCH
