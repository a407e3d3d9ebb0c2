"""What a neighbor says in an established session, and what it is told, family by family."""

import asyncio
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from bgpd.health.faults import FAULTS
from bgpd.logs.journal import Journal
from bgpd.protocols.exchange import Exchange
from bgpd.protocols.flaw_log import FlawLog
from bgpd.protocols.limits import LimitReachedError, export_quota
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.neighbor_routes import NeighborRoutes
from bgpd.protocols.protocol import ProtocolError
from bgpd.protocols.received_messages import take_route_refresh, take_update
from bgpd.protocols.surroundings import Surroundings
from bgpd.protocols.terms import Terms
from bgpd.sessions.session import Session
from bgpd.settings import NeighborSettings
from bgpd.traces.arrivals import ArrivalTraces
from bgpd.traces.packets import note_refresh, note_sent, note_updates
from messages.families import IPV4_UNICAST, Family
from messages.route_refresh import RouteRefresh
from messages.update import Update, decode_announcements, decode_update
from rib.admission import Admission
from rib.egress import GroupKey
from rib.member import Member
from rib.quota import ExportQuota


class Neighbor(LoggedProtocol):
    """Who is at the other end, as far as a session is concerned."""

    settings: NeighborSettings
    terms: Terms
    routes: NeighborRoutes
    flaws: FlawLog

    @property
    @abstractmethod
    def is_draining(self) -> bool:
        """Whether the neighbor is being led around us."""

    @abstractmethod
    def interfaces_changed(self) -> None:
        """Our addresses may be others now: as next hops, and as those that routes must not have."""

    @abstractmethod
    def end_of_rib(self, family: Family) -> None:
        """The neighbor has said all it has of a family."""

    @abstractmethod
    def released(self) -> None:
        """It begins to be told of a family what it was not told before."""

    @abstractmethod
    def limit_reached(self, reached: LimitReachedError) -> None:
        """There are too many prefixes: the session has to end."""


