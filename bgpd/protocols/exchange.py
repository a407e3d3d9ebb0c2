"""One family of an established session: its routes on their way into the table and out of it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias, cast

from bgpd.offers import Taker
from bgpd.pipeline import Pipeline
from bgpd.protocols.limits import PrefixLimiter
from bgpd.protocols.protocol import RouteCounters
from bgpd.sessions.session import Session
from bgpd.settings import PrefixLimit
from bgpd.traces.arrivals import ArrivalTraces, Put, Take
from messages.families.path import PathKey, prefix_of
from messages.families.prefix import PrefixKey
from messages.iana import RouteRefreshSubtype
from messages.route_refresh import RouteRefresh, encode_route_refresh
from messages.update import Announcement
from rib.admission import Admission
from rib.egress import GroupKey
from rib.ingress import Ingress, Said
from rib.member import Member
from rib.policy import Policy
from rib.quota import ExportQuota
from rib.route import Route, Source

Nlri: TypeAlias = Sequence[PrefixKey] | Sequence[PathKey]
"""Prefixes, or paths if the neighbor sends several (RFC 7911); never both in one session."""


class Exchange:
    """Lives as long as the session."""

    def __init__(
        self,
        session: Session,
        pipeline: Pipeline,
        member: Member,
        admission: Admission,
        key: GroupKey,
        counters: RouteCounters,
    ) -> None:
        self.limiter: PrefixLimiter | None = None
        self.member = member
        self.group = pipeline.join(key, member)
        self._session = session
        self._pipeline = pipeline
        self._source = member.source
        self._source.epoch += 1
        self._has_stale = bool(self._source.routes)
        """Whether there may be routes of sessions before (RFC 4724 §4.2)."""
        self._owes_end_of_rib = session.negotiated.restart is not None
        self._admission = admission
        self._facts = member.source.facts
        self._key = key
        self._counters = counters
        counters.offers.begin(pipeline.offers, _taker(member.source, key))
        table = pipeline.table
        self._prefix_of: Callable[[Any], PrefixKey] = PrefixKey
        self._put: Put = table.announce
        self._take: Take = table.withdraw
        self._held: Callable[[Source, Any], Route | None] = table.held
        if key.family in session.context.add_path_receive:
            self._put, self._take, self._held = table.announce_paths, table.withdraw_paths, table.held_path
            self._prefix_of = prefix_of
        self._traces: ArrivalTraces | None = None
        self._unwatched: tuple[Put, Take] = self._put, self._take
        self._ingress = self._new_ingress()
        self._is_refreshing = False
        self._is_over = False
        self._waits_to_export = False
        self._pending = 0
        """What the pipeline has yet to do for us."""

    @property
    def is_behind(self) -> bool:
        """Whether the neighbor has yet to be told something."""
        return self._pending > 0 or self.member.backlog is not None or self._session.full

    def limit(self, neighbor: str, limit: PrefixLimit | None) -> None:
        """Let the neighbor send so many prefixes only."""
        family, held = self.group.key.family, partial(self._held, self._source)
        self.limiter = None if limit is None else PrefixLimiter(neighbor, limit, family, held)
        if self.limiter is not None and self._has_stale:
            self.limiter.ignore_present(self._source)

    def stale_gone(self) -> None:
        """There are no routes of sessions before any more: limits are for all that is there."""
        self._has_stale = False
        if self.limiter is not None:
            self.limiter.count_all()

    def limit_present(self) -> None:
        """Apply a limit that is new to what is there. Raises LimitReachedError if that ends the session."""
        if self.limiter is not None:
            trimmed = self.limiter.trimmed(self._source, self._ingress)
            if trimmed is not None:
                self._pipeline.renew(self._source, trimmed)

    def limit_exports(self, quota: ExportQuota | None) -> None:
        """Tell the neighbor so many prefixes only; what it was told beyond that is withdrawn."""
        former, self.member.quota = self.member.quota, quota
        if quota is not None:
            quota.succeed(former)
            if former is not None:
                self.export_again()  # without a limit, before or now, it is in another group

    def trace(self, traces: ArrivalTraces) -> None:
        """Let somebody who logs routes watch, whenever there is one; paths (RFC 7911) are not watched."""
        if self._prefix_of is PrefixKey:
            self._traces = traces
            self._look_for_watchers()

    def _look_for_watchers(self) -> None:
        put, take = self._unwatched
        if self._traces is not None and self._traces.is_wanted:
            put, take = self._traces.watch(put), self._traces.watch_take(take)
        self._put, self._take = put, take

    @property
    def limits_hit(self) -> Collection[str]:
        """The directions in which there were too many prefixes, and the limit had its effect."""
        hits = set(() if self.limiter is None else self.limiter.hits)
        if self.member.quota is not None and self.member.quota.is_hit:
            hits.add("exported")
        return hits

    # In

    @property
    def admission(self) -> Admission:
        """How routes come in."""
        return self._admission

    def _new_ingress(self) -> Ingress:
        return Ingress(self._source, self._admission, self._pipeline.next_hops, self._prefix_of)

    def entrance(self, policy: Policy) -> Ingress:
        """Return a way in for prefixes like ours, with another import filter, to see what would be."""
        return Ingress(self._source, replace(self._admission, policy=policy), self._pipeline.next_hops)

    def withdraw(self, keys: Nlri) -> None:
        """The neighbor takes these prefixes back, or paths if it has them."""
        counters, source = self._counters, self._source
        counters.withdraws_received += len(keys)
        counters.withdraws_accepted += source.routes
        self._take(source, keys)
        counters.withdraws_accepted -= source.routes
        if not source.routes:
            self._ingress.forget()

    def announce(self, attributes: Said, keys: Nlri, now: int) -> None:
        """The neighbor announces these prefixes or paths. Raises LimitReachedError if they are too many."""
        self._counters.imports_received += len(keys)
        for route, alike in self._ingress.routes(attributes, cast("Sequence[Any]", keys), now):
            self._announce(route, alike)

    def announce_plain(self, announcements: Iterable[Announcement], now: int) -> None:
        """The same for what several UPDATEs give plain attributes; the neighbor sends prefixes, no paths."""
        if self.limiter is not None or self._ingress.kind_of is not None:
            for attributes, keys in announcements:
                self.announce(attributes, keys, now)
            return
        counters, put = self._counters, self._put
        accepted, repeated = 0, self._source.repeated
        for route, keys in self._ingress.plain_routes(announcements, now):
            if route.refusal is None:
                put(route, keys)
                accepted += len(keys)
            else:
                counters.imports_received += len(keys)
                before = self._source.repeated
                self._announce(route, keys)
                repeated += self._source.repeated - before
        counters.imports_received += accepted
        counters.imports_accepted += accepted - (self._source.repeated - repeated)

    def hand_on(self) -> None:
        """Have the pipeline go on with what came in, and leave the rest to come if it is behind."""
        if self._pipeline.is_behind:
            self._pipeline.touched_by(self._session)
        if self._traces is not None and self._traces.is_wanted is not (self._put is not self._unwatched[0]):
            self._look_for_watchers()

    def _announce(self, route: Route, keys: Nlri) -> None:
        counters, source = self._counters, self._source
        if self.limiter is not None:
            excess: set[bytes] = {*self.limiter.excess(source, keys, is_filtered=route.is_filtered)}
            if excess:
                counters.imports_rejected += len(excess)
                self._take(source, excess)
                keys = cast("Nlri", [key for key in keys if key not in excess])
        repeated = source.repeated
        if self._ingress.keeps(route):
            self._put(route, keys)
        else:
            self._take(source, keys)
        if route.is_filtered:
            counters.imports_filtered += len(keys)
            if self._traces is not None:
                self._traces.filtered(route, keys)
        else:
            counters.imports_accepted += len(keys) - (source.repeated - repeated)

    def end_of_rib(self) -> None:
        """The neighbor has sent all its routes for the first time (RFC 4724 §2)."""
        self._owes_end_of_rib = False

    def refresh_begins(self) -> None:
        """The neighbor sends all its routes again (RFC 7313 §4, BoRR).

        Who announced graceful restart can't do so before it has sent them for the first time.
        """
        if self._owes_end_of_rib:
            return
        self._is_refreshing = True
        self._ingress.begin_epoch()

    def refresh_ends(self) -> None:
        """It has sent all: what it did not repeat is gone (RFC 7313 §4, EoRR)."""
        if self._is_refreshing:
            self._is_refreshing = False
            self._pipeline.sweep(self._source)

    def import_again(self) -> None:
        """Work out anew what becomes of the routes that were received."""
        self._pipeline.renew(self._source, self._ingress)

    def request_again(self) -> None:
        """Ask the neighbor for its routes (RFC 2918 §3)."""
        self._session.write(self._mark(RouteRefreshSubtype.REQUEST))

    # Out

    def release(self, released: Callable[[], None]) -> None:
        """Begin to tell a neighbor that was held back when it is its turn (RFC 4724 §4.1)."""

        def release() -> None:
            self._pipeline.release(self.group, self.member)
            released()

        self._later(release)

    def export_again(self) -> None:
        """Tell the neighbor everything again, between marks if it knows them (RFC 2918 §4, RFC 7313 §4).

        Before End-of-RIB there are no marks: it is being told everything for the first time. However often
        it asks while it waits for its turn, it is told once.
        """
        if not self._waits_to_export:
            self._waits_to_export = True
            self._later(self._export_again)

    def _export_again(self) -> None:
        self._waits_to_export = False
        closing: list[bytes] = []
        if self._session.negotiated.enhanced_route_refresh and not self.member.awaits_end_of_rib:
            self._session.write(self._mark(RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH))
            closing.append(self._mark(RouteRefreshSubtype.END_OF_ROUTE_REFRESH))
        self._counters.offers.again()
        self._pipeline.resend(self.group, self.member, closing)

    def _later(self, job: Callable[[], None]) -> None:
        """Do it when it is our turn, unless the session ends before."""

        def do() -> None:
            self._pending -= 1
            if self._is_over:
                return
            try:
                job()
            except Exception as error:
                self._pipeline.failed(self._source, error)

        self._pending += 1
        self._pipeline.later(do)

    def _mark(self, subtype: RouteRefreshSubtype) -> bytes:
        family = self.group.key.family
        return encode_route_refresh(RouteRefresh(family.afi, family.safi, subtype))

    def writable(self) -> None:
        """The neighbor's queue has room again."""
        self._pipeline.writable(self.group, self.member)

    # Both

    def import_by(self, admission: Admission) -> None:
        """Apply other terms to the routes that are there, and to those that come."""
        if admission != self._admission or self._facts is not self._source.facts:
            self._admission, self._facts = admission, self._source.facts
            self._ingress = self._new_ingress()
            self.import_again()

    def follow(self, admission: Admission, key: GroupKey) -> None:
        """Apply other terms in both directions."""
        self.import_by(admission)
        self._key = key
        if key != self.group.key:
            self._later(self._follow_key)

    def _follow_key(self) -> None:
        if self._key != self.group.key:
            if _is_offered_others(self.group.key, self._key):
                self._counters.offers.begin(self._pipeline.offers, _taker(self._source, self._key))
            self.group = self._pipeline.move(self.group, self._key, self.member)

    def end(self) -> None:
        """The session is over; what becomes of the neighbor's routes is not our business."""
        self._is_over = True
        self._counters.offers.end()
        self._pipeline.leave(self.group, self.member)
        self._pipeline.forget_reader(self._session)


def _taker(source: Source, key: GroupKey) -> Taker:
    return Taker(source, takes_internal=key.external or key.is_client, takes_all=key.paths != 1)


def _is_offered_others(before: GroupKey, now: GroupKey) -> bool:
    """Tell whether a neighbor is offered more than before, or less, whatever its filter makes of it."""
    return before.is_client is not now.is_client or (before.paths == 1) is not (now.paths == 1)
