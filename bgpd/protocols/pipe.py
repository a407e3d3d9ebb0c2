"""The pipe protocol: two tables of one name each that pass routes to each other."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from bgpd.config.settings import PipeSettings
from bgpd.pipeline import Pipeline, Scheduler
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
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
        """Carry what is there now, in slices, and every change from now on."""
        self._round += 1
        self._origin.attach(self)
        keys = iter(self._origin.table.known())
        at_start = self._round

        def step() -> None:
            some = list(islice(keys, _SLICE))
            if some and self._round == at_start:
                for key in some:
                    self.flow.move(None, self._origin.table.settled(key), [key])
                self._target.touched()
                self._loop.call_soon(step)

        step()

    def end(self) -> None:
        """Take out of the other table what came through."""
        self._round += 1
        self._origin.detach(self)
        for source in self.flow.forget():
            self._target.purge(source, lambda: None)


class PipeProtocol(Protocol):
    """``import`` leads from the peer table to ours, ``export`` from ours to it."""

    kind = "Pipe"

    def __init__(
        self,
        settings: PipeSettings,
        ours: Mapping[Family, Pipeline],
        theirs: Mapping[Family, Pipeline],
        loop: Scheduler,
        now: Callable[[], float],
    ) -> None:
        super().__init__(settings.name, now)
        self.table = settings.table
        self._peer_table = settings.peer_table
        imports, exports = _policy(settings.import_filter), _policy(settings.export_filter)
        own = None
        if settings.mode == "opaque":
            own = Source(settings.name, SourceKind.PIPE, settings.preference)
        self._ends: list[PipeEnd] = []
        self.exports: dict[Family, Flow] = {}
        channels: list[Channel] = []
        for family in settings.families:
            here, there = ours[family], theirs[family]
            inward = Flow(there.table, here.table, imports, own)
            outward = Flow(here.table, there.table, exports, own)
            self.exports[family] = outward
            if imports is Policy.ALL:
                self._ends.append(PipeEnd(inward, there, here, loop))
            if exports is Policy.ALL:
                self._ends.append(PipeEnd(outward, here, there, loop))
            channels.append(Channel(family, inward, imports, exports, RouteCounters()))
        self.channels = tuple(channels)

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
        return f"=> {self._peer_table}"


def _policy(name: str) -> Policy:
    return Policy.ALL if name == "all" else Policy.NONE
