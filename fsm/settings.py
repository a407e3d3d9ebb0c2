"""What the configuration of a neighbor says about the behavior of its connections."""

from dataclasses import dataclass, field
from typing import Final, Literal

from fsm.restart_state import RestartState
from messages.capabilities import Capabilities
from messages.families import IPV4_UNICAST, Family
from messages.iana import Role

NO_CAPABILITIES: Final = Capabilities()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configurable session attributes (RFC 4271 §8.1.1, §10); times are in seconds."""

    local_asn: int
    router_id: int
    peer_asn: int | None = None
    """None accepts any AS."""
    families: tuple[Family, ...] = (IPV4_UNICAST,)
    announce_capabilities: bool = True
    """False sends an OPEN without optional parameters; then only IPv4 unicast can be exchanged."""
    capabilities: Capabilities = NO_CAPABILITIES
    """Announced besides those that other settings ask for."""
    required: Capabilities = NO_CAPABILITIES
    """What the peer must announce (RFC 5492 §5)."""
    extended_messages: bool = True
    """Announce that messages may have up to 65,535 octets (RFC 8654)."""
    enhanced_route_refresh: bool = True
    """Announce that a refresh has marks at its begin and end (RFC 7313)."""
    role: Role | None = None
    """What we are to the peer (RFC 9234), announced if set."""
    strict_role: bool = False
    """The peer must announce its role (RFC 9234 §4.2)."""
    add_path_receive: bool = False
    """Announce that the peer may send several paths to a prefix, of every family (RFC 7911 §4)."""
    add_path_send: bool = False
    """Announce that we can send several paths."""
    extended_next_hop: bool = False
    """Announce that IPv4 routes may have IPv6 next hops (RFC 8950 §4)."""
    graceful_restart: Literal["off", "helper", "full"] = "off"
    """Keep the peer's routes while it restarts (RFC 4724 §4.2), and have it keep ours, too."""
    restart_time: int = 120
    """Seconds within which we are back after a restart; announced, twelve bits."""
    restart_after_notification: bool = True
    """Announce that a NOTIFICATION need not end more than the session (RFC 8538 §2)."""
    long_lived_graceful_restart: Literal["off", "helper", "full"] = "off"
    """The same for a peer that is away for longer (RFC 9494); nothing of it without ``graceful_restart``."""
    long_lived_stale_time: int = 3600
    """Seconds for which the peer is asked to keep our routes then; announced, 24 bits."""
    restart_state: RestartState = field(default_factory=RestartState)
    """What is announced of our last restart."""
    is_confederation_member: bool = False
    """The peer is in another member AS of our confederation (RFC 5065)."""
    passive: bool = False
    """Never connect, only accept (PassiveTcpEstablishment)."""
    delay_open: float = 0
    """How long to leave the first OPEN to the peer (DelayOpenTime); zero sends ours at once."""
    startup_hold_time: float = 240
    """How long to wait for the peer's OPEN; RFC 4271 §8.2.2 suggests four minutes."""
    hold_time: int = 90
    """Zero switches the HoldTimer and KEEPALIVEs off."""
    keepalive_time: float | None = None
    """None is a third of the negotiated hold time."""
    send_hold_time: float | None = None
    """None is the larger of eight minutes and twice the negotiated hold time (RFC 9687 §3.1)."""
    connect_delay: float = 5
    """From the start, or a failed attempt, to the next attempt; the neighbor may connect meanwhile."""
    connect_retry: float = 120
    """How long one attempt may take (ConnectRetryTime)."""
    error_wait: tuple[float, float] = (60, 300)
    """How long to stay in Idle after the first error in a row, and at most."""
    error_forget: float = 300
    """Without an error for this long, the next one counts as the first."""

    def is_external(self, asn: int) -> bool:
        """Whether a peer of this AS number is outside of our AS, and of our confederation (RFC 5065 §1.2)."""
        return asn != self.local_asn and not self.is_confederation_member
