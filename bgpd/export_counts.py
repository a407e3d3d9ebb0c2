"""How many routes each protocol is told of: counted when somebody asks, and kept while that is true."""

from collections import Counter
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.tables import RoutingTables
from messages.families import Family
from rib.census import exported
from rib.route import Source
from rib.table import Table
from rib.update_group import UpdateGroup


class ExportCounts:
    """Asks the protocols."""

    def __init__(self, tables: RoutingTables, protocols: Mapping[str, Protocol]) -> None:
        self._tables = tables
        self._protocols = protocols
        self._censuses: WeakKeyDictionary[UpdateGroup, tuple[int, Counter[Source]]] = WeakKeyDictionary()

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
        """Count once for all members of a group, as long as the table stays what it is."""
        version, counts = self._censuses.get(group, (-1, Counter()))
        if version != table.version:
            version = table.version
            for found in exported(table, group):
                yield None
                counts = found or Counter()
            self._censuses[group] = version, counts
        yield counts.total() - counts[member]
