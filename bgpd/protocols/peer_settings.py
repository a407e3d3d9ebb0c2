"""From a configured neighbor to what its sessions need."""

from bgpd.config.settings import NeighborSettings
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.socket_options import Endpoint
from fsm.settings import Settings


def peer_settings(neighbor: NeighborSettings, router_id: int) -> PeerSettings:
    """Return the settings of the neighbor's peer."""
    endpoint = Endpoint(
        address=neighbor.address,
        port=neighbor.port,
        source_address=neighbor.source_address or "",
        interface=neighbor.interface or "",
        hops=neighbor.multihop or 1,
        ttl_security=neighbor.ttl_security,
        password=neighbor.password or b"",
    )
    session = Settings(
        local_asn=neighbor.local_asn,
        router_id=router_id,
        peer_asn=neighbor.asn,
        families=neighbor.families,
        extended_messages=neighbor.extended_messages,
        passive=neighbor.passive,
        hold_time=neighbor.hold_time,
        keepalive_time=neighbor.keepalive_time,
        connect_delay=neighbor.connect_delay,
        connect_retry=neighbor.connect_retry,
        error_wait=neighbor.error_wait,
        error_forget=neighbor.error_forget,
    )
    return PeerSettings(name=neighbor.name, endpoint=endpoint, session=session)
