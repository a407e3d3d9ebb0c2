"""A daemon at a standstill, made of real tables, routes and protocols, for commands to be asked about."""

from collections.abc import Iterator, Sequence

from bgpd.protocols.details import NO_DETAILS, Details
from bgpd.protocols.protocol import Channel, Protocol, ProtocolError, ProtocolState, RouteCounters
from bgpd.sessions.strangers import StrangerNote
from bgpd.show.view import ReconfigurationError
from kernel_sync.interfaces import InterfaceTable
from messages.attribute_set import AttributeSet
from messages.context import Context
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, parse_address, parse_prefix
from rib.egress import GroupKey, NextHopRule, Withheld, egress
from rib.loc_rib import LocRib
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from rib.table import Table

NOW = 1795363799
"""2026-11-22 16:09:59 UTC."""
STARTED = 1795363641
"""2026-11-22 16:07:21 UTC."""


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
        if self.kind == "Device":
            raise ProtocolError("interfaces are always watched")
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


class StillDaemon:
    """Everything a command may ask, and nothing that happens by itself."""

    version = "0.1.0"
    started = float(STARTED)
    reconfigured = STARTED + 10.0
    configuration_file = "/etc/bgpd/bgpd.toml"

    def __init__(self) -> None:
        self.router_id = int.from_bytes(parse_address("10.10.0.1"))
        self.shutting_down = False
        self.protocols: dict[str, StillProtocol] = {}
        self.tables = {family: Table("master", family) for family in FAMILIES.values()}
        self.interfaces = InterfaceTable()
        self.kernel_problems: dict[PrefixKey, str] = {}
        self.groups: dict[str, GroupKey] = {}
        self.strangers = 0
        self.refusals: list[StrangerNote] = []
        self.remarks: Sequence[str] = ()
        self.broken = ""
        """What is wrong with the configuration file."""

    def now(self) -> float:
        return float(NOW)

    def kernel_problem(self, family: Family, key: PrefixKey) -> str | None:
        return self.kernel_problems.get(key)

    def exported(self, protocol_name: str, family: Family) -> Iterator[int | None]:
        yield None
        routes = map(self.tables[family].best, self.tables[family].slots)
        yield sum(route is not None and self._is_sent(protocol_name, family, route) for route in routes)

    def _is_sent(self, protocol_name: str, family: Family, route: Route) -> bool:
        return protocol_name in self.groups and not isinstance(
            self.exports(protocol_name, family, route), str
        )

    def exports(self, protocol_name: str, family: Family, route: Route) -> AttributeSet | str:
        if route.source.name == protocol_name:
            return "it came from this neighbor"
        if self.groups[protocol_name].family is not family:
            return "the protocol does not follow this table"
        outcome = egress(self.groups[protocol_name], route)
        return outcome.value if isinstance(outcome, Withheld) else outcome

    def reconfigure(self) -> Sequence[str]:
        if self.broken:
            raise ReconfigurationError(self.broken)
        return self.remarks

    def shutdown(self) -> None:
        self.shutting_down = True

    # -- building ----------------------------------------------------------------------------------

    def add_protocol(
        self, name: str, kind: str, *families: Family, state: ProtocolState = ProtocolState.UP, info: str = ""
    ) -> StillProtocol:
        """Add a protocol that takes everything in; only neighbors are told anything."""
        protocol = StillProtocol(name, kind, state, info)
        export = Policy.ALL if kind == "BGP" else Policy.NONE
        protocol.channels = tuple(
            Channel(family, Source(name, SourceKind(kind)), Policy.ALL, export, RouteCounters())
            for family in families
        )
        self.protocols[name] = protocol
        return protocol

    def add_neighbor(
        self, name: str, address: str, *, asn: int, info: str = "Established   "
    ) -> StillProtocol:
        """Add a neighbor that is sent everything of its family; we are AS 64512."""
        octets = parse_address(address)
        family = IPV4_UNICAST if len(octets) == 4 else IPV6_UNICAST
        state = ProtocolState.UP if info.startswith("Established") else ProtocolState.START
        protocol = self.add_protocol(name, "BGP", family, state=state, info=info)
        source = self.source(name)
        source.address, source.router_id, source.external = octets, int.from_bytes(octets[-4:]), asn != 64512
        context = Context(external=source.external)
        own = parse_address("10.10.0.1")
        self.groups[name] = GroupKey(family, context, 64512, Policy.ALL, NextHopRule.AUTO, own)
        return protocol

    def source(self, name: str, family: Family | None = None) -> Source:
        """Return the source of a protocol's routes."""
        for channel in self.protocols[name].channels:
            if channel.source is not None and family in (None, channel.family):
                return channel.source
        raise LookupError(name)

    def announce(
        self,
        name: str,
        prefix: str,
        destination: Destination,
        attributes: AttributeSet | None = None,
        refusal: Refusal | None = None,
    ) -> Route:
        """Put a route into the table of its family, as the protocol ``name`` would, and select."""
        family, key = parse_prefix(prefix)
        received = AttributeSet.of({}) if attributes is None else attributes
        route = Route(self.source(name, family), received, destination, STARTED + 2, refusal)
        self.tables[family].announce(route, [key])
        LocRib(self.tables[family]).run(limit=100)
        return route


def via(*gateways: str, interface: int = 2) -> Destination:
    """Return a way over one or more gateways."""
    return Destination(
        DestinationKind.UNICAST, tuple(NextHop(parse_address(gateway), interface) for gateway in gateways)
    )


def on_link(interface: int) -> Destination:
    """Return a way to neighbors on a link."""
    return Destination(DestinationKind.UNICAST, (NextHop(b"", interface),))
