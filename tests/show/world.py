"""A daemon at a standstill, made of real tables, routes and protocols, for commands to be asked about."""

from asyncio import Event
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bgpd.config import build, load
from bgpd.kernel.routes import KernelView
from bgpd.pipeline import Pipeline
from bgpd.policies import NO_FILTERS, Policies
from bgpd.prediction.forecast import Forecast, Progress
from bgpd.protocols.details import NO_DETAILS, Details
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Channel, Protocol, ProtocolError, ProtocolState, RouteCounters
from bgpd.protocols.session_journal import SessionJournal
from bgpd.reconfiguration.consequences import Consequences
from bgpd.reconfiguration.held import Held
from bgpd.restart.leaving import Stop
from bgpd.sessions.strangers import StrangerNote
from bgpd.settings import DaemonSettings, PipeSettings
from bgpd.show.view import (
    Reconfiguration,
    ReconfigurationError,
    ReconfigurationResult,
    Recovery,
    Severity,
    Stalls,
)
from bgpd.sources.source import SourceStatus
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.kernel import KernelTable
from messages.attribute_set import AttributeSet
from messages.context import Context
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.path import make_path
from messages.families.prefix import PrefixKey, parse_address, parse_prefix
from rib.admission import Admission
from rib.egress import GroupKey, NextHopRule
from rib.history import History
from rib.ingress import Ingress
from rib.member import Member
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.policy import Policy
from rib.quota import ExportQuota
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from rib.table import Table
from rib.update_group import UpdateGroup
from tests.show.marked import StillMarked, StillMarkedRoutes

NOW = 1795363799
"""2026-11-22 16:09:59 UTC."""
STARTED = 1795363641
"""2026-11-22 16:07:21 UTC."""
ANNOUNCED = STARTED + 2
OURS = 64512


class StillLoop:
    """Runs what is to be done when the test says so."""

    def __init__(self) -> None:
        self._callbacks: deque[Callable[[], object]] = deque()

    def call_soon(self, callback: Callable[[], object]) -> None:
        self._callbacks.append(callback)

    def run(self) -> None:
        while self._callbacks:
            self._callbacks.popleft()()


class StillProtocol(Protocol):
    """A protocol that the test puts into its state, and that remembers what operators did to it."""

    def __init__(
        self, name: str, kind: str, state: ProtocolState, info: str = "", description: str = ""
    ) -> None:
        super().__init__(name, lambda: float(STARTED), description)
        self.kind = kind
        self.shown: Details = NO_DETAILS
        self.done: list[str] = []
        self._info = info
        self.enter(state)

    @property
    def info(self) -> str:
        return self._info

    def details(self) -> Details:
        return self.shown

    def begin(self) -> None:
        self.done.append("begin")
        self.enter(ProtocolState.START)

    def end(self, reason: str) -> None:
        self.done.append(f"end {reason}".rstrip())
        self.enter(ProtocolState.DOWN)

    def reload(self, *, incoming: bool, outgoing: bool) -> str:
        if self.kind != "BGP":
            return super().reload(incoming=incoming, outgoing=outgoing)
        if self.state is not ProtocolState.UP:
            raise ProtocolError("there is no session; a new one brings all routes anyway")
        self.done.append(" ".join(["reload", *["in"] * incoming, *["out"] * outgoing]))
        return "reloading"

    def drain(self, reason: str = "") -> str:
        if self.kind != "BGP":
            return super().drain(reason)
        self.done.append(f"drain {reason}".rstrip())
        return "draining"

    def undrain(self) -> str:
        return super().undrain() if self.kind != "BGP" else "undrained"


@dataclass(frozen=True, slots=True)
class StillSettings:
    """What commands read of a neighbor's settings."""

    asn: int
    families: Sequence[Family]


class StillNeighbor(StillProtocol):
    """A neighbor with real memberships in real update groups."""

    def __init__(
        self, name: str, asn: int, families: Sequence[Family], state: ProtocolState, info: str
    ) -> None:
        super().__init__(name, "BGP", state, info)
        self.settings = StillSettings(asn, families)
        self.keeps_ours = 0
        self.attachments: dict[Family, tuple[UpdateGroup, Member]] = {}
        self.entrances: dict[Family, Callable[[Policy], Ingress]] = {}

    def attachment(self, family: Family) -> tuple[UpdateGroup, Member] | None:
        return self.attachments.get(family)

    def entrance(self, family: Family, policy: Policy) -> Ingress:
        return self.entrances[family](policy)