class Established:
    """One session, from the moment it is established until it ends."""

    def __init__(
        self,
        neighbor: Neighbor,
        session: Session,
        surroundings: Surroundings,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.session = session
        self._neighbor = neighbor
        self._surroundings = surroundings
        self._loop = loop
        self._sets = surroundings.attribute_sets(session.context)
        self._is_over = False
        self._exchanges: dict[Family, Exchange] = {}
        try:
            for family in session.negotiated.families:
                self._exchanges[family] = self._exchange(family)
        except Exception:
            self.end()
            raise

    # What is asked

    @property
    def exchanges(self) -> Mapping[Family, Exchange]:
        """One for each family that was agreed on."""
        return self._exchanges

    @property
    def is_held(self) -> bool:
        """Whether there is a family that the neighbor is not told of as yet."""
        return any(exchange.member.is_held for exchange in self._exchanges.values())

    @property
    def is_behind(self) -> bool:
        """Whether the neighbor has yet to be told something."""
        return any(exchange.is_behind for exchange in self._exchanges.values())

    # Its life

    def begin(self) -> None:
        """Say what the neighbor is told first; it has to know this session by now."""
        for family, exchange in self._exchanges.items():
            if not exchange.member.is_held:
                self._surroundings.feeds(self._neighbor, self._neighbor.routes.ties[family].pipeline.table)

    def _exchange(self, family: Family) -> Exchange:
        neighbor, surroundings, session = self._neighbor, self._surroundings, self.session
        pipeline, source, counters = neighbor.routes.ties[family]
        admission, key = self._apply(family)
        member = Member(
            source, partial(_write, session, neighbor.journal), counters.sent, self._quota(family)
        )
        restart, deferral = session.negotiated.restart, surroundings.deferral
        member.is_held = restart is not None and restart.is_helped and deferral.concerns(family)
        exchange = Exchange(session, pipeline, member, admission, key, counters)
        if member.is_held:
            deferral.when_over(family, partial(self._release, family))
        exchange.trace(
            ArrivalTraces(neighbor.journal, pipeline, surroundings.route_words, self._loop.call_later)
        )
        if neighbor.settings.max_prefixes is not None:
            exchange.limit(neighbor.name, neighbor.settings.max_prefixes)
        return exchange

    def _quota(self, family: Family) -> ExportQuota | None:
        limit = self._neighbor.settings.max_prefixes
        if limit is None or limit.exported is None:
            return None
        again = partial(self._export_again, family)
        return export_quota(lambda: self._neighbor.name, limit, family, self._end_soon, again)

    def _apply(self, family: Family) -> tuple[Admission, GroupKey]:
        """Return how routes of a family come in, and what is sent, under the present terms."""
        neighbor, session = self._neighbor, self.session
        terms, source = neighbor.terms, neighbor.routes.ties[family].source
        terms.describe(source, session)
        self._surroundings.session_places.put(neighbor, terms.interface(session))
        is_draining = neighbor.is_draining
        admission = terms.admission(session, family, is_draining=is_draining)
        return admission, terms.group_key(session, family, source, is_draining=is_draining)

    def _release(self, family: Family) -> None:
        """All is known that the neighbor is to be told, instead of what it has kept (RFC 4724 §4.1)."""
        if not self._is_over:
            self._surroundings.feeds(self._neighbor, self._neighbor.routes.ties[family].pipeline.table)
            self._exchanges[family].release(self._neighbor.released)

    def end(self) -> Mapping[Family, Collection[str]]:
        """The session is over; return the limits that had their effect."""
        self._is_over = True
        self._surroundings.session_places.remove(self._neighbor)
        hits = {family: exchange.limits_hit for family, exchange in self._exchanges.items()}
        for exchange in self._exchanges.values():
            with FAULTS.contained("session", self._neighbor.name):  # nobody may stay in a group
                exchange.end()
        return hits

    # What the neighbor says

    def updates_received(self, bodies: Sequence[bytes], now: int) -> None:
        """Put UPDATEs into the tables. Raises NotificationError if the session has to end.

        Those that only announce with plain attributes are many, and are taken together.
        """
        note_updates(self._neighbor.journal, len(bodies))
        position = 0
        try:
            while position < len(bodies) and not self._is_over:
                plain = decode_announcements(bodies, position, self._sets)
                if plain:
                    self._exchanges[IPV4_UNICAST].announce_plain(plain, now)
                    position += len(plain)
                else:
                    self._update_received(decode_update(bodies[position], self._sets), now)
                    position += 1
        except LimitReachedError as reached:
            self._neighbor.limit_reached(reached)
        finally:
            for exchange in self._exchanges.values():
                exchange.hand_on()

    def _update_received(self, update: Update, now: int) -> None:
        """Take one that is more, or less, than an announcement."""
        take_update(update, self._exchanges, now)
        if update.errors:
            self._neighbor.flaws.report(update.errors)
        if update.end_of_rib is not None:
            self._neighbor.journal.note_packet("Got END-OF-RIB")
            self._neighbor.end_of_rib(update.end_of_rib)

    def route_refresh_received(self, message: RouteRefresh) -> None:
        """Send routes again, or note that the neighbor does."""
        note_refresh(self._neighbor.journal, message.subtype)
        is_enhanced = self.session.negotiated.enhanced_route_refresh
        take_route_refresh(message, self._exchanges, is_enhanced=is_enhanced)

    # What it is told

    def writable(self) -> None:
        """The queue to the neighbor has room again."""
        for exchange in self._exchanges.values():
            exchange.writable()

    def _end_soon(self, reached: LimitReachedError) -> None:
        """Whoever noticed, in the middle of telling neighbors, has to be done first."""
        self._loop.call_soon(self._neighbor.limit_reached, reached)

    def _export_again(self, family: Family) -> None:
        """There is room under the export limit for what was not sent before."""
        if not self._is_over:
            self._exchanges[family].export_again()

    # What changes

    def follow_terms(self) -> None:
        """Let routes come in and go out as is right now."""
        for family, exchange in self._exchanges.items():
            exchange.follow(*self._apply(family))

    def follow(self, before: NeighborSettings) -> Iterator[str]:
        """Follow changed settings of the neighbor; yield what can't be done, in words."""
        limit = self._neighbor.settings.max_prefixes
        is_limited_otherwise = limit != before.max_prefixes
        for family, exchange in self._exchanges.items():
            has_refused = not before.keep_filtered
            if is_limited_otherwise:
                has_refused = has_refused or bool(exchange.limits_hit)
                exchange.limit(self._neighbor.name, limit)
                exchange.limit_exports(self._quota(family))
            was = exchange.admission
            exchange.follow(*self._apply(family))
            if has_refused and (is_limited_otherwise or exchange.admission != was):
                yield from self._ask_for_refused(exchange)
            if is_limited_otherwise:
                self._limit_present(exchange)

    def _ask_for_refused(self, exchange: Exchange) -> Iterator[str]:
        """What was refused is not here to be looked at again."""
        if self.session.negotiated.route_refresh:
            exchange.request_again()
        else:
            yield "the neighbor can't be asked for the routes that were refused (no ROUTE-REFRESH)"

    def stale_gone(self, family: Family) -> None:
        """The neighbor has said all that there is of a family in this session."""
        exchange = self._exchanges.get(family)
        if exchange is not None:
            exchange.stale_gone()
            self._limit_present(exchange)

    def _limit_present(self, exchange: Exchange) -> None:
        try:
            exchange.limit_present()
        except LimitReachedError as reached:
            self._end_soon(reached)

    def rename(self) -> None:
        """The neighbor has another name."""
        for exchange in self._exchanges.values():
            if exchange.limiter is not None:
                exchange.limiter.rename(self._neighbor.name)

    def follow_import(self, families: Collection[Family]) -> None:
        """The same after the end of the session, for those of its routes that are kept (RFC 4724 §4.2)."""
        neighbor = self._neighbor
        for family in families:
            neighbor.terms.describe(neighbor.routes.ties[family].source, self.session)
            admission = neighbor.terms.admission(self.session, family, is_draining=neighbor.is_draining)
            self._exchanges[family].import_by(admission)

    def reload(self, *, incoming: bool, outgoing: bool) -> None:
        """Import what was received again, or ask for it; export everything again.

        Raises ProtocolError if the neighbor can't be asked for what is not here.
        """
        keeps = self._neighbor.settings.keep_filtered
        if incoming and not keeps and not self.session.negotiated.route_refresh:
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


def _write(session: Session, journal: Journal, messages: list[bytes]) -> bool:
    note_sent(journal, messages)
    session.write(messages)
    return not session.full
