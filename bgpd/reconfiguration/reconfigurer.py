"""A changed configuration, applied: one after the other, each in steps between which the daemon works on."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import time
from typing import Any, Final, NamedTuple, Protocol

from bgpd.health.faults import FAULTS
from bgpd.logs.about import LogEvent, about
from bgpd.policies import Policies
from bgpd.protocols.protocol import Leaving
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.reconfiguration.consequences import Consequences
from bgpd.reconfiguration.handover import Handover
from bgpd.reconfiguration.handover_watch import HandoverWatch
from bgpd.reconfiguration.held import Held
from bgpd.reconfiguration.instances import Instances
from bgpd.reconfiguration.plan import Plan, plan, takes_over
from bgpd.reconfiguration.soft_reload import NoSoftReloadError, with_old_filters
from bgpd.reconfiguration.succession import have_spoken, succession
from bgpd.settings import DaemonSettings, NeighborSettings
from bgpd.show.view import Reconfiguration, ReconfigurationResult

_log: Final = logging.getLogger("bgpd")
_AT_ONCE: Final = 16
"""Protocols that are made, or told of their settings, between two turns of the loop."""


class House(Protocol):
    """The daemon, as far as a configuration is about it and not about a protocol."""

    settings: DaemonSettings
    shutting_down: bool

    @property
    def protocols(self) -> dict[str, RoutingProtocol]: ...

    @property
    def instances(self) -> Instances: ...

    async def policies_of(self, settings: DaemonSettings) -> Policies:
        """Work out the filters of these settings, beside everything else."""

    def take_policies(self, policies: Policies) -> None:
        """Let these decide about what comes from now on."""

    async def settle(self, found: Plan) -> Sequence[str]:
        """Follow everything that is no protocol; return what can't be done, in words."""

    def clear(self, found: Plan) -> None:
        """Have those tables no more that nobody uses."""


class _Way(NamedTuple):
    """What is in force between two steps is neither of these, and nobody has asked for it."""

    origin: DaemonSettings | None
    """None if it was undone."""
    aim: DaemonSettings


class _Goal(NamedTuple):
    """What is to be in force: a configuration, and who of the former one stays in it for a while."""

    meant: DaemonSettings
    settings: DaemonSettings
    handover: Handover
    is_asked_for: bool = True
    """Whether somebody wants it, and may undo it; otherwise all that happens is that others leave."""


