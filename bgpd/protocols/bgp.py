"""A BGP neighbor: its session on one side, the tables it fills and follows on the other."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bgpd.config.settings import NeighborSettings
from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp_details import session_lines
from bgpd.protocols.flaw_log import FlawLog
from bgpd.protocols.peer_settings import peer_settings
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from bgpd.sessions.peer import Peer
from bgpd.sessions.session import Session
from fsm.state import State
from messages.attribute_set import AttributeSetTable
from messages.families import Family
from messages.iana import RouteRefreshSubtype
from messages.route_refresh import RouteRefresh
from messages.update import decode_update
from rib.egress import GroupKey, NextHopRule
from rib.ingress import Admission, Ingress
from rib.policy import Policy
from rib.route import Source, SourceKind
from rib.update_group import Member, UpdateGroup

_log = logging.getLogger("bgpd.bgp")


@dataclass(slots=True)
class _Attachment:
    """One family of an established session: how its routes come in and go out."""

    pipeline: Pipeline
    ingress: Ingress
    group: UpdateGroup
    member: Member


@dataclass(slots=True)
class _Ties:
    """One configured family: the source of its routes, known to the table as long as the neighbor exists."""

    pipeline: Pipeline
    source: Source
    counters: RouteCounters = field(default_factory=RouteCounters)


class BgpProtocol(Protocol):
    """One neighbor. Implements ``PeerHandler``: the peer calls it when something happened."""

    kind = "BGP"

    def __init__(
        self,
        settings: NeighborSettings,
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(settings.name, surroundings.now, settings.description)
        self.settings = settings
        self._surroundings = surroundings
        self._import = _policy(settings.import_filter, missing="import" in settings.policy_missing)
        self._export = _policy(settings.export_filter, missing="export" in settings.policy_missing)
        self._ties = {
            family: _Ties(pipelines[family], Source(settings.name, SourceKind.BGP))
            for family in settings.families
        }
        self.channels = tuple(
            Channel(family, ties.source, self._import, self._export, ties.counters)
            for family, ties in self._ties.items()
        )
        self._running = False
        self._attachments: dict[Family, _Attachment] = {}
        self._flushing: set[Family] = set()
        self._session: Session | None = None
        self._sets: AttributeSetTable | None = None
        self.flaws = FlawLog(settings.name, loop.time)
        self.peer = Peer(peer_settings(settings, surroundings.router_id), self, loop)

    # -- for the daemon ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to look for the neighbor, unless it is shut down by configuration."""
        if self.settings.shutdown is None:
            self._running = True
            self.enter(ProtocolState.START)
            self.peer.start()

    def stop(self, *, silently: bool) -> None:
        """End the session with a Cease (RFC 4486), or without a word so that our routes may be kept."""
        self._running = False
        if silently:
            self.peer.close_silently()
        else:
            self.peer.stop()

    def attachment(self, family: Family) -> tuple[UpdateGroup, Member] | None:
        """Return the update group and the membership of an established session."""
        attached = self._attachments.get(family)
        return (attached.group, attached.member) if attached else None

    @property
    def info(self) -> str:
        if self.state is ProtocolState.DOWN:
            return self.peer.last_error
        waits = self.settings.passive and self.peer.state is State.ACTIVE
        return f"{'Passive' if waits else self.peer.state!s:<14}{self.peer.last_error}"

    def details(self) -> Sequence[str]:
        return session_lines(self.settings, self.peer, self.flaws.count)

    # -- PeerHandler -------------------------------------------------------------------------------

    def state_changed(self) -> None:
        """Nothing hangs on the states before Established; ``show`` asks the peer."""

    def session_up(self, session: Session) -> None:
        """The session is established: follow the tables."""
        self._session = session
        self._sets = self._surroundings.attribute_sets(session.context)
        self.enter(ProtocolState.UP)
        for family in session.negotiated.families:
            self._attachments[family] = self._attach(session, family)

    def session_down(self, reason: str) -> None:
        """The session ended: its routes are withdrawn (RFC 4271 §6, §9.1.4)."""
        session, self._session, self._sets = self._session, None, None
        attachments, self._attachments = self._attachments, {}
        for family, attached in attachments.items():
            attached.pipeline.leave(attached.group, attached.member)
            if session is not None:
                attached.pipeline.forget_reader(session)
            self._flushing.add(family)
            attached.pipeline.purge(attached.member.source, partial(self._flushed, family))
        if self._flushing:
            self.peer.hold()
            self.enter(ProtocolState.FLUSH)
        _log.debug("%s: routes are being removed (%s)", self.name, reason)

    def update_received(self, body: bytes) -> None:
        """Put one UPDATE into the tables. Raises NotificationError if the session has to end."""
        sets, session = self._sets, self._session
        if sets is None or session is None:
            return
        update = decode_update(body, sets)
        now = int(self._now())
        attachments = self._attachments
        for family, keys in update.withdrawn:
            attached = attachments[family]
            counters, source = self._ties[family].counters, attached.member.source
            counters.withdraws_received += len(keys)
            counters.withdraws_accepted += source.routes
            attached.pipeline.table.withdraw(source, keys)
            counters.withdraws_accepted -= source.routes
            attached.pipeline.touched_by(session)
        for family, attributes, keys in update.announced:
            attached = attachments[family]
            route = attached.ingress.route(attributes, now)
            counters = self._ties[family].counters
            counters.imports_received += len(keys)
            if attached.ingress.keeps(route):
                attached.pipeline.table.announce(route, keys)
            else:
                attached.pipeline.table.withdraw(attached.member.source, keys)
            if route.refusal is None:
                counters.imports_accepted += len(keys)
            else:
                counters.imports_filtered += len(keys)
            attached.pipeline.touched_by(session)
        if update.errors:
            self.flaws.report(update.errors)

    def route_refresh_received(self, message: RouteRefresh) -> None:
        """Send the family's routes again (RFC 2918 §4); other families are ignored.

        So are unknown subtypes (RFC 7313 §5), and the marks around answers that we never asked for.
        """
        if message.subtype != RouteRefreshSubtype.REQUEST:
            return
        for family, attached in self._attachments.items():
            if (family.afi, family.safi) == (message.afi, message.safi):
                attached.pipeline.resend(attached.group, attached.member)

    def writable(self) -> None:
        """The queue to the neighbor has room again."""
        for attached in self._attachments.values():
            attached.pipeline.writable(attached.group, attached.member)

    # -- inside ------------------------------------------------------------------------------------

    def _attach(self, session: Session, family: Family) -> _Attachment:
        context, surroundings, settings = session.context, self._surroundings, self.settings
        ties = self._ties[family]
        source = ties.source
        source.external = context.external
        source.router_id = session.peer_router_id
        source.address = session.remote_address
        source.interface = 0 if settings.multihop else surroundings.interface_of(session.local_address)
        source.recursive = settings.gateway == "recursive"
        admission = Admission(
            settings.local_asn,
            surroundings.router_id,
            self._import,
            surroundings.own_addresses(),
            settings.keep_filtered,
        )
        key = GroupKey(
            family,
            context,
            settings.local_asn,
            self._export,
            NextHopRule(settings.next_hop),
            surroundings.own_next_hop(family, session.local_address, link_local=not settings.multihop),
        )
        member = Member(source, partial(_write, session))
        group = ties.pipeline.join(key, member)
        ingress = Ingress(source, admission, ties.pipeline.next_hops)
        return _Attachment(ties.pipeline, ingress, group, member)

    def _flushed(self, family: Family) -> None:
        """The last session's routes of one family are gone; after the last one a new session may come."""
        self._flushing.discard(family)
        if not self._flushing:
            self.enter(ProtocolState.START if self._running else ProtocolState.DOWN)
            self.peer.release()


def _write(session: Session, messages: list[bytes]) -> bool:
    session.write(messages)
    return not session.full


def _policy(name: str, *, missing: bool) -> Policy:
    if missing:
        return Policy.MISSING
    return Policy.ALL if name == "all" else Policy.NONE
