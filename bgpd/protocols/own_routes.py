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
        second = int(self._now())
        for family, pipeline in self.pipelines.items():
            wanted = self.wanted(family) if self.state is ProtocolState.UP else {}
            installed = self._installed[family]
            if wanted == installed:
                continue
            source = self._sources[family]
            pipeline.table.withdraw(source, [key for key in installed if key not in wanted])
            for key, destination in wanted.items():
                if installed.get(key) != destination:
                    metric = _metric(destination)
                    route = Route(source, _NO_ATTRIBUTES, destination, second, igp_metric=metric)
                    pipeline.table.announce(route, [key])
            self._installed[family] = wanted
            pipeline.touched()


def _metric(destination: Destination) -> int:
    """Return how far it is to what lies on the way; beyond a gateway nobody knows."""
    return IGP_METRIC_UNKNOWN if any(hop.gateway for hop in destination.next_hops) else 0
