"""What an operator should know of a neighbor: why nothing is exchanged, or no session comes up."""

from collections.abc import Iterator

from bgpd.sessions.dropped_segments import dropped_segments
from bgpd.sessions.peer import Peer
from bgpd.settings import NeighborSettings

_EXCHANGED = {"import": "accepted", "export": "sent"}


def remarks(settings: NeighborSettings, peer: Peer, problem: str) -> Iterator[str]:
    """Yield what holds now; ``problem`` is what keeps the neighbor's connections from being accepted."""
    for direction in settings.policy_missing:
        yield (
            f"nothing is {_EXCHANGED[direction]}: no {direction} filter is written (RFC 8212); "
            f'write {direction} = "all" or "none"'
        )
    if problem:
        yield f"connections of the neighbor are not accepted: {problem}"
    if peer.omits_capabilities:
        yield "the neighbor refused capabilities (2/4), so none are announced (RFC 5492 §3)"
    is_guarded = settings.password is not None or settings.tcp_ao is not None or settings.ttl_security
    if peer.session is None and is_guarded:
        counted = ", ".join(f"{count} ({reason})" for reason, count in dropped_segments().items())
        if counted:
            yield f"segments that the kernel dropped, of all neighbors: {counted}"