class Reconfigurer:
    """Takes the daemon from the settings in force to others, and back again."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self._house = house
        self._loop = loop
        self._meant: DaemonSettings | None = None
        """What was asked for, without whom a handover keeps; None: the settings in force."""
        self._former: DaemonSettings | None = None
        """What an undo puts back."""
        self._way: _Way | None = None
        """Between the two steps of a succession."""
        self._queued: DaemonSettings | None = None
        self._is_waiting = False
        """Whether protocols of the former configuration are still on their way out."""
        self._is_preparing = False
        """Whether new neighbors are waited for, in whose favor others are to leave."""
        self._undo: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        """What goes on by itself."""
        self._turn = asyncio.Lock()
        self._watch = HandoverWatch(house.protocols, loop, self._go_on)
        self._faults: dict[str, str] = {}
        """The bugs that came up when the settings in force were applied, by the protocols they hit."""

    @property
    def problems(self) -> Sequence[str]:
        """What bugs were in the way of when the settings in force were applied, in words."""
        return [f"{name}: a bug was in the way: {what}" for name, what in self._faults.items()]

    @property
    def is_under_way(self) -> bool:
        """Whether protocols of the former configuration are still on their way out, or are to leave soon."""
        return self._is_waiting or self._is_preparing

    @property
    def held(self) -> Sequence[Held]:
        """Whom a change of the cluster's mode keeps for the time being."""
        return self._watch.held

    # What is asked for

    async def apply(
        self,
        settings: DaemonSettings,
        *,
        soft: bool = False,
        undo_after: int | None = None,
        expired: Callable[[], None] = lambda: None,
    ) -> Reconfiguration:
        """Go to other settings; return as soon as it is known what becomes of them."""
        self._cancel_undo()
        if undo_after is not None:
            self._undo = self._loop.call_later(undo_after, self._expire, expired)
        async with self._turn:
            return await self._go(settings, soft=soft)

    async def undo(self) -> Reconfiguration:
        """Go back to the former settings."""
        self._cancel_undo()
        async with self._turn:
            if self._queued is not None:
                self._queued = None
                return Reconfiguration(ReconfigurationResult.UNQUEUED)
            if self._former is None:
                return Reconfiguration(ReconfigurationResult.NOTHING_TO_DO)
            outcome = await self._go(self._former)
            self._former = None  # what was undone is not to come back
            if self._way is not None and outcome.result is not ReconfigurationResult.QUEUED:
                self._way = self._way._replace(origin=None)
            return outcome

    def confirm(self) -> Reconfiguration:
        """Stay with the present settings."""
        if self._undo is None:
            return Reconfiguration(ReconfigurationResult.NOTHING_TO_DO)
        self._cancel_undo()
        return Reconfiguration(ReconfigurationResult.CONFIRMED)

    async def stop(self) -> None:
        """The daemon ends: do nothing more."""
        self._cancel_undo()
        await self._watch.stop()
        for task in (tasks := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _cancel_undo(self) -> None:
        if self._undo is not None:
            self._undo.cancel()
            self._undo = None

    def _expire(self, expired: Callable[[], None]) -> None:
        self._undo = None
        _log.info("Config timeout expired, starting undo")
        expired()
        self._begin_task(self.undo())

    # How it is done

    def _begin_task(self, work: Coroutine[Any, Any, object]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go(self, settings: DaemonSettings, *, soft: bool = False) -> Reconfiguration:
        """Begin, unless it has to wait; the caller has the turn."""
        remarks = []
        if soft:
            try:
                renamed = self.plan(settings).renamed
                settings = await asyncio.to_thread(with_old_filters, self._house.settings, settings, renamed)
            except NoSoftReloadError as error:
                remarks.append(f"the filters could not stay as they were: {error}")
        if self._house.shutting_down:
            return Reconfiguration(ReconfigurationResult.IGNORED)
        if self.is_under_way:
            self._queued = settings
            return Reconfiguration(ReconfigurationResult.QUEUED, remarks)
        outcome = await self._first_step(settings)
        return outcome._replace(remarks=[*remarks, *outcome.remarks])

    async def _first_step(self, settings: DaemonSettings) -> Reconfiguration:
        """Begin with the new neighbors alone if others are to leave for them; the rest is a second step."""
        house, goal = self._house, await self._goal(settings)
        found = self.plan(goal.settings)
        first = await asyncio.to_thread(succession, house.settings, goal.settings, found)
        if first is None:
            return await self._begin(goal)
        origin = self._meant or house.settings
        outcome = await self._begin(goal._replace(settings=first.settings))
        self._way, self._is_preparing = _Way(origin, settings), True
        self._begin_task(self._second_step(settings, first.successors))
        return outcome._replace(result=ReconfigurationResult.IN_PROGRESS)

    async def _second_step(self, settings: DaemonSettings, successors: Sequence[NeighborSettings]) -> None:
        """Let those go who were to leave, unless there is a newer configuration by now."""
        with FAULTS.contained("reconfiguration"):
            await have_spoken(self._house.protocols, successors)
        async with self._turn:
            self._is_preparing = False
            wanted, self._queued = self._queued or settings, None
            if self._is_waiting:
                self._queued = wanted
            else:
                await self._begin(await self._goal(wanted))

    async def _goal(self, settings: DaemonSettings) -> _Goal:
        """Find out who stays for a while if this configuration is applied."""
        handover, in_force = self._watch.handover, self._house.settings
        coming = handover.towards(settings, self.plan(settings), in_force, self._loop.time())
        try:
            kept_in = await asyncio.to_thread(coming.with_stays, settings, in_force)
        except NoSoftReloadError as error:
            _log.warning("Those who leave can't stay for a while: %s", error)
            coming = coming.without_leaving()
            kept_in = coming.with_stays(settings, in_force)
        return _Goal(settings, kept_in, coming)

    async def _go_on(self) -> bool:
        """Whoever is kept no longer leaves; return False if that has to wait."""
        async with self._turn:
            if self.is_under_way or self._house.shutting_down:
                return False
            goal = await self._goal(self._meant or self._house.settings)
            await self._begin(goal._replace(is_asked_for=False))
            return True

    def _put_back_by_undo(self, settings: DaemonSettings) -> DaemonSettings | None:
        """Return what an undo puts back once these settings are in force; None if they are undone ones."""
        way, self._way = self._way, None
        if way is None:
            return self._meant or self._house.settings
        if settings is way.aim:
            return way.origin
        return None if settings is way.origin else way.aim

    async def _begin(self, goal: _Goal) -> Reconfiguration:
        """Do all that needs nobody to leave first; the rest follows by itself."""
        _log.info("Reconfiguring")
        house = self._house
        found = self.plan(goal.settings)
        policies = await house.policies_of(goal.settings)
        if goal.is_asked_for:
            self._former = self._put_back_by_undo(goal.meant)
        self._meant = goal.meant
        self._faults.clear()
        leaving = await self._dismiss(found)
        house.take_policies(policies)
        house.instances.rename(found.renamed)
        remarks = [*found.waiting, *await house.settle(found)]
        remarks += await self._take_on(found)
        leaving, found = self._give_up(leaving, found)
        remarks += self.problems
        self._watch.follow(goal.handover)
        if all(protocol.has_left for protocol in leaving):
            await self._complete(found, leaving)
            return Reconfiguration(ReconfigurationResult.DONE, remarks)
        self._is_waiting = True
        self._begin_task(self._finish(found, leaving))
        return Reconfiguration(ReconfigurationResult.IN_PROGRESS, remarks)

    async def _take_on(self, found: Plan) -> Sequence[str]:
        """Let those who go on have their new settings; return what came of it, in words."""
        instances, remarks = self._house.instances, []
        switched = {settings.name for settings in found.switched}
        for number, kept in enumerate(found.kept):
            with self._contained(kept.name):
                change = instances.take_on(kept)
                if change:
                    remarks.append(f"{kept.name}: {change}")
                instances.note_reconfigured(kept)
                if kept.name in switched:
                    instances.switch(kept)
            await breathe(number)
        return remarks

    @contextmanager
    def _contained(self, name: str) -> Iterator[None]:
        """Go on with the others if a bug is in the way of one: the new configuration is what we go to."""
        try:
            yield
        except Exception as error:
            self._faults[name] = FAULTS.note("reconfiguration", error, name)

    def _give_up(
        self, leaving: Sequence[RoutingProtocol], found: Plan
    ) -> tuple[Sequence[RoutingProtocol], Plan]:
        """Whoever could not be changed in place starts anew, so that nothing is half done."""
        broken = [settings for settings in found.kept if settings.name in self._faults]
        left = [*leaving]
        for settings in broken:
            protocol = self._house.protocols[settings.name]
            with self._contained(settings.name):
                self._house.instances.dismiss(protocol, Leaving.RESTARTED)
            left.append(protocol)
        return left, replace(
            found,
            kept=[settings for settings in found.kept if settings not in broken],
            restarted=[*found.restarted, *broken],
        )

    def plan(self, settings: DaemonSettings) -> Plan:
        """Return what other settings would mean, and change nothing."""
        return plan(self._house.settings, settings, self._changed_by_hand())

    async def consequences(self, settings: DaemonSettings) -> Consequences:
        """Return what these settings would mean, and change nothing; a thread compares the neighbors."""
        present, now = self._house.settings, self._loop.time()
        found = await asyncio.to_thread(plan, present, settings, self._changed_by_hand())
        coming = self._watch.handover.towards(settings, found, present, now)
        return Consequences(present, found, coming.held(time() - now))

    def _changed_by_hand(self) -> Collection[str]:
        """Return whom the operator has enabled or disabled: to BIRD the file always has the last word."""
        house = self._house
        if house.settings.dialect != "bird":
            return ()
        wanted = {settings.name: settings.disabled for settings in house.settings.protocols}
        return [
            name
            for name, protocol in house.protocols.items()
            if wanted.get(name, protocol.is_disabled) is not protocol.is_disabled
        ]

    async def _dismiss(self, found: Plan) -> Sequence[RoutingProtocol]:
        """Let protocols go that are no more, or that start anew."""
        protocols, instances = self._house.protocols, self._house.instances
        before = {settings.name: settings for settings in self._house.settings.protocols}
        steps = [("Removing", each, False) for each in found.removed]
        steps += [("Restarting", each, takes_over(before[each.name], each)) for each in found.restarted]
        leaving = []
        for number, (verb, settings, is_succeeded) in enumerate(steps):
            _log.info("%s protocol %s", verb, settings.name)
            protocol = protocols[settings.name]
            with self._contained(settings.name):
                instances.dismiss(protocol, Leaving.RESTARTED if is_succeeded else Leaving.REMOVED)
            leaving.append(protocol)
            await breathe(number)
        return leaving

    async def _finish(self, found: Plan, leaving: Sequence[RoutingProtocol]) -> None:
        for protocol in leaving:
            await protocol.wait_left()
        async with self._turn:
            try:
                await self._complete(found, leaving)
            finally:
                self._is_waiting = False
            if self._queued is not None and not self._is_preparing:
                queued, self._queued = self._queued, None
                await self._begin(await self._goal(queued))

    async def _complete(self, found: Plan, leaving: Sequence[RoutingProtocol]) -> None:
        """Everybody who had to leave has: make what is new."""
        house = self._house
        former = {protocol.name: protocol for protocol in leaving}
        for settings in found.removed:
            house.instances.forget(former[settings.name])
        house.clear(found)
        for settings in found.added:
            _log.info("Adding protocol %s", settings.name)
        for number, settings in enumerate((*found.restarted, *found.added)):
            if settings.name in former:
                house.instances.forget(former[settings.name])
            with self._contained(settings.name):
                house.instances.add(settings).start()
            await breathe(number)
        _log.info("Reconfigured", extra=about(LogEvent.CONFIGURED))


async def breathe(number: int) -> None:
    """Let everything else have its turn once in a while, among so many protocols."""
    if number % _AT_ONCE == _AT_ONCE - 1:
        await asyncio.sleep(0)
