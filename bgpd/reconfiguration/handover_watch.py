"""Watches a handover while it goes on: looks at the tables, and has those go who are not needed any more."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import time
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.reconfiguration.handover import Handover
from bgpd.reconfiguration.handover_log import HandoverLog
from bgpd.reconfiguration.held import Held
from bgpd.reconfiguration.survey import Survey

_LOOK_SECONDS: Final = 1.0
_LEAST_REST: Final = 10.0
"""As a multiple of the CPU time that a look took."""


class HandoverWatch:
    """Has the present handover, and a task as long as somebody is kept."""

    def __init__(
        self,
        protocols: Mapping[str, Protocol],
        loop: asyncio.AbstractEventLoop,
        go_on: Callable[[], Awaitable[bool]],
    ) -> None:
        """``go_on`` applies the configuration without those who are kept no longer, or says that it can't."""
        self.handover = Handover()
        self._loop = loop
        self._go_on = go_on
        self._protocols = protocols
        self._survey = Survey(protocols)
        self._log = HandoverLog()
        self._draining: dict[str, BgpProtocol] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def held(self) -> Sequence[Held]:
        """Who is kept now."""
        return self.handover.held(time() - self._loop.time())

    def follow(self, handover: Handover) -> None:
        """Watch this one from now on; those that it keeps are in force."""
        self.handover = handover
        self._drain()
        if handover.is_under_way and (self._task is None or self._task.done()):
            self._task = self._loop.create_task(self._watch())

    async def stop(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        has_ended = False
        while self.handover.is_under_way or has_ended:
            await asyncio.sleep(max(_LOOK_SECONDS, _LEAST_REST * self._survey.cost))
            with FAULTS.contained("reconfiguration"):
                has_ended = await self._look() or has_ended
                if has_ended and await self._go_on():
                    has_ended = False
        self._survey.forget()

    async def _look(self) -> bool:
        """Look once, and return whether anything is to change."""
        handover = self.handover
        sights = await self._survey.look(handover.stays)
        if handover is not self.handover:
            return False  # there is a newer configuration by now
        now = self._loop.time()
        have_spoken = self._survey.have_spoken(sights)
        has_ended = handover.see(sights, now, have_spoken=have_spoken)
        self._drain()
        self._log.stay(handover.held(), lambda each: round(each.until - now))
        self._log.end(handover.ended)
        return has_ended

    def _drain(self) -> None:
        """Lead those around us who are about to go, until they have, and no longer who stays after all."""
        found = {name: self._protocols.get(name) for name in self.handover.draining}
        wanted = {
            name: each
            for name, each in found.items()
            if isinstance(each, BgpProtocol) and not each.is_leaving
        }
        for name in [each for each in self._draining if each not in wanted]:
            neighbor = self._draining.pop(name)
            if not neighbor.is_leaving:
                neighbor.step_back()
        for name, neighbor in wanted.items():
            if neighbor.exchanges and not neighbor.is_draining:
                self._draining[name] = neighbor
                neighbor.step_aside()
