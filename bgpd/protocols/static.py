"""The static protocol: routes from the configuration, as far as their next hops can be reached now."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from bgpd.config.settings import StaticNextHop, StaticRoute
from bgpd.pipeline import Pipeline
from bgpd.protocols.own_routes import OwnRoutesProtocol
from bgpd.protocols.surroundings import Surroundings
from kernel_sync.interface_changes import InterfaceChanges
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.address_index import AddressIndex
from rib.next_hops import is_link_local
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route, SourceKind


def sections(
    routes: Iterable[StaticRoute],
) -> Mapping[str, tuple[str, int, Sequence[StaticRoute]]]:
    """Return table, preference and routes of each static protocol: one for each table and preference.

    They are like the sections of BIRD's configuration.
    """
    found: dict[tuple[str, int], list[StaticRoute]] = {}
    for route in routes:
        found.setdefault((route.table, route.preference), []).append(route)
    return {
        f"static{number}": (table, preference, rows)
        for number, ((table, preference), rows) in enumerate(found.items(), 1)
    }


class StaticProtocol(OwnRoutesProtocol):
    """``[[static]]`` routes of one table; without its gateway or interface one is dormant: not in it."""

    source_kind = SourceKind.STATIC

    def __init__(
        self,
        name: str,
        routes: Sequence[StaticRoute],
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
        preference: int | None = None,
    ) -> None:
        super().__init__(name, pipelines, surroundings, preference)
        self._static = routes
        self._changes = self._new_changes()
        self._by_key = {(route.family, route.key): route for route in routes}
        self._by_interface: dict[str, set[tuple[Family, PrefixKey]]] = {}
        self._by_gateway = {
            family: AddressIndex[tuple[Family, PrefixKey]](family.address_octets) for family in pipelines
        }
        for where, route in self._by_key.items():
            for hop in route.next_hops:
                if hop.interface is not None:
                    self._by_interface.setdefault(hop.interface, set()).add(where)
                if hop.address:
                    self._by_gateway[route.family].add(hop.address, where)

    def _new_changes(self) -> dict[PrefixKey, Policy]:
        policies = self.surroundings.policies
        return {
            route.key: policies.change(route.change, route.family)
            for route in self._static
            if route.change is not None
        }

    def follow_filters(self, routes: Sequence[StaticRoute]) -> str:
        """Let statements change the routes as they do now; return what came of it, in words."""
        had_changes = bool(self._changes)
        self._static = routes
        self._changes = self._new_changes()
        if had_changes or self._changes:
            self.install_again()
        return ""

    def finished(self, route: Route, _family: Family, key: PrefixKey) -> Route:
        """Return a route as the statements of its configuration change it; as it is if they fail."""
        change = self._changes.get(key)
        accepted = None if change is None else change.judge(route, route.attributes, key)
        if accepted is None:
            return route
        changed = Route(
            route.source,
            accepted.attributes,
            accepted.destination,
            route.since,
            igp_metric=route.igp_metric,
        )
        changed.preference = accepted.preference
        return changed

    def prefixes(self, family: Family) -> Iterable[PrefixKey]:
        return [key for found, key in self._by_key if found is family]

    def concerned(self, changes: InterfaceChanges) -> Iterable[tuple[Family, PrefixKey]]:
        named = (self._by_interface.get(name, ()) for name in changes.names)
        indexes = self._by_gateway.items()
        reached = (index.covered_by(changes.networks[family]) for family, index in indexes)
        return {*chain.from_iterable(named), *chain.from_iterable(reached)}

    def destination(self, family: Family, key: PrefixKey) -> Destination | None:
        """Return where the route leads now; None if no next hop of it can be used."""
        route = self._by_key[family, key]
        if not route.next_hops:
            return Destination(DestinationKind(route.kind))
        hops = [self._next_hop(hop, route.family) for hop in route.next_hops]
        usable = tuple(hop for hop in hops if hop is not None and self._has_carrier(hop, route))
        return Destination(DestinationKind.UNICAST, usable) if usable else None

    def _has_carrier(self, hop: NextHop, route: StaticRoute) -> bool:
        """Tell whether the link is as good as the route wants it."""
        return not route.check_link or self.surroundings.is_usable(hop.interface, check_link=True)

    def _next_hop(self, hop: StaticNextHop, family: Family) -> NextHop | None:
        named = None if hop.interface is None else self.surroundings.interface_named(hop.interface)
        if hop.interface is not None and named is None:
            return None
        if not hop.address or hop.onlink:
            return NextHop(hop.address, named or 0, hop.weight, hop.onlink)
        if named is not None and is_link_local(hop.address):
            return NextHop(hop.address, named, hop.weight)
        towards = self.pipelines[family].next_hops.interface_towards(hop.address)
        if towards is None or named not in {None, towards}:
            return None
        return NextHop(hop.address, towards, hop.weight)
