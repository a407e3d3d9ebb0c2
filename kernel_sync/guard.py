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
from messages.families.prefix import PrefixKey, covers, make_key, render_address, shorten

_MOST_GATEWAYS: Final = 65_536
"""Of routes of ours that are remembered."""
_HEAD_BITS: Final = 16
_FEW_ADDRESSES: Final = 1000
"""How many addresses inside of one prefix are looked at, at most."""


class Guard:
    """Decides which of the wanted routes must stay out of the kernel."""

    def __init__(self, fib: Fib) -> None:
        self.suspects: dict[PrefixKey, KernelRoute] = {}
        """Wanted routes that have a guarded address inside, written or not."""
        self._fib = fib
        self._octets = fib.family.address_octets
        self._addresses: Mapping[bytes, str] = {}
        self._gateways: dict[bytes, None] = {}
        self._leads_nowhere = False
        """Whether a route that leads nowhere was ever wanted."""
        self._last: KernelRoute | None = None
        self._hosts: Sequence[PrefixKey] = ()
        """Its gateways."""
        self._heads: Collection[bytes] = ()
        self._sorted: Sequence[bytes] | None = None
        """All guarded addresses but the gateways of others; None if it is to be made anew."""
        self._sorted_aliens: tuple[int, Sequence[bytes]] = (-1, ())
        """Those, and how often they had changed by then."""

    def set_addresses(self, addresses: Mapping[bytes, str]) -> Collection[bytes]:
        """Guard these, of whatever family, instead of those before; return the new ones."""
        ours = {key: name for key, name in addresses.items() if len(key) == self._octets}
        new = ours.keys() - self._addresses.keys()
        self._addresses, self._sorted = ours, None
        return new

    def learn_gateways(self, route: KernelRoute) -> Collection[bytes]:
        """Guard the gateways of a route that is wanted; return the new ones."""
        gateways = {hop.gateway for hop in route.next_hops if len(hop.gateway) == self._octets}
        new = gateways - self._gateways.keys()
        if new:
            if len(self._gateways) >= _MOST_GATEWAYS:
                self._gateways.clear()  # those in use come again with the next change of their routes
            self._gateways.update(dict.fromkeys(new))
            self._sorted = None
        return new

    # Suspects

    def suspicious(self, keys: Iterable[PrefixKey], route: KernelRoute) -> Collection[PrefixKey]:
        """Return those of the prefixes whose route could cut off a guarded address."""
        if route.kind is not RouteKind.UNICAST:
            self._leads_nowhere = True
            return [key for key in keys if next(self._inside(key), None) is not None]
        if route is not self._last:  # mostly one object for many prefixes
            self._last, self._hosts = route, self._gateway_hosts(route)
            self._heads = {host[1:3] for host in self._hosts}
        hosts, heads = self._hosts, self._heads
        near = [key for key in keys if key[1:3] in heads or key[0] < _HEAD_BITS]
        return [key for key in near if any(covers(key, host) for host in hosts)]

    def _gateway_hosts(self, route: KernelRoute) -> Sequence[PrefixKey]:
        gateways = [hop.gateway for hop in route.next_hops]
        return [make_key(each, 8 * self._octets) for each in gateways if len(each) == self._octets]

    def suspects_around(self, addresses: Iterable[bytes]) -> dict[PrefixKey, KernelRoute]:
        """Return what is wanted and could cut off one of these addresses, which are new.

        Routes through themselves have been suspects all the time.
        """
        found: dict[PrefixKey, KernelRoute] = {}
        if not self._leads_nowhere:
            return found
        for address in addresses:
            for prefix in _covering(address):
                route = self._fib.wanted.get(prefix)
                if route is not None and self.suspicious([prefix], route):
                    found[prefix] = route
        return found

    def _inside(self, key: PrefixKey) -> Iterator[bytes]:
        """Yield the guarded addresses inside of a prefix."""
        first = key[1:].ljust(self._octets, bytes(1))
        host_bits = 8 * self._octets - key[0]
        last = (int.from_bytes(first) | (1 << host_bits) - 1).to_bytes(self._octets)
        for addresses in (self._own(), self._of_aliens()):
            start, end = bisect_left(addresses, first), bisect_right(addresses, last)
            yield from addresses[start : min(end, start + _FEW_ADDRESSES)]

    def _own(self) -> Sequence[bytes]:
        if self._sorted is None:
            self._sorted = sorted({*self._addresses, *self._gateways})
        return self._sorted

    def _of_aliens(self) -> Sequence[bytes]:
        aliens = self._fib.aliens
        changes, gateways = self._sorted_aliens
        if changes != aliens.gateway_changes:
            there = {*aliens.gateways, *aliens.former_gateways}
            gateways = sorted(each for each in there if len(each) == self._octets)
            self._sorted_aliens = aliens.gateway_changes, gateways
        return gateways

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
        """Tell whether packets to an address would follow the route.

        One through itself is worse only than another way: without any there is nothing to lose.
        """
        beside = self._fib.aliens.all_at(key)
        others = [prefix for prefix in _covering(address) if prefix != key and self._is_written(prefix)]
        if (others and others[0][0] > key[0]) or any(alien.route.metric <= route.metric for alien in beside):
            return False
        if route.kind is not RouteKind.UNICAST:
            return True
        ways = [alien.route for prefix in (key, *others) for alien in self._fib.aliens.all_at(prefix)]
        ways += [self._fib.wanted[prefix] for prefix in others if prefix in self._fib.wanted]
        return any(way.kind is RouteKind.UNICAST for way in ways)

    def _is_written(self, prefix: PrefixKey) -> bool:
        """Tell whether a route to a prefix is there, or will be in a moment."""
        fib = self._fib
        return bool(fib.aliens.all_at(prefix)) or (prefix in fib.wanted and prefix not in fib.problems)


def _covering(address: bytes) -> Iterator[PrefixKey]:
    """Yield all prefixes that an address is in, the longest first."""
    host = make_key(address, 8 * len(address))
    return (shorten(host, bits) for bits in range(host[0], -1, -1))
