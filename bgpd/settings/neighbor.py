"""One neighbor, as the daemon uses it.

Its addresses are text, because sockets want text; what is compared with routes is octets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bgpd.settings.events import Direction, Trace
from messages.families import Family
from messages.iana import Role


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
