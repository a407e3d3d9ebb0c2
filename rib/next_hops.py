"""Next-hop resolution: from the NEXT_HOP of a route to a gateway on an interface (RFC 4271 §9.1.2.1)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from messages.attributes import NEXT_HOP
from messages.families.prefix import PrefixKey, make_key, shorten
from rib.loc_rib import Change
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


class Resolution(NamedTuple):
    """Where packets for a next hop go."""

    destination: Destination
    refusal: Refusal | None
    igp_metric: int


UNRESOLVED: Final = Resolution(UNREACHABLE, Refusal.UNRESOLVABLE, 0)


class NextHops:
    """What the next hops of one table's routes resolve to.

    A next hop is looked up once and remembered; ``recheck`` looks all of them up again after the
    connected prefixes or the routes they resolve through have changed.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._connected: Mapping[PrefixKey, int] = {}
        self._up: Collection[int] = ()
        self.generation = 0
        """Counts the times that a known next hop came to resolve differently."""
        self._known: dict[tuple[bytes, int, bool], Resolution] = {}
        self._covering: set[PrefixKey] = set()
        """Every prefix that covers a next hop in use: what its resolution may hang on."""

    def resolve(self, next_hop: bytes, source: Source) -> Resolution:
        """Return the resolution of a NEXT_HOP value (4, 16 or, with a link-local address, 32 octets)."""
        question = (next_hop, source.interface, source.recursive)
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = self._look_up(*question)
            address = next_hop[:16]
            host = make_key(address, 8 * len(address))
            self._covering.update(shorten(host, bits) for bits in range(8 * len(address) + 1))
        return known

    def _look_up(self, next_hop: bytes, interface: int, recursive: bool) -> Resolution:
        address, link_local = next_hop[:16], next_hop[16:]
        if is_link_local(address):
            address, link_local = b"", address
        if link_local and interface in self._up:
            return _via(link_local, interface)
        if not address:
            return UNRESOLVED
        direct = self.interface_towards(address)
        if direct is not None:
            return _via(address, direct)
        return self._through_table(address) if recursive else UNRESOLVED

    def interface_towards(self, address: bytes) -> int | None:
        """Return the interface a connected address is on (longest match), or None."""
        host = make_key(address, 8 * len(address))
        for bits in range(host[0], -1, -1):
            interface = self._connected.get(shorten(host, bits))
            if interface is not None:
                return interface
        return None

    def _through_table(self, address: bytes) -> Resolution:
        """Find the longest match among the routes that are not BGP's own."""
        host = make_key(address, 8 * len(address))
        for bits in range(host[0], -1, -1):
            route = self._table.best(shorten(host, bits))
            if route is None or route.source.kind is SourceKind.BGP:
                continue
            if route.destination.kind is not DestinationKind.UNICAST:
                return UNRESOLVED
            hops = tuple(
                hop if hop.gateway else hop._replace(gateway=address) for hop in route.destination.next_hops
            )
            return Resolution(Destination(DestinationKind.UNICAST, hops), None, route.igp_metric)
        return UNRESOLVED

    def set_connected(self, connected: Mapping[PrefixKey, int], up: Collection[int]) -> None:
        """Take the connected prefixes with their interfaces, and all interfaces that are up.

        ``recheck`` tells whether that matters.
        """
        self._connected = connected
        self._up = up

    def hang_on(self, changes: Iterable[Change]) -> bool:
        """Tell whether a change of routes that are not BGP's touches what some next hop resolves through."""
        return any(not self._covering.isdisjoint(change.keys) for change in changes if _is_not_bgp(change))

    def recheck(self) -> bool:
        """Look up every known next hop again; return whether any now resolves differently."""
        changed = False
        for question, before in self._known.items():
            now = self._look_up(*question)
            if now != before:
                self._known[question] = now
                changed = True
        self.generation += changed
        return changed

    def successor(self, route: Route) -> Route:
        """Return the route as its next hop resolves now: the same object if nothing changed."""
        if route.source.kind is not SourceKind.BGP or route.refusal not in {None, Refusal.UNRESOLVABLE}:
            return route
        now = self.resolve(route.attributes.get(NEXT_HOP, b""), route.source)
        route.attributes.forget()
        if now == (route.destination, route.refusal, route.igp_metric):
            return route
        return route.leading_to(*now)


def _via(gateway: bytes, interface: int) -> Resolution:
    return Resolution(Destination(DestinationKind.UNICAST, (NextHop(gateway, interface),)), None, 0)


def is_link_local(address: bytes) -> bool:
    """Tell whether an address is in fe80::/10 (RFC 4291 §2.5.6)."""
    return len(address) == 16 and address[0] == 0xFE and address[1] & 0xC0 == 0x80


def _is_not_bgp(change: Change) -> bool:
    return any(
        route is not None and route.source.kind is not SourceKind.BGP for route in (change.old, change.new)
    )
