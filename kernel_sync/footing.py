"""What routes stand on: interfaces, and addresses to send from; pure.

When one of them goes, IPv4 drops the routes without a word, so somebody has to look.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from kernel_sync.aliens import Aliens
from kernel_sync.types import KernelRoute
from messages.families import IPV4_UNICAST, Family


class LinkState(NamedTuple):
    """An interface was seen, or has gone."""

    interface: int
    up: bool
    exists: bool


class AddressState(NamedTuple):
    """An address of an interface was added or removed."""

    interface: int
    address: bytes
    present: bool


class NextHopGone(NamedTuple):
    """A nexthop object was removed, and with it the routes that use it."""


HostChange = LinkState | AddressState | NextHopGone


class Footing:
    """Tells which changes of interfaces and addresses may have taken routes along."""

    def __init__(self, family: Family, aliens: Aliens, lose_aliens: Callable[[int], bool]) -> None:
        """``lose_aliens`` forgets the alien routes over an interface; False if some of them may stay."""
        self._is_silent = family is IPV4_UNICAST
        self._aliens = aliens
        self._lose_aliens = lose_aliens
        self._interfaces: set[int] = set()
        self._sources: set[bytes] = set()
        self._down: set[int] = set()

    def add(self, route: KernelRoute) -> None:
        """A route is wanted."""
        self._interfaces.update([hop.interface for hop in route.next_hops])
        self._sources.add(route.preferred_source)

    def begin_anew(self, routes: Iterable[KernelRoute]) -> None:
        """Forget what only routes stood on that are wanted no more; ``routes`` are those that are."""
        self._interfaces.clear()
        self._sources.clear()
        for route in {id(route): route for route in routes}.values():
            self.add(route)

    def link_changed(self, link: LinkState) -> bool:
        """Take the state of an interface; return whether only a dump can tell which routes went with it."""
        interface, up, exists = link
        was_down = interface in self._down
        if up or not exists:
            self._down.discard(interface)
        else:
            self._down.add(interface)
        if up or was_down:
            return False
        return self._carries(interface) or (self._is_silent and not self._lose_aliens(interface))

    def address_changed(self, change: AddressState) -> bool:
        """Take the change of an address; return whether only a dump can tell which routes went with it."""
        interface, address, present = change
        if present:
            return False
        if self._carries(interface) or address in self._sources:
            return True
        return self._is_silent and bool(self._aliens.through(interface) or address in self._aliens.sources)

    def _carries(self, interface: int) -> bool:
        """Tell whether a route of ours may lead over an interface; of some the kernel has chosen it."""
        return interface in self._interfaces or 0 in self._interfaces
