"""Routes of our own: what static and direct routes have in common."""

from abc import abstractmethod
from collections.abc import Mapping

from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.policy import Policy
from rib.route import Destination, Route, Source, SourceKind

_NO_ATTRIBUTES = AttributeSet.of({})


class OwnRoutesProtocol(Protocol):
    """Keeps the tables equal to ``wanted()``, which follows the interfaces."""

    source_kind: SourceKind

    def __init__(
        self,
        name: str,
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
        preference: int | None = None,
    ) -> None:
        super().__init__(name, surroundings.now)
        self.table = next(iter(pipelines.values())).table.name
        self.kind = self.source_kind.value
        self.surroundings = surroundings
        self.pipelines = pipelines
        self._sources = {family: Source(name, self.source_kind, preference) for family in pipelines}
        self._installed: dict[Family, dict[PrefixKey, Destination]] = {family: {} for family in pipelines}
        self._routes: dict[Family, dict[PrefixKey, Route]] = {family: {} for family in pipelines}
        self.channels = tuple(
            Channel(family, source, Policy.ALL, Policy.NONE, RouteCounters())
            for family, source in self._sources.items()
        )

    @abstractmethod
    def wanted(self, family: Family) -> dict[PrefixKey, Destination]:
        """Return where each prefix leads now; one that leads nowhere is left out."""

    def begin(self) -> None:
        """Put the routes into the tables."""
        self.enter(ProtocolState.UP)
        self.refresh()

    def end(self, reason: str) -> None:
        """Take them out again."""
        self.enter(ProtocolState.DOWN)
        self.refresh()

    def refresh(self) -> None:
        """Follow the interfaces."""
        for family in self.pipelines:
            wanted = self.wanted(family) if self.state is ProtocolState.UP else {}
            if wanted != self._installed[family]:
                self._install(family, wanted)

    def install_again(self) -> None:
        """What the routes are changed by is something else now."""
        for family, wanted in self._installed.items():
            self._install(family, wanted)

    def _install(self, family: Family, wanted: dict[PrefixKey, Destination]) -> None:
        """Put what is wanted into the table in place of what is there; what stays as it is keeps its age."""
        pipeline, known = self.pipelines[family], self._routes[family]
        routes: dict[PrefixKey, Route] = {}
        for key, destination in wanted.items():
            route, old = self._route(family, key, destination), known.get(key)
            if old is not None and route.looks_like(old):
                routes[key] = old
            else:
                routes[key] = route
                pipeline.table.announce(route, [key])
        pipeline.table.withdraw(self._sources[family], [key for key in known if key not in routes])
        self._installed[family], self._routes[family] = wanted, routes
        pipeline.touched()

    def _route(self, family: Family, key: PrefixKey, destination: Destination) -> Route:
        second, metric = int(self._now()), _metric(destination)
        plain = Route(self._sources[family], _NO_ATTRIBUTES, destination, second, igp_metric=metric)
        return self.finished(plain, family, key)

    def finished(self, route: Route, _family: Family, _key: PrefixKey) -> Route:
        """Return a route as it goes into the table."""
        return route


def _metric(destination: Destination) -> int:
    """Return how far it is to what lies on the way; beyond a gateway nobody knows."""
    return IGP_METRIC_UNKNOWN if any(hop.gateway for hop in destination.next_hops) else 0
