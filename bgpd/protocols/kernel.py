"""The kernel protocol: the best routes of one family in one kernel table."""

import asyncio
import logging
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from bgpd.config.settings import KernelSettings
from bgpd.kernel_routes import KernelView
from bgpd.pipeline import Pipeline
from bgpd.policies import Policies
from bgpd.protocols.filter_changes import what_changed
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from kernel_sync.kernel import KernelTable
from messages.families.prefix import PrefixKey
from rib.policy import Policy
from rib.table import Table

_log = logging.getLogger("bgpd.kernel")
_SLICE: Final = 1000
"""Prefixes written between two turns of the loop."""


class KernelCounts(NamedTuple):
    """How far the kernel's table follows ours, in prefixes."""

    wanted: int
    pending: int
    """Not yet, or no longer, as wanted; those with a problem included."""
    problems: int


class KernelProtocol(Protocol):
    """Writes what the export filter lets through; removes it at the end unless ``persist`` says otherwise."""

    kind = "Kernel"

    def __init__(
        self,
        settings: KernelSettings,
        pipeline: Pipeline,
        surroundings: Surroundings,
    ) -> None:
        super().__init__(settings.name, surroundings.now)
        self._surroundings = surroundings
        self.family = family = settings.family
        self.table = settings.rib_table
        self._settings = settings
        self._pipeline = pipeline
        self._export = surroundings.policies.policy(settings.export_filter, family)
        self._kernel = self._new_kernel()
        self.view = self._new_view()
        self._turn: asyncio.Task[None] | None = None
        """What the operator asked for last, and what waits for the one before."""
        self.channels = self._new_channels()

    def _new_kernel(self) -> KernelTable:
        return KernelTable(self.family, self._settings.table, self._settings.protocol)

    def _new_channels(self) -> tuple[Channel, ...]:
        return (Channel(self.family, None, Policy.NONE, self._export, RouteCounters()),)

    def _new_view(self) -> KernelView:
        settings, decision = self._settings, self._pipeline.table.decision
        return KernelView(self._kernel, self._export, settings.metric, decision, settings.merge_paths)

    async def start(self) -> None:
        """Read the kernel's table and begin to follow ours. Raises PermissionError without CAP_NET_ADMIN."""
        await self._kernel.start()
        self._pipeline.attach(self.view)
        self.enter(ProtocolState.UP)

    def begin(self) -> None:
        """Write the kernel's table again, after ``end``."""
        self.enter(ProtocolState.START)
        self._turn = asyncio.get_running_loop().create_task(self._begin_again(self._turn))

    async def _begin_again(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        if self.is_disabled:
            return  # the operator was faster
        self._kernel = self._new_kernel()
        self.view = self._new_view()
        try:
            await self.start()
        except OSError as error:
            _log.error("%s: The kernel's table can't be written: %s", self.name, error.strerror or error)
            self.enter(ProtocolState.DOWN)
            return
        await self._feed()
        self._kernel.feed_complete()

    async def _feed(self, *, again: bool = False) -> None:
        """Write what is best now; what changes meanwhile comes from the pipeline."""
        table, view = self._pipeline.table, self.view
        take = view.put_right if again else view.feed
        keys = iter(table.known())
        while view is self.view and self.state is ProtocolState.UP and (some := list(islice(keys, _SLICE))):
            take([(key, table.settled(key)) for key in some])
            await asyncio.sleep(0)

    def follow_filters(self, settings: KernelSettings, policies: Policies) -> str:
        """Let the export filter of these settings decide; return what came of it, in words."""
        before, following = self.channels, self.state is ProtocolState.UP
        export = policies.policy(settings.export_filter, self.family)
        self._settings = replace(
            self._settings, import_filter=settings.import_filter, export_filter=settings.export_filter
        )
        if export is not self._export:
            self.detach()
            self._export = export
            self.channels = self._new_channels()
            self.view = self._new_view()
            if following:
                self._pipeline.attach(self.view)
                self._turn = asyncio.get_running_loop().create_task(self._feed_again(self._turn))
        return what_changed(before, self.channels)

    async def _feed_again(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._feed(again=True)

    def end(self, reason: str) -> None:
        """Take our routes out of the kernel, unless ``persist`` says otherwise."""
        self.detach()
        self.enter(ProtocolState.DOWN)
        self._turn = asyncio.get_running_loop().create_task(self._end(self._turn))

    async def _end(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        self.detach()
        await self._kernel.stop(persist=self._settings.persist)
        if self.is_disabled:
            self.enter(ProtocolState.DOWN)  # a start that was under way may have said otherwise

    def feed_complete(self) -> None:
        """All there is at start has been written: what an earlier process left behind may go."""
        self._kernel.feed_complete()

    def follows(self, table: Table) -> bool:
        """Tell whether this table of ours is the one that is written to the kernel."""
        return self._pipeline.table is table

    def problem(self, key: PrefixKey) -> str | None:
        """Return why a best route is not in the kernel, or None."""
        return self._kernel.problem(key)

    def is_written(self, key: PrefixKey) -> bool:
        """Tell whether the best route of a prefix is in the kernel."""
        return self._kernel.is_written(key)

    def counts(self) -> KernelCounts:
        """Count without walking the table."""
        fib = self._kernel.fib
        return KernelCounts(len(fib.wanted), fib.deviations, len(fib.problems))

    def detach(self) -> None:
        """Follow the table no more: the kernel keeps what it has until ``stop``."""
        self._pipeline.detach(self.view)

    async def stop(self, *, keep: bool) -> None:
        """Leave our routes in place, or take them out."""
        if self._turn is not None:
            await asyncio.wait([self._turn])
        await self._kernel.stop(persist=keep or self._settings.persist)
        self.enter(ProtocolState.DOWN)
