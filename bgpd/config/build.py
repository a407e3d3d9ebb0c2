"""From the models to the plain values the daemon works with."""

from collections.abc import Iterable, Iterator, Sequence

from bgpd.config.addresses import four_octets
from bgpd.config.build_neighbors import neighbor_settings
from bgpd.config.configuration import Configuration
from bgpd.config.decision import Decision as DecisionModel
from bgpd.config.kernel import KernelTable
from bgpd.config.router import Confederation as ConfederationModel
from bgpd.config.settings import (
    Confederation,
    DaemonSettings,
    DecisionSettings,
    KernelSettings,
    NeighborSettings,
    PipeSettings,
    StaticNextHop,
    StaticRoute,
)
from bgpd.config.static import StaticNextHop as StaticNextHopModel
from bgpd.config.static import StaticRoute as StaticRouteModel
from bgpd.config.values import MASTER, metrics_address
from kernel_sync.types import RouteKind
from messages.families import family_named
from messages.families.prefix import parse_address, parse_prefix
from rib.filters.syntax import Filter


def build(configuration: Configuration) -> DaemonSettings:
    """Return the settings; the only files read are those that hold passwords."""
    router = configuration.router
    direct = configuration.direct
    return DaemonSettings(
        router_id=four_octets(router.id),
        asn=router.asn,
        cluster_id=four_octets(router.cluster_id),
        confederation=_confederation(router.confederation),
        tables=(MASTER, *router.tables),
        decision=_decision(configuration.decision),
        listen=router.listen,
        port=router.port,
        stop=router.stop,
        socket=configuration.control.socket,
        metrics=metrics_address(configuration.metrics.listen),
        direct=direct.interfaces,
        direct_table=direct.table,
        direct_preference=direct.preference,
        direct_check_link=direct.check_link,
        primary=configuration.device.primary,
        kernels=tuple(_kernels(configuration)),
        statics=tuple(_statics(configuration)),
        pipes=tuple(_pipes(configuration)),
        neighbors=tuple(_neighbors(configuration)),
        filters=configuration.definitions,
    )


def _confederation(confederation: ConfederationModel | None) -> Confederation | None:
    return Confederation(confederation.id, confederation.members) if confederation is not None else None


def _decision(decision: DecisionModel) -> DecisionSettings:
    return DecisionSettings(
        path_metric=decision.path_metric,
        med_metric=decision.med_metric,
        igp_metric=decision.igp_metric,
        prefer_older=decision.prefer_older,
        relaxed_paths=decision.relaxed_paths,
    )


def _kernels(configuration: Configuration) -> Iterator[KernelSettings]:
    """Yield the tables of the kernel: "kernel1" and "kernel2", then those with names of their own."""
    kernel = configuration.kernel
    control_plane = tuple(map(parse_address, configuration.router.control_plane))
    both = (("ipv4", kernel.ipv4), ("ipv6", kernel.ipv6))
    unnamed = ((family, table) for family, table in both if table is not None)
    for number, (family, table) in enumerate(unnamed, 1):
        yield _kernel(f"kernel{number}", family, table, control_plane)
    for name, named in configuration.kernels.items():
        yield _kernel(name, named.family, named, control_plane)


def _kernel(
    name: str, family_name: str, table: KernelTable, control_plane: Sequence[bytes]
) -> KernelSettings:
    family = family_named(family_name)
    return KernelSettings(
        name=name,
        family=family,
        table=table.table,
        metric=table.metric,
        persist=table.persist,
        merge_paths=table.merge_paths,
        rib_table=table.rib_table,
        import_filter=table.import_filter,
        export_filter=table.export_filter,
        protocol=table.protocol,
        learn=table.learn,
        guard=table.guard,
        control_plane=tuple(each for each in control_plane if len(each) == family.address_octets),
        adopt_wait=table.adopt_wait,
        check_interval=table.check_interval,
        restore_limit=table.restore_limit,
    )


def _statics(configuration: Configuration) -> Iterator[StaticRoute]:
    for position, route in enumerate(configuration.static):
        yield _static(route, configuration.changes.get(position))


def _static(route: StaticRouteModel, change: Filter | None) -> StaticRoute:
    family, key = parse_prefix(route.prefix)
    kind = _kind(route)
    single = StaticNextHopModel(via=route.via, dev=route.dev, onlink=route.onlink)
    hops = (route.nexthops or (single,)) if kind is RouteKind.UNICAST else ()
    next_hops = tuple(map(_next_hop, hops))
    return StaticRoute(
        family=family,
        key=key,
        kind=kind,
        next_hops=next_hops,
        table=route.table,
        preference=route.preference,
        check_link=route.check_link,
        change=change,
    )


def _kind(route: StaticRouteModel) -> RouteKind:
    kinds = {
        RouteKind.BLACKHOLE: route.blackhole,
        RouteKind.UNREACHABLE: route.unreachable,
        RouteKind.PROHIBIT: route.prohibit,
    }
    return next((kind for kind, chosen in kinds.items() if chosen), RouteKind.UNICAST)


def _next_hop(hop: StaticNextHopModel) -> StaticNextHop:
    address = parse_address(hop.via) if hop.via is not None else b""
    return StaticNextHop(address, hop.dev, hop.onlink, hop.weight)


def _pipes(configuration: Configuration) -> Iterator[PipeSettings]:
    names = _names("pipe", (pipe.name for pipe in configuration.pipes), configuration)
    for name, pipe in zip(names, configuration.pipes, strict=True):
        yield PipeSettings(
            name=name,
            table=pipe.table,
            peer_table=pipe.peer_table,
            mode=pipe.mode,
            import_filter=pipe.import_filter,
            export_filter=pipe.export_filter,
            preference=pipe.preference,
            families=tuple(map(family_named, pipe.families)),
        )


def _neighbors(configuration: Configuration) -> Iterator[NeighborSettings]:
    names = _names("bgp", (neighbor.name for neighbor in configuration.neighbors), configuration)
    for name, neighbor in zip(names, configuration.neighbors, strict=True):
        yield neighbor_settings(neighbor, name, configuration.router)


def _names(kind: str, written: Iterable[str | None], configuration: Configuration) -> Iterator[str]:
    """Yield the name of each: its own, or the next "bgp1", "bgp2", ... that nobody has."""
    neighbors = {neighbor.name for neighbor in configuration.neighbors}
    taken = neighbors | {pipe.name for pipe in configuration.pipes} | configuration.kernels.keys()
    free = (name for name in map(f"{kind}{{}}".format, range(1, 1 << 32)) if name not in taken)
    yield from (name or next(free) for name in written)
