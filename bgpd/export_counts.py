"""How many routes each protocol is told of: counted when somebody asks, and kept while that is true.

In a large table that changes all the time the number is that of the last time it could be counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, Protocol, Self
from weakref import WeakKeyDictionary

from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.tables import RoutingTables
from messages.families import Family
from rib.census import exported
from rib.route import Source
from rib.table import Table
from rib.update_group import UpdateGroup

PATIENCE: Final = 1.2
"""Seconds that somebody waits for a count: Calico's readers give up after two without a line."""
_LATER: Final = 0.02
"""Seconds between two slices of a count that nobody waits for."""
_REST: Final = 20
"""How many times as long as a slice took the others have until the next one."""


class Loop(Protocol):
    """What is used of an event loop."""

    def time(self) -> float: ...
    def call_soon(self, callback: Callable[[], object], /) -> object: ...
    def call_later(self, delay: float, callback: Callable[[], object], /) -> object: ...


class ExportCounts:
    """Asks the protocols."""

    def __init__(
        self,
        tables: RoutingTables,
        protocols: Mapping[str, RoutingProtocol],
        loop: Loop,
        patience: float = PATIENCE,
    ) -> None:
        self._tables = tables
        self._protocols = protocols
        self._loop = loop
        self._patience = patience
        self._censuses: WeakKeyDictionary[UpdateGroup, _Census] = WeakKeyDictionary()
        self._wanted: dict[UpdateGroup, Table] = {}
        """Those that are to be counted when there is time."""
        self._counts_later = False

    def exported(self, protocol_name: str, family: Family) -> Iterator[int | None]:
        """Count the routes a protocol is told of; yields None while counting, at last the number."""
        protocol = self._protocols.get(protocol_name)  # one of a range may be gone
        if isinstance(protocol, KernelProtocol):
            yield protocol.counts().wanted
        elif isinstance(protocol, PipeProtocol):
            yield protocol.exports[family].routes
        elif isinstance(protocol, BgpProtocol) and (attached := protocol.attachment(family)):
            group, member = attached
            if member.quota is not None:
                yield len(member.quota)
                return
            yield from self._count(self._tables[protocol.table][family].table, group, member.source)
        else:
            yield 0

    def exported_lately(self, protocol_name: str, family: Family) -> int | None:
        """Return the number that was counted last; None before the first time, and without a session.

        What is not true any more is counted again later, now and then a slice.
        """
        protocol = self._protocols.get(protocol_name)
        if not isinstance(protocol, BgpProtocol) or not (attached := protocol.attachment(family)):
            return None
        group, member = attached
        if member.quota is not None:
            return len(member.quota)
        table = self._tables[protocol.table][family].table
        census = self._censuses.get(group)
        if census is None or not census.is_true_of(table):
            self._wanted[group] = table
            self._count_later()
        return None if census is None else census.latest(member.source)

    def _count_later(self, rest: float = 0.0) -> None:
        if not self._counts_later:
            self._counts_later = True
            self._loop.call_later(max(_LATER, rest), self._count_slice)

    def _count_slice(self) -> None:
        """Count one slice for one group, and leave all others many times as long to themselves."""
        self._counts_later = False
        begun = self._loop.time()
        group, table = next(iter(self._wanted.items()))
        census = self._begin(table, group)
        if group.members and not census.is_complete:
            census.go_on()
        if census.is_complete or not group.members:
            del self._wanted[group]
        if self._wanted:
            self._count_later(_REST * (self._loop.time() - begun))

    def _begin(self, table: Table, group: UpdateGroup) -> "_Census":
        """Return the counting that is under way or true, or begin anew."""
        census = self._censuses.get(group)
        if census is None or (census.is_complete and census.version != table.version):
            census = self._censuses[group] = _Census(table, group, census)
        return census

    def _count(self, table: Table, group: UpdateGroup, member: Source) -> Iterator[int | None]:
        """Count once for all members of a group, as long as the table stays what it is.

        Who has waited for long enough is told what is known; the counting goes on for those who ask later.
        """
        census = self._begin(table, group)
        until = self._loop.time() + self._patience
        try:
            while not census.is_complete and self._loop.time() < until:
                census.go_on()
                yield None
        finally:
            if not census.is_complete:
                self._loop.call_soon(partial(self._finish, census))
        yield census.known.total() - census.known[member]

    def _finish(self, census: "_Census") -> None:
        """Count the rest when there is nobody who waits for it."""
        if not census.is_complete:
            census.go_on()
            self._loop.call_soon(partial(self._finish, census))


class _Census:
    """The counting of what a group shows, by the source of the routes."""

    def __init__(self, table: Table, group: UpdateGroup, before: Self | None) -> None:
        self.version = table.version
        self.is_complete = False
        self.known: Counter[Source] = Counter()
        """What was counted before; the first time, what has been counted so far."""
        self._counted = self.known
        if before is not None:
            self.known, self._counted = before.known, Counter()
        self._slices = exported(table, group, self._counted)

    def is_true_of(self, table: Table) -> bool:
        """Whether all was counted since the table changed."""
        return self.is_complete and self.version == table.version

    def latest(self, member: Source) -> int | None:
        """Return what a member was told of when all was counted; None before that."""
        if self.known is self._counted and not self.is_complete:
            return None
        return self.known.total() - self.known[member]

    def go_on(self) -> None:
        """Count a slice."""
        self.is_complete = next(self._slices) is not None
        if self.is_complete:
            self.known = self._counted
            self._slices = iter(())  # which would keep the group
