"""Our OPEN, and what it and the peer's OPEN agree on (RFC 4271 §4.2, RFC 5492, RFC 4760 §8, RFC 6793 §4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fsm.long_lived_restart import offered_stale_times
from fsm.open_check import check_open
from fsm.restart import Restart, agreed_restart, offered_restart
from fsm.settings import NO_CAPABILITIES, Settings
from messages.capabilities import (
    ADD_PATH,
    ENHANCED_ROUTE_REFRESH,
    EXTENDED_MESSAGE,
    EXTENDED_NEXT_HOP,
    FOUR_OCTET_AS,
    GRACEFUL_RESTART,
    LONG_LIVED_GRACEFUL_RESTART,
    MULTIPROTOCOL,
    ROLE,
    ROUTE_REFRESH,
    AddPath,
    Capabilities,
    Capability,
    ExtendedNextHop,
)
from messages.context import Context
from messages.errors import NotificationError
from messages.families import IPV4_UNICAST, Family
from messages.iana import (
    AFI,
    AS_TRANS,
    EXTENDED_MESSAGE_OCTETS,
    MAXIMUM_MESSAGE_OCTETS,
    AddPathDirection,
    ErrorCode,
    OpenSubcode,
    Role,
)
from messages.open import Open

VERSION: Final = 4
_LARGEST_TWO_OCTET_AS: Final = 0xFFFF
_SHORTEST_SEND_HOLD_TIME: Final = 480.0
_MUTUAL: Final = (FOUR_OCTET_AS, EXTENDED_MESSAGE, ENHANCED_ROUTE_REFRESH)
"""What both must announce (RFC 6793 §4.1, RFC 8654 §4, RFC 7313 §4)."""
_ROLES: Final = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The terms of one session."""

    context: Context
    families: tuple[Family, ...]
    """What both speakers exchange, in our order."""
    peer_asn: int
    peer_router_id: int
    local_capabilities: Capabilities
    """What our OPEN announced."""
    peer_capabilities: Capabilities
    hold_time: int
    keepalive_time: float
    send_hold_time: float
    route_refresh: bool
    """Whether the peer takes ROUTE-REFRESH messages."""
    enhanced_route_refresh: bool
    """Whether both mark the begin and the end of a refresh."""
    peer_role: Role | None
    restart: Restart | None
    """What is kept when one of the two restarts; None unless both can deal with that."""

    @property
    def external(self) -> bool:
        """Whether the peer is in another AS."""
        return self.context.external

    @property
    def helped_for(self) -> int:
        """For how many seconds the peer keeps our routes if we leave without a word; 0: not at all."""
        if self.restart is None or not self.restart.is_helped:
            return 0
        offer = self.local_capabilities.get(GRACEFUL_RESTART)
        rows = self.local_capabilities.get(LONG_LIVED_GRACEFUL_RESTART) or ()
        longest = max((row.stale_time for row in rows), default=0) if self.restart.long_lived.is_helped else 0
        return longest if offer is None else offer.restart_time + longest


def announced_capabilities(settings: Settings) -> Capabilities:
    """Return what our OPEN announces."""
    if not settings.announce_capabilities:
        return NO_CAPABILITIES
    optional = (
        (ENHANCED_ROUTE_REFRESH, settings.enhanced_route_refresh),
        (EXTENDED_MESSAGE, settings.extended_messages),
    )
    asked_for = Capabilities.of(
        *((MULTIPROTOCOL, family) for family in settings.families),
        (ROUTE_REFRESH, True),
        (FOUR_OCTET_AS, settings.local_asn),
        *((row, True) for row, is_on in optional if is_on),
        *_with_values(settings),
    )
    return asked_for + settings.capabilities


def _with_values(settings: Settings) -> Iterator[tuple[Capability[Any], Any]]:
    """Yield the optional capabilities that say more than that they are there."""
    restart = offered_restart(settings)
    if restart is not None:
        yield GRACEFUL_RESTART, restart
    stale_times = offered_stale_times(settings)
    if stale_times is not None:
        yield LONG_LIVED_GRACEFUL_RESTART, stale_times
    if settings.role is not None:
        yield ROLE, settings.role
    if settings.add_path_receive or settings.add_path_send:
        receive = AddPathDirection.RECEIVE if settings.add_path_receive else 0
        send = AddPathDirection.SEND if settings.add_path_send else 0
        direction = AddPathDirection(receive | send)
        yield ADD_PATH, tuple(AddPath(family, direction) for family in settings.families)
    if settings.extended_next_hop and IPV4_UNICAST in settings.families:
        yield EXTENDED_NEXT_HOP, (ExtendedNextHop(IPV4_UNICAST, int(AFI.IPV6)),)


