"""What becomes of an attribute set on its way in: RFC checks, policy, next hop (RFC 4271 §9.1.1)."""

from dataclasses import dataclass
from typing import Any, Final

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.iana import Role
from rib.blackhole import is_blackholed, kept_inside
from rib.graceful_shutdown import as_leaving, is_leaving
from rib.next_hops import NextHops, Resolution
from rib.policy import Policy
from rib.route import UNREACHABLE, Destination, DestinationKind, Refusal, Route, Source


@dataclass(frozen=True, slots=True)
class Admission:
    """Everything about a neighbor that decides how its routes come in."""

    local_as: int
    router_id: int
    policy: Policy
    own_addresses: frozenset[bytes]
    keep_refused: bool = True
    peer_as: int = 0
    role: Role | None = None
    """What we are to the neighbor (RFC 9234)."""
    is_draining: bool = False
    """Whether the session is about to be shut down, so that its routes should be used no more (RFC 8326)."""
    allow_local_as: int = 0
    """How often our own AS may be in the path."""
    cluster_ids: frozenset[int] = frozenset()
    """All cluster ids of ours (RFC 4456 §7); if there are none, ``router_id`` is the one."""
    confederation_id: int = 0
    """The AS that we all are to those outside of our confederation; 0 without one (RFC 5065 §4)."""
    prepended: int = 0
    """An AS that is put before the path of what comes in: the one that the neighbor takes us for."""
    enforce_first_as: bool = False
    """Whether paths from an external neighbor must begin with its AS (RFC 4271 §6.3)."""
    accepts_blackhole: bool = False
    """Whether the neighbor may have us discard traffic (RFC 7999)."""
    other_as: int = 0
    """Our AS as other neighbors see it, if this one sees another in us (RFC 7705 §3)."""


_NEIGHBOR_IS_CUSTOMER: Final = {Role.PROVIDER, Role.RS}
_DISCARDED: Final = Resolution(Destination(DestinationKind.BLACKHOLE), None, 0)


