"""The decision process as the RFCs word it: slow, literal, and independent of the shortcuts in rib.

RFC 4271 §9.1, with RFC 4456 §9, RFC 5065 §5.3, RFC 5004 §3, RFC 9494 §4.3 and BIRD's switches. Everything is
worked out from the values of the attributes; nothing of ``rib.decision`` takes part, not even its steps.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.iana import SegmentType, WellKnownCommunity
from rib.route import Refusal, Route

_OWN_AS = -1
"""Stands for the AS of a path that nobody has lengthened: ours."""


class Switches(Protocol):
    """What ``rib.decision.Rules`` says."""

    @property
    def path_metric(self) -> bool: ...
    @property
    def med_metric(self) -> bool: ...
    @property
    def igp_metric(self) -> bool: ...
    @property
    def prefer_older(self) -> bool: ...
    @property
    def unresolvable_last(self) -> bool: ...


class _Defaults:
    """BIRD's defaults, but that what can't be reached is not selected."""

    path_metric = True
    med_metric = False
    igp_metric = True
    prefer_older = False
    unresolvable_last = False


def select_as_the_rfc_words_it(
    routes: Iterable[Route],
    switches: Switches = _Defaults(),  # noqa: B008  # it has no state
) -> Route | None:
    """Eliminate step by step, then take what is left."""
    left = [route for route in routes if route.refusal is None]
    left = _highest(left, lambda route: route.preference)
    if switches.unresolvable_last:
        left = _lowest(left, _leads_nowhere)
    left = _lowest(left, _is_stale)
    left = _highest(left, _degree_of_preference)
    if switches.path_metric:
        left = _lowest(left, path_length)
    left = _lowest(left, lambda route: route.attributes.get(ORIGIN, 0))
    if switches.med_metric:
        left = _lowest(left, _med)
    else:
        left = [route for route in left if not any(_has_lower_med(rival, route) for rival in left)]
    if any(route.source.external for route in left):
        left = [route for route in left if route.source.external]
    if switches.igp_metric:
        left = _lowest(left, lambda route: route.igp_metric)
    if switches.prefer_older:
        left = _lowest(left, lambda route: route.since)
    return _first(left)


def ordered_as_the_rfc_words_it(
    routes: Iterable[Route],
    switches: Switches = _Defaults(),  # noqa: B008
) -> list[Route]:
    """Return each route that would be selected if those before it were not there."""
    left, best_first = list(routes), []
    while (best := select_as_the_rfc_words_it(left, switches)) is not None:
        best_first.append(best)
        left = [route for route in left if route is not best]
    return best_first


def path_length(route: Route) -> int:
    """RFC 4271 §9.1.2.2 a: an AS_SET counts as one AS; RFC 5065 §5.3: the confederation as none."""
    length = 0
    for kind, asns in route.attributes.get(AS_PATH, AsPath.EMPTY).segments:
        if kind == SegmentType.AS_SEQUENCE:
            length += len(asns)
        elif kind == SegmentType.AS_SET:
            length += 1
    return length


def neighbor_as(route: Route) -> int:
    """Return the AS from which the route came (RFC 4271 §9.1.2.2 c), past our confederation (RFC 5065 §5.3).

    A path that begins with a set does not say; all such are taken as from one AS with those of our own.
    """
    for kind, asns in route.attributes.get(AS_PATH, AsPath.EMPTY).segments:
        if kind == SegmentType.AS_SEQUENCE:
            return int(asns[0])
        if kind == SegmentType.AS_SET:
            return _OWN_AS
    return _OWN_AS


def _first(routes: list[Route]) -> Route | None:
    """Break the tie (RFC 4456 §9, RFC 4271 §9.1.2.2 f and g); then by what is ours to choose."""
    left = _lowest(routes, lambda route: route.attributes.get(ORIGINATOR_ID, route.source.router_id))
    left = _lowest(left, lambda route: len(route.attributes.get(CLUSTER_LIST, ())))
    left = _lowest(left, lambda route: route.source.address)
    left = _lowest(left, lambda route: route.source.name)
    left = _lowest(left, lambda route: route.attributes.get(NEXT_HOP, b""))
    left = _lowest(left, lambda route: route.attributes.wire)
    return left[0] if left else None


def _degree_of_preference(route: Route) -> int:
    """RFC 4271 §9.1.1."""
    local_pref = route.attributes.get(LOCAL_PREF)
    return route.source.default_local_pref if local_pref is None else local_pref


def _med(route: Route) -> int:
    """RFC 4271 §9.1.2.2 c: the lowest possible value where there is none, if nothing else is configured."""
    med = route.attributes.get(MULTI_EXIT_DISC)
    return route.source.default_med if med is None else med


def _has_lower_med(rival: Route, route: Route) -> bool:
    """RFC 4271 §9.1.2.2 c: compared between routes from one neighboring AS only."""
    return neighbor_as(rival) == neighbor_as(route) and _med(rival) < _med(route)


def _is_stale(route: Route) -> bool:
    """RFC 9494 §4.3."""
    return WellKnownCommunity.LLGR_STALE in route.attributes.get(COMMUNITIES, ())


def _leads_nowhere(route: Route) -> bool:
    return route.refusal is Refusal.UNRESOLVABLE or route.is_unresolvable


def _lowest(routes: list[Route], value: Callable[[Route], Any]) -> list[Route]:
    return [route for route in routes if value(route) == min(map(value, routes))]


def _highest(routes: list[Route], value: Callable[[Route], Any]) -> list[Route]:
    return [route for route in routes if value(route) == max(map(value, routes))]
