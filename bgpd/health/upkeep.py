"""What goes on beside the speaker for whoever starts it again: the state file, systemd and its watchdog."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from bgpd.health.faults import FAULTS
from bgpd.health.progress import Progress
from bgpd.health.sd_notify import Heartbeat, Notifier
from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.restart.remembered import NOTHING, Remembered
from bgpd.restart.remembered_file import RememberedFile
from bgpd.restart.remembering import Remembering, remembered_of
from rib.table import Table

_log: Final = logging.getLogger("bgpd")


class House(Protocol):
    """The daemon, as far as it is looked at."""

    @property
    def protocols(self) -> Mapping[str, RoutingProtocol]: ...
    @property
    def tables(self) -> Sequence[Table]: ...
    @property
    def pipelines(self) -> Sequence[Pipeline]: ...
    @property
    def configuration_problem(self) -> str: ...
    def now(self) -> float:
        """Return the Unix time."""


class Upkeep:
    """Begins when the speaker does, and ends with it."""

    def __init__(self, house: House, notifier: Notifier, loop: asyncio.AbstractEventLoop) -> None:
        self.notifier = notifier
        self._house = house
        self._loop = loop
        self._former = NOTHING
        self._remembering: Remembering | None = None
        self._heartbeat = Heartbeat(notifier, self._status, self._is_moving, loop)
        self._progress = Progress()
        self._is_begun = False

    def recall(self, path: str) -> Remembered:
        """Return what an earlier process has written; from now on we write."""
        file = RememberedFile(path)
        former = self._former = file.read()
        self._remembering = Remembering(file, self._look, self._loop)
        if not former.is_empty:
            age, how = max(0.0, self._house.now() - former.at), former.ended or "not in good order"
            keepers = former.keepers(self._house.now())
            kept = f"; {len(keepers)} of its neighbors may have kept our routes" if keepers else ""
            _log.info("A former process was there %.0f s ago, and ended: %s%s", age, how, kept)
        return former

    def begin(self) -> None:
        """All is there that can be there without the neighbors."""
        if self._remembering is not None:
            self._remembering.begin()
            self._is_begun = True
        self.ready()

    def ready(self) -> None:
        """Whatever systemd waits for is done, or will take its time."""
        self.notifier.ready()
        self._heartbeat.begin()

    def last_look(self) -> Remembered | None:
        """The daemon is about to end: return how things are before it does."""
        self.notifier.stopping("stopping")
        if not self._is_begun:
            return None  # the former one's word holds
        try:
            return self._look()
        except Exception as error:
            FAULTS.note("state file", error)
            return None

    async def end(self, last: Remembered | None, ended: str) -> None:
        """Leave word for the next process."""
        self._heartbeat.stop()
        if self._remembering is not None and last is not None:
            await self._remembering.end(last, ended)

    def _look(self) -> Remembered:
        house = self._house
        return remembered_of(house.protocols.values(), house.tables, self._former, house.now())

    def _is_moving(self) -> bool:
        return self._progress.is_made(self._house.pipelines)

    def _status(self) -> str:
        house = self._house
        if house.configuration_problem:
            return house.configuration_problem.splitlines()[0]
        neighbors = [each for each in house.protocols.values() if isinstance(each, BgpProtocol)]
        established = sum(each.peer.session is not None for each in neighbors)
        prefixes = sum(map(len, house.tables))
        return f"{established} of {len(neighbors)} neighbors established, {prefixes} prefixes"
