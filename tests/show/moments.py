"""The node at other times: as BIRD's IPv4 program sees it, while it recovers, and with a broken file."""

from dataclasses import replace

from bgpd.protocols.protocol import Channel, Protocol, ProtocolState
from bgpd.settings import TimeFormat
from bgpd.show.view import Recovery
from messages.families import IPV4_UNICAST
from tests.show.node import node
from tests.show.world import StillDaemon


def ipv4_node() -> StillDaemon:
    """Return the node without its IPv6 routes; it has its own time formats, names and filters."""
    daemon = node()
    for name, protocol in tuple(daemon.protocols.items()):
        protocol.channels = tuple(filter(_is_ipv4, protocol.channels))
        if protocol.kind == "BGP" and not protocol.channels:
            del daemon.protocols[name]
    daemon.settings = replace(
        daemon.settings,
        time_formats={
            "route": TimeFormat("%d-%m-%Y %H:%M:%S"),
            "protocol": TimeFormat("%H:%M", 60, "%b%d"),
            "base": TimeFormat("%s"),
        },
        symbols={
            "master": "routing table",
            "bgp_template": "protocol template",
            "Mesh_10_10_0_2": "protocol",
            "calico_aggr": "function",
            "calico_kernel_programming": "filter",
        },
    )
    _name_filters(daemon.protocols["tor2"])
    return daemon


def _is_ipv4(channel: Channel) -> bool:
    return channel.family is IPV4_UNICAST


def _name_filters(protocol: Protocol) -> None:
    policies = node().policies
    (channel,) = protocol.channels
    policy = policies.policy("arrival", IPV4_UNICAST)
    protocol.channels = (channel._replace(import_policy=policy, export_policy=policy),)
    protocol.filter_names = (f"{protocol.name}.import", "arrival")


def recovering() -> StillDaemon:
    """Return the node shortly after a start that was told to recover, while it is being reconfigured."""
    daemon = node()
    daemon.recovery = Recovery(9, 239, 240)
    daemon.is_reconfiguring = True
    for name in ("kernel1", "tor2"):
        daemon.protocols[name].enter(ProtocolState.WAIT)
    return daemon


def broken() -> StillDaemon:
    """Return the node after a start with a file that cannot be read."""
    daemon = node()
    daemon.configuration_problem = "/etc/bird.cfg:103:26 Template or protocol name expected"
    return daemon
