"""From the model of a neighbor to its settings."""

from typing import Final

from bgpd.config import effective
from bgpd.config.addresses import four_octets
from bgpd.config.authentication import TcpAo
from bgpd.config.faults import ConfigurationError, Problem
from bgpd.config.limits import MaxPrefixes
from bgpd.config.neighbors import Neighbor
from bgpd.config.passwords import PasswordFileError, password_of
from bgpd.config.router import Router
from bgpd.settings import AuthenticationKey, NeighborSettings, PrefixLimit
from messages.families import family_named
from messages.iana import Role

_ROLES: Final = {
    "provider": Role.PROVIDER,
    "rs-server": Role.RS,
    "rs-client": Role.RS_CLIENT,
    "customer": Role.CUSTOMER,
    "peer": Role.PEER,
}


def neighbor_settings(neighbor: Neighbor, name: str, router: Router) -> NeighborSettings:
    """Return the settings of one neighbor, with what it shares with the router."""
    confederation = router.confederation
    _, _, bits = (neighbor.range or "").partition("/")
    _, _, interface = (neighbor.address or "").partition("%")
    return NeighborSettings(
        name=name,
        description=neighbor.description,
        address=effective.host(neighbor),
        interface=interface or None,
        range_bits=int(bits) if bits else None,
        limit=neighbor.limit,
        port=neighbor.port,
        asn=neighbor.asn,
        local_asn=effective.local_as(neighbor, router),
        local_asn_mode=neighbor.local_asn_mode,
        router_asn=router.asn,
        confederation_id=confederation.id if confederation is not None else 0,
        confederation=effective.is_confederation_member(neighbor, router),
        source_address=neighbor.source_address,
        passive=neighbor.passive or bool(bits),
        families=tuple(map(family_named, effective.families(neighbor))),
        extended_next_hop=effective.extended_next_hop(neighbor),
        add_path_receive=neighbor.add_paths in {"receive", "both"},
        add_path_send=neighbor.add_paths in {"send", "both"},
        send_paths=0 if neighbor.send_paths == "all" else neighbor.send_paths,
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
        table=neighbor.table,
        preference=neighbor.preference,
        import_filter=neighbor.import_filter or "all",
        export_filter=neighbor.export_filter or "none",
        policy_missing=effective.missing_policies(neighbor, router),
        max_prefixes=_limit(neighbor.max_prefixes),
        keep_filtered=neighbor.keep_filtered,
        route_reflector_client=neighbor.route_reflector_client,
        cluster_id=four_octets(effective.cluster_id(neighbor, router)),
        route_server_client=neighbor.route_server_client,
        allow_local_as=neighbor.allow_local_as,
        as_override=neighbor.as_override,
        remove_private_as=neighbor.remove_private_as,
        prepend=neighbor.prepend,
        enforce_first_as=neighbor.enforce_first_as,
        default_med=neighbor.default_med,
        default_local_pref=neighbor.default_local_pref,
        accept_blackhole=neighbor.accept_blackhole,
        long_lived_stale_inside=neighbor.long_lived_stale_inside,
        next_hop=neighbor.next_hop,
        gateway=effective.gateway(neighbor, router),
        multihop=effective.multihop(neighbor, router),
        ttl_security=neighbor.ttl_security,
        password=_password(neighbor, name),
        tcp_ao=_authentication(neighbor.tcp_ao, name),
        device=neighbor.device,
        shutdown=_shutdown(neighbor.shutdown),
        graceful_restart=neighbor.graceful_restart,
        graceful_restart_time=neighbor.graceful_restart_time,
        graceful_restart_notification=neighbor.graceful_restart_notification,
        stale_time=neighbor.stale_time,
        long_lived_graceful_restart=neighbor.long_lived_graceful_restart,
        long_lived_stale_time=neighbor.long_lived_stale_time,
        max_long_lived_stale_time=effective.max_long_lived_stale_time(neighbor),
        router_id=four_octets(neighbor.router_id),
        traces=frozenset(neighbor.debug),
    )


def _limit(limit: MaxPrefixes | None) -> PrefixLimit | None:
    if limit is None:
        return None
    return PrefixLimit(
        imported=limit.imported,
        received=limit.received,
        exported=limit.exported,
        action=limit.action,
        warn_at=limit.warn_at,
        restart_after=limit.restart_after,
    )


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