def local_open(settings: Settings, capabilities: Capabilities) -> Open:
    """Return the OPEN that we send, announcing these capabilities."""
    fits = settings.local_asn <= _LARGEST_TWO_OCTET_AS
    return Open(
        version=VERSION,
        autonomous_system=settings.local_asn if fits else AS_TRANS,
        hold_time=settings.hold_time,
        router_id=settings.router_id,
        capabilities=capabilities,
    )


def negotiate(message: Open, settings: Settings, announced: Capabilities) -> Negotiated:
    """Return the terms of a session with the sender of this OPEN, or raise ``NotificationError``.

    ``announced`` are the capabilities of our OPEN: what only one of the two announced is not used (RFC 5492
    §3). Route Refresh is: that capability says only what its speaker will take (RFC 2918 §4).
    """
    check_open(message, settings)
    theirs = message.capabilities
    families = _common_families(theirs, settings, announced)
    shared = {row for row in _MUTUAL if row in announced and row in theirs}
    hold_time = min(settings.hold_time, message.hold_time)
    role = theirs.get(ROLE)
    return Negotiated(
        context=Context(
            external=settings.is_external(message.asn),
            as_number_octets=4 if FOUR_OCTET_AS in shared else 2,
            families=frozenset(families),
            message_octets=EXTENDED_MESSAGE_OCTETS if EXTENDED_MESSAGE in shared else MAXIMUM_MESSAGE_OCTETS,
            add_path_receive=_several_paths(families, sender=theirs, receiver=announced),
            add_path_send=_several_paths(families, sender=announced, receiver=theirs),
            confederation=settings.is_confederation_member,
            extended_next_hop=_extended_next_hops(families, announced, theirs),
        ),
        families=families,
        peer_asn=message.asn,
        peer_router_id=message.router_id,
        local_capabilities=announced,
        peer_capabilities=theirs,
        hold_time=hold_time,
        keepalive_time=_keepalive_time(hold_time, settings),
        send_hold_time=settings.send_hold_time or max(_SHORTEST_SEND_HOLD_TIME, 2.0 * hold_time),
        route_refresh=ROUTE_REFRESH in theirs,
        enhanced_route_refresh=ENHANCED_ROUTE_REFRESH in shared,
        peer_role=Role(role) if role in _ROLES else None,
        restart=agreed_restart(families, announced, theirs),
    )


def _common_families(theirs: Capabilities, settings: Settings, announced: Capabilities) -> tuple[Family, ...]:
    """A speaker that announces no Multiprotocol capability speaks IPv4 unicast (RFC 4760 §8).

    Without a common family the session has no purpose: it ends with Unsupported Capability and the
    capabilities we miss in the data (RFC 5492 §5). The subcode 8 that others use for this is deprecated at
    IANA.
    """
    we_speak, they_speak = (speaker.all(MULTIPROTOCOL) or (IPV4_UNICAST,) for speaker in (announced, theirs))
    common = tuple(family for family in settings.families if family in we_speak and family in they_speak)
    if not common:
        missed = Capabilities.of(*((MULTIPROTOCOL, family) for family in settings.families))
        ours = ", ".join(map(MULTIPROTOCOL.render, we_speak))
        reason = f"we speak {ours}; the peer {', '.join(map(MULTIPROTOCOL.render, they_speak))}"
        raise NotificationError(
            ErrorCode.OPEN_MESSAGE, OpenSubcode.UNSUPPORTED_CAPABILITY, missed.encode(), reason
        )
    return common


def _several_paths(
    families: tuple[Family, ...], *, sender: Capabilities, receiver: Capabilities
) -> frozenset[Family]:
    """Return for which of the families one sends several paths and the other takes them (RFC 7911 §4)."""
    sent = {row.family for row in sender.get(ADD_PATH) or () if row.sends}
    received = {row.family for row in receiver.get(ADD_PATH) or () if row.receives}
    return frozenset(family for family in families if family in sent and family in received)


def _extended_next_hops(
    families: tuple[Family, ...], announced: Capabilities, theirs: Capabilities
) -> frozenset[Family]:
    """Return for which of the families both take next hops of another address family (RFC 8950 §4)."""
    ours, its = (speaker.get(EXTENDED_NEXT_HOP) or () for speaker in (announced, theirs))
    return frozenset(family for family in families if any(row.family is family for row in ours if row in its))


def _keepalive_time(hold_time: int, settings: Settings) -> float:
    """A third of the hold time, or less if configured (RFC 4271 §4.4, §10)."""
    third = hold_time / 3
    return third if settings.keepalive_time is None else min(third, settings.keepalive_time)
