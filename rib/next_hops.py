"""Next-hop resolution: from the NEXT_HOP of a route to a gateway on an interface (RFC 4271 §9.1.2.1)."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from messages.attributes import NEXT_HOP
from messages.families.prefix import PrefixKey, make_key, shorten
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
_FEW: Final = 1000
"""Next hops that are remembered whether they are in use or not."""
_BLOCK_OCTETS: Final = {4: 2, 16: 4}

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
        for other in _BLOCK_OCTETS.keys() - {own}:
            self._places[other] = _Place(other, other_family)
        self._table = table
        self._unresolved = _UNRESOLVED_BUT_USABLE if table.decision.rules.unresolvable_last else UNRESOLVED
        self._up: Collection[int] = ()
        self.generation = 0
        """Counts the times after which routes made before must not be given to more prefixes."""
        self._known: dict[_Question, Resolution] = {}
        self._doubtful: dict[_Question, None] = {}
        self._used: set[_Question] | None = None
        self._many = _FEW

    # Answers

    def resolve(self, next_hop: bytes, source: Source) -> Resolution:
        """Return the resolution of a NEXT_HOP value (4, 16 or, with a link-local address, 32 octets)."""
        question = (next_hop, source.interface, source.recursive)
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = self._look_up(*question)
            place = self._places.get(len(next_hop[:16]))
            if source.recursive and place is not None:
                place.dependents.add(next_hop[:16], question)
        if self._used is not None:
            self._used.add(question)
        return known

    def _look_up(self, next_hop: bytes, interface: int, recursive: bool) -> Resolution:
        address, link_local = next_hop[:16], next_hop[16:]
        if is_link_local(address):
            address, link_local = b"", address
        if link_local and interface in self._up:
            return _via(link_local, interface)
        if not address:
            return self._unresolved
        way = self.way_to(address, recursive=recursive)
        if way.interface is not None:
            return _via(address, way.interface)
        return self._unresolved if way.route is None else self._through(way.route, address)

    def way_to(self, address: bytes, *, recursive: bool) -> Way:
        """Return what leads to an address: the longest match, of equal ones the connected network.

        Routes whose own next hop is found through routes are passed over, even if they are the best: what
        hung on them might hang on itself, and come and go for ever.
        """
        place = self._places.get(len(address))
        if place is None:
            return Way()
        host = make_key(address, 8 * len(address))
        lengths = range(host[0], -1, -1) if recursive else place.lengths
        for bits in lengths:
            prefix = shorten(host, bits)
            interface = place.connected.get(prefix)
            if interface is not None:
                return Way(prefix, interface)
            route = _best_that_leads(place.table, prefix) if recursive and place.table is not None else None
            if route is not None:
                return Way(prefix, None, route)
        return Way()

    def _through(self, route: Route, address: bytes) -> Resolution:
        if route.destination.kind is not DestinationKind.UNICAST:
            return self._unresolved
        hops = tuple(
            hop if hop.gateway else hop._replace(gateway=address) for hop in route.destination.next_hops
        )
        metric = route.attributes.local.get("igp_metric")  # a filter may have said how far it is
        if metric is None:
            metric = IGP_METRIC_UNKNOWN if route.source.kind is SourceKind.BGP else route.igp_metric
        return Resolution(Destination(DestinationKind.UNICAST, hops), None, metric)

    def interface_towards(self, address: bytes) -> int | None:
        """Return the interface a connected address is on (longest match), or None."""
        return self.way_to(address, recursive=False).interface

    def successor(self, route: Route) -> Route:
        """Return the route as its next hop resolves now: the same object if nothing changed."""
        source = route.source
        if source.kind is not SourceKind.BGP or source.origin is not None or route.is_filtered:
            return route
        if route.is_pinned:
            return route  # RFC 7999, or a filter: wherever its next hop is
        now = self.resolve(route.attributes.get(NEXT_HOP, b""), source)
        route.attributes.forget()
        if now == (route.destination, route.refusal, route.igp_metric):
            return route
        return route.leading_to(*now)

    # Changes

    def set_connected(
        self,
        connected: Mapping[PrefixKey, int],
        up: Collection[int],
        by_other_family: Mapping[PrefixKey, int] | None = None,
    ) -> None:
        """Take the connected prefixes with their interfaces, and all interfaces that are up."""
        for place, prefixes in zip(self._places.values(), (connected, by_other_family or {}), strict=True):
            place.connected = prefixes
            place.lengths = sorted({prefix[0] for prefix in prefixes}, reverse=True)
        self._up = up
        self._doubtful = dict.fromkeys(self._known)

    def hang_on(self, table: Table, batch: Batch) -> None:
        """Note which next hops the changes of a round concern."""
        dependents = self._places[table.family.address_octets].dependents
        if dependents:
            for keys in (*(change.keys for change in batch.changes), batch.beside):
                self._doubtful.update(dict.fromkeys(dependents.covered_by(keys)))

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
            address = question[0][:16]
            if question[2] and len(address) in self._places:
                self._places[len(address)].dependents.remove(address, question)
        self._many = max(_FEW, 2 * len(self._known))


class _Place:
    """The addresses of one family: what is connected, the routes to them, and who asked about them."""

    def __init__(self, address_octets: int, table: Table | None) -> None:
        self.table = table
        """None if next hops of this family are found on links alone."""
        self.connected: Mapping[PrefixKey, int] = {}
        self.lengths: Sequence[int] = ()
        """Of the connected prefixes, the longest first."""
        self.dependents = _Dependents(_BLOCK_OCTETS[address_octets])


class _Dependents:
    """Questions by the address they are about, so that those inside of a prefix are found fast."""

    def __init__(self, block_octets: int) -> None:
        self._addresses: list[bytes] = []
        """In their order."""
        self._questions: dict[bytes, list[_Question]] = {}
        self._block_octets = block_octets
        self._blocks: Counter[bytes] = Counter()
        """The first octets of the addresses: most prefixes that change begin otherwise."""

    def __bool__(self) -> bool:
        return bool(self._addresses)

    def add(self, address: bytes, question: _Question) -> None:
        """Add a question about an address."""
        asked = self._questions.setdefault(address, [])
        if not asked:
            insort(self._addresses, address)
            self._blocks[address[: self._block_octets]] += 1
        asked.append(question)

    def remove(self, address: bytes, question: _Question) -> None:
        """Nobody asks that any more."""
        asked = self._questions[address]
        asked.remove(question)
        if not asked:
            del self._questions[address]
            del self._addresses[bisect_left(self._addresses, address)]
            block = address[: self._block_octets]
            self._blocks[block] -= 1
            if not self._blocks[block]:
                del self._blocks[block]

    def covered_by(self, keys: Iterable[PrefixKey]) -> Iterator[_Question]:
        """Yield the questions about addresses inside of these prefixes."""
        blocks, end = self._blocks, 1 + self._block_octets
        bits = 8 * self._block_octets
        for key in keys:
            if key[0] < bits or key[1:end] in blocks:
                yield from self._inside(key)

    def _inside(self, key: PrefixKey) -> Iterator[_Question]:
        addresses = self._addresses
        for address in islice(addresses, bisect_left(addresses, key[1:]), None):
            if shorten(make_key(address, 8 * len(address)), key[0]) != key:
                break
            yield from self._questions[address]


def _best_that_leads(table: Table, prefix: PrefixKey) -> Route | None:
    best = table.best(prefix)
    if best is None or not best.source.recursive:
        return best
    leading = [
        route for route in table.routes(prefix) if route.refusal is None and not route.source.recursive
    ]
    return table.decision.select(leading) if leading else None


def _via(gateway: bytes, interface: int) -> Resolution:
    return Resolution(Destination(DestinationKind.UNICAST, (NextHop(gateway, interface),)), None, 0)


def is_link_local(address: bytes) -> bool:
    """Tell whether an address is in fe80::/10 (RFC 4291 §2.5.6)."""
    return len(address) == 16 and address[0] == 0xFE and address[1] & 0xC0 == 0x80
