"""The guard: no route of ours may cut this host off from its gateways and neighbors; pure.

What would do so is a route that leads nowhere (blackhole, unreachable, prohibit), or through itself, and
that is the longest match for a guarded address: the gateway of a route, an established neighbor, or what
the configuration calls the control plane. Such a route is kept out until a longer one takes the address over.

Only few routes are suspects: those that have a guarded address inside and would be of that kind. To tell
that for a route that many prefixes share costs one look at all of them together.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from kernel_sync.fib import Fib
from kernel_sync.types import KernelRoute, RouteKind
from messages.families.prefix import PrefixKey, make_key, render_address, shorten

_MOST_SHAPES: Final = 4096
"""Routes whose gateways are remembered."""
_MOST_GATEWAYS: Final = 16_384
_MOST_LOOKED_THROUGH: Final = 100_000
"""Routes in one callback."""
_FEW_ADDRESSES: Final = 1000
"""How many addresses inside of one prefix are looked at, at most."""


class Guard:
    """Decides which of the wanted routes must stay out of the kernel."""

    def __init__(self, fib: Fib) -> None:
        self._fib = fib
        self._family = fib.family
        self._aliens = fib.aliens
        self._addresses: Mapping[bytes, str] = {}
        self._gateways: dict[bytes, None] = {}
        self._shapes: dict[KernelRoute, frozenset[PrefixKey]] = {}
        self._sorted: Sequence[bytes] = ()
        self.suspects: dict[PrefixKey, KernelRoute] = {}
        """Wanted routes that have a guarded address inside, written or not."""

    def set_addresses(self, addresses: Mapping[bytes, str]) -> Collection[bytes]:
        """Guard these, of whatever family, instead of those before; return the new ones."""
        ours = {key: name for key, name in addresses.items() if len(key) == self._family.address_octets}
        new = ours.keys() - self._addresses.keys()
        if ours != self._addresses:
            self._addresses = ours
            self._sort()
        return new

    def _sort(self) -> None:
        self._sorted = sorted({*self._addresses, *self._gateways})

    def learn_gateways(self, route: KernelRoute) -> bool:
        """Guard the gateways of a route that is wanted; return whether there is a new one."""
        if route in self._shapes:
            return False
        if len(self._shapes) >= _MOST_SHAPES:
            self._forget_gateways()
        octets = self._family.address_octets
        gateways = [hop.gateway for hop in route.next_hops if len(hop.gateway) == octets]
        self._shapes[route] = frozenset(prefix for each in gateways for prefix in _covering(each))
        new = [gateway for gateway in gateways if gateway not in self._gateways]
        self._gateways.update(dict.fromkeys(new))
        if new:
            self._sort()
        return bool(new)

    def _forget_gateways(self) -> None:
        """Begin anew with the routes that are wanted now, as far as these are not too many to look at."""
        self._shapes.clear()
        if len(self._fib.wanted) > _MOST_LOOKED_THROUGH and len(self._gateways) < _MOST_GATEWAYS:
            return
        wanted = self._fib.wanted.values() if len(self._fib.wanted) <= _MOST_LOOKED_THROUGH else ()
        self._gateways = {
            hop.gateway: None
            for route in {id(route): route for route in wanted}.values()
            for hop in route.next_hops
            if len(hop.gateway) == self._family.address_octets
        }
        self._sort()

    # Suspects

    def covers_itself(self, route: KernelRoute) -> frozenset[PrefixKey]:
        """Return the prefixes that the gateways of a wanted route are in."""
        return self._shapes.get(route, frozenset())

    def suspicious(self, keys: Collection[PrefixKey], route: KernelRoute) -> Collection[PrefixKey]:
        """Return those of the prefixes whose route could cut off a guarded address."""
        if route.kind is not RouteKind.UNICAST:
            return [key for key in keys if self._has_inside(key)]
        through_itself = self.covers_itself(route)
        return () if through_itself.isdisjoint(keys) else [key for key in keys if key in through_itself]

    def suspects_around(self, addresses: Iterable[bytes]) -> dict[PrefixKey, KernelRoute]:
        """Return what is wanted and could cut off one of these addresses."""
        found = {}
        for address in addresses:
            for prefix in _covering(address):
                route = self._fib.wanted.get(prefix)
                if route is not None and self.suspicious([prefix], route):
                    found[prefix] = route
        return found

    @property
    def addresses(self) -> Sequence[bytes]:
        """All that are guarded, sorted."""
        return self._sorted

    def _has_inside(self, key: PrefixKey) -> bool:
        return next(self._inside(key), None) is not None

    def _inside(self, key: PrefixKey) -> Iterator[bytes]:
        """Yield the guarded addresses inside of a prefix."""
        octets = self._family.address_octets
        first = key[1:] + bytes(octets - len(key) + 1)
        host_bits = 8 * octets - key[0]
        last = (int.from_bytes(first) | (1 << host_bits) - 1).to_bytes(octets)
        start, end = bisect_left(self._sorted, first), bisect_right(self._sorted, last)
        yield from self._sorted[start : min(end, start + _FEW_ADDRESSES)]
        if self._aliens.gateways:
            yield from (each for each in self._aliens.gateways if first <= each <= last)

    # Verdicts

    def verdict(self, key: PrefixKey, route: KernelRoute) -> str:
        """Return what a route would do to this host if it were written; empty if nothing bad."""
        for address in self._inside(key):
            if self._is_longest(key, route, address):
                return f"it would cut off {render_address(address)}{self._about(address)}"
        return ""

    def _about(self, address: bytes) -> str:
        what = self._addresses.get(address)
        return f" ({what})" if what else ", a gateway"

    def _is_longest(self, key: PrefixKey, route: KernelRoute, address: bytes) -> bool:
        """Tell whether packets to an address would follow the route, and have another way without it."""
        ways = [prefix for prefix in _covering(address) if prefix != key and self._is_written(prefix)]
        beside = self._aliens.all_at(key)
        if (ways and ways[0][0] > key[0]) or any(alien.route.metric <= route.metric for alien in beside):
            return False
        return bool(ways or beside) or route.kind is not RouteKind.UNICAST

    def _is_written(self, prefix: PrefixKey) -> bool:
        return prefix in self._fib.wanted or bool(self._aliens.all_at(prefix))


def _covering(address: bytes) -> Iterator[PrefixKey]:
    """Yield all prefixes that an address is in, the longest first."""
    host = make_key(address, 8 * len(address))
    return (shorten(host, bits) for bits in range(host[0], -1, -1))
