"""Whether a plan can change any route at all: if not, none need be looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from bgpd.prediction.quiet_policies import QuietPolicies
from bgpd.reconfiguration.plan import Plan
from bgpd.settings import DaemonSettings, KernelSettings, NeighborSettings, ProtocolSettings
from messages.families import Family

_OF_NO_ROUTE: Final = {"name": "", "description": "", "traces": frozenset[Any]()}
_FILTERS: Final = ("import_filter", "export_filter")
_IDENTITY: Final = ("router_id", "cluster_id", "confederation")


def changes_no_route(old: DaemonSettings, found: Plan, policies: QuietPolicies) -> Iterator[bool]:
    """Tell of everything, one after the other, whether it goes on, with filters that say what they said."""
    new = found.in_force
    yield not (found.added or found.removed or found.restarted or found.switched)
    yield not (found.new_tables or found.old_tables)
    yield all(getattr(old, name) == getattr(new, name) for name in _IDENTITY)
    yield old.filters == new.filters or not _has_statements(new)
    before = {settings.name: settings for settings in old.protocols}
    for now in found.kept:
        yield _goes_on(before[found.renamed.get(now.name, now.name)], now, policies)


def _has_statements(settings: DaemonSettings) -> bool:
    """Tell whether there are static routes that are changed by statements, which may use functions."""
    return any(route.change is not None for static in settings.statics for route in static.routes)


def _goes_on(was: ProtocolSettings, now: ProtocolSettings, policies: QuietPolicies) -> bool:
    names = _filters(now)
    if _without_filters(was) != _without_filters(now):
        return False
    pairs = zip(_filters(was), names, strict=True)
    return all(policies.say_the_same(old, new, family) for old, new in pairs for family in families_of(now))


def _filters(settings: ProtocolSettings) -> Sequence[str]:
    return [getattr(settings, name) for name in _FILTERS if hasattr(settings, name)]


def families_of(settings: ProtocolSettings) -> Sequence[Family]:
    """Return the families that a protocol has routes of."""
    if isinstance(settings, KernelSettings):
        return (settings.family,)
    return getattr(settings, "families", ())


def _without_filters(settings: ProtocolSettings) -> ProtocolSettings:
    """Return settings that are equal if routes are treated alike, the filters apart."""
    left: dict[str, Any] = {**_OF_NO_ROUTE}
    left |= {name: "" for name in _FILTERS if hasattr(settings, name)}
    if isinstance(settings, NeighborSettings):
        left |= {"password": None, "shutdown": None}
    return replace(settings, **left)
