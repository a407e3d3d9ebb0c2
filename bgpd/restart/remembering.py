"""Keeps the state file true: a look every few seconds, a write when there is news, and one at the end."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.protocol import Protocol
from bgpd.restart.remembered import NOTHING, REFRESH, Remembered, RememberedNeighbor, Visitor
from bgpd.restart.remembered_file import RememberedFile
from rib.table import Table

_LOOK_SECONDS: Final = 5.0
_PLACE: Final = "state file"


def remembered_of(
    protocols: Iterable[Protocol], tables: Iterable[Table], former: Remembered, now: float
) -> Remembered:
    """Return what the next process will want to know; what the ``former`` one knew counts on."""
    everybody = [*protocols]
    return Remembered(
        at=now,
        neighbors={
            each.name: _neighbor(each, former.neighbors.get(each.name, RememberedNeighbor()))
            for each in everybody
            if isinstance(each, BgpProtocol)
        },
        visitors={each.name: _visitors(each) for each in everybody if isinstance(each, NeighborRange)},
        path_identifiers=dict(filter(lambda row: row[1], map(_identifiers, tables))),
    )


def _neighbor(neighbor: BgpProtocol, former: RememberedNeighbor) -> RememberedNeighbor:
    peer = neighbor.peer
    error = peer.last_error or ("" if peer.flaps else former.last_error)
    return RememberedNeighbor(former.sessions_lost + peer.flaps, error, neighbor.keeps_ours)


def _visitors(neighbors: NeighborRange) -> Sequence[Visitor]:
    return [Visitor(address, interface or "") for address, interface in neighbors.places]


def _identifiers(table: Table) -> tuple[str, Mapping[str, int]]:
    used = {source.name: source.path_id for source in table.sources if source.path_id and source.routes}
    return f"{table.name} {table.family.name}", used


class Remembering:
    """Writes beside everything else; whoever is killed loses what a few seconds have brought."""

    def __init__(
        self, file: RememberedFile, look: Callable[[], Remembered], loop: asyncio.AbstractEventLoop
    ) -> None:
        """``look`` tells how things are now."""
        self._file = file
        self._look = look
        self._loop = loop
        self._written = NOTHING
        self._handle: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look from now on."""
        self._handle = self._loop.call_later(_LOOK_SECONDS, self._look_again)

    async def end(self, last: Remembered, ended: str) -> None:
        """Write for the last time how things were before the end, and how we have ended."""
        if self._handle is not None:
            self._handle.cancel()
        if self._writing is not None:
            await asyncio.wait([self._writing])
        with FAULTS.contained(_PLACE):
            await asyncio.to_thread(self._file.write, replace(last, ended=ended))

    def _look_again(self) -> None:
        self.begin()
        if self._writing is not None and not self._writing.done():
            return
        with FAULTS.contained(_PLACE):
            now, before = self._look(), self._written
            is_new = replace(now, at=before.at) != before
            if is_new or now.at - before.at >= REFRESH:
                self._writing = self._loop.create_task(self._write(now))

    async def _write(self, now: Remembered) -> None:
        with FAULTS.contained(_PLACE):
            if await asyncio.to_thread(self._file.write, now):
                self._written = now
