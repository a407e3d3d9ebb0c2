"""What ``show protocols all`` tells of a neighbor beyond what every protocol has (BIRD 1.6's lines)."""

from collections.abc import Iterator, Sequence

from bgpd.config.settings import NeighborSettings
from bgpd.sessions.countdown import Countdown
from bgpd.sessions.peer import Peer
from bgpd.sessions.session import Session
from messages.capabilities import (
    ADD_PATH,
    ENHANCED_ROUTE_REFRESH,
    EXTENDED_MESSAGE,
    FOUR_OCTET_AS,
    GRACEFUL_RESTART,
    ROUTE_REFRESH,
    Capabilities,
)
from messages.families.prefix import render_address
from messages.iana import MAXIMUM_MESSAGE_OCTETS


def session_lines(settings: NeighborSettings, peer: Peer, flaws: int) -> Sequence[str]:
    """Return the lines in BIRD's order; ours, on what was refused or malformed, precede the last error."""
    scope = f"%{settings.interface}" if settings.interface else ""
    lines = [
        f"BGP state:          {peer.state}",
        f"  Neighbor address: {settings.address}{scope}",
        f"  Neighbor AS:      {settings.asn}",
    ]
    countdowns = peer.countdowns
    session = peer.session
    if session is not None:
        lines += _established(settings, session)
    else:
        lines += _countdown("Error wait:      ", countdowns.error_wait)
        lines += _countdown("Connect delay:   ", countdowns.connect_delay)
        lines += _countdown("Connect retry:   ", countdowns.connect_retry)
    lines += _countdown("Hold timer:      ", countdowns.hold)
    lines += _countdown("Keepalive timer: ", countdowns.keepalive)
    if flaws:
        lines.append(f"  Malformed:        {flaws} path attributes (RFC 7606)")
    if peer.last_refusal is not None and session is None:
        lines.append(f"  Last refusal:     {peer.last_refusal.reason}")
    if peer.last_error:
        lines.append(f"  Last error:       {peer.last_error}")
    return lines


def _established(settings: NeighborSettings, session: Session) -> list[str]:
    context = session.context
    kind = [
        "external" if context.external else "internal",
        *["multihop"] * bool(settings.multihop),
        *["AS4"] * (context.as_number_octets == 4),
        *["ext-messages"] * (context.message_octets > MAXIMUM_MESSAGE_OCTETS),
    ]
    return [
        f"  Neighbor ID:      {render_address(session.peer_router_id.to_bytes(4))}",
        f"  Neighbor caps:    {' '.join(capability_words(session.negotiated.peer_capabilities))}",
        f"  Session:          {' '.join(kind)}",
        f"  Source address:   {render_address(session.local_address)}",
    ]


def capability_words(capabilities: Capabilities) -> Iterator[str]:
    """Yield BIRD's words for what the neighbor announced, in its order."""
    restart = capabilities.get(GRACEFUL_RESTART)
    paths = capabilities.get(ADD_PATH) or ()
    words = {
        "refresh": ROUTE_REFRESH in capabilities,
        "enhanced-refresh": ENHANCED_ROUTE_REFRESH in capabilities,
        "restart-able": restart is not None and bool(restart.families),
        "restart-aware": restart is not None and not restart.families,
        "AS4": FOUR_OCTET_AS in capabilities,
        "add-path-rx": any(path.receives for path in paths),
        "add-path-tx": any(path.sends for path in paths),
        "ext-messages": EXTENDED_MESSAGE in capabilities,
    }
    return (word for word, announced in words.items() if announced)


def _countdown(label: str, countdown: Countdown | None) -> list[str]:
    return [] if countdown is None else [f"  {label} {countdown.left:.0f}/{countdown.total:.0f}"]
