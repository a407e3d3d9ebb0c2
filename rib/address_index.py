"""Things by the address they are about, so that those inside of a prefix are found fast."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, Generic, TypeVar

from messages.families.prefix import PrefixKey, make_key, shorten

_BLOCK_OCTETS: Final = {4: 2, 16: 4}

T = TypeVar("T")


class AddressIndex(Generic[T]):
    """Things about addresses of one family, several perhaps about the same."""

    def __init__(self, address_octets: int) -> None:
        self._addresses: list[bytes] = []
        """In their order."""
        self._things: dict[bytes, list[T]] = {}
        self._block_octets = _BLOCK_OCTETS[address_octets]
        self._blocks: Counter[bytes] = Counter()
        """The first octets of the addresses: most prefixes that change begin otherwise."""

    def __bool__(self) -> bool:
        return bool(self._addresses)

    def add(self, address: bytes, thing: T) -> None:
        """Add a thing that is about an address."""
        things = self._things.setdefault(address, [])
        if not things:
            insort(self._addresses, address)
            self._blocks[address[: self._block_octets]] += 1
        things.append(thing)

    def remove(self, address: bytes, thing: T) -> None:
        """Forget a thing that is there."""
        things = self._things[address]
        things.remove(thing)
        if not things:
            del self._things[address]
            del self._addresses[bisect_left(self._addresses, address)]
            block = address[: self._block_octets]
            self._blocks[block] -= 1
            if not self._blocks[block]:
                del self._blocks[block]

    def covered_by(self, keys: Iterable[PrefixKey]) -> Iterator[T]:
        """Yield the things about addresses inside of these prefixes."""
        blocks, end = self._blocks, 1 + self._block_octets
        bits = 8 * self._block_octets
        for key in keys:
            if key[0] < bits or key[1:end] in blocks:
                yield from self._inside(key)

    def _inside(self, key: PrefixKey) -> Iterator[T]:
        addresses = self._addresses
        for address in islice(addresses, bisect_left(addresses, key[1:]), None):
            if shorten(make_key(address, 8 * len(address)), key[0]) != key:
                break
            yield from self._things[address]
