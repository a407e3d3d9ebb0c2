"""The composition root: builds everything from the settings, starts it in order, and takes it down again."""

import asyncio
import errno
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import time

from bgpd.adoption import Adoption
from bgpd.callbacks import CallbackClock
from bgpd.config import ConfigurationError
from bgpd.config.settings import DaemonSettings
from bgpd.control.server import AlreadyRunningError, ControlServer
from bgpd.export_counts import ExportCounts
from bgpd.filter_changes import follow_filters
from bgpd.http import HttpServer
from bgpd.interface_patterns import parse_pattern, primary_rank
from bgpd.interpreter import share_with_threads, spare_the_collector
from bgpd.memory import Reclaimer, keep_large_blocks_apart
from bgpd.metrics import pages
from bgpd.neighborhood import Neighborhood
from bgpd.pipeline import Pipeline
from bgpd.policies import NO_FILTERS, Policies
from bgpd.protocols.device import DeviceProtocol
from bgpd.protocols.direct import DirectProtocol
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.own_routes import OwnRoutesProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.static import StaticProtocol, sections
from bgpd.protocols.surroundings import Surroundings
from bgpd.reload import plan
from bgpd.sessions.strangers import StrangerNote
from bgpd.show.view import ReconfigurationError
from bgpd.startup import KERNEL_RIGHT, StartupError, missing_capabilities, require_capabilities
from bgpd.tables import RoutingTables
from bgpd.version import VERSION
from kernel_sync.flush import MarkedRoutes
from kernel_sync.interface_changes import InterfaceChanges
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.monitor import Monitor
from messages.families import Family
from rib.history import History
from rib.table import Table

_log = logging.getLogger("bgpd")