class StillKernel(StillProtocol):
    """A kernel table to which nothing is written; the test says what the kernel refuses."""

    def __init__(
        self,
        name: str,
        table: Table,
        export: Policy,
        merge_paths: int,
        interface_index: Callable[[str], int],
    ) -> None:
        super().__init__(name, "Kernel", ProtocolState.UP)
        self.table = table.name
        self.kernel = KernelTable(table.family, now=lambda: float(NOW))
        self.waits = ""
        self.view = KernelView(self.kernel, export, 0, table.decision, merge_paths, interface_index)
        self.problems: dict[PrefixKey, str] = {}
        self.is_writing = False
        self.persists = False
        self._table = table
        self.channels = (Channel(table.family, None, Policy.NONE, export, RouteCounters()),)

    def follows(self, table: Table) -> bool:
        return self._table is table

    def problem(self, key: PrefixKey) -> str | None:
        return self.problems.get(key)

    def is_written(self, _key: PrefixKey) -> bool:
        return not self.is_writing


class StillPrediction:
    """What the test says that a configuration would change."""

    def __init__(self, forecast: Forecast, steps: Sequence[Progress | None] = ()) -> None:
        self.forecast = forecast
        self._steps = steps

    def steps(self) -> Iterator[Progress | None]:
        yield from self._steps


