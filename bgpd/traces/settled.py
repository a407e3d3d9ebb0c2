"""The traces of one table: follows its batches, and says what became of best routes."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import Final, NamedTuple

from bgpd.logs.route_log import LINES_A_SECOND
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.traces.departures import departures, follows
from bgpd.traces.words import RouteWords
from messages.families.prefix import PrefixKey
from rib.loc_rib import Batch, Change
from rib.route import Route
from rib.slot import winner
from rib.table import Table

_LOOK_AGAIN: Final = 1.0
"""Seconds after which somebody may have begun, or ceased, to ask for traces."""


class _Sample(NamedTuple):
    """Some of the prefixes that a batch changed, and how many others there were."""

    changes: Sequence[tuple[PrefixKey, Route | None, Route | None]]
    others: int


class SettledTraces:
    """Costs a look at a clock per batch while nobody asks, and a little per Route while somebody does."""

    follows_all: Final = False

    def __init__(
        self,
        table: Table,
        protocols: Mapping[str, Protocol],
        words: RouteWords,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._table = table
        self._protocols = protocols
        self._words = words
        self._loop = loop
        self._traced: dict[str, LoggedProtocol] = {}
        self._looked_at = 0
        self._look_again = 0.0
        self._samples: list[_Sample] = []
        self._concluding: asyncio.TimerHandle | None = None

    def follow(self, batch: Batch) -> None:
        """Take what a round has settled; what it means to others is asked when they have been told."""
        if not batch.changes or not self._is_traced:
            return
        self._arrived(batch.changes)
        every = ((key, old, new) for old, new, keys in batch.changes for key in keys)
        sample = [*islice(every, LINES_A_SECOND)]
        total = sum([len(change.keys) for change in batch.changes])
        if not self._samples:
            self._loop.call_soon(self._departed)
        self._samples.append(_Sample(sample, total - len(sample)))

    def feed(self, protocol: LoggedProtocol) -> None:
        """A neighbor is about to be told the whole table."""
        if protocol.journal.traces_routes:
            table = self._table
            some = islice(table.slots.items(), protocol.journal.outgoing.room())
            sample = [(key, None, winner(slot)) for key, slot in some]
            self._tell(protocol, _Sample(sample, len(table) - len(sample)))
            self._conclude_later()

    @property
    def _is_traced(self) -> bool:
        """Whether anybody wants to know; many protocols are not looked at each time."""
        now = monotonic()
        if now >= self._look_again or len(self._protocols) != self._looked_at:
            self._look_again, self._looked_at = now + _LOOK_AGAIN, len(self._protocols)
            self._traced = {
                name: protocol
                for name, protocol in self._protocols.items()
                if isinstance(protocol, LoggedProtocol) and self._concerns(protocol)
            }
        return bool(self._traced)

    def _concerns(self, protocol: LoggedProtocol) -> bool:
        return protocol.journal.traces_routes and protocol.table == self._table.name

    # In

    def _arrived(self, changes: Iterable[Change]) -> None:
        """Say what came and went; of a protocol for which there is no room the routes are only counted."""
        passed: dict[str, int] = {}
        for change in changes:
            name = (change.new or change.old).source.name  # type: ignore[union-attr]
            if name in passed:
                passed[name] += len(change.keys)
            elif self._has_room(name):
                self._tell_of(change, name)
            else:
                passed[name] = len(change.keys)
        for name, routes in passed.items():
            if name in self._traced and "routes" in self._traced[name].traces:
                self._traced[name].journal.incoming.pass_over(routes)
                self._conclude_later()

    def _has_room(self, name: str) -> bool:
        protocol = self._traced.get(name)
        return protocol is not None and not protocol.journal.incoming.is_behind

    def _tell_of(self, change: Change, name: str) -> None:
        old, new, keys = change
        if new is None:
            self._say(name, "removed [sole]", old, keys)
        elif old is None:
            self._say(name, "added [best]", new, keys)
        elif old.source is new.source:
            self._say(name, "updated [best]", new, keys)
        else:
            self._overtaken(change, old, new)

    def _overtaken(self, change: Change, old: Route, new: Route) -> None:
        """The best route comes from another protocol: either that has a better one, or this one's is gone."""
        still = self._table.held(old.source, change.keys[0])
        if still is old:
            self._say(new.source.name, "added [best]", new, change.keys)
        else:
            words = "removed [replaced]" if still is None else "updated"
            self._say(old.source.name, words, still or old, change.keys)

    def _say(self, name: str, what: str, route: Route | None, keys: Collection[PrefixKey]) -> None:
        protocol = self._traced.get(name)
        if protocol is None or route is None or "routes" not in protocol.traces:
            return
        log = protocol.journal.incoming
        some = [*islice(keys, log.room())]
        for key in some:
            log.say(what, self._words.of(key, self._table.family, route.destination))
        log.pass_over(len(keys) - len(some))
        if log.is_behind:
            self._conclude_later()

    # Out

    def _departed(self) -> None:
        samples, self._samples = self._samples, []
        for sample in samples:
            for protocol in self._traced.values():
                self._tell(protocol, sample)
        self._conclude_later()

    def _tell(self, protocol: LoggedProtocol, sample: _Sample) -> None:
        log, family = protocol.journal.outgoing, self._table.family
        if not follows(protocol, family):
            return
        told = sample.changes[: 0 if log.is_behind else log.room()]
        for key, old, new in told:
            for trace, what, route in departures(protocol, family, key, old, new):
                if trace in protocol.traces:
                    log.say(what, self._words.of(key, family, route.destination))
        if "routes" in protocol.traces:
            log.pass_over(len(sample.changes) - len(told) + sample.others)

    # Afterwards

    def _conclude_later(self) -> None:
        if self._concluding is None:
            self._concluding = self._loop.call_later(_LOOK_AGAIN, self._conclude)

    def _conclude(self) -> None:
        """Say how many routes were passed over."""
        self._concluding = None
        journals = [protocol.journal for protocol in self._traced.values()]
        logs = [log for journal in journals for log in (journal.incoming, journal.outgoing)]
        for log in logs:
            log.conclude()
        if any(log.is_behind for log in logs):
            self._conclude_later()
