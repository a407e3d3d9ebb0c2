"""The kernel protocol: the best routes of one family in one kernel table."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from bgpd.config.settings import KernelSettings
from bgpd.kernel_routes import KernelView
from bgpd.pipeline import Pipeline
from bgpd.policies import Policies
from bgpd.protocols.filter_changes import what_changed
from bgpd.protocols.learned_routes import LearnedRoutes
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from bgpd.restraint import Restraint
from kernel_sync.kernel import Habits, KernelTable
from messages.families.prefix import PrefixKey, render_prefix
from rib.policy import Policy
from rib.route import Source, SourceKind
from rib.slot import Slot
from rib.table import Table

_log = logging.getLogger("bgpd.kernel")
_SLICE: Final = 1000
"""Prefixes written between two turns of the loop."""

_BURST: Final = 20
"""Lines about single routes that may be logged at once."""
_Take: TypeAlias = Callable[[KernelView, Sequence[tuple[PrefixKey, Slot | None]]], None]
"""Looks at some prefixes once more."""


class KernelCounts(NamedTuple):
    """How far the kernel's table follows ours, in prefixes."""

    wanted: int
    pending: int
    """Not yet, or no longer, as wanted; those with a problem included."""
    problems: int


class KernelProtocol(Protocol):
    """Writes what the export filter lets through; removes it at the end unless ``persist`` says otherwise.

    With ``learn`` it also imports what other programs have written.
    """

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
        self._restraint = Restraint(_BURST)
        self._kernel = self._new_kernel()
        self.view = self._new_view()
        self._learned = self._new_learned() if settings.learn else None
        self._turn: asyncio.Task[None] | None = None
        """What the operator asked for last, and what waits for the one before."""
        self.channels = self._new_channels()
        self._is_adopting = True

    def _new_kernel(self) -> KernelTable:
        settings = self._settings
        habits = Habits(settings.guard, settings.check_interval, settings.restore_limit)
        kernel = KernelTable(self.family, settings.table, settings.protocol, habits, self._surroundings.now)
        kernel.news.on_problem, kernel.news.on_warning = self._complain, self._warn
        kernel.news.on_failure = partial(_log.error, "%s: %s", self.name)
        kernel.on_room = self._pipeline.touched
        return kernel

    def _complain(self, key: PrefixKey, text: str) -> None:
        self._say(logging.ERROR, key, text)

    def _warn(self, key: PrefixKey, text: str) -> None:
        self._say(logging.WARNING, key, text)

    def _say(self, level: int, key: PrefixKey, text: str) -> None:
        words = self._restraint.words(f"{self.name}: {render_prefix(key, self.family)}: {text}")
        if words is not None:
            _log.log(level, "%s", words)

    def _guard(self, lifelines: Mapping[bytes, str]) -> None:
        """Let no route cut this host off."""
        control_plane = dict.fromkeys(self._settings.control_plane, "control_plane in [router]")
        self._kernel.set_guarded({**lifelines, **control_plane})

    def _new_learned(self) -> LearnedRoutes:
        source = Source(self.name, SourceKind.KERNEL)
        learned = LearnedRoutes(source, self._pipeline, self._surroundings)
        learned.policy = self._surroundings.policies.policy(self._settings.import_filter, self.family)
        return learned

    def _new_channels(self) -> tuple[Channel, ...]:
        learned = self._learned
        if learned is None:
            return (Channel(self.family, None, Policy.NONE, self._export, RouteCounters()),)
        return (Channel(self.family, learned.source, learned.policy, self._export, learned.counters),)

    def _new_view(self) -> KernelView:
        settings, decision = self._settings, self._pipeline.table.decision
        return KernelView(
            self._kernel,
            self._export,
            settings.metric,
            decision,
            settings.merge_paths,
            self._surroundings.interface_index,
        )

    async def start(self) -> None:
        """Read the kernel's table and begin to follow ours. Raises PermissionError without CAP_NET_ADMIN."""
        if self._learned is not None:
            self._learned.begin(self._kernel, asyncio.get_running_loop())
        self._surroundings.lifelines.watch(self._guard)
        await self._kernel.start()
        self._pipeline.attach(self.view, lambda: self._kernel.is_behind)
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
        if not self._is_adopting:
            self._kernel.feed_complete()

    async def _feed(self, take: _Take = KernelView.feed) -> None:
        """Write what is best now; what changes meanwhile comes from the pipeline."""
        table, view = self._pipeline.table, self.view
        keys = iter(table.known())
        while view is self.view and self.state is ProtocolState.UP and (some := list(islice(keys, _SLICE))):
            take(view, [(key, table.settled(key)) for key in some])
            await asyncio.sleep(0)

    def follow_filters(self, settings: KernelSettings, policies: Policies) -> str:
        """Let the export filter of these settings decide; return what came of it, in words."""
        before, following = self.channels, self.state is ProtocolState.UP
        export = policies.policy(settings.export_filter, self.family)
        self._settings = replace(
            self._settings, import_filter=settings.import_filter, export_filter=settings.export_filter
        )
        if self._learned is not None:
            self._learned.follow_policy(policies.policy(settings.import_filter, self.family))
        if export is not self._export:
            self.detach()
            self._export = export
            self.view = self._new_view()
            if following:
                self._pipeline.attach(self.view, lambda: self._kernel.is_behind)
                self._put_right()
        self.channels = self._new_channels()
        return what_changed(before, self.channels)

    def interfaces_changed(self, switched: Iterable[int]) -> None:
        """Learn, or no longer, what leads through these, which came, went, or went up or down.

        Routes through tunnel devices are written anew if one of those came, went, or has another index.
        """
        if self._learned is not None:
            self._learned.interfaces_changed(switched)
        if self.state is ProtocolState.UP:
            moved = self.view.follow_interfaces()
            if moved:
                self._put_right(lambda view, slots: view.lead_again(slots, moved))

    def _put_right(self, take: _Take = KernelView.put_right) -> None:
        self._turn = asyncio.get_running_loop().create_task(self._feed_again(self._turn, take))

    async def _feed_again(self, before: asyncio.Task[None] | None, take: _Take) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._feed(take)

    def end(self, reason: str) -> None:
        """Forget the routes of others; take ours out of the kernel, unless ``persist`` says otherwise."""
        self.detach()
        if self._learned is not None:
            self._learned.end()
        self.enter(ProtocolState.DOWN)
        self._turn = asyncio.get_running_loop().create_task(self._end(self._turn))

    async def _end(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        self.detach()
        await self._kernel.stop(persist=self._settings.persist)
        if self.is_disabled:
            self.enter(ProtocolState.DOWN)  # a start that was under way may have said otherwise

    @property
    def kernel(self) -> KernelTable:
        """The table of the kernel, with what is wanted of it; another one after each start."""
        return self._kernel

    @property
    def adopt_wait(self) -> int:
        """How many seconds routes of an earlier process may stay until neighbors have said all they have."""
        return self._settings.adopt_wait

    @property
    def strays(self) -> int:
        """How many routes of ours are in the kernel and nobody wants them."""
        return self._kernel.fib.unwanted

    @property
    def waits(self) -> str:
        """Whom it waits for, in words, before it lets go of routes of an earlier process; empty if it has."""
        return self._surroundings.convergence.words() if self._is_adopting else ""

    def feed_complete(self) -> None:
        """All there is at start has been written: what an earlier process left behind may go."""
        self._is_adopting = False
        if self._turn is None or self._turn.done():
            self._kernel.feed_complete()
        else:  # what the table has may not be all there is
            self._turn = asyncio.get_running_loop().create_task(self._complete(self._turn))

    async def _complete(self, before: asyncio.Task[None]) -> None:
        await asyncio.wait([before])
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
