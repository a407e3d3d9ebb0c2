"""The kernel protocol: the best routes of one family in one kernel table."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from bgpd.health.faults import FAULTS
from bgpd.kernel.complaints import Complaints
from bgpd.kernel.places import Place
from bgpd.kernel.routes import KernelView
from bgpd.pipeline import Pipeline
from bgpd.policies import Policies
from bgpd.protocols.export_numbers import ExportNumbers
from bgpd.protocols.filter_changes import what_changed
from bgpd.protocols.learned_routes import LearnedRoutes
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.one_by_one import OneByOne
from bgpd.protocols.protocol import Channel, Leaving, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import KernelSettings
from kernel_sync.kernel import Habits, KernelTable
from messages.families.prefix import PrefixKey
from rib.policy import Policy
from rib.route import Source, SourceKind
from rib.slot import Slot
from rib.table import Table

_log = logging.getLogger("bgpd.kernel")
_SLICE: Final = 1000
"""Prefixes written between two turns of the loop."""
_Take: TypeAlias = Callable[[KernelView, Sequence[tuple[PrefixKey, Slot | None]]], None]
"""Looks at some prefixes once more."""


class KernelCounts(NamedTuple):
    """How far the kernel's table follows ours, in prefixes."""

    wanted: int
    pending: int
    """Not yet, or no longer, as wanted; those with a problem included."""
    problems: int


