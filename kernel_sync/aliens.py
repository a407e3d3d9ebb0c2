"""Routes of other programs in the table: never touched, but they can stand where ours should; pure."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Final

from kernel_sync.learning import learned
from kernel_sync.types import KernelRoute, ObservedRoute
from messages.families import IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, covers, parse_prefix

_LINK_LOCAL: Final = parse_prefix("fe80::/10")[1]
_MULTICAST: Final = parse_prefix("ff00::/8")[1]


def is_of_interfaces(key: PrefixKey, family: Family) -> bool:
    """Tell whether every IPv6 interface has routes to a prefix of its own: they concern nobody else."""
    return family is IPV6_UNICAST and (covers(_MULTICAST, key) or covers(_LINK_LOCAL, key))


class Aliens:
    """Alien routes by prefix, in the order in which they were seen."""

    def __init__(self) -> None:
        self.routes: dict[PrefixKey, tuple[ObservedRoute, ...]] = {}
        """By prefix, to be read."""
        self.changed: set[PrefixKey] = set()
        """Prefixes whose routes may be others than before; the owner takes them out."""
        self._count = 0
        self.gateways: Counter[bytes] = Counter()
        """How many routes go over each gateway."""
        self.gateway_changes = 0
        """Counts the changes of these."""
        self.former_gateways: Collection[bytes] = ()
        """While the table is read again: those from before."""
        self.sources: Counter[bytes] = Counter()
        """How many routes prefer each address of ours to send from."""
        self.new_gateways: list[bytes] = []
        """What the owner has not taken notice of."""
        self._through: dict[int, set[PrefixKey]] = {}

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return bool(self.routes)

    def all_at(self, key: PrefixKey) -> Sequence[ObservedRoute]:
        """Return the routes to a prefix."""
        return self.routes.get(key, ())

    def at(self, key: PrefixKey, metric: int) -> ObservedRoute | None:
        """Return a route that occupies this prefix and metric."""
        for observed in self.routes.get(key, ()):
            if observed.route.metric == metric:
                return observed
        return None

    def add(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Note a route; IPv4 may hold several of one prefix and metric.

        IPv6 makes one of all next hops that are added one by one, and tells of it whenever it grows.
        """
        routes = self.routes.get(key, ())
        if observed not in routes:
            others = (known for known in routes if not _is_part(known, observed))
            self._keep(key, (*others, observed))

    def remove(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Forget a route, or the next hops of one that IPv6 tells of by themselves."""
        routes = self.routes.get(key, ())
        gone = next((known for known in routes if known == observed or _is_part(observed, known)), None)
        left = () if gone is None or gone == observed else (_without(gone, observed),)
        gone = gone or self.at(key, observed.route.metric)
        self._keep(key, (*(known for known in routes if known is not gone), *left))

    def evict(self, key: PrefixKey, metric: int) -> ObservedRoute | None:
        """Forget what was at this prefix and metric, since another route has taken the place; return it."""
        evicted = self.at(key, metric)
        if evicted is not None:
            routes = self.routes[key]
            self._keep(key, tuple(observed for observed in routes if observed.route.metric != metric))
        return evicted

    def clear(self) -> None:
        self.changed.update(self.routes)
        self.routes.clear()
        self._count = 0
        self.former_gateways = tuple(self.gateways)
        self.gateways.clear()
        self.sources.clear()
        self._through.clear()

    def forget_former(self) -> None:
        """The table has been read again."""
        self.former_gateways = ()
        self.gateway_changes += 1

    def learned(
        self, key: PrefixKey, is_usable: Callable[[KernelRoute], bool] = lambda _: True
    ) -> ObservedRoute | None:
        """Return the route that other protocols may learn for this prefix: the lowest metric wins."""
        return learned(self.routes.get(key, ()), is_usable)

    def through(self, interface: int) -> Collection[PrefixKey]:
        """Return the prefixes that have a route through an interface."""
        return self._through.get(interface, ())

    def take_changed(self) -> set[PrefixKey]:
        """Return the prefixes whose routes may be others than at the last call, whatever did that."""
        changed, self.changed = self.changed, set()
        return changed

    def keys(self) -> list[PrefixKey]:
        """Return the prefixes that have alien routes."""
        return list(self.routes)

    def _keep(self, key: PrefixKey, routes: tuple[ObservedRoute, ...]) -> None:
        known = self.routes.get(key, ())
        self.changed.add(key)
        self._count += len(routes) - len(known)
        self._follow_sources(_sources(known), _sources(routes))
        self._follow_gateways(_gateways(known), _gateways(routes))
        self._note_interfaces(key, known, routes)
        if routes:
            self.routes[key] = routes
        else:
            self.routes.pop(key, None)

    def _note_interfaces(
        self, key: PrefixKey, before: Sequence[ObservedRoute], now: Sequence[ObservedRoute]
    ) -> None:
        left, used = _interfaces(before), _interfaces(now)
        for interface in used - left:
            self._through.setdefault(interface, set()).add(key)
        for interface in left - used:
            keys = self._through[interface]
            keys.discard(key)
            if not keys:
                del self._through[interface]

    def _follow_sources(self, before: Sequence[bytes], now: Sequence[bytes]) -> None:
        if before == now:
            return
        self.sources.update(now)
        self.sources.subtract(before)
        for source in before:
            if not self.sources[source]:
                del self.sources[source]

    def _follow_gateways(self, before: Sequence[bytes], now: Sequence[bytes]) -> None:
        if before == now:
            return
        self.gateway_changes += 1
        self.new_gateways += [gateway for gateway in now if not self.gateways[gateway]]
        self.gateways.update(now)
        self.gateways.subtract(before)
        for gateway in before:
            if not self.gateways[gateway]:
                del self.gateways[gateway]

    def on(self, interface: int) -> list[tuple[PrefixKey, ObservedRoute]]:
        """Return the routes that lead over an interface, maybe among others."""
        return [
            (key, observed)
            for key in self._through.get(interface, ())
            for observed in self.routes[key]
            if any(hop.interface == interface for hop in observed.route.next_hops)
        ]


def _sources(routes: Sequence[ObservedRoute]) -> list[bytes]:
    return [observed.route.preferred_source for observed in routes if observed.route.preferred_source]


def _gateways(routes: Sequence[ObservedRoute]) -> list[bytes]:
    return [hop.gateway for observed in routes for hop in observed.route.next_hops if hop.gateway]


def _is_part(part: ObservedRoute, whole: ObservedRoute) -> bool:
    """Tell whether a route has some of the next hops of another in its place."""
    if part.protocol != whole.protocol or part.route.metric != whole.route.metric:
        return False
    return set() < _ways(part) < _ways(whole)


def _ways(observed: ObservedRoute) -> set[tuple[bytes, int]]:
    return {hop[:2] for hop in observed.route.next_hops}


def _without(whole: ObservedRoute, part: ObservedRoute) -> ObservedRoute:
    gone = _ways(part)
    hops = tuple(hop for hop in whole.route.next_hops if hop[:2] not in gone)
    if len(hops) == 1:
        hops = (hops[0]._replace(weight=1),)
    return whole._replace(route=whole.route._replace(next_hops=hops))


def _interfaces(routes: Sequence[ObservedRoute]) -> set[int]:
    return {hop.interface for observed in routes for hop in observed.route.next_hops}
