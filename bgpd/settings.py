"""The configuration as the daemon uses it: plain values with nothing left to look up.

Addresses of neighbors are text, because sockets want text; what is compared with routes is octets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from bgpd.cluster.facts import ClusterFacts
from kernel_sync.types import RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey
from messages.iana import Role
from rib.filters.syntax import Definition, Filter

Direction = Literal["import", "export"]
Trace = Literal["states", "routes", "filters", "interfaces", "events", "packets"]
"""A kind of event of a protocol that can be logged."""


@dataclass(frozen=True, slots=True)
class PrefixLimit:
    """How many prefixes of one family are exchanged with a neighbor; ``None`` is no limit."""

    imported: int | None
    """Of those the neighbor sends, the ones that are accepted."""
    received: int | None
    """All that the neighbor sends, whether they are accepted or not."""
    exported: int | None
    action: Literal["warn", "block", "restart", "disable"]
    warn_at: int
    """Percent of a limit."""
    restart_after: int


@dataclass(frozen=True, slots=True)
class AuthenticationKey:
    """A TCP-AO key (RFC 5925)."""

    send_id: int
    receive_id: int
    algorithm: Literal["hmac-sha-1-96", "aes-128-cmac-96", "hmac-sha-256"]
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NeighborSettings:
    """One neighbor, with the settings of its group and every default filled in."""

    name: str
    description: str
    address: str
    """Without the interface of a link-local address, which is ``interface``. Of a range, its first."""
    range_bits: int | None
    """The prefix length of a range of neighbors; ``None`` is a single one."""
    limit: int
    """How many neighbors a range may have at a time."""
    interface: str | None
    port: int
    asn: int
    local_asn: int
    """Our AS as the neighbor sees it."""
    local_asn_mode: Literal["replace", "no-prepend", "prepend"]
    router_asn: int
    """``asn`` of the router, whatever the neighbor is shown; in a confederation our member AS."""
    confederation_id: int
    """The AS of our confederation (RFC 5065), the same for all neighbors; 0: there is none."""
    confederation: bool
    """Whether the neighbor is in another member AS of our confederation."""
    source_address: str | None
    passive: bool
    families: tuple[Family, ...]
    extended_next_hop: bool
    add_path_receive: bool
    add_path_send: bool
    send_paths: int
    """How many paths to a prefix are sent with ``add_path_send``, the best first; 0: all."""
    capabilities: bool
    require_capabilities: tuple[str, ...]
    extended_messages: bool
    enhanced_route_refresh: bool
    role: Role | None
    strict_role: bool
    hold_time: int
    keepalive_time: int | None
    """``None``: a third of the hold time that is negotiated."""
    send_hold_time: int | None
    """``None``: what RFC 9687 suggests."""
    startup_hold_time: int
    delay_open: int
    connect_delay: int
    connect_retry: int
    error_wait: tuple[int, int]
    error_forget: int
    table: str
    preference: int
    import_filter: str
    export_filter: str
    policy_missing: tuple[Direction, ...]
    """The directions in which nothing is exchanged because nobody wrote a filter (RFC 8212)."""
    max_prefixes: PrefixLimit | None
    keep_filtered: bool
    route_reflector_client: bool
    cluster_id: int | None
    """``None``: the router id."""
    route_server_client: bool
    allow_local_as: int
    as_override: bool
    remove_private_as: Literal["off", "remove", "replace"]
    prepend: int
    enforce_first_as: bool
    default_med: int
    default_local_pref: int
    accept_blackhole: bool
    next_hop: Literal["self", "keep", "auto"]
    gateway: Literal["direct", "recursive"]
    multihop: int
    """How many hops away the neighbor may be; 0: on a connected network."""
    ttl_security: bool
    password: bytes | None = field(repr=False)
    tcp_ao: AuthenticationKey | None
    device: str | None
    shutdown: str | None
    """Why the session is kept down (perhaps for no given reason); ``None``: it is not."""
    graceful_restart: Literal["off", "helper", "full"] = "helper"
    """Whether the neighbor's routes are kept while it restarts (RFC 4724), and ours are to be kept, too."""
    graceful_restart_time: int = 120
    """Seconds within which we are back after a restart."""
    graceful_restart_notification: bool = True
    """Whether routes are kept after a NOTIFICATION as well (RFC 8538)."""
    stale_time: int = 180
    """Seconds, beyond the neighbor's own time, for which its routes are kept at most."""
    long_lived_graceful_restart: Literal["off", "helper", "full"] = "helper"
    """Whether the neighbor's routes are kept while it is away for longer (RFC 9494), and ours, too."""
    long_lived_stale_time: int = 3600
    """Seconds for which the neighbor is asked to keep ours then."""
    long_lived_stale_inside: bool = False
    """Whether an internal neighbor that knows nothing of such routes is sent them all the same."""
    max_long_lived_stale_time: int = 0xFFFFFF
    """Seconds for which we keep its routes then, whatever it asks for."""
    router_id: int | None = None
    """Our BGP Identifier as the neighbor sees it; ``None``: the router's."""
    traces: frozenset[Trace] = frozenset()
    """What is logged about it."""

    def with_filters_of(self, other: "NeighborSettings") -> "NeighborSettings":
        """Return the same neighbor with the filters of another one."""
        return replace(
            self,
            import_filter=other.import_filter,
            export_filter=other.export_filter,
            policy_missing=other.policy_missing,
        )

    @property
    def disabled(self) -> bool:
        """Whether the session is kept down."""
        return self.shutdown is not None

    @property
    def asks_for_help(self) -> bool:
        """Whether the neighbor is asked to keep our routes while we are away."""
        is_long = self.graceful_restart != "off" and self.long_lived_graceful_restart == "full"
        return is_long or self.graceful_restart == "full"

    @property
    def external(self) -> bool:
        """Whether the neighbor is in another AS, and not in our confederation."""
        return self.asn != self.local_asn and not self.confederation

    @property
    def exchanged(self) -> Mapping[Direction, str]:
        """The filters that apply, RFC 8212 considered."""
        written: dict[Direction, str] = {"import": self.import_filter, "export": self.export_filter}
        return written | dict.fromkeys(self.policy_missing, "none")


