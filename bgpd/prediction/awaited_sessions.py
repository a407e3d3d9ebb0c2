"""What would be agreed with a neighbor whose session has to begin anew (RFC 4271 §4.2, RFC 5492)."""

from dataclasses import dataclass

from bgpd.protocols.peer_settings import peer_settings
from bgpd.protocols.terms import SessionFacts
from bgpd.settings import NeighborSettings
from fsm.negotiation import VERSION, Negotiated, announced_capabilities, negotiate
from messages.context import Context
from messages.open import Open


@dataclass(frozen=True, slots=True)
class AwaitedSession:
    """The next session with a neighbor, if that says what it said last time."""

    negotiated: Negotiated
    local_address: bytes
    remote_address: bytes
    link: int

    @property
    def context(self) -> Context:
        """What the codec would have to know about it."""
        return self.negotiated.context

    @property
    def peer_router_id(self) -> int:
        """The peer's BGP Identifier."""
        return self.negotiated.peer_router_id


def awaited_session(last: SessionFacts, settings: NeighborSettings, router_id: int) -> AwaitedSession:
    """Return the session that follows another one, with these settings of ours and the same OPEN of the peer.

    Raises NotificationError if we would not accept that.
    """
    agreed = last.negotiated
    message = Open(
        version=VERSION,
        autonomous_system=agreed.peer_asn,
        hold_time=agreed.hold_time,
        router_id=agreed.peer_router_id,
        capabilities=agreed.peer_capabilities,
    )
    ours = peer_settings(settings, router_id if settings.router_id is None else settings.router_id).session
    negotiated = negotiate(message, ours, announced_capabilities(ours))
    return AwaitedSession(negotiated, last.local_address, last.remote_address, last.link)
