"""The traces of all tables."""

import asyncio
from collections.abc import Mapping

from bgpd.pipeline import Pipeline
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.traces.settled import SettledTraces
from bgpd.traces.words import RouteWords
from rib.table import Table


class RouteTraces:
    """Lets the log follow tables as long as there are any."""

    def __init__(
        self, protocols: Mapping[str, Protocol], words: RouteWords, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._protocols = protocols
        self._words = words
        self._loop = loop
        self._tables: dict[Table, SettledTraces] = {}

    def follow(self, pipeline: Pipeline) -> None:
        """Follow the batches of a table from now on."""
        traces = SettledTraces(pipeline.table, self._protocols, self._words, self._loop)
        self._tables[pipeline.table] = traces
        pipeline.attach(traces)

    def forget(self, pipeline: Pipeline) -> None:
        """There is such a table no more."""
        pipeline.detach(self._tables.pop(pipeline.table))

    def feed(self, protocol: LoggedProtocol, table: Table) -> None:
        """A neighbor is about to be told a whole table."""
        if table in self._tables:
            self._tables[table].feed(protocol)
