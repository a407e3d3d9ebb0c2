"""What is asked of a neighbor: all that commands, figures and predictions see of it and of its session."""

from collections.abc import Collection, Mapping

from bgpd.health.backoff import Fault
from bgpd.protocols.bgp_details import neighbor_details
from bgpd.protocols.bgp_info import neighbor_info, neighbor_info_of_bird
from bgpd.protocols.drain import Draining
from bgpd.protocols.established import Established, Neighbor
from bgpd.protocols.exchange import Exchange
from bgpd.protocols.first_feed import FirstFeed
from bgpd.protocols.neighbor_details import NeighborDetails
from bgpd.protocols.stale_routes import StaleRoutes
from bgpd.protocols.surroundings import Surroundings
from bgpd.protocols.traffic import Traffic
from bgpd.restart.remembered import RememberedNeighbor
from bgpd.sessions.peer import Peer
from bgpd.sessions.session import Session
from bgpd.sessions.socket_options import Endpoint
from messages.families import Family
from messages.iana import MessageType
from rib.ingress import Ingress
from rib.member import Member
from rib.policy import Policy
from rib.update_group import UpdateGroup


class NeighborView(Neighbor):
    """Looks at a neighbor, and changes nothing."""

    peer: Peer
    stale: StaleRoutes
    """What is kept while the neighbor restarts."""
    _surroundings: Surroundings
    _first_feed: FirstFeed
    _draining: Draining
    _established: Established | None
    _last: Established | None
    """The session before, while routes that it brought are kept."""
    _last_hits: Mapping[Family, Collection[str]]
    """The limits that had their effect in the session before."""

    @property
    def has_left(self) -> bool:
        return not self.routes.is_flushing

    @property
    def has_spoken(self) -> bool:
        """Whether there is a session in which the neighbor has said all it has."""
        return self._first_feed.is_over

    @property
    def endpoint(self) -> Endpoint:
        """Where the neighbor is."""
        return self.peer.settings.endpoint

    @property
    def keeps_ours(self) -> int:
        """For how many seconds the neighbor keeps our routes if we leave without a word (RFC 4724 §4.2)."""
        session = self.peer.session
        return 0 if session is None else session.negotiated.helped_for

    @property
    def is_draining(self) -> bool:
        """Whether the neighbor is being led around us."""
        return self._draining.is_under_way

    @property
    def crossed(self) -> int:
        """How many routes went in or out since the start."""
        return self.routes.crossed

    @property
    def traffic(self) -> Traffic:
        received, sent = self.peer.counters.received, self.peer.counters.sent
        counters = [channel.counters for channel in self.channels]
        return Traffic(
            address=str(self.settings.address),
            asn=self.settings.asn,
            session=str(self.peer.state),
            sessions_lost=self.peer.flaps,
            messages_in=sum(received),
            messages_out=sum(sent),
            updates_in=received[MessageType.UPDATE],
            updates_out=sent[MessageType.UPDATE],
            prefixes_in=sum(each.imports_received + each.withdraws_received for each in counters),
            prefixes_out=sum(each.sent.announced + each.sent.withdrawn for each in counters),
        )

    @property
    def is_behind(self) -> bool:
        """Whether the neighbor has yet to be told something."""
        return self._established is not None and self._established.is_behind

    @property
    def exchanges(self) -> Mapping[Family, Exchange]:
        """The families of an established session."""
        return {} if self._established is None else self._established.exchanges

    @property
    def last_session(self) -> Session | None:
        """The established session, or the one before while routes that it brought are kept."""
        established = self._established or self._last
        return None if established is None else established.session

    def attachment(self, family: Family) -> tuple[UpdateGroup, Member] | None:
        """Return the update group and the membership of an established session."""
        exchange = self.exchanges.get(family)
        return (exchange.group, exchange.member) if exchange else None

    def entrance(self, family: Family, policy: Policy) -> Ingress:
        """Return a way in like that of an established session, with another import filter."""
        return self.exchanges[family].entrance(policy)

    def told_under_limit(self, family: Family) -> int:
        """Return how many prefixes it was told of, if there is a limit for that."""
        exchange = self.exchanges.get(family)
        return len(exchange.member.quota or ()) if exchange is not None else 0

    def limits_hit(self, family: Family) -> Collection[str]:
        """Return the directions in which the limits of a family had their effect."""
        exchange = self.exchanges.get(family)
        return self._last_hits.get(family, ()) if exchange is None else exchange.limits_hit

    @property
    def own_identifier(self) -> int | None:
        return self.settings.router_id

    @property
    def keeps_filtered(self) -> bool:
        return self.settings.keep_filtered

    @property
    def remembered(self) -> RememberedNeighbor | None:
        """What an earlier process has left word of."""
        return self._surroundings.remembered.neighbors.get(self.name)

    @property
    def problem(self) -> str:
        """What keeps connections of the neighbor from being accepted; empty if nothing does."""
        return self._surroundings.listening_problem(self.endpoint, self.name)

    @property
    def recovery(self) -> str:
        pending = "pending" if self._surroundings.deferral.waits_for(self.name) else ""
        return f"{pending} {super().recovery}".strip()

    @property
    def info(self) -> str:
        return neighbor_info(self)

    @property
    def info_of_bird(self) -> str:
        return neighbor_info_of_bird(self)

    def details(self) -> NeighborDetails:
        return neighbor_details(self)

    @property
    def fault(self) -> Fault | None:
        return self.peer.last_fault
