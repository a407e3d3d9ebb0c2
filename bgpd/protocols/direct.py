"""The direct protocol: the networks of this host's interfaces, as routes that neighbors can be told."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind

_NO_ATTRIBUTES = AttributeSet.of({})


class DirectProtocol(Protocol):
    """The connected networks of the interfaces chosen; the kernel has them already."""

    kind = "Direct"

    def __init__(
        self,
        name: str,
        patterns: Sequence[str],
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
    ) -> None:
        super().__init__(name, surroundings.now)
        self._patterns = patterns
        self._pipelines = pipelines
        self._surroundings = surroundings
        self._sources = {family: Source(name, SourceKind.DIRECT) for family in pipelines}
        self._installed: dict[Family, dict[PrefixKey, int]] = {family: {} for family in pipelines}
        self.channels = tuple(
            Channel(family, source, Policy.ALL, Policy.NONE, RouteCounters())
            for family, source in self._sources.items()
        )

    def start(self) -> None:
        """Put the connected networks into the tables."""
        self.enter(ProtocolState.UP)
        self.refresh()

    def refresh(self) -> None:
        """Follow the interfaces."""
        second = int(self._now())
        for family, pipeline in self._pipelines.items():
            wanted = {
                key: interface.index
                for key, interface in self._surroundings.connected(family).items()
                if self._chosen(interface.name)
            }
            installed, source = self._installed[family], self._sources[family]
            if wanted == installed:
                continue
            pipeline.table.withdraw(source, [key for key in installed if key not in wanted])
            for key, interface in wanted.items():
                if installed.get(key) != interface:
                    on_link = Destination(DestinationKind.UNICAST, (NextHop(b"", interface),))
                    pipeline.table.announce(Route(source, _NO_ATTRIBUTES, on_link, second), [key])
            self._installed[family] = wanted
            pipeline.touched()

    def _chosen(self, interface: str) -> bool:
        """Tell whether the first pattern that matches includes the interface; ``-`` before it excludes."""
        for pattern in self._patterns:
            if fnmatchcase(interface, pattern.removeprefix("-")):
                return not pattern.startswith("-")
        return False
