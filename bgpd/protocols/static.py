"""The static protocol: routes from the configuration, as far as their next hops can be reached now."""

from collections.abc import Iterable, Mapping, Sequence

from bgpd.config.settings import StaticNextHop, StaticRoute
from bgpd.pipeline import Pipeline
from bgpd.protocols.own_routes import OwnRoutesProtocol
from bgpd.protocols.surroundings import Surroundings
from messages.families import Family
from messages.families.prefix import PrefixKey
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

    def wanted(self, family: Family) -> dict[PrefixKey, Destination]:
        found = {route.key: self._destination(route) for route in self._static if route.family is family}
        return {key: destination for key, destination in found.items() if destination is not None}

    def _destination(self, route: StaticRoute) -> Destination | None:
        """Return where the route leads now; None if no next hop of it can be used."""
        if not route.next_hops:
            return Destination(DestinationKind(route.kind))
        hops = [self._next_hop(hop, route.family) for hop in route.next_hops]
        usable = tuple(hop for hop in hops if hop is not None)
        return Destination(DestinationKind.UNICAST, usable) if usable else None

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
