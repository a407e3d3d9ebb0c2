"""One family of an established session: its routes on their way into the table and out of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from bgpd.pipeline import Pipeline
from bgpd.protocols.limits import PrefixLimiter
from bgpd.protocols.protocol import RouteCounters
from bgpd.sessions.session import Session
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from messages.iana import RouteRefreshSubtype
from messages.route_refresh import RouteRefresh, encode_route_refresh
from rib.egress import GroupKey
from rib.ingress import Admission, Ingress
from rib.route import Source
from rib.update_group import Member


class Exchange:
    """Lives as long as the session."""

    def __init__(
        self,
        session: Session,
        pipeline: Pipeline,
        source: Source,
        admission: Admission,
        key: GroupKey,
        counters: RouteCounters,
    ) -> None:
        self.limiter: PrefixLimiter | None = None
        self.member = Member(source, partial(_write, session), counters.sent)
        self.group = pipeline.join(key, self.member)
        self._session = session
        self._pipeline = pipeline
        self._source = source
        self._admission = admission
        self._counters = counters
        self._ingress = Ingress(source, admission, pipeline.next_hops)
        self._is_refreshing = False
        self._is_over = False
        self._pending = 0
        """What the pipeline has yet to do for us."""

    @property
    def is_behind(self) -> bool:
        """Whether the neighbor has yet to be told something."""
        return self._pending > 0 or self.member.backlog is not None or self._session.full

    # In

    def withdraw(self, keys: Sequence[PrefixKey]) -> None:
        """The neighbor takes these prefixes back."""
        counters, source = self._counters, self._source
        counters.withdraws_received += len(keys)
        counters.withdraws_accepted += source.routes
        self._pipeline.table.withdraw(source, keys)
        counters.withdraws_accepted -= source.routes
        self._pipeline.touched_by(self._session)

    def announce(self, attributes: AttributeSet, keys: Sequence[PrefixKey], now: int) -> None:
        """The neighbor announces these prefixes. Raises LimitReachedError if they are too many."""
        route = self._ingress.route(attributes, now)
        table, counters = self._pipeline.table, self._counters
        counters.imports_received += len(keys)
        if self.limiter is not None and not route.is_filtered:
            excess = self.limiter.excess(keys)
            if excess:
                counters.imports_rejected += len(excess)
                table.withdraw(self._source, excess)
                keys = [key for key in keys if key not in excess]
        if self._ingress.keeps(route):
            table.announce(route, keys)
        else:
            table.withdraw(self._source, keys)
        if route.is_filtered:
            counters.imports_filtered += len(keys)
        else:
            counters.imports_accepted += len(keys)
        self._pipeline.touched_by(self._session)

    def refresh_begins(self) -> None:
        """The neighbor sends all its routes again (RFC 7313 §4, BoRR)."""
        self._is_refreshing = True
        self._ingress.begin_epoch()

    def refresh_ends(self) -> None:
        """It has sent all: what it did not repeat is gone (RFC 7313 §4, EoRR)."""
        if self._is_refreshing:
            self._is_refreshing = False
            self._pipeline.sweep(self._source)

    def import_again(self) -> None:
        """Work out anew what becomes of the routes that were received."""
        self._pipeline.renew(self._source, self._ingress.renew)

    def request_again(self) -> None:
        """Ask the neighbor for its routes (RFC 2918 §3)."""
        self._session.write(self._mark(RouteRefreshSubtype.REQUEST))

    # Out

    def export_again(self) -> None:
        """Tell the neighbor everything again, between marks if it knows them (RFC 2918 §4, RFC 7313 §4).

        Before End-of-RIB there are no marks: it is being told everything for the first time.
        """
        self._later(self._export_again)

    def _export_again(self) -> None:
        closing: list[bytes] = []
        if self._session.negotiated.enhanced_route_refresh and not self.member.awaits_end_of_rib:
            self._session.write(self._mark(RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH))
            closing.append(self._mark(RouteRefreshSubtype.END_OF_ROUTE_REFRESH))
        self._pipeline.resend(self.group, self.member, closing)

    def _later(self, job: Callable[[], None]) -> None:
        """Do it when it is our turn, unless the session ends before."""

        def do() -> None:
            self._pending -= 1
            if not self._is_over:
                job()

        self._pending += 1
        self._pipeline.later(do)

    def _mark(self, subtype: RouteRefreshSubtype) -> bytes:
        family = self.group.key.family
        return encode_route_refresh(RouteRefresh(family.afi, family.safi, subtype))

    def writable(self) -> None:
        """The neighbor's queue has room again."""
        self._pipeline.writable(self.group, self.member)

    # Both

    def drain(self, *, is_draining: bool) -> None:
        """Make the neighbor's routes the last choice, and us the neighbor's (RFC 8326 §4); or undo it."""
        self._admission = replace(self._admission, is_draining=is_draining)
        self._ingress = Ingress(self._source, self._admission, self._pipeline.next_hops)
        self.import_again()
        self._later(self._follow_admission)

    def _follow_admission(self) -> None:
        key = replace(self.group.key, is_draining=self._admission.is_draining)
        if key != self.group.key:
            self.group = self._pipeline.move(self.group, key, self.member)

    def end(self, done: Callable[[], None]) -> None:
        """Take the neighbor's routes out of the table; ``done`` is called when they are gone."""
        self._is_over = True
        self._pipeline.leave(self.group, self.member)
        self._pipeline.forget_reader(self._session)
        self._pipeline.purge(self._source, done)


def _write(session: Session, messages: list[bytes]) -> bool:
    session.write(messages)
    return not session.full
