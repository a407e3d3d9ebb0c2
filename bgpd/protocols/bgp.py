"""A BGP neighbor: its session on one side, the tables it fills and follows on the other."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from bgpd.config.settings import NeighborSettings
from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp_details import neighbor_details
from bgpd.protocols.drain import STEP_SECONDS, Drain
from bgpd.protocols.exchange import Exchange
from bgpd.protocols.filter_changes import has_other_import, what_changed
from bgpd.protocols.first_feed import FirstFeed
from bgpd.protocols.flaw_log import FlawLog
from bgpd.protocols.limits import LimitReachedError, export_quota
from bgpd.protocols.neighbor_details import NeighborDetails
from bgpd.protocols.peer_settings import peer_settings
from bgpd.protocols.protocol import Channel, Protocol, ProtocolError, ProtocolState, RouteCounters
from bgpd.protocols.received_messages import take_route_refresh, take_update
from bgpd.protocols.surroundings import Surroundings
from bgpd.protocols.terms import Terms
from bgpd.sessions.peer import Peer
from bgpd.sessions.session import Session
from bgpd.sessions.socket_options import Endpoint
from fsm.state import State
from messages.attribute_set import AttributeSetTable
from messages.families import IPV4_UNICAST, Family
from messages.iana import CeaseSubcode
from messages.route_refresh import RouteRefresh
from messages.update import Update, decode_announcements, decode_update
from rib.admission import Admission
from rib.egress import GroupKey
from rib.ingress import Ingress
from rib.member import Member
from rib.policy import Policy
from rib.route import Source, SourceKind
from rib.update_group import UpdateGroup

_log = logging.getLogger("bgpd.bgp")
_DRAINED: Final = "drained"


class _Ties(NamedTuple):
    """One configured family: the source of its routes, known to the table as long as the neighbor exists."""

    pipeline: Pipeline
    source: Source
    counters: RouteCounters


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
        self.table = settings.table
        self._surroundings = surroundings
        self._loop = loop
        self._terms = Terms(settings, surroundings)
        self._ties = {family: _tie(pipelines[family], settings) for family in settings.families}
        self.channels = self._new_channels()
        self._exchanges: dict[Family, Exchange] = {}
        self._flushing: set[Family] = set()
        self._session: Session | None = None
        self._sets: AttributeSetTable | None = None
        self._drain: Drain | None = None
        self._is_drained = False
        """Whether it is disabled because a drain was over."""
        self.flaws = FlawLog(settings.name, loop.time)
        self._first_feed = FirstFeed(settings, surroundings.convergence, loop)
        self.peer = Peer(peer_settings(settings, surroundings.router_id), self, loop)
        if settings.shutdown is not None:
            self.is_disabled, self.message = True, settings.shutdown

    def _new_channels(self) -> tuple[Channel, ...]:
        terms = self._terms
        return tuple(
            Channel(
                family, ties.source, terms.import_policy(family), terms.export_policy(family), ties.counters
            )
            for family, ties in self._ties.items()
        )

    # -- for the daemon and the operator -----------------------------------------------------------

    def start(self) -> None:
        """Begin to look for the neighbor, unless it is shut down by configuration."""
        if not self.is_disabled:
            self._first_feed.expect(self.channels)
            self.begin()

    def begin(self) -> None:
        self._is_drained = False
        if not self._flushing:
            self.enter(ProtocolState.START)
        self.peer.start()

    def end(self, reason: str) -> None:
        """End the session with a Cease and the reason (RFC 4486, RFC 9003)."""
        self._drain = None
        self._first_feed.dismiss()
        self._surroundings.lifelines.let_go(self.settings.address)
        self.peer.stop(CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, reason)
        self._stopped()

    def restart(self, reason: str = "") -> str:
        """End the session with another Cease, since the neighbor may come back at once."""
        if self.is_disabled:
            return "already disabled"
        self._drain = None
        self.peer.stop(CeaseSubcode.ADMINISTRATIVE_RESET, reason)
        self.begin()
        return "restarted"

    @property
    def endpoint(self) -> Endpoint:
        """Where the neighbor is."""
        return self.peer.settings.endpoint

    def change_password(self, password: bytes) -> None:
        """Use another TCP MD5 password without a new session. Raises OSError if the kernel refuses it."""
        self.settings = replace(self.settings, password=password or None)
        self.peer.change_password(password)

    def follow_filters(self, settings: NeighborSettings) -> str:
        """Let the filters of these settings, as they are now, decide; return what came of it, in words."""
        before = self.channels
        self.settings = self.settings.with_filters_of(settings)
        self._terms = Terms(self.settings, self._surroundings)
        self.channels = self._new_channels()
        change = what_changed(before, self.channels)
        self._follow_terms()
        if "import" not in change or self._session is None or self.settings.keep_filtered:
            return change
        if not self._session.negotiated.route_refresh:
            return (
                f"{change}; the neighbor can't be asked for the routes that were refused (no ROUTE-REFRESH)"
            )
        for family, exchange in self._exchanges.items():
            if has_other_import(before, self.channels, family):
                exchange.request_again()
        return change

    def stop(self, *, silently: bool) -> None:
        """The daemon ends: with a Cease, or without a word so that our routes may be kept."""
        self.is_disabled = True
        if silently:
            self.peer.close_silently()
        else:
            self.peer.stop()

    def _stopped(self) -> None:
        if not self._flushing:
            self.enter(ProtocolState.DOWN)

    def reload(self, *, incoming: bool, outgoing: bool) -> str:
        """Import what was received again, or ask for it; export everything again."""
        session = self._session
        if session is None:
            raise ProtocolError("there is no session; a new one brings all routes anyway")
        keeps = self.settings.keep_filtered
        if incoming and not keeps and not session.negotiated.route_refresh:
            raise ProtocolError(
                "the neighbor can't be asked for its routes (no ROUTE-REFRESH), and refused ones were not "
                "kept (keep_filtered = false); restart it instead"
            )
        for exchange in self._exchanges.values():
            if incoming:
                exchange.import_again()
            if incoming and not keeps:
                exchange.request_again()  # what was refused is not here to be looked at again
            if outgoing:
                exchange.export_again()
        return "reloading"

    @property
    def is_draining(self) -> bool:
        """Whether the neighbor is being led around us."""
        return self._drain is not None

    def drain(self, reason: str = "") -> str:
        """Send and take routes as the last choice; shut down when that has made things quiet (RFC 8326)."""
        if self.is_disabled:
            return "already disabled"
        if self._drain is not None:
            return "already draining"
        if self._session is None:
            self.disable(reason or _DRAINED)
            self._is_drained = True
            return "disabled"
        _log.info("%s: Draining", self.name)
        self._drain = Drain(reason or _DRAINED, self._loop.time())
        self._follow_terms()
        self._loop.call_later(STEP_SECONDS, self._watch_drain, self._drain)
        return "draining"

    def _watch_drain(self, drain: Drain) -> None:
        if drain is not self._drain:
            return
        exchanges = self._exchanges.values()
        crossed = sum(ties.counters.crossed for ties in self._ties.values())
        is_behind = any(exchange.is_behind for exchange in exchanges)
        if drain.is_over(crossed, self._loop.time(), is_behind=is_behind):
            _log.info("%s: Drained", self.name)
            self.disable(drain.reason)
            self._is_drained = True
        else:
            self._loop.call_later(STEP_SECONDS, self._watch_drain, drain)

    def undrain(self) -> str:
        """Be a full neighbor again, whether the drain is under way or over."""
        if self._is_drained:
            return self.enable()
        if self._drain is None:
            return "not draining"
        _log.info("%s: Draining ends", self.name)
        self._drain = None
        self._follow_terms()
        return "undrained"

    def attachment(self, family: Family) -> tuple[UpdateGroup, Member] | None:
        """Return the update group and the membership of an established session."""
        exchange = self._exchanges.get(family)
        return (exchange.group, exchange.member) if exchange else None

    def entrance(self, family: Family, policy: Policy) -> Ingress:
        """Return a way in like that of an established session, with another import filter."""
        return self._exchanges[family].entrance(policy)

    def told_under_limit(self, family: Family) -> int:
        """Return how many prefixes it was told of, if there is a limit for that."""
        exchange = self._exchanges.get(family)
        return len(exchange.member.quota or ()) if exchange is not None else 0

    @property
    def problem(self) -> str:
        """What keeps connections of the neighbor from being accepted; empty if nothing does."""
        return self._surroundings.listening_problem(self.endpoint, self.name)

    @property
    def info(self) -> str:
        if self.state is ProtocolState.DOWN:
            return self.peer.last_error
        if self._drain is not None:
            return f"{self.peer.state!s:<14}Draining"
        if self.peer.state is State.ESTABLISHED:
            return f"{self.peer.state!s:<14}"
        waits = self.settings.passive and self.peer.state is State.ACTIVE
        return f"{'Passive' if waits else self.peer.state!s:<14}{self.peer.last_error or self.problem}"

    def details(self) -> NeighborDetails:
        return neighbor_details(self)

    # -- PeerHandler -------------------------------------------------------------------------------

    def state_changed(self) -> None:
        """Nothing hangs on the states before Established; ``show`` asks the peer."""

    def session_up(self, session: Session) -> None:
        """The session is established: follow the tables."""
        self._session = session
        self._sets = self._surroundings.attribute_sets(session.context)
        self.enter(ProtocolState.UP)
        for family in session.negotiated.families:
            self._exchanges[family] = self._exchange(session, family)
        self._surroundings.lifelines.hold(self.settings.address, self.name)
        self._first_feed.session_up(session.negotiated.families, self.channels, self.peer.counters)

    def session_down(self, reason: str) -> None:
        """The session ended: its routes are withdrawn (RFC 4271 §6, §9.1.4)."""
        self._session = self._sets = None
        self._surroundings.session_places.remove(self)
        self._first_feed.session_down()
        exchanges, self._exchanges = self._exchanges, {}
        for family, exchange in exchanges.items():
            self._flushing.add(family)
            exchange.end(partial(self._flushed, family))
        if self._flushing:
            self.peer.hold()
            self.enter(ProtocolState.FLUSH)
        _log.debug("%s: routes are being removed (%s)", self.name, reason)

    def updates_received(self, bodies: Sequence[bytes]) -> None:
        """Put UPDATEs into the tables. Raises NotificationError if the session has to end.

        Those that only announce with plain attributes are many, and are taken together.
        """
        now, position = int(self._now()), 0
        try:
            while position < len(bodies) and self._sets is not None:
                plain = decode_announcements(bodies, position, self._sets)
                if plain:
                    self._exchanges[IPV4_UNICAST].announce_plain(plain, now)
                    position += len(plain)
                else:
                    self._update_received(decode_update(bodies[position], self._sets), now)
                    position += 1
        except LimitReachedError as reached:
            self._limit_reached(reached)
        finally:
            for exchange in self._exchanges.values():
                exchange.hand_on()

    def _update_received(self, update: Update, now: int) -> None:
        """Take one that is more, or less, than an announcement."""
        take_update(update, self._exchanges, now)
        if update.errors:
            self.flaws.report(update.errors)
        if update.end_of_rib is not None:
            self._first_feed.end_of_rib(update.end_of_rib)

    def _limit_reached(self, reached: LimitReachedError) -> None:
        if reached.limit.action == "restart":
            self.peer.cease(reached.notification, reached.limit.restart_after)
        else:
            self.is_disabled, self._drain = True, None
            self.message = f"more than {reached.most} prefixes"
            self.peer.cease(reached.notification, None)

    def route_refresh_received(self, message: RouteRefresh) -> None:
        """Send routes again, or note that the neighbor does."""
        session = self._session
        is_enhanced = session is not None and session.negotiated.enhanced_route_refresh
        take_route_refresh(message, self._exchanges, is_enhanced=is_enhanced)

    def writable(self) -> None:
        """The queue to the neighbor has room again."""
        for exchange in self._exchanges.values():
            exchange.writable()

    # -- inside ------------------------------------------------------------------------------------

    def interfaces_changed(self) -> None:
        """Our addresses may be others now: as next hops, and as those that routes must not have."""
        self._follow_terms()

    def _follow_terms(self) -> None:
        session = self._session
        if session is not None:
            for family, exchange in self._exchanges.items():
                exchange.follow(*self._apply(session, family))

    def _apply(self, session: Session, family: Family) -> tuple[Admission, GroupKey]:
        """Return how routes of a family come in, and what is sent, under the present terms."""
        terms, source = self._terms, self._ties[family].source
        terms.describe(source, session)
        self._surroundings.session_places.put(self, terms.interface(session))
        admission = terms.admission(session, family, is_draining=self.is_draining)
        return admission, terms.group_key(session, family, source, is_draining=self.is_draining)

    def _exchange(self, session: Session, family: Family) -> Exchange:
        limit = self.settings.max_prefixes
        pipeline, source, counters = self._ties[family]
        admission, key = self._apply(session, family)
        quota = None
        if limit is not None and limit.exported is not None:
            quota = export_quota(
                self.name, limit, family, self._end_soon, partial(self._export_again, family)
            )
        member = Member(source, partial(_write, session), counters.sent, quota)
        exchange = Exchange(session, pipeline, member, admission, key, counters)
        if limit is not None:
            exchange.limit(self.name, limit)
        return exchange

    def _end_soon(self, reached: LimitReachedError) -> None:
        """Whoever noticed, in the middle of telling neighbors, has to be done first."""
        self._loop.call_soon(partial(self._limit_reached, reached))

    def _export_again(self, family: Family) -> None:
        """There is room under the export limit for what was not sent before."""
        exchange = self._exchanges.get(family)
        if exchange is not None:
            exchange.export_again()

    def _flushed(self, family: Family) -> None:
        """The last session's routes of one family are gone; after the last one a new session may come."""
        self._flushing.discard(family)
        if not self._flushing:
            self.enter(ProtocolState.DOWN if self.is_disabled else ProtocolState.START)
            self.peer.release()


def _tie(pipeline: Pipeline, settings: NeighborSettings) -> _Ties:
    return _Ties(pipeline, Source(settings.name, SourceKind.BGP, settings.preference), RouteCounters())


def _write(session: Session, messages: list[bytes]) -> bool:
    session.write(messages)
    return not session.full
