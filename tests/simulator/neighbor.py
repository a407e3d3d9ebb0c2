"""One end of a link: the session as ``bgpd.protocols`` has it, without socket and state machine."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.capabilities import Capabilities
from messages.families.path import prefix_of
from messages.families.prefix import PrefixKey
from messages.framing import Framer
from messages.iana import MessageType, RouteRefreshSubtype
from messages.keepalive import KEEPALIVE
from messages.notification import Notification
from messages.route_refresh import RouteRefresh, decode_route_refresh, encode_route_refresh
from messages.update import Update, decode_announcements, decode_update
from rib.admission import Admission
from rib.egress import GroupKey
from rib.ingress import Ingress
from rib.member import Member
from rib.policy import Policy
from rib.route import Route, Source, SourceKind
from rib.update_group import UpdateGroup
from tests.simulator.away import Away
from tests.simulator.heard import Heard, HeardKey
from tests.simulator.process import Process
from tests.simulator.stream import Stream
from tests.simulator.terms import Agreement, Identity, Terms

K = TypeVar("K", bound=bytes)


class SessionError(AssertionError):
    """One end sent what the other had to complain about."""


class Neighbor:
    """Lives as long as the link is configured; ``begin`` and ``end`` are the session's."""

    def __init__(self, process: Process, us: Identity, them: Identity, link: Agreement, end: int) -> None:
        self.us, self.them = us, them
        self.name = f"{us.name}-{them.name}"
        self.family = process.family
        self.speak(link, end)
        self.import_policy, self.export_policy = self.terms.import_policy, self.terms.export_policy
        self.is_draining = False
        self._begin_life(process)

    def speak(self, link: Agreement, end: int) -> None:
        """Agree on something, perhaps on something else than in the session before."""
        self.terms: Terms = link.terms[end]
        self.context = link.context(end, self.family)
        self.enhanced_refresh = link.enhanced_refresh

    def live_again(self, process: Process) -> None:
        """Be what the next process knows of the neighbor."""
        self.away.forget()
        if self.is_up:
            self._leave()
        self._begin_life(process)

    def _begin_life(self, process: Process) -> None:
        self._agenda, self._pipeline = process.agenda, process.pipeline
        self.source = Source(self.name, SourceKind.BGP)
        self.heard = Heard()
        self.is_up = False
        self.is_reading = True
        self.away = Away(process, self.source, self.us, self.terms)

    # -- the session -------------------------------------------------------------------------------

    def begin(self, out: Stream, ours: Capabilities, its: Capabilities) -> None:
        """The session is established: follow the table."""
        self.is_up = True
        self._describe_source()
        self._out = out
        self._framer = Framer(self.context.message_octets)
        self._sets = AttributeSetTable(self.context)
        self.away.agree(ours, its)
        self._ingress = self._make_ingress()
        self._is_refreshing = False
        self._updates = 0
        self.is_reading = True
        self.heard = Heard(self.away.kept.said)
        self.member = Member(self.source, self._write)
        self.away.hold(self.member, self._release)
        self.group: UpdateGroup = self._pipeline.join(self.wanted_key(), self.member)
        self.away.begin(lambda: self._updates)

    def _release(self, member: Member) -> None:
        if self.is_up and member is self.member:
            self._pipeline.release(self.group, member)

    @property
    def cluster_id(self) -> int:
        """Our cluster id towards the neighbor (RFC 4456 §7)."""
        return self.terms.cluster_id or self.us.cluster_id or self.us.router_id

    def _describe_source(self) -> None:
        source, terms = self.source, self.terms
        source.external = terms.external
        source.confederation = terms.confederation
        source.is_client = terms.is_client
        source.cluster_id = self.cluster_id
        source.router_id = self.them.router_id
        source.address = self.them.address(self.family)
        source.interface = self.them.number
        source.recursive = terms.recursive

    def end(self, notification: Notification | None = None) -> None:
        """The session is over, with this NOTIFICATION if with any: its routes go, or are kept."""
        if self.is_up:
            said, self.heard = self.heard.routes, Heard()
            self.is_up = False
            self._leave()
            self.away.end(said, notification)

    def _leave(self) -> None:
        self._pipeline.leave(self.group, self.member)
        self._pipeline.forget_reader(self)

    def _write(self, messages: list[bytes]) -> bool:
        return self._out.write(b"".join(messages))

    @property
    def kept(self) -> dict[HeardKey, AttributeSet]:
        """What it said before it was lost, and not since."""
        return self.away.kept.routes(self._agenda.time())

    # -- in ----------------------------------------------------------------------------------------

    def _admission(self) -> Admission:
        """Return on what terms routes come in at present."""
        us, terms = self.us, self.terms
        return Admission(
            us.asn,
            us.router_id,
            self.import_policy,
            frozenset({us.address(self.family)}),
            terms.keep_refused,
            self.them.asn if terms.confederation or not terms.external else self.them.public_as,
            terms.role,
            is_draining=self.is_draining,
            allow_local_as=terms.allow_local_as,
            cluster_ids=us.clusters,
            confederation_id=us.confederation_id,
        )

    def _make_ingress(self) -> Ingress:
        prefix = prefix_of if self.context.add_path_receive else PrefixKey
        return Ingress(self.source, self._admission(), self._pipeline.next_hops, prefix)

    def receive(self, octets: bytes) -> None:
        """Take octets off the link."""
        for kind, body in self._framer.feed(octets):
            if kind == MessageType.UPDATE:
                self.take(body)
            elif kind == MessageType.ROUTE_REFRESH:
                self._refresh(decode_route_refresh(body))
            elif kind != MessageType.KEEPALIVE:
                raise SessionError(f"{self.name} was sent a message of type {kind}")

    def take(self, body: bytes) -> None:
        """Take one UPDATE, which has to be flawless."""
        update = decode_update(body, self._sets)
        if update.errors:
            raise SessionError(f"{self.name} was sent {update.errors}")
        self.heard.take(update)
        self._updates += 1
        if update.end_of_rib is not None:
            self.away.end_of_rib(update.end_of_rib)
        self._take_withdrawals(update)
        self._take_announcements(update, body)
        self._pipeline.touched_by(self)

    def _take_withdrawals(self, update: Update) -> None:
        table, source = self._pipeline.table, self.source
        for _, keys in update.withdrawn:
            table.withdraw(source, keys)
        for _, paths in update.withdrawn_paths:
            table.withdraw_paths(source, paths)

    def _take_announcements(self, update: Update, body: bytes) -> None:
        table = self._pipeline.table
        plain = decode_announcements([body], 0, self._sets)
        if plain and self._ingress.kind_of is None:  # as the daemon does
            for route, keys in self._ingress.plain_routes(plain, self._agenda.now):
                self._admit_route(route, keys, table.announce, table.withdraw)
        else:
            for _, attributes, keys in update.announced:
                self._admit(attributes, keys, table.announce, table.withdraw)
        for _, attributes, paths in update.announced_paths:
            self._admit(attributes, paths, table.announce_paths, table.withdraw_paths)

    def _admit(
        self,
        attributes: AttributeSet,
        said: Sequence[K],
        put: Callable[[Route, Sequence[K]], None],
        take: Callable[[Source, Sequence[K]], None],
    ) -> None:
        """Put the routes to some prefixes, or paths, into the table if they are kept there."""
        for route, alike in self._ingress.routes(attributes, said, self._agenda.now):
            self._admit_route(route, alike, put, take)

    def _admit_route(
        self,
        route: Route,
        alike: Sequence[K],
        put: Callable[[Route, Sequence[K]], None],
        take: Callable[[Source, Sequence[K]], None],
    ) -> None:
        if self._ingress.keeps(route):
            put(route, alike)
        else:
            take(self.source, alike)

    def pause_reading(self) -> None:
        """The pipeline is behind. What is under way comes all the same, as what a kernel holds would."""
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True

    def _refresh(self, message: RouteRefresh) -> None:
        match message.subtype:
            case RouteRefreshSubtype.REQUEST:
                self._later(self._export_again)
            case RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH if self.heard.ends_of_rib:
                self._is_refreshing = True
                self.heard.begin_again()
                self._ingress.begin_epoch()
            case RouteRefreshSubtype.END_OF_ROUTE_REFRESH if self._is_refreshing:
                self._is_refreshing = False
                self.heard.forget_unsaid()
                self._pipeline.sweep(self.source)

    def request_again(self) -> None:
        """Ask for all routes (RFC 2918 §3)."""
        self._out.write(self._mark(RouteRefreshSubtype.REQUEST))

    def import_by(self, policy: Policy, *, is_draining: bool) -> None:
        """Judge what was received, and what will be, by other terms."""
        self.import_policy, self.is_draining = policy, is_draining
        if not self.is_up and not self.away.stale.families:
            return
        self._ingress = self._make_ingress()
        self._pipeline.renew(self.source, self._ingress)
        if self.is_up and not self.terms.keep_refused:
            self.request_again()

    # -- out ---------------------------------------------------------------------------------------

    def wanted_key(self) -> GroupKey:
        """Return the group that the neighbor belongs to at present."""
        us, terms = self.us, self.terms
        return GroupKey(
            self.family,
            self.context,
            us.public_as if terms.external else us.asn,
            self.export_policy,
            terms.next_hop_rule,
            us.address(self.family),
            terms.role,
            is_draining=self.is_draining,
            is_client=terms.is_client,
            cluster_id=self.cluster_id,
            is_route_server_client=terms.is_route_server_client,
            confederation_id=us.confederation_id,
            paths=terms.sends_paths if self.context.add_path_send else 1,
        )

    def export_by(self, policy: Policy) -> None:
        """Show the neighbor the table by another policy."""
        self.export_policy = policy
        self.follow_terms()

    def follow_terms(self) -> None:
        """Move to the group that the neighbor belongs to now, when it is its turn."""
        if self.is_up:
            self._later(self._move)

    def _move(self) -> None:
        key = self.wanted_key()
        if key != self.group.key:
            self.group = self._pipeline.move(self.group, key, self.member)

    def _export_again(self) -> None:
        closing: list[bytes] = [KEEPALIVE]
        if self.enhanced_refresh and not self.member.awaits_end_of_rib:
            self._out.write(self._mark(RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH))
            closing = [self._mark(RouteRefreshSubtype.END_OF_ROUTE_REFRESH)]
        self._pipeline.resend(self.group, self.member, closing)

    def _later(self, job: Callable[[], None]) -> None:
        member = self.member

        def do() -> None:
            if self.is_up and member is self.member:
                job()

        self._pipeline.later(do)

    def _mark(self, subtype: RouteRefreshSubtype) -> bytes:
        return encode_route_refresh(RouteRefresh(self.family.afi, self.family.safi, subtype))

    def writable(self) -> None:
        """There is room for more."""
        self._pipeline.writable(self.group, self.member)
