"""The direct protocol: the networks of this host's interfaces, as routes that neighbors can be told."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from bgpd.pipeline import Pipeline
from bgpd.protocols.own_routes import OwnRoutesProtocol
from bgpd.protocols.surroundings import Surroundings
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.route import Destination, DestinationKind, NextHop, SourceKind


class DirectProtocol(OwnRoutesProtocol):
    """The connected networks of the interfaces chosen; the kernel has them already."""

    source_kind = SourceKind.DIRECT

    def __init__(
        self,
        name: str,
        patterns: Sequence[str],
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
        preference: int | None = None,
    ) -> None:
        super().__init__(name, pipelines, surroundings, preference)
        self._patterns = patterns

    def wanted(self, family: Family) -> dict[PrefixKey, Destination]:
        return {
            key: Destination(DestinationKind.UNICAST, (NextHop(b"", interface.index),))
            for key, interface in self.surroundings.connected(family).items()
            if self._chosen(interface.name)
        }

    def _chosen(self, interface: str) -> bool:
        """Tell whether the first pattern that matches includes the interface; ``-`` before it excludes."""
        for pattern in self._patterns:
            if fnmatchcase(interface, pattern.removeprefix("-")):
                return not pattern.startswith("-")
        return False
