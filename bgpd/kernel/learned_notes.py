"""What a route of the kernel says besides where it leads, as notes that filters read (``krt_*``)."""

from collections.abc import Iterator, Mapping
from typing import Any

from bgpd.kernel.forms import METRICS, SWITCHES
from kernel_sync.types import KernelRoute, ObservedRoute
from messages.families import IPV4_UNICAST
from rib.filters.values import Address


def notes_of(observed: ObservedRoute) -> Mapping[str, Any]:
    """Return the notes of a learned route; what the kernel was not told has none, as in BIRD."""
    return dict(_notes(observed.route, observed.protocol))


def _notes(route: KernelRoute, protocol: int) -> Iterator[tuple[str, Any]]:
    yield "krt_source", protocol
    yield "krt_metric", route.metric
    if route.preferred_source:
        yield "krt_prefsrc", Address(route.preferred_source)
    if route.realm:
        yield "krt_realm", route.realm
    if route.scope != _usual_scope(route):
        yield "krt_scope", route.scope
    told = dict(route.metrics)
    yield from ((name, told[metric]) for name, metric in METRICS.items() if metric in told)
    for name, (metric, bit) in SWITCHES.items():
        if metric in told:  # of several switches in one number all are known
            yield name, bool(told[metric] & bit)


def _usual_scope(route: KernelRoute) -> int | None:
    """Return what BIRD expects of both families, though IPv6 has no scopes: routes on a link have a note."""
    return route._replace(scope=None).canonical(IPV4_UNICAST).scope
