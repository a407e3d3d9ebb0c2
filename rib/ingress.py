"""What becomes of an attribute set on its way in: RFC checks, policy, next hop (RFC 4271 §9.1.1)."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias, TypeVar, cast

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
from messages.families.prefix import PrefixKey
from messages.iana import Role
from messages.plain_attributes import PlainAttributes
from messages.update import Announcement
from rib.admission import Admission
from rib.blackhole import is_blackholed, kept_inside
from rib.graceful_shutdown import as_leaving, is_leaving
from rib.next_hops import NextHops, Resolution
from rib.plain_entry import PlainEntry
from rib.policy import Accepted, Policy, grouped
from rib.route import UNREACHABLE, Destination, DestinationKind, Refusal, Route, Source

K = TypeVar("K", bound=bytes)
Said: TypeAlias = AttributeSet | PlainAttributes


_NEIGHBOR_IS_CUSTOMER: Final = {Role.PROVIDER, Role.RS}
_DISCARDED: Final = Resolution(Destination(DestinationKind.BLACKHOLE), None, 0)


_ANY: Final = PrefixKey(b"\0")
"""What a filter that does not look at the prefix is given as one."""


class Ingress:
    """Makes the routes of one source: one per attribute set and second of arrival."""

    def __init__(
        self,
        source: Source,
        admission: Admission,
        next_hops: NextHops,
        prefix_of: Callable[[Any], PrefixKey] = PrefixKey,
    ) -> None:
        """``prefix_of`` returns the prefix of what the source announces: that itself, or that of a path."""
        self._source = source
        self._admission = admission
        self._next_hops = next_hops
        self._prefix_of = prefix_of
        self._second = self._generation = 0
        suits = PlainEntry.suits(source, admission)
        self._plain_entry = PlainEntry(source, admission, next_hops) if suits else None
        self._routes: dict[Said, Route] = {}
        self._routes_by_kind: dict[tuple[Said, Hashable], Route] = {}
        self._routes_by_look: dict[Hashable, Route] = {}

    @property
    def kind_of(self) -> Callable[[PrefixKey], Hashable] | None:
        """What tells prefixes apart that are not let in alike; None if all are."""
        return self._admission.policy.kind_of

    def route(self, attributes: Said, now: int) -> Route:
        """Return the route that carries these attributes, whatever the prefix; ``now`` is the Unix second."""
        self._begin(now)
        route = self._routes.get(attributes)
        if route is None:
            route = self._routes[attributes] = self._make(attributes, now)
        return route

    def plain_routes(
        self, announcements: Iterable[Announcement], now: int
    ) -> Iterator[tuple[Route, list[PrefixKey]]]:
        """Yield the routes that prefixes get with plain attributes.

        Only for a filter that does not tell prefixes apart. A full table runs through here, so what is
        the same for all is looked up once.
        """
        self._begin(now)
        routes, make = self._routes, self._make
        entry = make if self._plain_entry is None else self._plain_entry.route
        for octets, keys in announcements:
            route = routes.get(octets)
            if route is None:
                route = routes[octets] = entry(octets, now) or make(octets, now)
            yield route, keys

    def routes(self, attributes: Said, keys: Sequence[K], now: int) -> Iterable[tuple[Route, Sequence[K]]]:
        """Return the routes that prefixes, or paths to them, get with these attributes: mostly it is one.

        If the import filter tells prefixes apart, there are several; they are shared by all prefixes for
        which it comes to the same.
        """
        kind_of, prefix_of = self.kind_of, self._prefix_of
        if kind_of is None:
            return ((self.route(attributes, now), keys),)
        self._begin(now)
        routes: dict[Route, list[K]] = {}
        for alike in grouped(keys, lambda nlri: kind_of(prefix_of(nlri))):
            route = self._route_to(prefix_of(alike[0]), attributes, now)
            routes.setdefault(route, []).extend(alike)
        return cast("Iterable[tuple[Route, Sequence[K]]]", routes.items())

    def _route_to(self, key: PrefixKey, attributes: Said, now: int) -> Route:
        """Return the route to a prefix; those that look alike are one."""
        kind = attributes, self.kind_of and self.kind_of(key)
        route = self._routes_by_kind.get(kind)
        if route is None:
            made = self._make(attributes, now, key)
            alike = self._routes_by_look.setdefault((attributes, made.look), made)
            route = self._routes_by_kind[kind] = alike
        return route

    def _begin(self, now: int) -> None:
        """Another second, or another way to next hops, makes other routes."""
        if now != self._second or self._next_hops.generation != self._generation:
            self._second, self._generation = now, self._next_hops.generation
            self.forget()

    def forget(self) -> None:
        """Make new routes from now on; until then those of the running second are kept for more prefixes."""
        if self._plain_entry is not None:
            self._plain_entry.forget()
        self._routes = {}
        self._routes_by_kind = {}
        self._routes_by_look = {}

    def begin_epoch(self) -> None:
        """From now on the source says everything again; what it does not repeat is swept (RFC 7313 §4)."""
        self._source.epoch += 1
        self.forget()

    def renew(self, route: Route, key: PrefixKey) -> Route | None:
        """Return the route as it is under the present terms: itself if nothing changed, None if not kept.

        ``key`` is a prefix that has it.
        """
        new = self._make(route.said, route.since, key)
        new.epoch = route.epoch
        if not self.keeps(new):
            return None
        return route if new.looks_like(route) else new

    def keeps(self, route: Route) -> bool:
        """Tell whether a route goes into the table: a refused one only if refused routes are kept."""
        return route.refusal is None or route.refusal is Refusal.UNRESOLVABLE or self._admission.keep_refused

    def _make(self, said: Said, now: int, key: PrefixKey = _ANY) -> Route:
        received = said if isinstance(said, AttributeSet) else AttributeSet(said)
        refusal = self._refusal(received)
        route = Route(self._source, said, UNREACHABLE, now, refusal or Refusal.IMPORT_FILTER)
        if refusal is None:
            route = self._let_in(route, received, key) or route
        received.forget()
        return route

    def _let_in(self, bare: Route, received: AttributeSet, key: PrefixKey) -> Route | None:
        """Return the route with our marks, and as the import filter wants it; None if that refuses."""
        marked = self._marked(received)
        resolution = self._resolution(marked)
        route = bare.leading_to(*resolution)
        route.is_pinned = resolution is _DISCARDED
        policy = self._admission.policy
        if policy is not Policy.ALL:
            accepted = policy.judge(route, marked, key)
            if accepted is None:
                return None
            route = self._as_accepted(route, marked, accepted)
            marked = accepted.attributes
        if marked is not received:
            route.meant = marked
            marked.forget()
        return route

    def _as_accepted(self, route: Route, marked: AttributeSet, accepted: Accepted) -> Route:
        """Return the route as the import filter has changed it: it may lead elsewhere."""
        if accepted.destination is not route.destination:
            route = route.leading_to(accepted.destination, None, 0)
            route.is_pinned = True
        elif accepted.attributes is not marked:
            resolution = self._resolution(accepted.attributes)
            route = route.leading_to(*resolution)
            route.is_pinned = resolution is _DISCARDED
        route.preference = accepted.preference
        return route

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
