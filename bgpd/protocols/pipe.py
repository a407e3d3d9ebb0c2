"""The pipe protocol: two tables of one name each that pass routes to each other."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Final

from bgpd.pipeline import Pipeline, Scheduler
from bgpd.policies import NO_FILTERS, Policies
from bgpd.protocols.export_numbers import ExportNumbers
from bgpd.protocols.filter_changes import what_changed
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.protocol import Channel, ProtocolState, RouteCounters
from bgpd.settings import PipeSettings
from messages.families import Family
from rib.loc_rib import Batch
from rib.pipe import Flow
from rib.policy import Policy
from rib.route import Source, SourceKind

_SLICE: Final = 1000
"""Prefixes that go through at the start between two turns of the loop."""


class PipeEnd:
    """One direction at work: follows one table and fills the other."""

    def __init__(self, flow: Flow, origin: Pipeline, target: Pipeline, loop: Scheduler) -> None:
        self.flow = flow
        self._origin = origin
        self._target = target
        self._loop = loop
        self.failed: Callable[[Exception], None] | None = None
        """Is told of a bug that ends this; then no more comes through."""
        self._round = 0
        """Grows with every start and end, so that what is left of an earlier one stops."""

    @property
    def follows_all(self) -> bool:
        """Whether all routes go through and not only the best."""
        return self.flow.follows_all

    def follow(self, batch: Batch) -> None:
        """Carry on what a round has settled."""
        self.flow.carry(batch)
        self._target.touched()

    def begin(self) -> None:
        """Carry what is there now, in slices, and every change from now on; nothing if nothing may pass."""
        if self.flow.policy is Policy.NONE:
            return
        self._round += 1
        self._origin.attach(self, failed=self.failed)
        keys = iter(self._origin.table.known())
        at_start = self._round

        def step() -> None:
            some = list(islice(keys, _SLICE))
            if some and self._round == at_start:
                for key in some:
                    self.flow.move(None, self._origin.table.settled(key), [key])
                self._target.touched()
                self._loop.call_soon(safe_step)

        def safe_step() -> None:
            try:
                step()
            except Exception as error:
                if self.failed is None:
                    raise
                self.failed(error)

        step()

    def end(self) -> None:
        """Take out of the other table what came through."""
        self._round += 1
        self._origin.detach(self)
        for source in self.flow.forget():
            self._target.purge(source, lambda: None)

    def follow_policy(self, policy: Policy, *, is_up: bool) -> None:
        """Carry what another policy lets through."""
        if policy is not self.flow.policy:
            if is_up:
                self.end()
            self.flow.policy = policy
            if is_up:
                self.begin()


class PipeProtocol(LoggedProtocol):
    """``import`` leads from the peer table to ours, ``export`` from ours to it."""

    kind = "Pipe"

    def __init__(
        self,
        settings: PipeSettings,
        ours: Mapping[Family, Pipeline],
        theirs: Mapping[Family, Pipeline],
        loop: Scheduler,
        now: Callable[[], float],
        policies: Policies = NO_FILTERS,
    ) -> None:
        super().__init__(settings.name, now)
        self.table = settings.table
        self.peer_table = settings.peer_table
        own = None
        if settings.mode == "opaque":
            own = Source(settings.name, SourceKind.PIPE, settings.preference)
        self._inward: dict[Family, PipeEnd] = {}
        self._outward: dict[Family, PipeEnd] = {}
        for family in settings.families:
            here, there = ours[family], theirs[family]
            imports, exports = (
                policies.policy(name, family) for name in (settings.import_filter, settings.export_filter)
            )
            inward = Flow(there.table, here.table, imports, own)
            outward = Flow(here.table, there.table, exports, own)
            self._inward[family] = PipeEnd(inward, there, here, loop)
            self._outward[family] = PipeEnd(outward, here, there, loop)
        self.channels = self._new_channels()

    @property
    def exports(self) -> Mapping[Family, Flow]:
        """What leads to the peer table."""
        return {family: end.flow for family, end in self._outward.items()}

    def exports_of(self, channel: Channel) -> ExportNumbers:
        return _numbers(self._outward[channel.family].flow)

    def imports_of(self, channel: Channel) -> ExportNumbers:
        return _numbers(self._inward[channel.family].flow)

    @property
    def _ends(self) -> Sequence[PipeEnd]:
        return [*self._inward.values(), *self._outward.values()]

    def _new_channels(self) -> tuple[Channel, ...]:
        return tuple(
            Channel(family, inward.flow, inward.flow.policy, outward.flow.policy, RouteCounters())
            for (family, inward), outward in zip(self._inward.items(), self._outward.values(), strict=True)
        )

    def report_to(self, failed: Callable[[Exception], None]) -> None:
        """Tell of bugs that have ended what it does."""
        for end in self._ends:
            end.failed = failed

    def follow_filters(self, settings: PipeSettings, policies: Policies) -> str:
        """Let the filters of these settings decide; return what came of it, in words."""
        before, is_up = self.channels, self.state is ProtocolState.UP
        for ends, name in ((self._inward, settings.import_filter), (self._outward, settings.export_filter)):
            for family, end in ends.items():
                end.follow_policy(policies.policy(name, family), is_up=is_up)
        self.channels = self._new_channels()
        return what_changed(before, self.channels)

    def begin(self) -> None:
        """Join the tables."""
        self.enter(ProtocolState.UP)
        for end in self._ends:
            end.begin()

    def end(self, reason: str) -> None:
        """Part them again."""
        self.enter(ProtocolState.DOWN)
        for end in self._ends:
            end.end()

    @property
    def info(self) -> str:
        """The other table, as BIRD shows it."""
        return f"=> {self.peer_table}"


def _numbers(flow: Flow) -> ExportNumbers:
    counts = flow.counts
    filtered = max(0, counts.updates - counts.rejected - counts.accepted)
    return ExportNumbers(
        counts.updates, counts.rejected, filtered, counts.accepted, counts.withdraws, counts.withdrawn
    )
