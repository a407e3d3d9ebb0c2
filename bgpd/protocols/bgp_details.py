"""Finds out what ``show protocols all`` tells of a neighbor beyond what every protocol has."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Protocol

from bgpd.protocols.bgp_capabilities import capability_rows, capability_words
from bgpd.protocols.bgp_info import state_of_session
from bgpd.protocols.flaw_log import FlawLog
from bgpd.protocols.neighbor_details import (
    LimitRow,
    LossRow,
    NeighborDetails,
    NotificationRow,
    RefusalRow,
    SessionRow,
    TrafficRow,
    TransitionRow,
)
from bgpd.protocols.protocol import Channel, ProtocolState
from bgpd.protocols.remarks import remarks
from bgpd.protocols.stale_routes import StaleRoutes
from bgpd.restart.remembered import RememberedNeighbor
from bgpd.sessions.countdown import Countdown
from bgpd.sessions.history import Loss, NotificationNote, Transition
from bgpd.sessions.message_counters import MessageCounters
from bgpd.sessions.peer import Peer
from bgpd.sessions.refusal import Refusal
from bgpd.sessions.session import Session
from bgpd.settings import NeighborSettings
from bgpd.show.times import Moment
from messages.context import Context
from messages.families import Family
from messages.families.prefix import render_address
from messages.iana import MAXIMUM_MESSAGE_OCTETS, ErrorCode, MessageType
from messages.notification import text

_DOWN: Final = "Down"


class Neighbor(Protocol):
    """A neighbor's protocol, as far as its details need it."""

    @property
    def settings(self) -> NeighborSettings: ...
    @property
    def peer(self) -> Peer: ...
    @property
    def state(self) -> ProtocolState: ...
    @property
    def channels(self) -> Sequence[Channel]: ...
    @property
    def flaws(self) -> FlawLog: ...
    @property
    def stale(self) -> StaleRoutes: ...
    @property
    def is_draining(self) -> bool: ...
    @property
    def remembered(self) -> RememberedNeighbor | None:
        """What an earlier process has left word of."""

    @property
    def problem(self) -> str:
        """What keeps connections of the neighbor from being accepted; empty if nothing does."""

    def told_under_limit(self, family: Family) -> int:
        """Return how many prefixes it was told of, if there is a limit for that."""

    def limits_hit(self, family: Family) -> Collection[str]:
        """Return the directions in which the limits of a family had their effect."""


def neighbor_details(neighbor: Neighbor) -> NeighborDetails:
    """Return how things stand now."""
    settings, peer = neighbor.settings, neighbor.peer
    scope = f"%{settings.interface}" if settings.interface else ""
    return NeighborDetails(
        bgp_state=_state(neighbor),
        neighbor_address=f"{settings.address}{scope}",
        neighbor_as=settings.asn,
        local_as=settings.local_asn,
        authentication=_authentication(settings),
        session=None if peer.session is None else _session(settings, peer.session),
        limits=tuple(_limits(neighbor)),
        timers=_running({**peer.countdowns._asdict(), "restart": neighbor.stale.restart_timer}),
        last_error=peer.last_error or None,
        error_in_short=None if peer.last_failure is None else peer.last_failure.in_short,
        draining=neighbor.is_draining,
        restarting=bool(neighbor.stale.families),
        stale_timers=_running(
            {family.name: timer for family, timer in neighbor.stale.long_lived_timers.items()}
        ),
        remarks=tuple(remarks(settings, peer, neighbor.problem)),
        messages=_messages(peer.counters),
        malformed_attributes=neighbor.flaws.count,
        sessions_lost=peer.flaps,
        before_restart=_before_restart(neighbor.remembered),
        last_sent=_notification(peer.last_sent),
        last_received=_notification(peer.last_received),
        last_refusal=_refusal(peer.last_refusal),
        transitions=tuple(map(_transition, peer.transitions)),
        last_loss=_loss(peer.last_loss),
    )


def _state(neighbor: Neighbor) -> str:
    return _DOWN if neighbor.state is ProtocolState.DOWN else state_of_session(neighbor)


