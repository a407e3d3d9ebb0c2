"""What a neighbor can have otherwise without a new session, and what of it waits for the next one."""

from typing import Final

from bgpd.settings import NeighborSettings

_AGREED: Final = (
    "hold_time",
    "keepalive_time",
    "send_hold_time",
    "graceful_restart",
    "graceful_restart_time",
    "graceful_restart_notification",
    "long_lived_graceful_restart",
    "long_lived_stale_time",
)
"""What both ends have agreed on for as long as a session lasts, or what the neighbor was told in our OPEN.

It is not worth losing a session: with other values this one is as good as before.
"""
_OF_CONNECTIONS: Final = (
    "passive",
    "startup_hold_time",
    "delay_open",
    "connect_delay",
    "connect_retry",
    "error_wait",
    "error_forget",
)
"""How the next connection comes about."""
_OF_PACKETS: Final = ("multihop", "ttl_security", "password")
"""What sockets can have otherwise while they are connected."""
_OF_ROUTES: Final = (
    "import_filter",
    "export_filter",
    "policy_missing",
    "preference",
    "max_prefixes",
    "keep_filtered",
    "route_reflector_client",
    "cluster_id",
    "route_server_client",
    "local_asn_mode",
    "router_asn",
    "allow_local_as",
    "as_override",
    "remove_private_as",
    "prepend",
    "enforce_first_as",
    "default_med",
    "default_local_pref",
    "accept_blackhole",
    "long_lived_stale_inside",
    "next_hop",
    "gateway",
    "send_paths",
    "stale_time",
    "max_long_lived_stale_time",
)
"""What becomes of routes, in and out: worked out anew for those that are there."""
IN_PLACE: Final = (
    "name",
    "description",
    "traces",
    "shutdown",
    "limit",
    *_AGREED,
    *_OF_CONNECTIONS,
    *_OF_PACKETS,
    *_OF_ROUTES,
)
"""All else is told in OPEN, or says who and where the neighbor is, or which tables it fills."""


def needs_other_encoding(old: NeighborSettings, new: NeighborSettings) -> bool:
    """Tell whether the neighbor is told of paths in another way, which can't change in between."""
    if not (old.add_path_send or new.add_path_send):
        return False
    exported = [each.max_prefixes and each.max_prefixes.exported for each in (old, new)]
    return (old.send_paths == 1) is not (new.send_paths == 1) or exported[0] != exported[1]


def what_waits(old: NeighborSettings, new: NeighborSettings) -> str:
    """Return in words what holds from the next session on."""
    changed = [name for name in _AGREED if getattr(old, name) != getattr(new, name)]
    if not changed:
        return ""
    return f"{' and '.join(changed)} {'hold' if len(changed) > 1 else 'holds'} from the next session on"
