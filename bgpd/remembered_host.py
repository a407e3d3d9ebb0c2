"""What filters know of the host's interfaces: the same for as long as a verdict may be asked for again."""

from rib.filters.running.run import Surroundings


class RememberedHost:
    """What filters ask about the host, with a memory for the answers.

    What a neighbor was sent follows from asking its filter about the old route again. An interface that is
    gone or renamed by then is as it was here; ``is_true`` tells when filters are to begin anew.
    """

    def __init__(self, host: Surroundings) -> None:
        self._host = host
        self._names: dict[int, str] = {}
        self._indexes: dict[str, int] = {}
        self._links: dict[bytes, int] = {}

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
        return self._links[gateway]

    @property
    def is_true(self) -> bool:
        """Whether all is as it was, but for interfaces that are gone: their routes go by themselves."""
        host = self._host
        return (
            all(host.interface_name(index) in ("", name) for index, name in self._names.items())
            and all(host.interface_index(name) == index for name, index in self._indexes.items())
            and all(host.interface_towards(gateway) == index for gateway, index in self._links.items())
        )

    def anew(self) -> "RememberedHost":
        """Return the same without any memory."""
        return RememberedHost(self._host)
