"""The static protocol: routes from the configuration, as far as their next hops can be reached now."""

from collections.abc import Mapping, Sequence

from bgpd.config.settings import StaticNextHop, StaticRoute
from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind

_NO_ATTRIBUTES = AttributeSet.of({})


class StaticProtocol(Protocol):
    """All ``[[static]]`` routes; one whose gateway or interface is missing is dormant: not in the table."""

    kind = "Static"

    def __init__(
        self,
        name: str,
        routes: Sequence[StaticRoute],
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
    ) -> None:
        super().__init__(name, surroundings.now)
        self._routes = routes
        self._pipelines = pipelines
        self._surroundings = surroundings
        self._sources = {family: Source(name, SourceKind.STATIC) for family in pipelines}
        self._installed: dict[tuple[Family, PrefixKey], Destination] = {}
        self.channels = tuple(
            Channel(family, source, Policy.ALL, Policy.NONE, RouteCounters())
            for family, source in self._sources.items()
        )

    def start(self) -> None:
        """Put the routes into the tables."""
        self.enter(ProtocolState.UP)
        self.refresh()

    def refresh(self) -> None:
        """Follow the interfaces: wake routes that can be used now, put to sleep those that can't."""
        second = int(self._now())
        for route in self._routes:
            place = (route.family, route.key)
            destination = self._destination(route)
            if destination == self._installed.get(place):
                continue
            source, pipeline = self._sources[route.family], self._pipelines[route.family]
            if destination is None:
                pipeline.table.withdraw(source, [route.key])
                del self._installed[place]
            else:
                pipeline.table.announce(Route(source, _NO_ATTRIBUTES, destination, second), [route.key])
                self._installed[place] = destination
            pipeline.touched()

    def _destination(self, route: StaticRoute) -> Destination | None:
        """Return where the route leads now; None if no next hop of it can be used."""
        if not route.next_hops:
            return Destination(DestinationKind(route.kind))
        hops = [self._next_hop(hop, route.family) for hop in route.next_hops]
        usable = tuple(hop for hop in hops if hop is not None)
        return Destination(DestinationKind.UNICAST, usable) if usable else None

    def _next_hop(self, hop: StaticNextHop, family: Family) -> NextHop | None:
        named = self._surroundings.interface_named(hop.interface) if hop.interface is not None else None
        if hop.interface is not None and named is None:
            return None
        if not hop.address or hop.onlink:
            return NextHop(hop.address, named or 0, hop.weight, hop.onlink)
        towards = self._pipelines[family].next_hops.interface_towards(hop.address)
        if named is not None and (towards == named or hop.address[:1] == b"\xfe"):
            return NextHop(hop.address, named, hop.weight)
        return NextHop(hop.address, towards, hop.weight) if towards is not None and named is None else None
