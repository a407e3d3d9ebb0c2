"""What a session means to the tables: who the neighbor is, how its routes come in, what it is sent."""

from collections.abc import Iterator
from typing import Final, Protocol

from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import Direction, NeighborSettings
from fsm.long_lived_restart import takes_stale_routes
from fsm.negotiation import Negotiated
from messages.context import Context
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.admission import Admission
from rib.as_paths import PrivateAs
from rib.egress import GroupKey, NextHopRule
from rib.policy import Policy
from rib.route import Facts, Source

_PRIVATE_AS: Final = {"off": PrivateAs.KEEP, "remove": PrivateAs.REMOVE, "replace": PrivateAs.REPLACE}
_BEST_PATH_ONLY: Final = 1


class SessionFacts(Protocol):
    """What is asked of a session, be it there or awaited."""

    @property
    def negotiated(self) -> Negotiated:
        """What was agreed."""

    @property
    def context(self) -> Context:
        """What the codec must know about it."""

    @property
    def peer_router_id(self) -> int:
        """The peer's BGP Identifier."""

    @property
    def local_address(self) -> bytes: ...
    @property
    def remote_address(self) -> bytes: ...
    @property
    def link(self) -> int:
        """Index of the interface that link-local addresses belong to, 0 if they are none."""


class Terms:
    """One neighbor's settings, applied to a session."""

    def __init__(self, settings: NeighborSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings

    def import_policy(self, family: Family) -> Policy:
        """Return what decides about routes from the neighbor."""
        return self._policy(family, "import", self._settings.import_filter)

    def export_policy(self, family: Family) -> Policy:
        """Return what decides about routes to the neighbor."""
        return self._policy(family, "export", self._settings.export_filter)

    def _policy(self, family: Family, direction: Direction, name: str) -> Policy:
        if direction in self._settings.policy_missing:
            return Policy.MISSING
        return self._surroundings.policies.policy(name, family)

    @property
    def _cluster_id(self) -> int:
        own = self._settings.cluster_id
        return self._surroundings.cluster_id if own is None else own

    def interface(self, session: SessionFacts) -> int:
        """Return the index of the interface that has our end of a session; 0 if none has."""
        return self._surroundings.interface_of(session.local_address, session.link)

    @property
    def _local_as(self) -> int:
        """Our AS inside of our confederation, or as the neighbor sees it."""
        settings = self._settings
        return settings.router_asn if settings.confederation_id else settings.local_asn

    @property
    def _public_as(self) -> int:
        """Our AS as those see it to whom we are not another one."""
        return self._settings.confederation_id or self._settings.router_asn

    def describe(self, source: Source, session: SessionFacts) -> None:
        """Tell the source of a neighbor's routes what the decision process asks about it.

        If it is news, the routes that are there have to be renewed: they keep what held before.
        """
        settings, context = self._settings, session.context
        facts = Facts(
            kind=source.kind,
            name=settings.name,
            preference=settings.preference,
            external=context.external,
            confederation=context.confederation,
            is_client=settings.route_reflector_client,
            cluster_id=self._cluster_id,
            default_local_pref=settings.default_local_pref,
            default_med=settings.default_med,
            router_id=session.peer_router_id,
            address=session.remote_address,
            interface=0 if settings.multihop else self.interface(session),
            next_hop_self=settings.next_hop == "self",
            recursive=settings.gateway == "recursive",
        )
        if facts != source.facts:
            source.facts = facts

    def admission(self, session: SessionFacts, family: Family, *, is_draining: bool) -> Admission:
        """Return how the neighbor's routes of a family come in."""
        settings, surroundings = self._settings, self._surroundings
        seen = settings.local_asn if settings.local_asn_mode == "prepend" else 0
        return Admission(
            local_as=self._local_as,
            other_as=settings.router_asn if settings.router_asn != settings.local_asn else 0,
            router_id=surroundings.router_id,
            policy=self.import_policy(family),
            own_addresses=surroundings.own_addresses(),
            keep_refused=settings.keep_filtered,
            peer_as=session.negotiated.peer_asn,
            role=settings.role,
            is_draining=is_draining,
            allow_local_as=settings.allow_local_as,
            cluster_ids=surroundings.cluster_ids,
            confederation_id=settings.confederation_id,
            prepended=seen if seen != self._public_as else 0,
            enforce_first_as=settings.enforce_first_as,
            accepts_blackhole=settings.accept_blackhole,
        )

    def group_key(
        self, session: SessionFacts, family: Family, source: Source, *, is_draining: bool
    ) -> GroupKey:
        """Return what the neighbor is sent."""
        settings, surroundings, context = self._settings, self._surroundings, session.context
        is_on_link = not settings.multihop
        own_next_hop = surroundings.own_next_hop(
            family,
            session.local_address,
            session.link,
            link_local=is_on_link,
            extended=family in context.extended_next_hop,
        )
        is_limited = settings.max_prefixes is not None and settings.max_prefixes.exported is not None
        shared: tuple[PrefixKey, ...] = ()
        if context.external and is_on_link:
            octets = len(own_next_hop[:16])
            shared = surroundings.shared_networks(self.interface(session), session.remote_address, octets)
        return GroupKey(
            family=family,
            context=context,
            local_as=self._local_as,
            policy=self.export_policy(family),
            next_hop_rule=NextHopRule(settings.next_hop),
            own_next_hop=own_next_hop,
            role=settings.role,
            is_draining=is_draining,
            is_client=settings.route_reflector_client,
            cluster_id=self._cluster_id,
            is_route_server_client=settings.route_server_client,
            confederation_id=settings.confederation_id,
            prepended=tuple(self._prepended()) if context.external else (),
            override_as=session.negotiated.peer_asn if settings.as_override else 0,
            private_as=_PRIVATE_AS[settings.remove_private_as],
            neighbor_as=0 if settings.remove_private_as == "off" else session.negotiated.peer_asn,
            shared_networks=shared,
            paths=settings.send_paths if family in context.add_path_send else _BEST_PATH_ONLY,
            takes_stale=takes_stale_routes(session.negotiated.peer_capabilities),
            stale_inside=settings.long_lived_stale_inside,
            limited=source if is_limited else None,
        )

    def _prepended(self) -> Iterator[int]:
        """Yield what goes before the path: the AS that the neighbor sees in us, and ours if it differs."""
        settings = self._settings
        yield from [settings.local_asn] * (1 + settings.prepend)
        if settings.local_asn_mode != "replace" and settings.local_asn != self._public_as:
            yield self._public_as
