"""Next-hop resolution: from the NEXT_HOP of a route to a gateway on an interface (RFC 4271 §9.1.2.1)."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping
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

    def __init__(self, table: Table) -> None:
        self._table = table
        self._unresolved = _UNRESOLVED_BUT_USABLE if table.decision.rules.unresolvable_last else UNRESOLVED
        self._connected: Mapping[PrefixKey, int] = {}
        self._connected_by_other_family: Mapping[PrefixKey, int] = {}
        """Where the next hops are that RFC 8950 allows."""
        self._up: Collection[int] = ()
        self.generation = 0
        """Counts the times after which routes made before must not be given to more prefixes."""
        self._known: dict[_Question, Resolution] = {}
        self._doubtful: dict[_Question, None] = {}
        self._dependent = _Dependents()
        self._used: set[_Question] | None = None
        self._many = _FEW

    # Answers

    def resolve(self, next_hop: bytes, source: Source) -> Resolution:
        """Return the resolution of a NEXT_HOP value (4, 16 or, with a link-local address, 32 octets)."""
        question = (next_hop, source.interface, source.recursive)
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = self._look_up(*question)
            if source.recursive:
                self._dependent.add(next_hop[:16], question)
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
        """Return what leads to an address: the longest match, first of the connected networks.

        Routes whose own next hop is found through routes are passed over, even if they are the best: what
        hung on them might hang on itself, and come and go for ever.
        """
        host = make_key(address, 8 * len(address))
        prefixes = [shorten(host, bits) for bits in range(host[0], -1, -1)]
        is_own = len(address) == self._table.family.address_octets
        connected = self._connected if is_own else self._connected_by_other_family
        for prefix in prefixes:
            interface = connected.get(prefix)
            if interface is not None:
                return Way(prefix, interface)
        if recursive and is_own:
            for prefix in prefixes:
                route = self._best_that_leads(prefix)
                if route is not None:
                    return Way(prefix, None, route)
        return Way()

    def _best_that_leads(self, prefix: PrefixKey) -> Route | None:
        best = self._table.best(prefix)
        if best is None or not best.source.recursive:
            return best
        routes = self._table.routes(prefix)
        leading = [route for route in routes if route.refusal is None and not route.source.recursive]
        return self._table.decision.select(leading) if leading else None

    def _through(self, route: Route, address: bytes) -> Resolution:
        if route.destination.kind is not DestinationKind.UNICAST:
            return self._unresolved
        hops = tuple(
            hop if hop.gateway else hop._replace(gateway=address) for hop in route.destination.next_hops
        )
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
        if route.destination.kind is DestinationKind.BLACKHOLE:
            return route  # RFC 7999: wherever its next hop is
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
        self._connected = connected
        self._connected_by_other_family = by_other_family or {}
        self._up = up
        self._doubtful = dict.fromkeys(self._known)

    def hang_on(self, batch: Batch) -> None:
        """Note which next hops the changes of a round concern."""
        if self._dependent:
            for keys in (*(change.keys for change in batch.changes), batch.beside):
                self._doubtful.update(dict.fromkeys(self._dependent.covered_by(keys)))

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
        if len(used) < len(self._known):
            self._known = {question: known for question, known in self._known.items() if question in used}
            self._doubtful = {question: None for question in self._doubtful if question in used}
            self._dependent = _Dependents()
            for question in self._known:
                if question[2]:
                    self._dependent.add(question[0][:16], question)
        self._many = max(_FEW, 2 * len(self._known))


class _Dependents:
    """Questions by the address they are about, so that those inside of a prefix are found fast."""

    def __init__(self) -> None:
        self._addresses: list[bytes] = []
        self._questions: dict[bytes, list[_Question]] = {}
        self._lengths: set[int] = set()
        """The lengths of all prefixes that ever changed; ``_covering`` has those lengths only."""
        self._covering: set[PrefixKey] = set()

    def __bool__(self) -> bool:
        return bool(self._addresses)

    def add(self, address: bytes, question: _Question) -> None:
        """Add a question about an address."""
        asked = self._questions.setdefault(address, [])
        if not asked:
            insort(self._addresses, address)
            self._cover(address, self._lengths)
        asked.append(question)

    def _cover(self, address: bytes, lengths: Iterable[int]) -> None:
        host = make_key(address, 8 * len(address))
        self._covering.update(shorten(host, bits) for bits in lengths if bits <= host[0])

    def covered_by(self, keys: Collection[PrefixKey]) -> Iterable[_Question]:
        """Yield the questions about addresses inside of these prefixes."""
        new_lengths = {key[0] for key in keys} - self._lengths
        if new_lengths:
            self._lengths |= new_lengths
            for address in self._addresses:
                self._cover(address, new_lengths)
        for key in self._covering.intersection(keys):
            yield from self._inside(key)

    def _inside(self, key: PrefixKey) -> Iterable[_Question]:
        addresses = self._addresses
        position = bisect_left(addresses, key[1:])
        for address in islice(addresses, position, None):
            if shorten(make_key(address, 8 * len(address)), key[0]) != key:
                break
            yield from self._questions[address]


def _via(gateway: bytes, interface: int) -> Resolution:
    return Resolution(Destination(DestinationKind.UNICAST, (NextHop(gateway, interface),)), None, 0)


def is_link_local(address: bytes) -> bool:
    """Tell whether an address is in fe80::/10 (RFC 4291 §2.5.6)."""
    return len(address) == 16 and address[0] == 0xFE and address[1] & 0xC0 == 0x80
