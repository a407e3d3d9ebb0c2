"""The networks that interfaces are connected to, and which of them an address is in."""

from bisect import insort
from collections.abc import Mapping

from kernel_sync.holders import Holders
from messages.families.prefix import PrefixKey, make_key


class ConnectedNetworks:
    """The networks of one family with the interfaces that have them."""

    def __init__(self) -> None:
        self._holders = Holders[PrefixKey]()
        self._lengths: list[int] = []
        """Negative, so that the longest comes first; of networks that are gone, too, since there are few."""

    @property
    def interfaces(self) -> Mapping[PrefixKey, int]:
        """The interface of each network, always as it is now; of several that with the lowest index."""
        return self._holders.first

    def add(self, network: PrefixKey, index: int) -> bool:
        """Connect an interface; return whether another one leads to the network now."""
        if -network[0] not in self._lengths:
            insort(self._lengths, -network[0])
        return self._holders.add(network, index)

    def remove(self, network: PrefixKey, index: int) -> bool:
        """Disconnect an interface that was connected; return the same."""
        return self._holders.remove(network, index)

    def towards(self, address: bytes) -> int | None:
        """Return the interface on whose link an address is: the longest network decides."""
        interfaces = self.interfaces
        for length in self._lengths:
            index = interfaces.get(make_key(address, -length))
            if index is not None:
                return index
        return None
