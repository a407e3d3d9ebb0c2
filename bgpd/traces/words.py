"""A route in one line, as BIRD traces it."""

from collections.abc import Callable
from typing import Final

from messages.families import Family
from messages.families.prefix import PrefixKey, render_address, render_prefix
from rib.route import Destination, DestinationKind

InterfaceName = Callable[[int], str]

_LEADS: Final = {
    DestinationKind.BLACKHOLE: "blackhole",
    DestinationKind.UNREACHABLE: "unreachable",
    DestinationKind.PROHIBIT: "prohibited",
}


class RouteWords:
    """Knows how interfaces are called."""

    def __init__(self, interface_name: InterfaceName) -> None:
        self._interface_name = interface_name

    def of(self, key: PrefixKey, family: Family, destination: Destination) -> str:
        """Return the prefix and where the route leads."""
        return f"{render_prefix(key, family)} {self._where(destination)}"

    def _where(self, destination: Destination) -> str:
        if destination.kind is not DestinationKind.UNICAST:
            return _LEADS[destination.kind]
        if len(destination.next_hops) != 1:
            return "multipath"
        hop = destination.next_hops[0]
        name = self._interface_name(hop.interface)
        return f"via {render_address(hop.gateway)} on {name}" if hop.gateway else f"dev {name}"
