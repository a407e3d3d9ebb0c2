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


class Loop(Protocol):
    """What is used of an event loop."""

    def time(self) -> float: ...
    def call_soon(self, callback: Callable[[], object], /) -> object: ...


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

    def _count(self, table: Table, group: UpdateGroup, member: Source) -> Iterator[int | None]:
        """Count once for all members of a group, as long as the table stays what it is.

        Who has waited for long enough is told what is known; the counting goes on for those who ask later.
        """
        census = self._censuses.get(group)
        if census is None or (census.is_complete and census.version != table.version):
            census = self._censuses[group] = _Census(table, group, census)
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

    def go_on(self) -> None:
        """Count a slice."""
        self.is_complete = next(self._slices) is not None
        if self.is_complete:
            self.known = self._counted
            self._slices = iter(())  # which would keep the group
