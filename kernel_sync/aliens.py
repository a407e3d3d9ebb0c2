"""Routes of other programs in the table: never touched, but they can stand where ours should; pure."""

from kernel_sync.types import KernelRoute, ObservedRoute, RouteKind
from messages.families.prefix import PrefixKey

_NEVER_LEARNED = frozenset({0, 1, 2})
"""Protocols unspec, redirect and kernel: interface addresses are the business of ``direct``."""
_LEARNED_KINDS = frozenset(
    {RouteKind.UNICAST, RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT},
)


class Aliens:
    """Alien routes by prefix, in the order in which they were seen."""

    def __init__(self) -> None:
        self._routes: dict[PrefixKey, tuple[ObservedRoute, ...]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._routes.values()))

    def __bool__(self) -> bool:
        return bool(self._routes)

    def at(self, key: PrefixKey, metric: int) -> ObservedRoute | None:
        """Return a route that occupies this prefix and metric."""
        for observed in self._routes.get(key, ()):
            if observed.route.metric == metric:
                return observed
        return None

    def add(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Note a route; IPv4 may hold several of one prefix and metric."""
        routes = self._routes.get(key, ())
        if observed not in routes:
            self._routes[key] = (*routes, observed)

    def remove(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Forget a route, or the one of its program that it may have been a part of."""
        routes = self._routes.get(key, ())
        gone = observed if observed in routes else self.at(key, observed.route.metric)
        self._keep(key, tuple(route for route in routes if route is not gone and route != gone))

    def evict(self, key: PrefixKey, metric: int) -> None:
        """Forget whatever was at this prefix and metric: another route has taken the place."""
        routes = self._routes.get(key)
        if routes:
            self._keep(key, tuple(observed for observed in routes if observed.route.metric != metric))

    def clear(self) -> None:
        self._routes.clear()

    def learned(self, key: PrefixKey) -> KernelRoute | None:
        """Return the route that other protocols may learn for this prefix: the lowest metric wins."""
        candidates = [
            observed.route
            for observed in self._routes.get(key, ())
            if observed.protocol not in _NEVER_LEARNED and observed.route.kind in _LEARNED_KINDS
        ]
        return min(candidates, key=_metric, default=None)

    def keys(self) -> list[PrefixKey]:
        """Return the prefixes that have alien routes."""
        return list(self._routes)

    def _keep(self, key: PrefixKey, routes: tuple[ObservedRoute, ...]) -> None:
        if routes:
            self._routes[key] = routes
        else:
            self._routes.pop(key, None)


def _metric(route: KernelRoute) -> int:
    return route.metric
