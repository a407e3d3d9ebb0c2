"""From the models to the plain values the daemon works with."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Final, cast

from bgpd.config import effective
from bgpd.config.addresses import family_name
from bgpd.config.authentication import TcpAo
from bgpd.config.configuration import Configuration
from bgpd.config.faults import ConfigurationError, Problem
from bgpd.config.kernel import KernelTable
from bgpd.config.limits import MaxPrefixes
from bgpd.config.neighbors import Neighbor
from bgpd.config.passwords import PasswordFileError, password_of
from bgpd.config.router import Router
from bgpd.config.settings import (
    AuthenticationKey,
    DaemonSettings,
    FilterChoice,
    KernelSettings,
    NeighborSettings,
    PrefixLimit,
    StaticNextHop,
    StaticRoute,
)
from bgpd.config.static import StaticNextHop as StaticNextHopModel
from bgpd.config.static import StaticRoute as StaticRouteModel
from bgpd.config.values import metrics_address
from kernel_sync.types import RouteKind
from messages.families import family_named
from messages.families.prefix import parse_address, parse_prefix
from messages.iana import Role

_DEFAULT_IMPORT: Final = "all"
_DEFAULT_EXPORT: Final = "none"
_ROLES: Final = {
    "provider": Role.PROVIDER,
    "rs-server": Role.RS,
    "rs-client": Role.RS_CLIENT,
    "customer": Role.CUSTOMER,
    "peer": Role.PEER,
}


def build(configuration: Configuration) -> DaemonSettings:
    """Return the settings; the only files read are those that hold passwords."""
    router = configuration.router
    names = _names(configuration)
    return DaemonSettings(
        router_id=int(IPv4Address(router.id)) if router.id is not None else None,
        asn=router.asn,
        listen=router.listen,
        port=router.port,
        stop=router.stop,
        socket=configuration.control.socket,
        metrics=metrics_address(configuration.metrics.listen),
        direct=configuration.direct.interfaces,
        kernels=dict(_kernels(configuration)),
        statics=tuple(map(_static, configuration.static)),
        neighbors=tuple(_neighbor(neighbor, next(names), router) for neighbor in configuration.neighbors),
    )


def _names(configuration: Configuration) -> Iterator[str]:
    """Yield the name of each neighbor: its own, or the next "bgp1", "bgp2", ... that nobody has."""
    taken = {neighbor.name for neighbor in configuration.neighbors}
    free = (name for name in map("bgp{}".format, range(1, 1 << 32)) if name not in taken)
    yield from (neighbor.name or next(free) for neighbor in configuration.neighbors)


def _kernels(configuration: Configuration) -> Iterator[tuple[str, KernelSettings]]:
    kernel = configuration.kernel
    for family, table in (("ipv4", kernel.ipv4), ("ipv6", kernel.ipv6)):
        if table is not None:
            yield family, _kernel(table)


def _kernel(table: KernelTable) -> KernelSettings:
    return KernelSettings(
        table=table.table,
        metric=table.metric,
        persist=table.persist,
        import_filter=_filter(table.import_filter),
        export_filter=_filter(table.export_filter),
    )


def _filter(name: str | None, default: FilterChoice = "all") -> FilterChoice:
    """Return a filter whose name was checked before."""
    return cast("FilterChoice", name) if name is not None else default


def _static(route: StaticRouteModel) -> StaticRoute:
    family, key = parse_prefix(route.prefix)
    kinds = {
        RouteKind.BLACKHOLE: route.blackhole,
        RouteKind.UNREACHABLE: route.unreachable,
        RouteKind.PROHIBIT: route.prohibit,
    }
    for kind, chosen in kinds.items():
        if chosen:
            return StaticRoute(family, key, kind, ())
    single = StaticNextHopModel(via=route.via, dev=route.dev, onlink=route.onlink)
    hops = route.nexthops or (single,)
    return StaticRoute(family, key, RouteKind.UNICAST, tuple(map(_next_hop, hops)))


def _next_hop(hop: StaticNextHopModel) -> StaticNextHop:
    address = parse_address(hop.via) if hop.via is not None else b""
    return StaticNextHop(address, hop.dev, hop.onlink, hop.weight)


def _neighbor(neighbor: Neighbor, name: str, router: Router) -> NeighborSettings:
    network, _, bits = (neighbor.range or "").partition("/")
    address, _, interface = (neighbor.address or network).partition("%")
    families = neighbor.families or (family_name(address),)
    return NeighborSettings(
        name=name,
        description=neighbor.description,
        address=address,
        interface=interface or None,
        range_bits=int(bits) if bits else None,
        limit=neighbor.limit,
        port=neighbor.port,
        asn=neighbor.asn,
        local_asn=effective.local_as(neighbor, router),
        source_address=neighbor.source_address,
        passive=neighbor.passive or bool(bits),
        families=tuple(map(family_named, families)),
        capabilities=neighbor.capabilities,
        require_capabilities=neighbor.require_capabilities,
        extended_messages=neighbor.extended_messages,
        enhanced_route_refresh=neighbor.enhanced_route_refresh,
        role=_ROLES[neighbor.role] if neighbor.role else None,
        strict_role=neighbor.strict_role,
        hold_time=neighbor.hold_time,
        keepalive_time=neighbor.keepalive_time,
        send_hold_time=neighbor.send_hold_time,
        startup_hold_time=neighbor.startup_hold_time,
        delay_open=neighbor.delay_open,
        connect_delay=neighbor.connect_delay,
        connect_retry=neighbor.connect_retry,
        error_wait=neighbor.error_wait,
        error_forget=neighbor.error_forget,
        import_filter=_filter(neighbor.import_filter, _DEFAULT_IMPORT),
        export_filter=_filter(neighbor.export_filter, _DEFAULT_EXPORT),
        policy_missing=effective.missing_policies(neighbor, router),
        max_prefixes=_limit(neighbor.max_prefixes),
        keep_filtered=neighbor.keep_filtered,
        next_hop=neighbor.next_hop,
        gateway=effective.gateway(neighbor, router),
        multihop=effective.multihop(neighbor, router),
        ttl_security=neighbor.ttl_security,
        password=_password(neighbor, name),
        tcp_ao=_authentication(neighbor.tcp_ao, name),
        device=neighbor.device,
        shutdown=_shutdown(neighbor.shutdown),
    )


def _limit(limit: MaxPrefixes | None) -> PrefixLimit | None:
    if limit is None:
        return None
    return PrefixLimit(limit.imported, limit.action, limit.warn_at, limit.restart_after)


def _password(neighbor: Neighbor, name: str) -> bytes | None:
    return _secret(neighbor, f"neighbors[{name}].password_file")


def _authentication(key: TcpAo | None, name: str) -> AuthenticationKey | None:
    if key is None:
        return None
    secret = _secret(key, f"neighbors[{name}].tcp_ao.password_file") or b""
    return AuthenticationKey(key.send_id, key.receive_id, key.algorithm, secret)


def _secret(holder: Neighbor | TcpAo, key: str) -> bytes | None:
    """Read the password now: the file may have changed since the configuration was checked."""
    try:
        return password_of(holder.password, holder.password_file)
    except PasswordFileError as error:
        raise ConfigurationError(Problem(holder.password_file or "", None, key, str(error))) from None


def _shutdown(shutdown: bool | str) -> str | None:
    if isinstance(shutdown, str):
        return shutdown
    return "" if shutdown else None
