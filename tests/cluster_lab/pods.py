"""Pods behind nodes, as Calico connects them, and a host behind the switch.

A pod has one address of its node's block, and everything it sends goes to 169.254.1.1, which is its node. The
node has a route to this one address; the rest of the block is for the daemon to discard.
"""

from typing import Final

from tests.cluster_lab.fleet import Node
from tests.interop.lab import Host, Lab

_GATEWAY: Final = "169.254.1.1"
_OF_POD: Final = "2"
"""The last number of its address."""
OUTSIDE: Final = "10.99.0.0/24"
"""Where the host behind the switch is."""

End = tuple[Host, str]
"""A host that sends and receives packets, and its address."""


def pod(lab: Lab, node: Node) -> End:
    """Connect a pod to a node."""
    host = lab.host(f"pod-{node.member.name}")
    address = node.member.block.replace("0/26", _OF_POD)
    at_node, at_pod = lab.link(node.host, host, v4=None, v6=None)
    forward(node.host)
    node.host.ip("address", "add", f"{_GATEWAY}/32", "dev", at_node.interface)
    node.host.ip("route", "add", f"{address}/32", "dev", at_node.interface, "scope", "link")
    host.ip("address", "add", f"{address}/32", "dev", at_pod.interface)
    host.ip("route", "add", _GATEWAY, "dev", at_pod.interface, "scope", "link")
    host.ip("route", "add", "default", "via", _GATEWAY)
    return host, address


def outside(lab: Lab, switch: Host) -> End:
    """Connect a host to the switch."""
    host = lab.host("outside")
    at_switch, at_host = lab.link(switch, host, v4=OUTSIDE, v6=None)
    forward(switch)
    host.ip("route", "add", "default", "via", at_switch.v4)
    return host, at_host.v4


def forward(host: Host) -> None:
    """Have a host hand on packets that are not for it."""
    host.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
