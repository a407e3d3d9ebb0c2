"""The router ID of a node: its IPv4 address, or what the environment of calico-node says."""

from ipaddress import IPv4Address
from typing import Final

from bgpd.cluster.router_id import hashed_router_id

HASH: Final = "hash"
"""Says that the ID is to be made of the node's name, for nodes without an IPv4 address."""


def router_id_of(node: str, wished: str, own_address: str) -> str:
    """Return the router ID, or an empty text if there is none. Raises ValueError for a wish that is no ID."""
    if wished == HASH:
        return str(hashed_router_id(node))
    if wished:
        return str(IPv4Address(wished))
    return own_address
