"""The addresses without which this host is cut off: those of its neighbors.

A neighbor counts from its first session on, until it is disabled: if its address were lost with the session,
it could not come back.
"""

from collections.abc import Callable, Mapping

from messages.families.prefix import parse_address
from rib.next_hops import is_link_local

Watcher = Callable[[Mapping[bytes, str]], None]


class Lifelines:
    """Tells whoever writes routes which addresses must stay reachable, and what each is, in words."""

    def __init__(self) -> None:
        self._addresses: dict[bytes, str] = {}
        self._watchers: dict[Watcher, None] = {}

    def watch(self, watcher: Watcher) -> None:
        """Tell what there is now, and whenever it changes."""
        self._watchers[watcher] = None
        watcher(self._addresses)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        self._watchers.pop(watcher, None)

    def hold(self, address: str, neighbor: str) -> None:
        """A session with a neighbor was established; a link-local address needs no route."""
        octets = parse_address(address)
        if not is_link_local(octets):
            self._addresses[octets] = f"neighbor {neighbor}"
            self._tell()

    def rename(self, address: str, neighbor: str) -> None:
        """The neighbor goes on under another name."""
        octets = parse_address(address)
        if octets in self._addresses:
            self._addresses[octets] = f"neighbor {neighbor}"
            self._tell()

    def let_go(self, address: str) -> None:
        """The neighbor is not wanted any more."""
        if self._addresses.pop(parse_address(address), None) is not None:
            self._tell()

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher(self._addresses)
