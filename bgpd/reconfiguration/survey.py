"""Looks at the tables for a handover: what those who are to leave bring, and who else does."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from time import thread_time
from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.reconfiguration.handover import Sight, Stay
from messages.families import Family
from messages.families.prefix import render_prefix
from messages.iana import CeaseSubcode, ErrorCode
from rib.coverage import Share, shares
from rib.route import Source

_GONE: Final = (ErrorCode.CEASE, CeaseSubcode.PEER_DE_CONFIGURED)
_HARD: Final = (ErrorCode.CEASE, CeaseSubcode.HARD_RESET)
_MOMENT: Final = 1.0
"""Seconds between a NOTIFICATION and the end of the session, at most."""


class _Sides(NamedTuple):
    """Whose routes in one table go, and whose stay."""

    leaving: frozenset[Source]
    staying: frozenset[Source]


class _Finding(NamedTuple):
    """What was found in a table, and for how long that holds."""

    rounds: int
    sides: _Sides
    shares: Mapping[Source, Share]


class Survey:
    """Looks time and again; at a table only if something has happened in it."""

    def __init__(self, protocols: Mapping[str, Protocol]) -> None:
        self._protocols = protocols
        self._findings: dict[Pipeline, _Finding] = {}
        self.cost = 0.0
        """Seconds of CPU time that the last look took."""

    async def look(self, stays: Iterable[Stay]) -> Mapping[str, Sight]:
        """Return what is seen of those who are kept, by their names; who is not there any more has left."""
        self.cost = 0.0
        kept = {stay.settings.name: stay for stay in stays}
        found = {name: self._protocols.get(name) for name in kept}
        neighbors = {name: each for name, each in found.items() if isinstance(each, BgpProtocol)}
        leaving = {name for name in neighbors if kept[name].kind != "reflected"}
        known: dict[Source, tuple[Share, Family]] = {}
        sides_of = self._sides(neighbors.values(), leaving)
        self._findings = {each: known for each, known in self._findings.items() if each in sides_of}
        for pipeline, sides in sides_of.items():
            for source, share in (await self._shares(pipeline, sides)).items():
                known[source] = share, pipeline.table.family
        return {name: _sight(each, known) for name, each in neighbors.items()}

    def forget(self) -> None:
        """Nobody is kept any more: what was found is not needed, nor whom it was about."""
        self._findings.clear()

    def have_spoken(self, kept: Collection[str]) -> bool:
        """Tell whether all but those who are kept have said what they have."""
        neighbors = [each for each in self._protocols.values() if isinstance(each, BgpProtocol)]
        return all(each.has_spoken for each in neighbors if each.name not in kept and not each.is_disabled)

    def _sides(self, looked_at: Iterable[BgpProtocol], gone: Collection[str]) -> Mapping[Pipeline, _Sides]:
        leaving: defaultdict[Pipeline, set[Source]] = defaultdict(set)
        staying: defaultdict[Pipeline, set[Source]] = defaultdict(set)
        for each in looked_at:
            for tie in each.routes.ties.values():
                leaving[tie.pipeline].add(tie.source)
        for name, protocol in self._protocols.items():
            if isinstance(protocol, BgpProtocol) and name not in gone and not protocol.is_leaving:
                for family in protocol.exchanges:
                    tie = protocol.routes.ties[family]
                    staying[tie.pipeline].add(tie.source)
        return {
            pipeline: _Sides(frozenset(sources), frozenset(staying[pipeline]))
            for pipeline, sources in leaving.items()
        }

    async def _shares(self, pipeline: Pipeline, sides: _Sides) -> Mapping[Source, Share]:
        before, rounds = self._findings.get(pipeline), pipeline.rounds
        if before is not None and (before.rounds, before.sides) == (rounds, sides):
            return before.shares
        found: Mapping[Source, Share] = {}
        steps = shares(pipeline.table, sides.leaving, sides.staying)
        is_over = False
        while not is_over:
            began = thread_time()
            step = next(steps)
            self.cost += thread_time() - began
            if step is not None:
                found, is_over = step, True
            else:
                await asyncio.sleep(0)
        self._findings[pipeline] = _Finding(rounds, sides, found)
        return found


def _sight(neighbor: BgpProtocol, known: Mapping[Source, tuple[Share, Family]]) -> Sight:
    brought = missing = 0
    example, is_reflected = "", False
    for tie in neighbor.routes.ties.values():
        if tie.source in known:
            share, family = known[tie.source]
            brought, missing = brought + share.brought, missing + share.missing
            is_reflected = is_reflected or share.is_reflected
            if share.example is not None and not example:
                example = render_prefix(share.example, family)
    return Sight(brought, missing, example, is_reflected, _has_left(neighbor))


def _has_left(neighbor: BgpProtocol) -> bool:
    """Tell whether an operator has ended it here, or the configuration has at the other end."""
    if neighbor.is_disabled or neighbor.is_leaving:
        return True
    peer = neighbor.peer
    loss = peer.last_loss
    note = None if loss is None else loss.received
    if peer.session is not None or note is None or loss is None or note.at < loss.at - _MOMENT:
        return False
    code, subcode, data = note.notification
    return (code, subcode) == _GONE or ((code, subcode) == _HARD and (*data[:2],) == _GONE)
