"""Next-hop resolution: from the NEXT_HOP of a route to a gateway on an interface (RFC 4271 §9.1.2.1)."""

from bisect import insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from operator import neg
from typing import Final, NamedTuple, TypeAlias

from messages.attributes import NEXT_HOP
from messages.families.prefix import PrefixKey, make_key, shorten
from messages.plain_attributes import next_hop
from rib.address_index import AddressIndex
from rib.loc_rib import Batch
from rib.route import (
    UNREACHABLE,
    Destination,
    DestinationKind,
    NextHop,
    Refusal,
    Route,
    Source,
    SourceKind,
)
from rib.table import Table

IGP_METRIC_UNKNOWN: Final = 0x8000_0000
"""The metric of a way that goes over a gateway and has none; greater than any other, as in BIRD."""
RECURSIVE_GATEWAY: Final = "recursive"
"""The note of a route of our own that leads to where the routes to an address lead."""
_FEW: Final = 1000
"""Next hops that are remembered whether they are in use or not."""
_IPV6_OCTETS: Final = 16
_OTHER_OCTETS: Final = {4: _IPV6_OCTETS, _IPV6_OCTETS: 4}

_Question: TypeAlias = tuple[bytes, int, bool]
"""A NEXT_HOP value, the neighbor's interface if it is on the link, and whether routes may be used."""


class Resolution(NamedTuple):
    """Where packets for a next hop go."""

    destination: Destination
    refusal: Refusal | None
    igp_metric: int


UNRESOLVED: Final = Resolution(UNREACHABLE, Refusal.UNRESOLVABLE, IGP_METRIC_UNKNOWN)
_UNRESOLVED_BUT_USABLE: Final = UNRESOLVED._replace(refusal=None)


class Way(NamedTuple):
    """What leads to an address: a connected network, or a route to a prefix; neither if nothing does."""

    prefix: PrefixKey | None = None
    interface: int | None = None
    """Of the connected network."""
    route: Route | None = None


