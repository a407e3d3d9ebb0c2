"""What filters know of the host's interfaces: the same for as long as a verdict may be asked for again."""

from itertools import chain
from typing import Final

from kernel_sync.interface_changes import InterfaceChanges
from messages.families import FAMILIES
from rib.address_index import AddressIndex
from rib.filters.running.run import Surroundings

_MOST_GONE: Final = 5000
"""Interfaces that are gone and remembered: a host with containers has new ones all the time."""


class RememberedHost:
    """What filters ask about the host, with a memory for the answers.

    What a neighbor was sent follows from asking its filter about the old route again. An interface that is
    gone or renamed by then is as it was here; ``is_true_after`` tells when filters are to begin anew.
    """

    def __init__(self, host: Surroundings) -> None:
        self._host = host
        self._names: dict[int, str] = {}
        self._indexes: dict[str, int] = {}
        self._links: dict[bytes, int] = {}
        self._gateways = {family: AddressIndex[bytes](family.address_octets) for family in FAMILIES.values()}
        """Those that links are known of."""
        self._gone: set[int] = set()

    def interface_name(self, index: int) -> str:
        """Return the name that the interface had when a filter first asked; empty if there was none."""
        known = self._names.get(index)
        if known is None:
            known = self._host.interface_name(index)
            if known:
                self._names[index] = known
        return known

    def interface_index(self, name: str) -> int:
        """Return the number that the interface had; 0 if there was none."""
        if name not in self._indexes:
            self._indexes[name] = self._host.interface_index(name)
        return self._indexes[name]

    def interface_towards(self, gateway: bytes) -> int:
        """Return the interface on whose link an address was; 0 if it was on none."""
        if gateway not in self._links:
            self._links[gateway] = self._host.interface_towards(gateway)
            for family, index in self._gateways.items():
                if len(gateway) == family.address_octets:
                    index.add(gateway, gateway)
        return self._links[gateway]

    def is_true_after(self, changes: InterfaceChanges) -> bool:
        """Tell whether all is as it was before these changes, but for interfaces that are gone.

        Their routes go by themselves. Their names are not kept for ever, though.
        """
        host = self._host
        named = self._names.keys() & changes.interfaces
        self._gone.difference_update(named)
        self._gone.update(index for index in named if not host.interface_name(index))
        indexed = self._indexes.keys() & changes.names
        found = (index.covered_by(changes.networks[family]) for family, index in self._gateways.items())
        return (
            len(self._gone) <= _MOST_GONE
            and all(host.interface_name(index) in ("", self._names[index]) for index in named)
            and all(host.interface_index(name) == self._indexes[name] for name in indexed)
            and all(host.interface_towards(each) == self._links[each] for each in chain.from_iterable(found))
        )

    def anew(self) -> "RememberedHost":
        """Return the same without any memory."""
        return RememberedHost(self._host)
