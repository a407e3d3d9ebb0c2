"""What becomes of an attribute set on its way in: RFC checks, policy, next hop (RFC 4271 §9.1.1)."""

from dataclasses import dataclass

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, CLUSTER_LIST, NEXT_HOP, ORIGINATOR_ID
from messages.attributes.as_path import AsPath
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import UNREACHABLE, Refusal, Route, Source


@dataclass(frozen=True, slots=True)
class Admission:
    """Everything about a neighbor that decides how its routes come in."""

    local_as: int
    router_id: int
    policy: Policy
    own_addresses: frozenset[bytes]
    keep_refused: bool = True


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

    def keeps(self, route: Route) -> bool:
        """Tell whether a route goes into the table: a refused one only if refused routes are kept."""
        return route.refusal is None or route.refusal is Refusal.UNRESOLVABLE or self._admission.keep_refused

    def _make(self, attributes: AttributeSet, now: int) -> Route:
        refusal = self._refusal(attributes)
        if refusal is not None:
            route = Route(self._source, attributes, UNREACHABLE, now, refusal)
        else:
            resolution = self._next_hops.resolve(attributes.get(NEXT_HOP, b""), self._source)
            route = Route(
                self._source,
                attributes,
                resolution.destination,
                now,
                resolution.refusal,
                resolution.igp_metric,
            )
        attributes.forget()
        return route

    def _refusal(self, attributes: AttributeSet) -> Refusal | None:
        """Return why the set may not be selected, the RFC's reasons before the operator's."""
        admission = self._admission
        if admission.policy is Policy.MISSING:
            return Refusal.NO_IMPORT_POLICY
        looped = self._loop(attributes)
        if looped is not None:
            return looped
        if attributes.get(NEXT_HOP, b"")[:16] in admission.own_addresses:
            return Refusal.OWN_NEXT_HOP
        return Refusal.IMPORT_FILTER if admission.policy is Policy.NONE else None

    def _loop(self, attributes: AttributeSet) -> Refusal | None:
        """Find ourselves on the way the route has come."""
        admission = self._admission
        if attributes.get(AS_PATH, AsPath.EMPTY).count(admission.local_as):
            return Refusal.AS_LOOP
        if self._source.external:
            return None
        if attributes.get(ORIGINATOR_ID) == admission.router_id:
            return Refusal.ORIGINATOR_LOOP
        return Refusal.CLUSTER_LOOP if admission.router_id in attributes.get(CLUSTER_LIST, ()) else None
