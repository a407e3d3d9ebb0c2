"""What the tables have of one neighbor, and how it is taken out of them."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import RouteCounters
from bgpd.settings import NeighborSettings
from messages.families import Family
from rib.route import Source, SourceKind


class Tie(NamedTuple):
    """One configured family: the source of its routes, known to the table as long as the neighbor exists."""

    pipeline: Pipeline
    source: Source
    counters: RouteCounters


class NeighborRoutes:
    """The ties of a neighbor to the tables."""

    def __init__(
        self, settings: NeighborSettings, pipelines: Mapping[Family, Pipeline], on_flushed: Callable[[], None]
    ) -> None:
        """``on_flushed`` is called when the last family that was to be flushed has no routes any more."""
        self.ties = {
            family: Tie(
                pipelines[family], Source(settings.name, SourceKind.BGP, settings.preference), RouteCounters()
            )
            for family in settings.families
        }
        self._on_flushed = on_flushed
        self._flushing: set[Family] = set()
        self._is_flushed = asyncio.Event()
        self._is_flushed.set()

    def follow(self, settings: NeighborSettings) -> None:
        """Be whose these settings are; what depends on a session is for the session to say."""
        for tie in self.ties.values():
            facts = replace(tie.source.facts, name=settings.name, preference=settings.preference)
            if facts != tie.source.facts:
                tie.source.facts = facts

    @property
    def crossed(self) -> int:
        """How many routes went in or out since the start."""
        return sum(tie.counters.crossed for tie in self.ties.values())

    @property
    def is_flushing(self) -> bool:
        """Whether no session may begin, since routes of the last one are being removed."""
        return bool(self._flushing)

    async def wait_flushed(self) -> None:
        """Wait until it may."""
        await self._is_flushed.wait()

    def flush(self, families: Collection[Family]) -> None:
        """Take everything out that was said of these families, before a new session may begin."""
        for family in families:
            pipeline, source, _ = self.ties[family]
            self._flushing.add(family)
            self._is_flushed.clear()
            pipeline.purge(source, partial(self._flushed, family))

    def _flushed(self, family: Family) -> None:
        self._flushing.discard(family)
        if not self._flushing:
            self._is_flushed.set()
            self._on_flushed()

    def grow_stale(self, family: Family) -> None:
        """Keep what was said of a family up to now as the last choice (RFC 9494 §4.2)."""
        pipeline, source, _ = self.ties[family]
        pipeline.grow_stale(source)

    def sweep(self, family: Family, *, has_session: bool, done: Callable[[], None] | None = None) -> None:
        """Take out what was said before the present session, or the next one, which may begin meanwhile."""
        pipeline, source, _ = self.ties[family]
        if not has_session:
            source.epoch += 1
        pipeline.sweep(source, done)
