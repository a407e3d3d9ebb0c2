"""From the models of static routes to their settings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bgpd.config.build_options import options_of
from bgpd.config.configuration import Configuration
from bgpd.config.faults import KeyPath
from bgpd.config.static import NamedStatic, StaticDestination
from bgpd.config.static import StaticNextHop as StaticNextHopModel
from bgpd.settings import StaticNextHop, StaticRoute, StaticSettings
from kernel_sync.types import RouteKind
from messages.families import family_named
from messages.families.prefix import parse_address, parse_prefix
from rib.filters.syntax import Filter


def static_settings(configuration: Configuration, names: Sequence[str]) -> Iterator[StaticSettings]:
    """Yield those of each table and preference of ``[[static]]``, then those with names of their own."""
    changes = configuration.changes
    sections: dict[tuple[str, int], list[StaticRoute]] = {}
    for position, route in enumerate(configuration.static):
        section = sections.setdefault((route.table, route.preference), [])
        section.append(_route(route, changes.get(("static", position))))
    for name, ((table, preference), routes) in zip(names, sections.items(), strict=False):
        yield StaticSettings(name, tuple(routes), table, preference)
    for name, static in configuration.statics.items():
        yield _named(name, static, changes)


def _named(name: str, static: NamedStatic, changes: Mapping[KeyPath, Filter]) -> StaticSettings:
    path = ("statics", name, "routes")
    return StaticSettings(
        name=name,
        routes=tuple(
            _route(route, changes.get((*path, position))) for position, route in enumerate(static.routes)
        ),
        table=static.table,
        preference=static.preference,
        families=tuple(map(family_named, static.families)),
        import_filter=static.import_filter,
        **options_of(static),
    )


def _route(route: StaticDestination, change: Filter | None) -> StaticRoute:
    family, key = parse_prefix(route.prefix)
    kind = _kind(route)
    single = StaticNextHopModel(via=route.via, dev=route.dev, onlink=route.onlink)
    hops = (route.nexthops or (single,)) if kind is RouteKind.UNICAST and not route.recursive else ()
    recursive = parse_address(route.recursive) if route.recursive is not None else b""
    return StaticRoute(family, key, kind, tuple(_next_hops(hops)), change, route.check_link, recursive)


def _kind(route: StaticDestination) -> RouteKind:
    kinds = {
        RouteKind.BLACKHOLE: route.blackhole,
        RouteKind.UNREACHABLE: route.unreachable,
        RouteKind.PROHIBIT: route.prohibit,
    }
    return next((kind for kind, chosen in kinds.items() if chosen), RouteKind.UNICAST)


def _next_hops(hops: Iterable[StaticNextHopModel]) -> Iterator[StaticNextHop]:
    for hop in hops:
        address = parse_address(hop.via) if hop.via is not None else b""
        yield StaticNextHop(address, hop.dev, hop.onlink, hop.weight)