class Daemon:
    """One running BGP speaker."""

    version = VERSION
    marked_routes = MarkedRoutes

    def __init__(
        self,
        settings: DaemonSettings,
        read_again: Callable[[], DaemonSettings] | None = None,
        configuration_file: str = "",
    ) -> None:
        self.settings = settings
        self.configuration_file = configuration_file
        self._read_again = read_again or (lambda: settings)
        self.started = self.reconfigured = time()
        self.now = time
        self.router_id = settings.router_id or 0
        self.shutting_down = False
        self.interfaces = InterfaceTable(primary_rank([*map(parse_pattern, settings.primary)]))
        self.protocols: dict[str, Protocol] = {}
        self._loop = asyncio.get_running_loop()
        self._callbacks = CallbackClock()
        self._stop = asyncio.Event()
        self._monitor = Monitor(self.interfaces, self._interfaces_changed)
        self._tables = RoutingTables(settings.tables, settings.decision, self._loop)
        self._control = ControlServer(Path(settings.socket), self)
        self._metrics: HttpServer | None = None
        self.policies = NO_FILTERS
        self._surroundings: Surroundings | None = None
        self._neighborhood: Neighborhood | None = None
        self._kernels: list[KernelProtocol] = []
        self._adoption = Adoption(self._kernels, self._tables, self._loop)
        self._following: list[OwnRoutesProtocol] = []
        self._export_counts = ExportCounts(self._tables, self.protocols)
        self._reclaimer = Reclaimer(self.pipelines, self._loop)
        self._histories = {pipeline.table: History(self.now) for pipeline in self._tables}
        for pipeline in self._tables:
            pipeline.attach(self._histories[pipeline.table])

    # -- life --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until ``shutdown`` is called. Raises StartupError if the daemon can't start."""
        with self._callbacks.measuring():
            try:
                await self._start()
                await self._stop.wait()
            finally:
                self.shutting_down = True
                await self._shut_down()
        _log.info("Shutdown completed")

    def shutdown(self) -> None:
        """Ask for an orderly end."""
        self._stop.set()

    async def _start(self) -> None:
        port = self.settings.port if self.settings.listen else None
        require_capabilities(port, kernel=bool(self.settings.kernels))
        await self._open_control()
        await self._monitor.start()
        self._find_router_id()
        self._surroundings = surroundings = self._new_surroundings()
        self._make_protocols(surroundings)
        self._neighborhood = Neighborhood(
            self.settings, self.protocols, self._tables, surroundings, self._loop
        )
        await asyncio.sleep(0)  # with many neighbors each of these steps is a turn of the loop by itself
        self._listen(self._neighborhood)
        await self._open_metrics()
        await self._start_kernels()
        self._tables.follow(self.interfaces)
        for protocol in self.protocols.values():
            is_local = isinstance(protocol, OwnRoutesProtocol | DeviceProtocol | PipeProtocol)
            if is_local and not protocol.is_disabled:
                protocol.begin()
        await asyncio.sleep(0)
        spare_the_collector()
        share_with_threads()
        keep_large_blocks_apart()
        self._reclaimer.begin()
        await asyncio.sleep(0)
        self._neighborhood.start()
        self._adoption.begin()
        _log.info("Started")

    def _find_router_id(self) -> None:
        if not self.router_id:
            lowest = self.interfaces.lowest_ipv4()
            if lowest is None:
                raise StartupError(
                    "no interface that is up has an IPv4 address to take the router id from; "
                    'set it: id = "192.0.2.1" in [router]'
                )
            self.router_id = int.from_bytes(lowest)

    def _new_surroundings(self) -> Surroundings:
        settings = self.settings
        cluster_ids = [neighbor.cluster_id for neighbor in settings.neighbors]
        surroundings = Surroundings(
            self.router_id,
            self.interfaces,
            self.now,
            settings.cluster_id,
            [number for number in cluster_ids if number is not None],
        )
        surroundings.convergence = self._adoption.convergence
        surroundings.policies = self.policies = Policies(settings.filters, surroundings)
        return surroundings

    def _make_protocols(self, surroundings: Surroundings) -> None:
        settings, tables = self.settings, self._tables
        self._add(DeviceProtocol("device1", self.now))
        pipelines = tables[settings.direct_table]
        preference = settings.direct_preference
        direct = DirectProtocol(
            "direct1",
            settings.direct,
            pipelines,
            surroundings,
            preference,
            check_link=settings.direct_check_link,
        )
        self._add(direct)
        self._following.append(direct)
        for kernel in settings.kernels:
            pipeline = tables[kernel.rib_table][kernel.family]
            protocol = KernelProtocol(kernel, pipeline, surroundings)
            self._kernels.append(protocol)
            self._add(protocol)
        for pipe in settings.pipes:
            ours, theirs = tables[pipe.table], tables[pipe.peer_table]
            self._add(PipeProtocol(pipe, ours, theirs, self._loop, self.now, self.policies))
        self._make_statics(surroundings)

    def _make_statics(self, surroundings: Surroundings) -> None:
        for name, (table, preference, routes) in sections(self.settings.statics).items():
            pipelines = self._tables[table]
            static = StaticProtocol(name, routes, pipelines, surroundings, preference)
            self._add(static)
            self._following.append(static)

    def _add(self, protocol: Protocol) -> None:
        self.protocols[protocol.name] = protocol

    async def _open_control(self) -> None:
        try:
            await self._control.start()
        except AlreadyRunningError as error:
            raise StartupError(f"{error}; stop it first, or give this one another socket with -s") from error
        except OSError as error:
            raise StartupError(
                f"control socket {self.settings.socket}: {error.strerror or error}; choose another with -s"
            ) from error

    def _listen(self, neighborhood: Neighborhood) -> None:
        try:
            neighborhood.listen()
        except OSError as error:
            raise StartupError(
                f"{error.strerror or error}; {_port_remedy(error, self.settings.port)}"
            ) from error

    async def _open_metrics(self) -> None:
        if self.settings.metrics is None:
            return
        address, port = self.settings.metrics
        self._metrics = HttpServer(address, port, pages(self, self._callbacks))
        try:
            await self._metrics.start()
        except OSError as error:
            raise StartupError(
                f"metrics on {address} port {port}: {os.strerror(error.errno or 0)}; "
                'set listen in [metrics] to another address and port, or to "" for no metrics'
            ) from error

    async def _start_kernels(self) -> None:
        try:
            for kernel in self._kernels:
                await kernel.start()
        except PermissionError as error:  # root in a user namespace has its rights elsewhere
            raise StartupError(missing_capabilities(KERNEL_RIGHT)) from error

    async def _shut_down(self) -> None:
        """Neighbors first, so that nobody sends us packets any more, then the kernel.

        That the neighbors' routes leave the table is no news for the kernel, which may have to keep them.
        """
        graceful = self.settings.stop == "graceful"
        self._adoption.stop()
        self._reclaimer.stop()
        for kernel in self._kernels:
            kernel.detach()
        if self._neighborhood is not None:
            await self._neighborhood.stop(silently=graceful)
        for kernel in self._kernels:
            await kernel.stop(keep=graceful)
        self._monitor.stop()
        if self._metrics is not None:
            self._metrics.stop()
        await self._control.stop()

    # -- the host changes --------------------------------------------------------------------------

    def _interfaces_changed(self, changes: InterfaceChanges) -> None:
        """Routes and next hops follow the interfaces."""
        self._tables.interfaces_changed(changes)
        for protocol in self._following:
            protocol.interfaces_changed(changes)
        for kernel in self._kernels:
            kernel.interfaces_changed(changes.switched)
        if self._neighborhood is not None:
            self._neighborhood.interfaces_changed(changes)
            if not self.policies.host.is_true_after(changes):
                self._follow_filters(self.policies.of_changed_host(), self.settings)

    # -- what the operator asks --------------------------------------------------------------------

    @property
    def strangers(self) -> int:
        """How many connections were refused because they came from no neighbor."""
        return self._neighborhood.strangers if self._neighborhood is not None else 0

    @property
    def refusals(self) -> Sequence[StrangerNote]:
        """The last of them, the newest last."""
        return self._neighborhood.refusals if self._neighborhood is not None else ()

    def reload(self) -> None:
        """Reconfigure, and log what came of it."""
        try:
            for remark in self.reconfigure():
                _log.warning("%s", remark)
        except ReconfigurationError as error:
            _log.error("The configuration stays as it was: %s", error)

    def reconfigure(self) -> Sequence[str]:
        """Read the configuration again; return what was applied, and what differs but waits for a restart.

        Raises ReconfigurationError, and changes nothing, if the file is broken.
        """
        try:
            settings = self._read_again()
        except ConfigurationError as error:
            raise ReconfigurationError(str(error)) from None
        if self._neighborhood is None:
            raise ReconfigurationError("the daemon is still starting; ask again")
        found = plan(self.settings, settings)
        change = self._neighborhood.change_password
        applied = [change(name, password) for name, password in found.passwords.items()]
        applied += self._follow_filters(self.policies.successor(found.in_force.filters), found.in_force)
        self.settings = found.in_force
        self.reconfigured = self.now()
        _log.info("Reconfigured")
        return [*applied, *found.waiting]

    def _follow_filters(self, policies: Policies, settings: DaemonSettings) -> Sequence[str]:
        """Let these filters decide from now on; return what came of it, in words."""
        if self._surroundings is not None:
            self._surroundings.policies = policies
        self.policies = policies
        for pipeline in self._tables:
            pipeline.forget_unused()
        return [*follow_filters(self.protocols, settings, policies)]

    # -- what the control socket asks --------------------------------------------------------------

    @property
    def tables(self) -> Sequence[Table]:
        """Every name has one of each family."""
        return [pipeline.table for pipeline in self._tables]

    @property
    def pipelines(self) -> Sequence[Pipeline]:
        """One for each table."""
        return [*self._tables]

    def exported(self, protocol_name: str, family: Family) -> Iterator[int | None]:
        """Count the routes a protocol is told of; yields None while counting, at last the number."""
        return self._export_counts.exported(protocol_name, family)

    def history(self, table: Table) -> History:
        """Return the last changes of a table's best routes."""
        return self._histories[table]


def _port_remedy(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"stop the program that has port {port} (ss -ltnp shows it), or set listen or port in [router]"
    return "set listen or port in [router]"
