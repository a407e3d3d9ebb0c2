"""What the configuration of a neighbor says about the behavior of its connections."""

from dataclasses import dataclass
from typing import Final

from messages.capabilities import Capabilities
from messages.families import IPV4_UNICAST, Family

_NO_CAPABILITIES: Final = Capabilities()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configurable session attributes (RFC 4271 §8.1.1, §10); times are in seconds."""

    local_asn: int
    router_id: int
    peer_asn: int | None = None
    """None accepts any AS."""
    families: tuple[Family, ...] = (IPV4_UNICAST,)
    capabilities: Capabilities = _NO_CAPABILITIES
    """Announced besides Multiprotocol, Route Refresh and four-octet AS numbers, which always are."""
    extended_messages: bool = True
    """Announce that messages may have up to 65,535 octets (RFC 8654)."""
    passive: bool = False
    """Never connect, only accept (PassiveTcpEstablishment)."""
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
