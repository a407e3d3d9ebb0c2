"""The configuration as the daemon uses it: plain values with nothing left to look up.

Addresses of neighbors are text, because sockets want text; what is compared with routes is octets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from kernel_sync.types import RouteKind
from messages.families import Family
from messages.families.prefix import PrefixKey
from messages.iana import Role
from rib.filters.syntax import Definition, Filter

Direction = Literal["import", "export"]


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

    def with_filters_of(self, other: "NeighborSettings") -> "NeighborSettings":
        """Return the same neighbor with the filters of another one."""
        return replace(
            self,
            import_filter=other.import_filter,
            export_filter=other.export_filter,
            policy_missing=other.policy_missing,
        )

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
    table: str
    preference: int
    change: Filter | None = None
    """Statements that its attributes are set by, as a filter without a verdict."""
    check_link: bool = False
    """Whether next hops need a carrier."""


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


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """The switches of the decision process."""

    path_metric: bool
    med_metric: bool
    igp_metric: bool
    prefer_older: bool
    relaxed_paths: bool


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
    direct: tuple[str, ...]
    """Patterns of interfaces and their addresses, the first match decides; ``-`` leaves out."""
    direct_table: str
    direct_preference: int
    kernels: tuple[KernelSettings, ...]
    statics: tuple[StaticRoute, ...]
    pipes: tuple[PipeSettings, ...]
    neighbors: tuple[NeighborSettings, ...]
    direct_check_link: bool = False
    """Whether interfaces without a carrier give no routes."""
    primary: tuple[str, ...] = ()
    """Patterns of the addresses that stand for their interfaces, the most wanted first."""
    filters: tuple[Definition, ...] = ()
    """Filters, functions and constants in an order in which each may use those before it."""

    def notices(self) -> tuple[str, ...]:
        """Return what is right but may surprise, for ``--check`` and the log."""
        return tuple(
            f"neighbor {neighbor.name}: {direction} is not written, so nothing is {_EXCHANGED[direction]} "
            f'this external neighbor (RFC 8212); write {direction} = "all" or "none"'
            for neighbor in self.neighbors
            for direction in neighbor.policy_missing
        )


_EXCHANGED: Mapping[Direction, str] = {"import": "accepted from", "export": "sent to"}