def _before_restart(remembered: RememberedNeighbor | None) -> str | None:
    if remembered is None or not (remembered.sessions_lost or remembered.last_error):
        return None
    error = f", {remembered.last_error}" if remembered.last_error else ""
    return f"{remembered.sessions_lost} sessions lost{error}"


def _authentication(settings: NeighborSettings) -> str | None:
    """Say how segments are signed; never with what."""
    if settings.tcp_ao is not None:
        key = settings.tcp_ao
        return f"TCP-AO {key.algorithm}, key {key.send_id} sent, key {key.receive_id} received (RFC 5925)"
    return None if settings.password is None else "TCP MD5 (RFC 2385)"


def _session(settings: NeighborSettings, session: Session) -> SessionRow:
    context, negotiated = session.context, session.negotiated
    words = {
        "multihop": bool(settings.multihop),
        "route-reflector": settings.route_reflector_client,
        "route-server": settings.route_server_client,
        "AS4": context.as_number_octets == 4,
        "add-path-rx": bool(context.add_path_receive),
        "add-path-tx": bool(context.add_path_send),
        "ext-messages": context.message_octets > MAXIMUM_MESSAGE_OCTETS,
        "ext-next-hop": bool(context.extended_next_hop),
    }
    kind = [_relation(context), *(word for word, is_so in words.items() if is_so)]
    return SessionRow(
        neighbor_id=render_address(session.peer_router_id.to_bytes(4)),
        neighbor_caps=tuple(capability_words(negotiated.peer_capabilities)),
        kind=kind,
        source_address=render_address(session.local_address),
        initiator="remote" if session.is_incoming else "local",
        local_capabilities=tuple(capability_rows(negotiated.local_capabilities)),
        neighbor_capabilities=tuple(capability_rows(negotiated.peer_capabilities)),
    )


def _relation(context: Context) -> str:
    if context.confederation:
        return "confederation"
    return "external" if context.external else "internal"


def _limits(neighbor: Neighbor) -> Iterator[LimitRow]:
    limit = neighbor.settings.max_prefixes
    if limit is None:
        return
    for channel in neighbor.channels:
        source, family = channel.source, channel.family
        routes, filtered = (source.routes, source.filtered) if source is not None else (0, 0)
        numbers = (
            ("imported", routes - filtered, limit.imported),
            ("received", routes, limit.received),
            ("exported", neighbor.told_under_limit(family), limit.exported),
        )
        for direction, number, most in numbers:
            if most is not None:
                wait = limit.restart_after if limit.action == "restart" else None
                kept = filtered if direction == "imported" else 0
                is_hit = direction in neighbor.limits_hit(family)
                yield LimitRow(
                    family.name, direction, number, most, limit.action, limit.warn_at, wait, kept, is_hit
                )


def _running(countdowns: Mapping[str, Countdown | None]) -> dict[str, Countdown]:
    """Return the timers that run, in milliseconds at the finest."""
    return {
        name: Countdown(round(countdown.left, 3), countdown.total)
        for name, countdown in countdowns.items()
        if countdown is not None
    }


def _messages(counters: MessageCounters) -> dict[str, TrafficRow]:
    return {
        kind.name.replace("_", "-"): TrafficRow(counters.received[kind], counters.sent[kind])
        for kind in MessageType
    }


def _notification(note: NotificationNote | None) -> NotificationRow | None:
    if note is None:
        return None
    notification = note.notification
    return NotificationRow(
        Moment(note.at),
        notification.code,
        notification.subcode,
        str(notification),
        note.detail or None,
        notification.data.hex(),
    )


def _loss(loss: Loss | None) -> LossRow | None:
    return None if loss is None else LossRow(Moment(loss.at), loss.reason)


def _refusal(refusal: Refusal | None) -> RefusalRow | None:
    if refusal is None:
        return None
    return RefusalRow(Moment(refusal.at), refusal.reason, text(ErrorCode.CEASE, refusal.subcode))


def _transition(transition: Transition) -> TransitionRow:
    return TransitionRow(
        Moment(transition.at),
        str(transition.old),
        str(transition.new),
        transition.cause,
        transition.initiator or None,
    )
