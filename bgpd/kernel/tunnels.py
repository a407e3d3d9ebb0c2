"""Routes through tunnel devices: what ``krt_tunnel`` of Calico's BIRD asks for."""

from collections.abc import Callable, Collection
from typing import Final

from messages.attributes import NEXT_HOP
from rib.policy import Accepted
from rib.route import Destination, DestinationKind, NextHop

TUNNEL: Final = "krt_tunnel"
_ADDRESS_OCTETS: Final = 16
"""A NEXT_HOP may have a link-local address behind the other one (RFC 2545 §3)."""


class Tunnels:
    """The tunnel devices that filters have named, with the indexes that routes were made with."""

    def __init__(self, interface_index: Callable[[str], int]) -> None:
        """``interface_index`` returns the index of the interface with a name, 0 if there is none."""
        self._interface_index = interface_index
        self._indexes: dict[str, int] = {}

    def look_again(self) -> Collection[str]:
        """Return the names of the devices that came, went, or have another index."""
        before, ask = self._indexes, self._interface_index
        self._indexes = {name: ask(name) for name in before}
        return {name for name in before if before[name] != self._indexes[name]}

    def lead(self, accepted: Accepted) -> Destination:
        """Return where a route leads by the tunnel that it names: its BGP next hop, taken as on the link.

        Without NEXT_HOP each gateway takes that place. A route without a next hop, or with a device that
        does not exist, stays as it is.
        """
        destination, attributes = accepted.destination, accepted.attributes
        name = attributes.local.get(TUNNEL)
        if not name or destination.kind is not DestinationKind.UNICAST:
            return destination
        index = self._index(name)
        if not index:
            return destination
        endpoint = attributes.get(NEXT_HOP, b"")[:_ADDRESS_OCTETS]
        if endpoint:
            return destination._replace(next_hops=(NextHop(endpoint, index, onlink=True),))
        hops = destination.next_hops
        through = [hop._replace(interface=index, onlink=True) if hop.gateway else hop for hop in hops]
        return destination._replace(next_hops=tuple(through))

    def _index(self, name: str) -> int:
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = self._interface_index(name)
        return index

    def remark(self, accepted: Accepted, *, by_filter: bool) -> str:
        """Say why a route goes through a tunnel, or does not though somebody spoke of one; else nothing."""
        name = accepted.attributes.local.get(TUNNEL)
        if name is None:
            return ""
        named = f"{TUNNEL} of the {'export filter' if by_filter else 'route'}"
        if not name:
            return f"{named} is empty"
        if self.lead(accepted) != accepted.destination:
            return named
        if accepted.destination.kind is not DestinationKind.UNICAST:
            return f"{named} is {name}, but there is no next hop"
        if not self._index(name):
            return f"{TUNNEL} names {name}, which this host has not"
        return f"{named} is {name}, but there is no gateway"
