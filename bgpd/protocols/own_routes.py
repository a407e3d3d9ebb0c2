"""Routes of our own: what static and direct routes have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Final

from bgpd.pipeline import Pipeline
from bgpd.protocols.filter_changes import what_changed
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.protocol import Channel, ProtocolState, RouteCounters
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import DirectSettings, StaticSettings
from kernel_sync.interface_changes import InterfaceChanges
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.policy import Policy
from rib.route import Destination, Route, Source, SourceKind

NO_ATTRIBUTES: Final = AttributeSet.of({})


class OwnRoutesProtocol(LoggedProtocol):
    """Keeps the tables equal to what ``destination`` says, which follows the interfaces."""

    source_kind: SourceKind

    def __init__(
        self,
        settings: StaticSettings | DirectSettings,
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
    ) -> None:
        super().__init__(settings.name, surroundings.now, settings.description)
        self.table = settings.table
        self.kind = self.source_kind.value
        self._import_filter = settings.import_filter
        self.surroundings = surroundings
        self.pipelines = pipelines
        self._sources = {
            family: Source(settings.name, self.source_kind, settings.preference) for family in pipelines
        }
        self._installed: dict[Family, dict[PrefixKey, Destination]] = {family: {} for family in pipelines}
        self._routes: dict[Family, dict[PrefixKey, Route]] = {family: {} for family in pipelines}
        self._counters = {family: RouteCounters() for family in pipelines}
        self.channels = self._new_channels()

    def _new_channels(self) -> tuple[Channel, ...]:
        policies = self.surroundings.policies
        return tuple(
            Channel(
                family,
                source,
                policies.policy(self._import_filter, family),
                Policy.NONE,
                self._counters[family],
            )
            for family, source in self._sources.items()
        )

    def follow_import(self, settings: StaticSettings | DirectSettings) -> str:
        """Let the import filter of these settings decide; return what came of it, in words."""
        before = self.channels
        self._import_filter = settings.import_filter
        self.channels = self._new_channels()
        change = what_changed(before, self.channels)
        if change:
            self.install_again()
        return change

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
        gone, counters = [], self._counters[family]
        for key, destination in destinations.items():
            if destination is None:
                installed.pop(key, None)
            else:
                installed[key] = destination
            route = None if destination is None else self._route(family, key, destination)
            old = routes.get(key)
            if route is None:
                if routes.pop(key, None) is not None:
                    gone.append(key)
                counters.imports_filtered += destination is not None
                counters.imports_received += destination is not None
            elif old is None or not route.looks_like(old):
                routes[key] = route
                pipeline.table.announce(route, [key])
                counters.imports_received += 1
                counters.imports_accepted += 1
        pipeline.table.withdraw(self._sources[family], gone)
        counters.withdraws_received += len(gone)
        counters.withdraws_accepted += len(gone)
        if destinations:
            pipeline.touched()

    def _route(self, family: Family, key: PrefixKey, destination: Destination) -> Route | None:
        """Return a route as it goes into the table; None if the import filter refuses it."""
        second, metric = int(self._now()), _metric(destination)
        said = self.attributes(family, key)
        plain = Route(self._sources[family], said, destination, second, igp_metric=metric)
        finished = self.finished(plain, family, key)
        policy = self.surroundings.policies.policy(self._import_filter, family)
        return finished if policy is Policy.ALL else changed_by(policy, finished, key)

    def attributes(self, _family: Family, _key: PrefixKey) -> AttributeSet:
        """Return what a route says of itself."""
        return NO_ATTRIBUTES

    def finished(self, route: Route, _family: Family, _key: PrefixKey) -> Route:
        """Return a route as the import filter sees it."""
        return route


def changed_by(policy: Policy, route: Route, key: PrefixKey) -> Route | None:
    """Return a route as a policy leaves it; None if the policy refuses it."""
    accepted = policy.judge(route, route.attributes, key)
    if accepted is None:
        return None
    changed = Route(
        route.source, accepted.attributes, accepted.destination, route.since, igp_metric=route.igp_metric
    )
    changed.preference = accepted.preference
    return changed


def _metric(destination: Destination) -> int:
    """Return how far it is to what lies on the way; beyond a gateway nobody knows."""
    return IGP_METRIC_UNKNOWN if any(hop.gateway for hop in destination.next_hops) else 0