@dataclass(frozen=True, slots=True)
class StaticNextHop:
    """One way to a static destination; no ``address``: on the link, no ``interface``: find it."""

    address: bytes
    interface: str | None
    onlink: bool
    weight: int


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """One route that does not change; only a unicast one has next hops."""

    family: Family
    key: PrefixKey
    kind: RouteKind
    next_hops: tuple[StaticNextHop, ...]
    change: Filter | None = None
    """Statements that its attributes are set by, as a filter without a verdict."""
    check_link: bool = False
    """Whether next hops need a carrier."""
    recursive: bytes = b""
    """An address that routes lead to, as if a neighbor had said it; then there are no next hops."""


@dataclass(frozen=True, slots=True)
class StaticSettings:
    """Static routes of one table, of which a prefix has one at most."""

    name: str
    routes: tuple[StaticRoute, ...]
    table: str = "master"
    preference: int = 200
    families: tuple[Family, ...] = (IPV4_UNICAST, IPV6_UNICAST)
    import_filter: str = "all"
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


@dataclass(frozen=True, slots=True)
class DirectSettings:
    """Routes to the networks of interfaces."""

    name: str
    interfaces: tuple[str, ...]
    """Patterns of interfaces and their addresses, the first match decides; ``-`` leaves out."""
    table: str = "master"
    preference: int = 240
    check_link: bool = False
    """Whether interfaces without a carrier give no routes."""
    families: tuple[Family, ...] = (IPV4_UNICAST, IPV6_UNICAST)
    import_filter: str = "all"
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """The interfaces of this host."""

    name: str = "device1"
    primary: tuple[str, ...] = ()
    """Patterns of the addresses that stand for their interfaces, the most wanted first."""
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


@dataclass(frozen=True, slots=True)
class KernelSettings:
    """One table of the kernel, of one family."""

    name: str
    family: Family
    table: int
    """The kernel's number of it; the table of ours that it follows is ``rib_table``."""
    metric: int
    persist: bool
    merge_paths: int
    """How many equal routes to a prefix share its packets at most; 1: the best one has them all."""
    rib_table: str
    import_filter: str
    export_filter: str
    protocol: int = 12
    """The number that marks our routes."""
    learn: bool = False
    guard: bool = True
    """Whether a route that would cut this host off is kept out."""
    control_plane: tuple[bytes, ...] = ()
    """Addresses of the family that the guard keeps reachable whoever else there is."""
    adopt_wait: int = 120
    """Seconds that an earlier process's routes stay at most until all neighbors have said what they have."""
    check_interval: int = 60
    """Seconds between two checks; 0: none."""
    restore_limit: int = 10
    """Times a minute that a route is put back before it counts as fought over."""
    device_routes: bool = False
    """Whether the networks of interfaces are written, though the kernel has them by itself."""
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


