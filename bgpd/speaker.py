"""The BGP speaker of one configuration: tables, protocols, neighbors, kernel; started in order, and ended."""

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final

from bgpd import logs
from bgpd.health.faults import FAULTS
from bgpd.health.memory import Reclaimer
from bgpd.health.revival import Reviver
from bgpd.interface_patterns import parse_pattern, primary_rank
from bgpd.logs.about import LogEvent, about
from bgpd.neighborhood import Neighborhood
from bgpd.pipeline import Pipeline
from bgpd.policies import NO_FILTERS, Policies
from bgpd.prediction.prediction import Prediction, predict
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.reconfiguration.instances import Instances
from bgpd.reconfiguration.plan import Plan
from bgpd.reconfiguration.reconfigurer import Reconfigurer, breathe
from bgpd.restart.adoption import Adoption
from bgpd.restart.deferral import Deferral
from bgpd.restart.remembered import Remembered
from bgpd.settings import DaemonSettings
from bgpd.show.view import Recovery
from bgpd.startup import KERNEL_RIGHT, StartupError, missing_capabilities, require_capabilities
from bgpd.tables import RoutingTables
from bgpd.traces.tables import RouteTraces
from kernel_sync.interface_changes import InterfaceChanges
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.monitor import Monitor
from rib.history import History
from rib.table import Table

Follow = Callable[[DaemonSettings], Awaitable[Sequence[str]]]
"""Follows changed settings, and returns what can't be done, in words."""

_STOP: Final = "stop"
_log: Final = logging.getLogger("bgpd")


async def _nothing_else(_settings: DaemonSettings) -> Sequence[str]:
    return ()


