"""Routes of our own: what static and direct routes have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping

from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from kernel_sync.interface_changes import InterfaceChanges
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.policy import Policy
from rib.route import Destination, Route, Source, SourceKind

_NO_ATTRIBUTES = AttributeSet.of({})


class OwnRoutesProtocol(Protocol):
    """Keeps the tables equal to what ``destination`` says, which follows the interfaces."""

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
    def prefixes(self, family: Family) -> Iterable[PrefixKey]:
        """Return all prefixes that there may be a route to."""

    @abstractmethod
    def destination(self, family: Family, key: PrefixKey) -> Destination | None:
        """Return where a prefix leads now; None if it leads nowhere."""

    @abstractmethod
    def concerned(self, changes: InterfaceChanges) -> Iterable[tuple[Family, PrefixKey]]:
        """Return the prefixes that may lead elsewhere after these changes."""

    def begin(self) -> None:
        """Put the routes into the tables."""
        self.enter(ProtocolState.UP)
        self.refresh()

    def end(self, reason: str) -> None:
        """Take them out again."""
        self.enter(ProtocolState.DOWN)
        self.refresh()

    def refresh(self) -> None:
        """Follow the interfaces as they are, whatever they were."""
        for family in self.pipelines:
            wanted = self.prefixes(family) if self.state is ProtocolState.UP else ()
            self._lead(family, {key: self.destination(family, key) for key in wanted}, complete=True)

    def interfaces_changed(self, changes: InterfaceChanges) -> None:
        """Follow what changed."""
        if self.state is not ProtocolState.UP:
            return
        found: dict[Family, dict[PrefixKey, Destination | None]] = {}
        for family, key in self.concerned(changes):
            if family in self.pipelines:
                found.setdefault(family, {})[key] = self.destination(family, key)
        for family, wanted in found.items():
            self._lead(family, wanted)

    def install_again(self) -> None:
        """What the routes are changed by is something else now."""
        for family, installed in self._installed.items():
            self._install(family, installed)

    def _lead(
        self, family: Family, wanted: Mapping[PrefixKey, Destination | None], *, complete: bool = False
    ) -> None:
        """Let prefixes lead there, and all others nowhere if these are all."""
        installed = self._installed[family]
        gone = {key: None for key in installed if key not in wanted} if complete else {}
        self._install(
            family,
            gone | {key: where for key, where in wanted.items() if where != installed.get(key)},
        )

    def _install(self, family: Family, destinations: Mapping[PrefixKey, Destination | None]) -> None:
        """Put routes into the table, or take out those that lead nowhere; what looks the same stays."""
        pipeline, installed, routes = self.pipelines[family], self._installed[family], self._routes[family]
        for key, destination in destinations.items():
            if destination is None:
                del installed[key], routes[key]
                continue
            installed[key] = destination
            route, old = self._route(family, key, destination), routes.get(key)
            if old is None or not route.looks_like(old):
                routes[key] = route
                pipeline.table.announce(route, [key])
        gone = [key for key, destination in destinations.items() if destination is None]
        pipeline.table.withdraw(self._sources[family], gone)
        if destinations:
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
