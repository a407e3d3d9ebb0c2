"""What decides how the routes of a neighbor come in."""

from dataclasses import dataclass

from messages.iana import Role
from rib.policy import Policy


@dataclass(frozen=True, slots=True)
class Admission:
    """Everything about a neighbor that decides how its routes come in."""

    local_as: int
    router_id: int
    policy: Policy
    own_addresses: frozenset[bytes]
    keep_refused: bool = True
    peer_as: int = 0
    role: Role | None = None
    """What we are to the neighbor (RFC 9234)."""
    is_draining: bool = False
    """Whether the session is about to be shut down, so that its routes should be used no more (RFC 8326)."""
    allow_local_as: int = 0
    """How often our own AS may be in the path."""
    cluster_ids: frozenset[int] = frozenset()
    """All cluster ids of ours (RFC 4456 §7); if there are none, ``router_id`` is the one."""
    confederation_id: int = 0
    """The AS that we all are to those outside of our confederation; 0 without one (RFC 5065 §4)."""
    prepended: int = 0
    """An AS that is put before the path of what comes in: the one that the neighbor takes us for."""
    enforce_first_as: bool = False
    """Whether paths from an external neighbor must begin with its AS (RFC 4271 §6.3)."""
    accepts_blackhole: bool = False
    """Whether the neighbor may have us discard traffic (RFC 7999)."""
    other_as: int = 0
    """Our AS as other neighbors see it, if this one sees another in us (RFC 7705 §3)."""