class NextHops:
    """What the next hops of one table's routes resolve to.

    A next hop is looked up once and remembered. When the connected prefixes or routes that next hops resolve
    through have changed, ``recheck`` looks up again what can be concerned, in slices.
    """

    def __init__(self, table: Table, other_family: Table | None = None) -> None:
        """``other_family`` is where next hops are found that RFC 8950 allows."""
        own = table.family.address_octets
        self._places = {own: _Place(own, table)}
        other = _OTHER_OCTETS[own]
        self._places[other] = _Place(other, other_family)
        self._table = table
        self._is_as_bird = table.decision.rules.next_hops_as_bird
        self._unresolved = _UNRESOLVED_BUT_USABLE if table.decision.rules.unresolvable_last else UNRESOLVED
        self._up: Collection[int] = ()
        self._on_link: dict[int, dict[_Question, None]] = {}
        """Questions whose answer is there as long as an interface is up."""
        self.generation = 0
        """Counts the times after which routes made before must not be given to more prefixes."""
        self._known: dict[_Question, Resolution] = {}
        self._doubtful: dict[_Question, None] = {}
        self._used: set[_Question] | None = None
        self._many = _FEW

    # Answers

    def resolve(self, next_hop: bytes, source: Source) -> Resolution:
        """Return the resolution of a NEXT_HOP value (4, 16 or, with a link-local address, 32 octets)."""
        return self._resolve((next_hop, source.interface, source.recursive))

    def _resolve(self, question: _Question) -> Resolution:
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = self._look_up(*question)
            self._watch(question)
        if self._used is not None:
            self._used.add(question)
        return known

    def _look_up(self, next_hop: bytes, interface: int, recursive: bool) -> Resolution:
        address, link_local = next_hop[:16], next_hop[16:]
        if is_link_local(address):
            address, link_local = b"", address
        if link_local and interface in self._up and not self._is_on_link(address, interface):
            return _via(link_local, interface)
        if not address:
            return self._unresolved
        way = self.way_to(address, recursive=recursive)
        if way.interface is not None:
            return _via(address, way.interface)
        return self._unresolved if way.route is None else self._through(way.route, address)

    def _is_on_link(self, address: bytes, interface: int) -> bool:
        """Tell whether the address itself is the gateway, though there is a link-local one beside it."""
        if not self._is_as_bird or not address:
            return False
        return self.way_to(address, recursive=False).interface == interface

    def way_to(self, address: bytes, *, recursive: bool) -> Way:
        """Return what leads to an address: the longest match, of equal ones the connected network.

        Routes whose own next hop is found through routes are passed over, even if they are the best: what
        hung on them might hang on itself, and come and go for ever. To BIRD they lead nowhere.
        """
        place = self._places.get(len(address))
        if place is None:
            return Way()
        host = make_key(address, 8 * len(address))
        lengths = range(host[0], -1, -1) if recursive else map(neg, place.lengths)
        for bits in lengths:
            prefix = shorten(host, bits)
            interface = place.connected.get(prefix)
            if interface is not None:
                return Way(prefix, interface)
            best = place.table.best(prefix) if recursive and place.table is not None else None
            if best is None or place.table is None:
                continue
            if best.facts.recursive and self._is_as_bird:
                return Way()
            route = _best_that_leads(place.table, prefix, best)
            if route is not None:
                return Way(prefix, None, route)
        return Way()

    def _through(self, route: Route, address: bytes) -> Resolution:
        if route.destination.kind is not DestinationKind.UNICAST:
            return self._unresolved
        hops = tuple(
            hop if hop.gateway else hop._replace(gateway=address) for hop in route.destination.next_hops
        )
        metric = route.notes.get("igp_metric")  # a filter may have said how far it is
        if metric is None:
            metric = IGP_METRIC_UNKNOWN if route.source.kind is SourceKind.BGP else route.igp_metric
        return Resolution(Destination(DestinationKind.UNICAST, hops), None, metric)

    def interface_towards(self, address: bytes) -> int | None:
        """Return the interface a connected address is on (longest match), or None."""
        return self.way_to(address, recursive=False).interface

    def resolve_address(self, address: bytes) -> Resolution:
        """Return where packets for an address go, through routes if need be."""
        return self._resolve((address, 0, True))

    def successor(self, route: Route) -> Route:
        """Return the route as its next hop resolves now: the same object if nothing changed."""
        source = route.source
        if source.origin is not None:
            return route  # through a pipe: it leads where it leads in the table that it came from
        if source.kind is SourceKind.STATIC:
            return self._static_successor(route)
        if source.kind is not SourceKind.BGP or route.is_filtered:
            return route
        if route.is_pinned:
            return route  # RFC 7999, or a filter: wherever its next hop is
        plain, attributes, facts = route.plain, route.attributes, route.facts
        told = attributes.get(NEXT_HOP, b"") if plain is None else next_hop(plain)
        now = self._resolve((told, facts.interface, facts.recursive))
        attributes.forget()
        if now == (route.destination, route.refusal, route.igp_metric):
            return route
        return route.leading_to(*now)

    def _static_successor(self, route: Route) -> Route:
        """Follow the address that a route of our own may be said to lead to."""
        address = route.attributes.local.get(RECURSIVE_GATEWAY)
        if address is None:
            return route
        now = self.resolve_address(address)
        if now == (route.destination, route.refusal, route.igp_metric):
            return route
        return route.leading_to(*now)

    def _watch(self, question: _Question) -> None:
        """Note what the answer to a new question depends on."""
        next_hop, interface, recursive = question
        place = self._places.get(len(next_hop[:16]))
        if place is not None:
            place.asked(recursive=recursive).add(next_hop[:16], question)
        if is_link_local(next_hop[-_IPV6_OCTETS:]):
            self._on_link.setdefault(interface, {})[question] = None

    def _unwatch(self, question: _Question) -> None:
        next_hop, interface, recursive = question
        place = self._places.get(len(next_hop[:16]))
        if place is not None:
            place.asked(recursive=recursive).remove(next_hop[:16], question)
        if is_link_local(next_hop[-_IPV6_OCTETS:]):
            del self._on_link[interface][question]
            if not self._on_link[interface]:
                del self._on_link[interface]

    # Changes

    def set_connected(
        self,
        connected: Mapping[PrefixKey, int],
        up: Collection[int],
        by_other_family: Mapping[PrefixKey, int] | None = None,
    ) -> None:
        """Take the connected prefixes with their interfaces, and all interfaces that are up.

        They are not copied: if they change, ``links_changed`` has to be told.
        """
        others = {} if by_other_family is None else by_other_family
        for place, prefixes in zip(self._places.values(), (connected, others), strict=True):
            place.connected, place.lengths = prefixes, []
            place.learn_lengths(prefixes)
        self._up = up
        self._doubtful = dict.fromkeys(self._known)

    def links_changed(
        self,
        connected: Collection[PrefixKey],
        switched: Iterable[int],
        by_other_family: Collection[PrefixKey] = (),
    ) -> None:
        """Some connected prefixes came, went or are on other interfaces, and interfaces went up or down."""
        for place, prefixes in zip(self._places.values(), (connected, by_other_family), strict=True):
            place.learn_lengths(prefixes)
            self._doubtful.update(dict.fromkeys(place.on_links.covered_by(prefixes)))
            self._doubtful.update(dict.fromkeys(place.through_routes.covered_by(prefixes)))
        for index in switched:
            self._doubtful.update(self._on_link.get(index, {}))

    def hang_on(self, table: Table, batch: Batch) -> None:
        """Note which next hops the changes of a round concern."""
        index = self._places[table.family.address_octets].through_routes
        if index:
            for keys in (*(change.keys for change in batch.changes), batch.beside):
                self._doubtful.update(dict.fromkeys(index.covered_by(keys)))

    @property
    def is_in_doubt(self) -> bool:
        """Whether there is something to ``recheck``."""
        return bool(self._doubtful)

    def recheck(self, limit: int) -> bool:
        """Look up again up to ``limit`` next hops in doubt; return whether any resolves differently now."""
        changed = False
        for question in list(islice(self._doubtful, limit)):
            del self._doubtful[question]
            now = self._look_up(*question)
            if now != self._known[question]:
                self._known[question] = now
                changed = True
        self.generation += changed
        return changed

    # Memory

    def remembered(self) -> Sequence[tuple[bytes, Resolution]]:
        """Return the next hops that were looked up, and where packets for them go."""
        return [(question[0], resolution) for question, resolution in self._known.items()]

    @property
    def has_too_many(self) -> bool:
        """Whether a walk should find out which next hops are still in use."""
        return len(self._known) > self._many

    def begin_count(self) -> None:
        """A walk asks for all next hops in use; whoever made a route before must ask again."""
        self.generation += 1
        self._used = set()

    def end_count(self) -> None:
        """Forget what nobody has asked for since ``begin_count``."""
        used, self._used = self._used or set(), None
        for question in self._known.keys() - used:
            del self._known[question]
            self._doubtful.pop(question, None)
            self._unwatch(question)
        self._many = max(_FEW, 2 * len(self._known))