class Speaker:
    """All that routes pass through, and whoever follows the configuration and the host."""

    def __init__(
        self,
        settings: DaemonSettings,
        now: Callable[[], float],
        loop: asyncio.AbstractEventLoop,
        follow: Follow = _nothing_else,
    ) -> None:
        """``now`` is the Unix time; ``follow`` does what a configuration says that is no matter of routes."""
        self.settings = settings
        self.shutting_down = False
        self.recovers = False
        """Whether an earlier process is to be succeeded, whatever it has left."""
        self.reconfigured = now()
        """When the settings in force were applied."""
        self.protocols: dict[str, Protocol] = {}
        self.policies = NO_FILTERS
        patterns = settings.device.primary if settings.device is not None else ()
        self.interfaces = InterfaceTable(primary_rank([*map(parse_pattern, patterns)]))
        self.tables = RoutingTables(settings.tables, settings.decision, loop)
        self.surroundings = Surroundings(settings.router_id or 0, self.interfaces, now)
        self.adoption = Adoption((), self.tables, loop)
        self.neighborhood = Neighborhood(settings, self.protocols, self.surroundings, loop)
        self.instances = Instances(
            self.protocols, self.tables, self.surroundings, self.neighborhood, self.adoption, loop
        )
        self.reconfigurer = Reconfigurer(self, loop)
        self.reviver = Reviver(self.protocols, now, loop)
        self.surroundings.failed = self.reviver.failed
        self.histories: dict[Table, History] = {}
        self._now = now
        self._follow = follow
        self._monitor = Monitor(self.interfaces, self._interfaces_changed)
        self._monitor.on_fault = partial(FAULTS.note, "interfaces")
        self._reclaimer = Reclaimer(self.tables, loop)
        self._traces = RouteTraces(self.protocols, self.surroundings.route_words, loop)
        self.surroundings.feeds = self._traces.feed
        self.surroundings.deferral = Deferral(self.tables, loop)
        self.surroundings.deferral.on_over = self._recovered
        self._remember(self.tables)

    def _remember(self, pipelines: Iterable[Pipeline]) -> None:
        for pipeline in pipelines:
            history = self.histories[pipeline.table] = History(self._now)
            pipeline.attach(history)
            self._traces.follow(pipeline)
            self.reviver.watch(pipeline)

    # -- life --------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to work. Raises StartupError."""
        settings = self.settings
        logs.follow(settings)
        require_capabilities(settings.port if settings.listen else None, kernel=bool(settings.kernels))
        await self._monitor.start()
        self._describe_router()
        self.take_policies(await self.policies_of(settings))
        for number, protocol in enumerate(settings.protocols):
            self.instances.add(protocol)
            await breathe(number)
        self._listen()
        await self._open_kernels()
        self._look_back()
        self.tables.follow(self.interfaces)
        for local in self._local:
            self._begin(local)
        await asyncio.sleep(0)

    def recall(self, remembered: Remembered) -> None:
        """Learn what an earlier process has left word of, before ``start``."""
        self.surroundings.remembered = remembered
        for pipeline in self.tables:
            table = pipeline.table
            known = remembered.path_identifiers.get(f"{table.name} {table.family.name}", {})
            table.remember_identifiers(known)

    async def meet_neighbors(self) -> None:
        """Look for the neighbors: everything that is known without them is in the tables."""
        self._reclaimer.begin()
        for number, protocol in enumerate([*self.protocols.values()]):
            if isinstance(protocol, BgpProtocol | NeighborRange):
                self._begin(protocol)
                await breathe(number)
        self.neighborhood.start()
        self.adoption.begin()
        self.surroundings.deferral.begin()
        _log.info("Started", extra=about(LogEvent.STARTED))

    def _begin(self, protocol: Protocol) -> None:
        try:
            protocol.start()
        except Exception as error:
            self.reviver.failed(protocol, error)

    @property
    def _local(self) -> Sequence[Protocol]:
        """All that have neither neighbors nor a table of the kernel."""
        others = BgpProtocol | NeighborRange | KernelProtocol
        return [each for each in self.protocols.values() if not isinstance(each, others)]

    def _describe_router(self) -> None:
        """Find out who we are, for all who ask the surroundings."""
        settings, surroundings = self.settings, self.surroundings
        router_id = settings.router_id or surroundings.router_id
        if not router_id:
            lowest = self.interfaces.lowest_ipv4()
            if lowest is None:
                raise StartupError(
                    "no interface that is up has an IPv4 address to take the router id from; "
                    'set it: id = "192.0.2.1" in [router]'
                )
            router_id = int.from_bytes(lowest)
        cluster_ids = [neighbor.cluster_id for neighbor in settings.neighbors]
        surroundings.identify(
            router_id, settings.cluster_id, [number for number in cluster_ids if number is not None]
        )
        surroundings.convergence = self.adoption.convergence

    def _listen(self) -> None:
        try:
            self.neighborhood.listen()
        except OSError as error:
            raise StartupError(_listening_problem(error, self.settings.port)) from error

    async def _open_kernels(self) -> None:
        try:
            for kernel in self.instances.kernels:
                if not kernel.is_disabled:
                    await self._open(kernel)
        except PermissionError as error:  # root in a user namespace has its rights elsewhere
            raise StartupError(missing_capabilities(KERNEL_RIGHT)) from error

    async def _open(self, kernel: KernelProtocol) -> None:
        try:
            await kernel.open()
        except OSError:
            raise
        except Exception as error:
            self.reviver.failed(kernel, error)

    def _look_back(self) -> None:
        """Find out what has outlived an earlier process, so that neighbors know (RFC 4724 §4.1).

        Where nothing is written to the kernel, others do the forwarding, and nobody can tell whether there
        was an earlier process. BIRD believes that there was one if it is told so.
        """
        kernels = [each for each in self.instances.kernels if each.is_up and each.exports]
        restart, is_bird = self.surroundings.restart, self.settings.dialect == "bird"
        restart.lost = {kernel.family for kernel in kernels if not kernel.strays}
        is_kept = any(neighbor.asks_for_help for neighbor in self.settings.neighbors)
        is_found = any(kernel.strays for kernel in kernels) or (not kernels and self._may_be_kept)
        if self.recovers or (is_kept and is_found and not is_bird):
            restart.is_restarting = True
            _log.info("Graceful restart started")
            for kernel in self.instances.kernels:
                kernel.recover()
            self.surroundings.deferral.defer(self.settings.restart_wait)
        elif is_bird:
            restart.lost = {kernel.family for kernel in kernels}

    @property
    def _may_be_kept(self) -> bool:
        """Whether neighbors may have kept our routes; without any memory they may."""
        remembered = self.surroundings.remembered
        return remembered.is_empty or bool(remembered.keepers(self._now()))

    def _recovered(self) -> None:
        """What neighbors have kept of ours is replaced from now on."""
        _log.info("Graceful restart done")
        self.surroundings.restart.is_restarting = False
        for kernel in self.instances.kernels:
            kernel.recovered()

    async def stop(self, *, graceful: bool = False) -> None:
        """Neighbors first, so that nobody sends us packets any more, then the kernel.

        That the neighbors' routes leave the table is no news for the kernel, which may have to keep them.
        Whatever goes wrong, the rest is done.
        """
        self.shutting_down = True
        self.reviver.stop()
        with FAULTS.contained(_STOP):
            await self.reconfigurer.stop()
        for each in (self.adoption, self.surroundings.deferral, self._reclaimer):
            with FAULTS.contained(_STOP):
                each.stop()
        kernels = self.instances.kernels
        for kernel in kernels:
            with FAULTS.contained(_STOP, kernel.name):
                kernel.detach()
        with FAULTS.contained(_STOP):
            await self.neighborhood.stop(silently=graceful)
        for kernel in kernels:
            with FAULTS.contained(_STOP, kernel.name):
                await kernel.stop(keep=graceful)
        self._monitor.stop()

    # -- the host changes --------------------------------------------------------------------------

    def _interfaces_changed(self, changes: InterfaceChanges) -> None:
        """Routes and next hops follow the interfaces."""
        with FAULTS.contained("interfaces"):
            self.tables.interfaces_changed(changes)
        self.instances.interfaces_changed(changes)
        with FAULTS.contained("interfaces"):
            self.neighborhood.interfaces_changed(changes)
        if not self.policies.host.is_true_after(changes):
            self.take_policies(self.policies.of_changed_host())
            for settings in self.settings.protocols:
                protocol = self.protocols.get(settings.name)  # it may be on its way
                if protocol is not None and not protocol.is_leaving:
                    self.instances.take_on(settings)

    # -- the configuration changes -----------------------------------------------------------------

    async def predict(self, settings: DaemonSettings) -> Prediction:
        """Prepare to find out what would come of these settings."""
        return await predict(self, self.reconfigurer.plan(settings))

    async def policies_of(self, settings: DaemonSettings) -> Policies:
        """Work out the filters of these settings, beside everything else."""
        former = self.policies
        if former is NO_FILTERS:
            return await asyncio.to_thread(Policies, settings.filters, self.surroundings)
        found = await asyncio.to_thread(former.successor, settings.filters)
        return found if former is self.policies else self.policies.successor(settings.filters)

    def take_policies(self, policies: Policies) -> None:
        """Let these decide from now on, with what is known of the host by now."""
        former = self.policies
        if former is not NO_FILTERS and policies.host is not former.host:
            policies = policies.of_changed_host()
        self.surroundings.policies = self.policies = policies
        for pipeline in self.tables:
            pipeline.forget_unused()

    async def settle(self, found: Plan) -> Sequence[str]:
        """Follow everything that is no protocol; return what can't be done, in words."""
        self.settings = found.in_force
        self.reconfigured = self._now()
        logs.follow(found.in_force)
        self._describe_router()
        for name in found.new_tables:
            self._remember(self.tables.add(name, self.interfaces))
        problems = []
        if found.listens_elsewhere or not self.neighborhood.is_listening:
            try:
                self.neighborhood.listen_elsewhere(found.in_force)
            except OSError as error:
                problems.append(_listening_problem(error, found.in_force.port))
        return [*problems, *await self._follow(found.in_force)]

    def clear(self, found: Plan) -> None:
        """Have those tables no more that nobody uses."""
        for name in found.old_tables:
            for pipeline in self.tables[name].values():
                pipeline.detach(self.histories.pop(pipeline.table))
                self._traces.forget(pipeline)
            self.tables.remove(name)

    @property
    def recovery(self) -> Recovery | None:
        """How far the neighbors are with what they have to say; None if they have said it."""
        deferral = self.surroundings.deferral
        if deferral.is_over:
            return None
        return Recovery(deferral.number_waited_for, int(deferral.left), int(deferral.limit))


def _listening_problem(error: OSError, port: int) -> str:
    remedy = "set listen or port in [router]"
    if error.errno == errno.EADDRINUSE:
        remedy = f"stop the program that has port {port} (ss -ltnp shows it), or {remedy}"
    return f"{error.strerror or error}; {remedy}"
