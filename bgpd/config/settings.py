"""The configuration as the daemon uses it: plain values with nothing left to look up.

Addresses of neighbors are text, because sockets want text; what is compared with routes is octets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kernel_sync.types import RouteKind
from messages.families import Family
from messages.families.prefix import PrefixKey
from messages.iana import Role

FilterChoice = Literal["all", "none"]
Direction = Literal["import", "export"]


@dataclass(frozen=True, slots=True)
class PrefixLimit:
    """How many prefixes of one family a neighbor may send."""

    imported: int
    action: Literal["warn", "block", "restart", "disable"]
    warn_at: int
    """Percent of ``imported``."""
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
    source_address: str | None
    passive: bool
    families: tuple[Family, ...]
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
    import_filter: FilterChoice
    export_filter: FilterChoice
    policy_missing: tuple[Direction, ...]
    """The directions in which nothing is exchanged because nobody wrote a filter (RFC 8212)."""
    max_prefixes: PrefixLimit | None
    keep_filtered: bool
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

    @property
    def external(self) -> bool:
        """Whether the neighbor is in another AS."""
        return self.asn != self.local_asn

    @property
    def exchanged(self) -> Mapping[Direction, FilterChoice]:
        """The filters that apply, RFC 8212 considered."""
        written: dict[Direction, FilterChoice] = {"import": self.import_filter, "export": self.export_filter}
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


@dataclass(frozen=True, slots=True)
class KernelSettings:
    """One family's table of the kernel."""

    table: int
    metric: int
    persist: bool
    import_filter: FilterChoice
    export_filter: FilterChoice


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """Everything the daemon is told."""

    router_id: int | None
    """``None``: the lowest IPv4 address of an interface that is up."""
    asn: int
    listen: tuple[str, ...]
    port: int
    stop: Literal["withdraw", "graceful"]
    socket: str
    metrics: tuple[str, int] | None
    direct: tuple[str, ...]
    """Patterns of interface names, the first match decides; ``-`` leaves out."""
    kernels: Mapping[str, KernelSettings]
    """By the name of the family; an absent family stays out of the kernel."""
    statics: tuple[StaticRoute, ...]
    neighbors: tuple[NeighborSettings, ...]

    def notices(self) -> tuple[str, ...]:
        """Return what is right but may surprise, for ``--check`` and the log."""
        return tuple(
            f"neighbor {neighbor.name}: {direction} is not written, so nothing is {_EXCHANGED[direction]} "
            f'this external neighbor (RFC 8212); write {direction} = "all" or "none"'
            for neighbor in self.neighbors
            for direction in neighbor.policy_missing
        )


_EXCHANGED: Mapping[Direction, str] = {"import": "accepted from", "export": "sent to"}
