"""The router ID of a node: its IPv4 address, or what the environment of calico-node says."""

from hashlib import sha256
from ipaddress import IPv4Address
from typing import Final

HASH: Final = "hash"
"""Says that the ID is to be made of the node's name, for nodes without an IPv4 address."""
_LAST_UNICAST: Final = 223
_STEP: Final = 32


def router_id_of(node: str, wished: str, own_address: str) -> str:
    """Return the router ID, or an empty text if there is none. Raises ValueError for a wish that is no ID."""
    if wished == HASH:
        return hashed(node)
    if wished:
        return str(IPv4Address(wished))
    return own_address


def hashed(node: str) -> str:
    """Return an ID that looks like a unicast address: the beginning of the SHA-256 of a name."""
    octets = bytearray(sha256(node.encode()).digest()[:4])
    if octets[0] > _LAST_UNICAST:
        octets[0] -= _STEP
    return str(IPv4Address(bytes(octets)))