class _Place:
    """The addresses of one family: what is connected, the routes to them, and who asked about them."""

    def __init__(self, address_octets: int, table: Table | None) -> None:
        self.table = table
        """None if next hops of this family are found on links alone."""
        self.connected: Mapping[PrefixKey, int] = {}
        self.lengths: list[int] = []
        """Of the connected prefixes, negative so that the longest come first; some may be gone."""
        self.on_links = AddressIndex[_Question](address_octets)
        self.through_routes = AddressIndex[_Question](address_octets)

    def learn_lengths(self, prefixes: Collection[PrefixKey]) -> None:
        """Look for connected prefixes that are as long as these."""
        for bits in {prefix[0] for prefix in prefixes}:
            if -bits not in self.lengths:
                insort(self.lengths, -bits)

    def asked(self, *, recursive: bool) -> AddressIndex[_Question]:
        """Return the questions that may be answered by routes, or those that may not."""
        return self.through_routes if recursive else self.on_links


def _best_that_leads(table: Table, prefix: PrefixKey, best: Route) -> Route | None:
    if not best.facts.recursive:
        return best
    leading = [route for route in table.routes(prefix) if route.refusal is None and not route.facts.recursive]
    return table.decision.select(leading) if leading else None


def _via(gateway: bytes, interface: int) -> Resolution:
    return Resolution(Destination(DestinationKind.UNICAST, (NextHop(gateway, interface),)), None, 0)


def is_link_local(address: bytes) -> bool:
    """Tell whether an address is in fe80::/10 (RFC 4291 §2.5.6)."""
    return len(address) == 16 and address[0] == 0xFE and address[1] & 0xC0 == 0x80
