"""The BGP Identifier of a node, where nobody has written one."""

from hashlib import sha256
from ipaddress import IPv4Address

from bgpd.cluster.model import Node

_LAST_OF_CLASS_C = 223


def router_id(node: Node) -> IPv4Address:
    """Return the IPv4 address of a node; of one that has none, what Calico makes of its name."""
    return node.ipv4.ip if node.ipv4 is not None else hashed_router_id(node.name)


def hashed_router_id(name: str) -> IPv4Address:
    """Return four octets of the hash of a name that are no address of many hosts."""
    first, *others = sha256(name.encode()).digest()[:4]
    return IPv4Address(bytes((first - 32 if first > _LAST_OF_CLASS_C else first, *others)))