class KernelProtocol(LoggedProtocol):
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
        self._complaints = Complaints(settings.name, family)
        self._kernel = self._new_kernel()
        self.view = self._new_view()
        self._learned = self._new_learned() if settings.learn else None
        self._works = OneByOne()
        """What the operator, or a changed configuration, has asked for."""
        self.channels = self._new_channels()
        self._is_adopting = True
        self._is_halted = False
        """Whether a bug has left its routes in the kernel with nobody to look after them."""
        self._is_handed_on = False
        """Whether its routes stay for a successor."""
        self.is_held = False
        """Whether it leaves the kernel alone, as after a restart not all is known as yet, or written."""
        self._awaits_all = False
        """Whether it does not even follow the table."""

    def _new_kernel(self) -> KernelTable:
        settings = self._settings
        habits = Habits(settings.guard, settings.check_interval, settings.restore_limit)
        kernel = KernelTable(self.family, settings.table, settings.protocol, habits, self._surroundings.now)
        self._complaints.listen(kernel)
        kernel.on_room = self._pipeline.touched
        kernel.on_fault = self._failed
        return kernel

    def _failed(self, error: Exception) -> None:
        """A bug has left the conversation with the kernel half done."""
        self._surroundings.failed(self, error)

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
        view = KernelView(
            self._kernel,
            self._export,
            settings.metric,
            decision,
            settings.merge_paths,
            self._surroundings.interface_index,
        )
        if settings.device_routes:
            view.write_device_routes()
        return view

    async def open(self) -> None:
        """Read the kernel's table and begin to follow ours. Raises PermissionError without CAP_NET_ADMIN."""
        if self._learned is not None:
            self._learned.begin(self._kernel, asyncio.get_running_loop())
        self._surroundings.lifelines.watch(self._guard)
        await self._kernel.start()
        self._is_halted = self.is_held = self._awaits_all = False
        self._attach()
        self.enter(ProtocolState.UP)

    def _attach(self) -> None:
        self._pipeline.attach(self.view, lambda: self._kernel.is_behind, self._failed)

    def begin(self) -> None:
        """Write the kernel's table again, after ``end``."""
        self.enter(ProtocolState.START)
        self._works.begin(self._begin_again)

    def leave(self, why: Leaving) -> None:
        """A successor adopts our routes; without one, ``persist`` decides about them."""
        self._is_handed_on = why is Leaving.RESTARTED
        self._surroundings.lifelines.unwatch(self._guard)
        super().leave(why)

    @property
    def has_left(self) -> bool:
        return self._works.is_done

    async def wait_left(self) -> None:
        await self._works.wait()

    async def _begin_again(self) -> None:
        if self.is_disabled:
            return  # the operator was faster
        self._kernel = self._new_kernel()
        self.view = self._new_view()
        try:
            await self.open()
        except OSError as error:
            _log.error("%s: The kernel's table can't be written: %s", self.name, error.strerror or error)
            self.enter(ProtocolState.DOWN)
            return
        except Exception as error:
            self._failed(error)
            return
        await self._feed(self._pipeline.table.known(), KernelView.feed)
        if not self._is_adopting:
            self._kernel.feed_complete()

    async def _feed(self, known: Iterable[PrefixKey], take: _Take) -> None:
        """Write what is best now, as the present view sees it; what changes comes from the pipeline.

        The prefixes are those ``known`` when the view, or one before it, began to follow.
        """
        table, keys = self._pipeline.table, iter(known)
        while self.is_up and (some := list(islice(keys, _SLICE))):
            try:
                take(self.view, [(key, table.settled(key)) for key in some])
            except Exception as error:
                self._failed(error)
            await asyncio.sleep(0)

    def follow_filters(self, settings: KernelSettings, policies: Policies) -> str:
        """Let the export filter of these settings decide; return what came of it, in words."""
        before, following = self.channels, self.is_up
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
            if following and not self._awaits_all:
                self._attach()
                self._put_right()
        self.channels = self._new_channels()
        return what_changed(before, self.channels)

    def interfaces_changed(self, switched: Iterable[int]) -> None:
        """Learn, or no longer, what leads through these, which came, went, or went up or down.

        Routes through tunnel devices are written anew if one of those came, went, or has another index.
        """
        if self._learned is not None:
            self._learned.interfaces_changed(switched)
        if self.is_up and not self._awaits_all:
            moved = self.view.follow_interfaces()
            if moved:
                self._put_right(lambda view, slots: view.lead_again(slots, moved))

    def _put_right(self, take: _Take = KernelView.put_right) -> None:
        """Look again at what is known now: of a route that goes before its turn nothing more is said."""
        known = self._pipeline.table.known()
        self._works.begin(partial(self._feed, known, take))

    def end(self, reason: str) -> None:
        """Forget the routes of others; take ours out of the kernel, unless ``persist`` says otherwise."""
        self.is_held = self._awaits_all = False
        self.detach()
        if self._learned is not None:
            self._learned.end()
        self.enter(ProtocolState.DOWN)
        self._works.begin(self._end)

    def halt(self) -> None:
        """Leave the kernel's routes where they are; the next start takes them over."""
        self._is_halted = True
        self.is_held = self._awaits_all = False
        self.enter(ProtocolState.START)
        with FAULTS.contained("protocol", self.name):
            self.detach()
            if self._learned is not None:
                self._learned.end()
        self._works.begin(partial(self._end, keep=True))

    async def _end(self, *, keep: bool = False) -> None:
        self.detach()
        with FAULTS.contained("protocol", self.name):
            await self._kernel.stop(persist=keep or self._settings.persist or self._is_handed_on)
        if self.is_disabled:
            self.enter(ProtocolState.DOWN)  # a start that was under way may have said otherwise

    @property
    def kernel(self) -> KernelTable:
        """The table of the kernel, with what is wanted of it; another one after each start."""
        return self._kernel

    @property
    def learned(self) -> LearnedRoutes | None:
        """The routes of other programs, if they are imported."""
        return self._learned

    @property
    def place(self) -> Place:
        """Where its routes are in the kernel."""
        settings = self._settings
        return Place(settings.family, settings.table, settings.protocol)

    @property
    def persists(self) -> bool:
        """Whether its routes stay in the kernel when it ends."""
        return self._settings.persist

    @property
    def adopt_wait(self) -> int:
        """How many seconds routes of an earlier process may stay until neighbors have said all they have."""
        return self._settings.adopt_wait

    @property
    def exports(self) -> bool:
        """Whether any route may go to the kernel."""
        return self._export is not Policy.NONE

    @property
    def strays(self) -> int:
        """How many routes of ours are in the kernel and nobody wants them."""
        return self._kernel.fib.unwanted

    @property
    def waits(self) -> str:
        """Whom it waits for, in words, before it lets go of routes of an earlier process; empty if it has."""
        return self._surroundings.convergence.words() if self._is_adopting else ""

    def recover(self) -> None:
        """After a restart not all that is wanted is known: touch nothing before it is (RFC 4724 §4.1).

        Where there is nothing to be touched, nothing is lost by writing what is known.
        """
        if self.state is ProtocolState.UP:
            self.enter(ProtocolState.WAIT)
            if self.strays:
                self.is_held = self._awaits_all = True
                self.detach()
                self._surroundings.deferral.when_over(self.family, self._release)

    def _release(self) -> None:
        """All of the family is known."""
        if self.is_held:
            self._awaits_all = False
            self.view = self._new_view()
            self._attach()
            known = self._pipeline.table.known()
            self._works.begin(partial(self._recover, known))

    async def _recover(self, known: Iterable[PrefixKey]) -> None:
        await self._feed(known, KernelView.feed)
        self.is_held = False
        self.recovered()

    def recovered(self) -> None:
        """Nobody is waited for any more."""
        if self.state is ProtocolState.WAIT and not self.is_held:
            self.enter(ProtocolState.UP)

    def adopt_nothing(self) -> None:
        """All neighbors have spoken before it begins: what it finds and nobody wants may go at once."""
        self._is_adopting = False

    def feed_complete(self) -> None:
        """All there is at start has been written: what an earlier process left behind may go."""
        self._is_adopting = False
        self._surroundings.restart.lost.discard(self.family)
        if self._works.is_done:
            self._kernel.feed_complete()
        else:  # what the table has may not be all there is
            self._works.begin(self._complete)

    async def _complete(self) -> None:
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

    def exports_of(self, _channel: Channel) -> ExportNumbers:
        return self.view.exports

    def counts(self) -> KernelCounts:
        """Count without walking the table."""
        fib = self._kernel.fib
        return KernelCounts(len(fib.wanted), fib.deviations, len(fib.problems))

    def detach(self) -> None:
        """Follow the table no more: the kernel keeps what it has until ``stop``."""
        self._pipeline.detach(self.view)

    async def stop(self, *, keep: bool) -> None:
        """Leave our routes in place, or take them out."""
        await self._works.wait()
        self.detach()  # a start that was under way has attached it again
        keep = keep or self._settings.persist
        if (self._is_handed_on or self._is_halted) and not keep:
            await self._take_back()
        await self._kernel.stop(persist=keep)
        self.enter(ProtocolState.DOWN)

    async def _take_back(self) -> None:
        """The successor did not come: know the routes again, as those that nobody wants."""
        self._kernel = self._new_kernel()
        await self._kernel.start()
        self._kernel.feed_complete()