@dataclass(frozen=True, slots=True)
class PipeSettings:
    """Two tables of ours that pass routes to each other."""

    name: str
    table: str
    peer_table: str
    mode: Literal["transparent", "opaque"]
    import_filter: str
    """From ``peer_table`` to ``table``."""
    export_filter: str
    """From ``table`` to ``peer_table``."""
    preference: int
    """Of the routes an opaque pipe makes; a transparent one leaves them what they have."""
    families: tuple[Family, ...]
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


ProtocolSettings: TypeAlias = (
    DeviceSettings | DirectSettings | KernelSettings | PipeSettings | StaticSettings | NeighborSettings
)


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """The switches of the decision process."""

    path_metric: bool
    med_metric: bool
    igp_metric: bool
    prefer_older: bool
    relaxed_paths: bool
    unresolvable_last: bool = False
    """Whether a route whose next hop cannot be resolved may win where there is no other."""


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How points in time are printed; the texts are those of strftime."""

    recent: str
    limit: int | None = None
    """Seconds after which a time is printed as ``older`` says; ``None``: never."""
    older: str | None = None


@dataclass(frozen=True, slots=True)
class LogSettings:
    """One place that lines of the log go to."""

    target: Literal["stderr", "syslog", "file"]
    name: str
    """The path of the file, or what the syslog knows us by."""
    classes: frozenset[str]
    """Of BIRD's: debug, trace, info, remote, warning, error, auth, fatal, bug."""


@dataclass(frozen=True, slots=True)
class Confederation:
    """The confederation whose member AS ours is (RFC 5065)."""

    id: int
    """The AS that those outside see."""
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """Everything the daemon is told."""

    router_id: int | None
    """``None``: the lowest IPv4 address of an interface that is up."""
    asn: int
    cluster_id: int | None
    """``None``: the router id."""
    confederation: Confederation | None
    tables: tuple[str, ...]
    """The names of all tables, each of which has every family; "master" is the first."""
    decision: DecisionSettings
    listen: tuple[str, ...]
    port: int
    stop: Literal["withdraw", "graceful"]
    socket: str
    metrics: tuple[str, int] | None
    device: DeviceSettings | None
    directs: tuple[DirectSettings, ...]
    kernels: tuple[KernelSettings, ...]
    statics: tuple[StaticSettings, ...]
    pipes: tuple[PipeSettings, ...]
    neighbors: tuple[NeighborSettings, ...]
    filters: tuple[Definition, ...] = ()
    """Filters, functions and constants in an order in which each may use those before it."""
    order: tuple[str, ...] = ()
    """Names of protocols as they are listed; those that are left out follow, by their kind."""
    dialect: Literal["bgpd", "bird"] = "bgpd"
    """Whose words the control socket and the log use; ``bird``: exactly those of BIRD 1.6.8."""
    time_formats: Mapping[str, TimeFormat] = field(default_factory=dict)
    """For ``route``, ``protocol``, ``base`` and ``log``, as far as they are not BIRD's defaults."""
    logs: tuple[LogSettings, ...] = ()
    """Empty: everything goes to standard error."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """The names a file in BIRD's language defines, each with what it is."""
    state_file: str | None = None
    """What outlives the process; ``None``: beside the control socket, empty: nothing does."""
    restart_wait: int = 120
    """Seconds at most between a start and telling neighbors that have kept our routes what we have."""
    remarks: tuple[str, ...] = ()
    """What was found when the file was read, and is no mistake."""
    cluster: ClusterFacts | None = None
    """The cluster this node belongs to, if the neighbors come from one."""

    @property
    def state_path(self) -> str:
        """Where the state file is; empty: there is none. In the place of BIRD nobody expects one."""
        if self.state_file is not None:
            return self.state_file
        return f"{self.socket}.state" if self.dialect == "bgpd" else ""

    @property
    def protocols(self) -> tuple[ProtocolSettings, ...]:
        """All protocols, in the order in which they are listed."""
        device = () if self.device is None else (self.device,)
        every = (*device, *self.directs, *self.kernels, *self.pipes, *self.statics, *self.neighbors)
        places = {name: place for place, name in enumerate(self.order)}
        return tuple(sorted(every, key=lambda each: places.get(each.name, len(places))))

    def notices(self) -> tuple[str, ...]:
        """Return what is right but may surprise, for ``--check`` and the log."""
        missing = (
            f"neighbor {neighbor.name}: {direction} is not written, so nothing is {_EXCHANGED[direction]} "
            f'this external neighbor (RFC 8212); write {direction} = "all" or "none"'
            for neighbor in self.neighbors
            for direction in neighbor.policy_missing
        )
        return (*self.remarks, *missing)


_EXCHANGED: Mapping[Direction, str] = {"import": "accepted from", "export": "sent to"}