class Ingress:
    """Makes the routes of one source: one per attribute set and second of arrival."""

    def __init__(self, source: Source, admission: Admission, next_hops: NextHops) -> None:
        self._source = source
        self._admission = admission
        self._next_hops = next_hops
        self._second = self._generation = 0
        self._routes: dict[AttributeSet, Route] = {}

    def route(self, attributes: AttributeSet, now: int) -> Route:
        """Return the route that carries these attributes; ``now`` is the Unix second."""
        if now != self._second or self._next_hops.generation != self._generation:
            self._second, self._generation = now, self._next_hops.generation
            self._routes = {}
        route = self._routes.get(attributes)
        if route is None:
            route = self._routes[attributes] = self._make(attributes, now)
        return route

    def begin_epoch(self) -> None:
        """From now on the source says everything again; what it does not repeat is swept (RFC 7313 §4)."""
        self._source.epoch += 1
        self._routes = {}

    def renew(self, route: Route) -> Route | None:
        """Return the route as it is under the present terms: itself if nothing changed, None if not kept."""
        new = self._make(route.received, route.since)
        new.epoch = route.epoch
        if not self.keeps(new):
            return None
        is_same = (
            new.refusal is route.refusal
            and new.destination == route.destination
            and new.igp_metric == route.igp_metric
            and new.attributes.wire == route.attributes.wire
        )
        return route if is_same else new

    def keeps(self, route: Route) -> bool:
        """Tell whether a route goes into the table: a refused one only if refused routes are kept."""
        return route.refusal is None or route.refusal is Refusal.UNRESOLVABLE or self._admission.keep_refused

    def _make(self, attributes: AttributeSet, now: int) -> Route:
        refusal = self._refusal(attributes)
        accepted: AttributeSet | None = None
        if refusal is None:
            accepted = self._accepted(attributes)
        if accepted is None:
            route = Route(self._source, attributes, UNREACHABLE, now, refusal or Refusal.IMPORT_FILTER)
        else:
            resolution = self._resolution(accepted)
            route = Route(
                self._source,
                attributes,
                resolution.destination,
                now,
                resolution.refusal,
                resolution.igp_metric,
            )
            if accepted is not attributes:
                route.attributes = accepted
                accepted.forget()
        attributes.forget()
        return route

    def _accepted(self, received: AttributeSet) -> AttributeSet | None:
        """Return the attributes with our marks, and as the import filter wants them if it does."""
        marked = self._marked(received)
        policy = self._admission.policy
        return marked if policy is Policy.ALL else policy.judge(marked)

    def _resolution(self, attributes: AttributeSet) -> Resolution:
        if self._admission.accepts_blackhole and is_blackholed(attributes):
            return _DISCARDED
        return self._next_hops.resolve(attributes.get(NEXT_HOP, b""), self._source)

    def _marked(self, received: AttributeSet) -> AttributeSet:
        """Return the attributes with the marks that the RFCs have a receiver put on them."""
        changes: dict[Any, Any] = {}
        admission = self._admission
        if admission.role is not None and self._marks_as_leaving_to_customers(received):
            changes[ONLY_TO_CUSTOMER] = admission.peer_as
        if admission.prepended:
            changes[AS_PATH] = received.get(AS_PATH, AsPath.EMPTY).prepend(admission.prepended)
        if admission.is_draining or (self._source.external and is_leaving(received)):
            changes[LOCAL_PREF] = 0  # RFC 8326 §4
        if admission.is_draining:
            changes[COMMUNITIES] = as_leaving(received)
        if admission.accepts_blackhole and is_blackholed(received):
            communities = changes.get(COMMUNITIES) or received.get(COMMUNITIES, ())
            changes[COMMUNITIES] = kept_inside(communities)
        return received.replace(changes) if changes else received

    def _marks_as_leaving_to_customers(self, received: AttributeSet) -> bool:
        """RFC 9234 §5: what comes from a provider, a peer or a route server may go on to customers only."""
        return self._admission.role not in _NEIGHBOR_IS_CUSTOMER and ONLY_TO_CUSTOMER not in received

    def _refusal(self, attributes: AttributeSet) -> Refusal | None:
        """Return why the set may not be selected, whatever the import filter says."""
        admission = self._admission
        if admission.policy is Policy.MISSING:
            return Refusal.NO_IMPORT_POLICY
        refusal = self._wrong_path(attributes.get(AS_PATH, AsPath.EMPTY))
        if refusal is None and not self._source.external:
            refusal = self._reflected_back(attributes)
        if refusal is not None:
            return refusal
        if attributes.get(NEXT_HOP, b"")[:16] in admission.own_addresses:
            return Refusal.OWN_NEXT_HOP
        if admission.role is not None and self._leaked(attributes):
            return Refusal.ROUTE_LEAK
        return None

    def _leaked(self, attributes: AttributeSet) -> bool:
        """RFC 9234 §5: a customer passed on what it had from another provider or peer."""
        only_to_customer = attributes.get(ONLY_TO_CUSTOMER)
        if only_to_customer is None:
            return False
        role = self._admission.role
        if role is Role.PEER:
            return only_to_customer != self._admission.peer_as
        return role in _NEIGHBOR_IS_CUSTOMER

    def _wrong_path(self, path: AsPath) -> Refusal | None:
        """Find what can't be the way that a route of this neighbor has come, or ourselves on it."""
        admission, source = self._admission, self._source
        if source.confederation and not path.begins_in_confederation:
            return Refusal.CONFEDERATION
        if admission.enforce_first_as and source.external and path.neighbor_as != admission.peer_as:
            return Refusal.FIRST_AS
        if self._times_through_us(path) > admission.allow_local_as:
            return Refusal.AS_LOOP
        return None

    def _times_through_us(self, path: AsPath) -> int:
        """Return how often our AS is in the path (RFC 4271 §9.1.2, RFC 5065 §4).

        The number of our member AS means us only inside the confederation: elsewhere it may be anybody's.
        """
        admission = self._admission
        if not admission.confederation_id:
            other = path.count(admission.other_as) if admission.other_as else 0
            return path.count(admission.local_as) + other
        return path.count(admission.confederation_id) + path.count_in_confederation(admission.local_as)

    def _reflected_back(self, attributes: AttributeSet) -> Refusal | None:
        """RFC 4456 §8."""
        admission = self._admission
        if attributes.get(ORIGINATOR_ID) == admission.router_id:
            return Refusal.ORIGINATOR_LOOP
        clusters = attributes.get(CLUSTER_LIST, ())
        ours = admission.cluster_ids or {admission.router_id}
        return None if ours.isdisjoint(clusters) else Refusal.CLUSTER_LOOP
