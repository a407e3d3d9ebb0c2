"""The static protocol: routes from the configuration, as far as their next hops can be reached now."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from bgpd.pipeline import Pipeline
from bgpd.protocols.own_routes import NO_ATTRIBUTES, OwnRoutesProtocol, changed_by
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import StaticNextHop, StaticRoute, StaticSettings
from kernel_sync.interface_changes import InterfaceChanges
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.address_index import AddressIndex
from rib.next_hops import RECURSIVE_GATEWAY, is_link_local
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route, SourceKind


class StaticProtocol(OwnRoutesProtocol):
    """Static routes of one table; without its gateway or interface one is dormant: not in it."""

    source_kind = SourceKind.STATIC

    def __init__(
        self,
        settings: StaticSettings,
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
    ) -> None:
        super().__init__(settings, pipelines, surroundings)
        self._take(settings.routes)

    @property
    def routes(self) -> Sequence[StaticRoute]:
        """As they are configured; of two to one prefix only the last counts."""
        return self._static

    def is_dormant(self, route: StaticRoute) -> bool:
        """Tell whether a configured route cannot be used now."""
        return route.key not in self._installed[route.family]

    def can_use(self, route: StaticRoute, hop: StaticNextHop) -> bool:
        """Tell whether one next hop of a configured route can be used now."""
        found = self._next_hop(hop, route.family)
        return found is not None and self._has_carrier(found, route)

    def _take(self, routes: Sequence[StaticRoute]) -> None:
        """Have these routes from now on."""
        self._static = routes
        self._by_key = {(route.family, route.key): route for route in routes}
        self._changes = self._new_changes()
        self._by_interface: dict[str, set[tuple[Family, PrefixKey]]] = {}
        self._by_gateway = {
            family: AddressIndex[tuple[Family, PrefixKey]](family.address_octets) for family in self.pipelines
        }
        for where, route in self._by_key.items():
            for hop in route.next_hops:
                if hop.interface is not None:
                    self._by_interface.setdefault(hop.interface, set()).add(where)
                if hop.address:
                    self._by_gateway[route.family].add(hop.address, where)

    def _new_changes(self) -> dict[tuple[Family, PrefixKey], Policy]:
        policies = self.surroundings.policies
        return {
            where: policies.change(route.change, route.family)
            for where, route in self._by_key.items()
            if route.change is not None
        }

    def follow_routes(self, settings: StaticSettings) -> None:
        """Have the routes of these settings, and what their statements make of them now."""
        had_changes, are_others = bool(self._changes), settings.routes != self._static
        if are_others:
            self._take(settings.routes)
            self.refresh()
        self._changes = self._new_changes()
        if are_others or had_changes or self._changes:
            self.install_again()  # two addresses may lead to one place, but not for ever

    def attributes(self, family: Family, key: PrefixKey) -> AttributeSet:
        """Note the address that the route follows, wherever it is resolved anew."""
        address = self._by_key[family, key].recursive
        return NO_ATTRIBUTES.annotated({RECURSIVE_GATEWAY: address}) if address else NO_ATTRIBUTES

    def finished(self, route: Route, family: Family, key: PrefixKey) -> Route:
        """Return a route as the statements of its configuration change it; as it is if they fail."""
        route = self.pipelines[family].next_hops.successor(route)
        change = self._changes.get((family, key))
        changed = None if change is None else changed_by(change, route, key)
        return route if changed is None else changed

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
        if route.recursive:
            return self.pipelines[family].next_hops.resolve_address(route.recursive).destination
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
