"""From a configured neighbor to what its sessions need."""

from collections.abc import Iterator
from typing import Any

from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.socket_options import Endpoint
from bgpd.sessions.tcp_ao import Algorithm, TcpAo
from bgpd.settings import AuthenticationKey, NeighborSettings
from fsm.restart_state import RestartState
from fsm.settings import Settings
from messages.capabilities import (
    ENHANCED_ROUTE_REFRESH,
    EXTENDED_MESSAGE,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    Capabilities,
    Capability,
)
from messages.families import IPV4_UNICAST, IPV6_UNICAST


def peer_settings(
    neighbor: NeighborSettings, router_id: int, restart: RestartState | None = None
) -> PeerSettings:
    """Return the settings of the neighbor's peer; ``restart`` is what our last restart has left."""
    endpoint = Endpoint(
        address=neighbor.address,
        port=neighbor.port,
        source_address=neighbor.source_address or "",
        interface=neighbor.interface or "",
        hops=neighbor.multihop or 1,
        ttl_security=neighbor.ttl_security,
        password=neighbor.password or b"",
        prefix_bits=neighbor.range_bits,
        device=neighbor.device or "",
        authentication=_authentication(neighbor.tcp_ao),
    )
    session = Settings(
        local_asn=neighbor.local_asn,
        router_id=router_id,
        peer_asn=neighbor.asn,
        families=neighbor.families,
        announce_capabilities=neighbor.capabilities,
        required=Capabilities.of(*_required(neighbor)),
        extended_messages=neighbor.extended_messages,
        enhanced_route_refresh=neighbor.enhanced_route_refresh,
        role=neighbor.role,
        strict_role=neighbor.strict_role,
        add_path_receive=neighbor.add_path_receive,
        add_path_send=neighbor.add_path_send,
        extended_next_hop=neighbor.extended_next_hop,
        graceful_restart=neighbor.graceful_restart,
        restart_time=neighbor.graceful_restart_time,
        restart_after_notification=neighbor.graceful_restart_notification,
        long_lived_graceful_restart=neighbor.long_lived_graceful_restart,
        long_lived_stale_time=neighbor.long_lived_stale_time,
        restart_state=restart or RestartState(),
        is_confederation_member=neighbor.confederation,
        passive=neighbor.passive,
        hold_time=neighbor.hold_time,
        keepalive_time=neighbor.keepalive_time,
        send_hold_time=neighbor.send_hold_time,
        startup_hold_time=neighbor.startup_hold_time,
        delay_open=neighbor.delay_open,
        connect_delay=neighbor.connect_delay,
        connect_retry=neighbor.connect_retry,
        error_wait=neighbor.error_wait,
        error_forget=neighbor.error_forget,
    )
    return PeerSettings(name=neighbor.name, endpoint=endpoint, session=session)


def _authentication(key: AuthenticationKey | None) -> TcpAo | None:
    if key is None:
        return None
    return TcpAo(
        send_id=key.send_id,
        receive_id=key.receive_id,
        algorithm=Algorithm(key.algorithm),
        secret=key.secret,
    )


def _required(neighbor: NeighborSettings) -> Iterator[tuple[Capability[Any], Any]]:
    """Yield what the neighbor must announce."""
    known: dict[str, tuple[Capability[Any], Any]] = {
        "ipv4": (MULTIPROTOCOL, IPV4_UNICAST),
        "ipv6": (MULTIPROTOCOL, IPV6_UNICAST),
        "route-refresh": (ROUTE_REFRESH, True),
        "enhanced-route-refresh": (ENHANCED_ROUTE_REFRESH, True),
        "four-octet-as": (FOUR_OCTET_AS, neighbor.asn),
        "extended-messages": (EXTENDED_MESSAGE, True),
    }
    yield from (known[name] for name in neighbor.require_capabilities)
