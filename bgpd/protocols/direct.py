"""The direct protocol: the networks of this host's interfaces, as routes that neighbors can be told."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from bgpd.interface_patterns import is_chosen, parse_pattern
from bgpd.pipeline import Pipeline
from bgpd.protocols.own_routes import OwnRoutesProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import DirectSettings
from kernel_sync.holders import Holders
from kernel_sync.interface_changes import InterfaceChanges
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.route import Destination, DestinationKind, NextHop, SourceKind


class DirectProtocol(OwnRoutesProtocol):
    """The connected networks of the addresses chosen; the kernel has routes to them already."""

    source_kind = SourceKind.DIRECT

    def __init__(
        self,
        settings: DirectSettings,
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
    ) -> None:
        super().__init__(settings, pipelines, surroundings)
        self._choose(settings)
        self._networks = {family: Holders[PrefixKey]() for family in pipelines}
        self._given: dict[int, frozenset[tuple[Family, PrefixKey]]] = {}
        """What each interface contributes."""

    def _choose(self, settings: DirectSettings) -> None:
        """Look at the interfaces that these settings name."""
        self._patterns = [parse_pattern(pattern) for pattern in settings.interfaces]
        self._check_link = settings.check_link

    def follow_interfaces(self, settings: DirectSettings) -> None:
        """Have routes for the interfaces that these settings name."""
        self._choose(settings)
        self.refresh()

    def prefixes(self, family: Family) -> Iterable[PrefixKey]:
        return self._networks[family].first

    def destination(self, family: Family, key: PrefixKey) -> Destination | None:
        index = self._networks[family].first.get(key)
        return None if index is None else Destination(DestinationKind.UNICAST, (NextHop(b"", index),))

    def concerned(self, changes: InterfaceChanges) -> Iterable[tuple[Family, PrefixKey]]:
        return chain.from_iterable(map(self._follow, changes.interfaces))

    def refresh(self) -> None:
        for index in {*self._given, *self.surroundings.interface_indexes()}:
            self._follow(index)
        super().refresh()

    def _follow(self, index: int) -> Iterable[tuple[Family, PrefixKey]]:
        """Take what an interface contributes now; return what is different."""
        before, now = self._given.pop(index, frozenset()), frozenset(self._contribution(index))
        if now:
            self._given[index] = now
        for family, key in now - before:
            self._networks[family].add(key, index)
        for family, key in before - now:
            self._networks[family].remove(key, index)
        return now ^ before

    def _contribution(self, index: int) -> Iterator[tuple[Family, PrefixKey]]:
        if not self.surroundings.is_usable(index, check_link=self._check_link):
            return
        name = self.surroundings.interface_name(index)
        for row in self.surroundings.addresses_on(index):
            chosen = row.connects and not row.secondary and is_chosen(self._patterns, name, row)
            if chosen and row.family in self._networks:
                yield row.family, row.prefix