class StillDaemon:
    """Everything a command may ask, and nothing that happens by itself."""

    version = "0.1.0"
    started = float(STARTED)
    reconfigured = STARTED + 10.0
    configuration_file = "/etc/bgpd/bgpd.toml"
    stalls = Stalls(0.0124, "Pipeline._tick", 0)

    def __init__(self) -> None:
        self.router_id = int.from_bytes(parse_address("10.10.0.1"))
        self.shutting_down = False
        self.protocols: dict[str, Protocol] = {}
        self.loop = StillLoop()
        self.time = float(ANNOUNCED)
        self.pipelines: list[Pipeline] = []
        self.histories: dict[Table, History] = {}
        self.session_journal = SessionJournal()
        self.interfaces = InterfaceTable()
        self.strangers = 0
        self.refusals: list[StrangerNote] = []
        self.remarks: Sequence[str] = ()
        self.policies: Policies = NO_FILTERS
        self.marked = StillMarked()
        self.broken = ""
        """What is wrong with the configuration file."""
        self.dialect: Literal["bgpd", "bird"] = "bgpd"
        self.settings: DaemonSettings = build(load(None))
        self.configuration_problem = ""
        self.reconfiguration_problems: Sequence[str] = ()
        self.sources: Sequence[SourceStatus] = ()
        self.held: Sequence[Held] = ()
        self.is_reconfiguring = False
        self.recovery: Recovery | None = None
        self.result = ReconfigurationResult.DONE
        """What becomes of the next configuration."""
        self.done: list[str] = []
        """What was asked of the daemon as a whole."""
        self.logged: list[str] = []
        self.prediction: StillPrediction | None = StillPrediction(Forecast())
        """What the next configuration would change, if that can be said."""
        self.consequences: Consequences | None = None
        """What the next configuration would mean; None: that can't be said."""
        self.gate: Event | None = None
        """What the reading of the next configuration waits for."""
        self.expired: Callable[[], None] = lambda: None
        """What is called when the time of a configuration is up."""
        self.add_table("master")

    @property
    def tables(self) -> Sequence[Table]:
        return [pipeline.table for pipeline in self.pipelines]

    def now(self) -> float:
        return float(NOW)

    def exported(self, protocol_name: str, family: Family) -> Iterator[int | None]:
        yield None
        protocol = self.protocols[protocol_name]
        attached = protocol.attachment(family) if isinstance(protocol, StillNeighbor) else None
        if attached is None:
            yield 0
            return
        group, member = attached
        slots = self.pipeline(protocol.table, family).table.slots.items()
        shown = [path for key, slot in slots for path in group.shown(slot, key)]
        yield sum(path.route.source is not member.source for path in shown)

    def history(self, table: Table) -> History:
        return self.histories[table]

    def marked_routes(
        self, family: Family, table_id: int, protocol: int, spared: Collection[int] = ()
    ) -> StillMarkedRoutes:
        return StillMarkedRoutes(self.marked, family, table_id, protocol, spared)

    async def check_configuration(self, file: str | None = None) -> None:
        self.done.append(f"check {file}")
        if self.broken:
            raise ReconfigurationError(self.broken)

    async def predict(self, file: str | None = None) -> StillPrediction | None:
        self.done.append(f"predict {file}")
        if self.broken:
            raise ReconfigurationError(self.broken)
        return self.prediction

    async def consider(self, file: str | None = None) -> Consequences | None:
        self.done.append(f"consider {file}")
        if self.broken:
            raise ReconfigurationError(self.broken)
        return self.consequences

    async def reconfigure(
        self,
        file: str | None = None,
        *,
        soft: bool = False,
        undo_after: int | None = None,
        expired: Callable[[], None] = lambda: None,
    ) -> Reconfiguration:
        self.done.append(f"reconfigure {file} soft={soft} undo_after={undo_after}")
        if self.gate is not None:
            await self.gate.wait()
        if self.broken:
            raise ReconfigurationError(self.broken)
        self.expired = expired
        return Reconfiguration(self.result, self.remarks)

    async def undo_reconfiguration(self) -> Reconfiguration:
        self.done.append("undo")
        return Reconfiguration(self.result)

    def confirm_reconfiguration(self) -> Reconfiguration:
        self.done.append("confirm")
        return Reconfiguration(self.result)

    def dump(self, what: str) -> None:
        self.done.append(f"dump {what}")

    def log(self, severity: Severity, text: str) -> None:
        self.logged.append(f"{severity.name} {text}")

    def shutdown(self, how: Stop | None = None) -> None:
        self.shutting_down = True
        self.done.append(f"shutdown {how}")

    # -- building ----------------------------------------------------------------------------------

    def add_table(self, name: str) -> None:
        """Add the tables of one name, at the end."""
        for family in FAMILIES.values():
            pipeline = Pipeline(Table(name, family), self.loop)
            self.pipelines.append(pipeline)
            history = self.histories[pipeline.table] = History(lambda: self.time)
            pipeline.attach(history)

    def pipeline(self, name: str, family: Family) -> Pipeline:
        """Return the pipeline of a table."""
        return next(each for each in self.pipelines if (each.table.name, each.table.family) == (name, family))

    def settle(self) -> None:
        """Let everything that waits happen."""
        self.loop.run()

    def connect(self) -> None:
        """Let the tables know the interfaces."""
        for pipeline in self.pipelines:
            prefixes = self.interfaces.connected_prefixes(pipeline.table.family)
            pipeline.set_connected(prefixes, self.interfaces.up)
        self.settle()

    def still(self, name: str) -> StillProtocol:
        """Return a protocol that the test made."""
        protocol = self.protocols[name]
        assert isinstance(protocol, StillProtocol)
        return protocol

    def add_protocol(
        self, name: str, kind: str, *families: Family, state: ProtocolState = ProtocolState.UP, info: str = ""
    ) -> StillProtocol:
        """Add a protocol that takes everything in, and is told nothing."""
        protocol = StillProtocol(name, kind, state, info)
        self._tie(protocol, families, Policy.NONE)
        return protocol

    def _tie(self, protocol: StillProtocol, families: Sequence[Family], export: Policy) -> None:
        protocol.channels = tuple(
            Channel(
                family, Source(protocol.name, SourceKind(protocol.kind)), Policy.ALL, export, RouteCounters()
            )
            for family in families
        )
        self.protocols[protocol.name] = protocol

    def add_kernel(
        self,
        name: str,
        family: Family,
        *,
        export: Policy = Policy.ALL,
        merge_paths: int = 1,
        table: str = "master",
    ) -> StillKernel:
        """Add a kernel table that follows one of ours."""
        pipeline = self.pipeline(table, family)
        kernel = StillKernel(name, pipeline.table, export, merge_paths, self._interface_index)
        self.protocols[name] = kernel
        pipeline.attach(kernel.view)
        return kernel

    def _interface_index(self, name: str) -> int:
        interface = self.interfaces.named(name)
        return interface.index if interface is not None else 0

    def add_pipe(self, settings: PipeSettings) -> PipeProtocol:
        """Add a pipe between two tables, at work."""
        ends = [
            {family: self.pipeline(name, family) for family in FAMILIES.values()}
            for name in (settings.table, settings.peer_table)
        ]
        pipe = PipeProtocol(settings, ends[0], ends[1], self.loop, self.now)
        self.protocols[settings.name] = pipe
        pipe.begin()
        self.settle()
        return pipe

    def add_neighbor(
        self, name: str, address: str, *, asn: int, info: str = "Established   "
    ) -> StillNeighbor:
        """Add a neighbor that is sent everything of its family; we are AS 64512."""
        octets = parse_address(address)
        family = IPV4_UNICAST if len(octets) == 4 else IPV6_UNICAST
        state = ProtocolState.UP if info.startswith("Established") else ProtocolState.START
        neighbor = StillNeighbor(name, asn, (family,), state, info)
        self._tie(neighbor, [family], Policy.ALL)
        source = self.source(name)
        source.address, source.router_id, source.external = octets, int.from_bytes(octets[-4:]), asn != OURS
        if state is ProtocolState.UP:
            self.join(neighbor, self.group_key(name))
        return neighbor

    def group_key(self, name: str) -> GroupKey:
        """Return what a neighbor is sent if its settings are the defaults."""
        neighbor = self.protocols[name]
        assert isinstance(neighbor, StillNeighbor)
        context = Context(external=self.source(name).external)
        own = parse_address("10.10.0.1")
        return GroupKey(neighbor.settings.families[0], context, OURS, Policy.ALL, NextHopRule.AUTO, own)

    def join(
        self,
        neighbor: StillNeighbor,
        key: GroupKey,
        quota: ExportQuota | None = None,
        write: Callable[[list[bytes]], bool] = lambda _messages: True,
    ) -> Member:
        """Let a neighbor follow its table, in another group than before if it did."""
        source = self.source(neighbor.name, key.family)
        pipeline = self.pipeline(neighbor.table, key.family)
        next_hops = pipeline.next_hops
        if quota is not None:
            key = replace(key, limited=source)
        if key.family in neighbor.attachments:
            pipeline.leave(*neighbor.attachments[key.family])
        member = Member(source, write, quota=quota)
        neighbor.attachments[key.family] = (pipeline.join(key, member), member)
        neighbor.entrances[key.family] = lambda policy: Ingress(
            source,
            Admission(OURS, self.router_id, policy, frozenset(), peer_as=neighbor.settings.asn),
            next_hops,
        )
        self.settle()
        return member

    def source(self, name: str, family: Family | None = None) -> Source:
        """Return the source of a protocol's routes."""
        for channel in self.protocols[name].channels:
            if isinstance(channel.source, Source) and family in (None, channel.family):
                return channel.source
        raise LookupError(name)

    def announce(
        self,
        name: str,
        prefix: str,
        destination: Destination,
        attributes: AttributeSet | None = None,
        refusal: Refusal | None = None,
        *,
        identifier: int | None = None,
        imported: AttributeSet | None = None,
        metric: int = 0,
    ) -> Route:
        """Put a route into the table of its family, as the protocol ``name`` would, and select."""
        family, key = parse_prefix(prefix)
        received = AttributeSet.of({}) if attributes is None else attributes
        igp_metric = IGP_METRIC_UNKNOWN if refusal is Refusal.UNRESOLVABLE else metric
        route = Route(self.source(name, family), received, destination, ANNOUNCED, refusal, igp_metric)
        if imported is not None:
            route.meant = imported
        pipeline = self.pipeline(self.protocols[name].table, family)
        if identifier is None:
            pipeline.table.announce(route, [key])
        else:
            pipeline.table.announce_paths(route, [make_path(identifier, key)])
        pipeline.touched()
        self.settle()
        return route

    def withdraw(self, name: str, prefix: str) -> None:
        """Take a route away again."""
        family, key = parse_prefix(prefix)
        pipeline = self.pipeline(self.protocols[name].table, family)
        pipeline.table.withdraw(self.source(name, family), [key])
        pipeline.touched()
        self.settle()


def via(*gateways: str, interface: int = 2) -> Destination:
    """Return a way over one or more gateways."""
    return Destination(
        DestinationKind.UNICAST, tuple(NextHop(parse_address(gateway), interface) for gateway in gateways)
    )


def on_link(interface: int) -> Destination:
    """Return a way to neighbors on a link."""
    return Destination(DestinationKind.UNICAST, (NextHop(b"", interface),))
