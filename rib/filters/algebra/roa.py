"""ROA tables: which AS may originate which prefixes (RFC 6482), and what routes are then (RFC 6483 §2)."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from messages.families.prefix import make_key
from rib.filters.errors import RunError
from rib.filters.syntax import Roa
from rib.filters.values import EnumValue, Prefix, Type

UNKNOWN: Final = EnumValue(Type.ROA, 0)
"""No ROA covers the prefix."""
VALID: Final = EnumValue(Type.ROA, 1)
"""One does, and allows the AS and the length."""
INVALID: Final = EnumValue(Type.ROA, 2)
"""Some do, none allows it."""


class _Roas:
    """A set of ROAs that can be asked what covers a prefix."""

    def __init__(self, roas: Iterable[Roa] = ()) -> None:
        self.all: dict[Roa, None] = {}
        self.entries: dict[tuple[int, bytes], list[tuple[int, int]]] = {}
        """Of the size of addresses and a key: the longest lengths and the ASes."""
        self.lengths: list[tuple[int, int]] = []
        """Of the size of addresses: the lengths that there are."""
        self.replace(roas)

    def replace(self, roas: Iterable[Roa]) -> None:
        """Hold these, and no others."""
        self.all = dict.fromkeys(roas)
        self.entries.clear()
        for roa in self.all:
            where = len(roa.address), make_key(roa.address, roa.length)
            self.entries.setdefault(where, []).append((roa.longest, roa.asn))
        self.lengths = sorted({(octets, key[0]) for octets, key in self.entries})

    def covering(self, prefix: Prefix) -> Iterator[tuple[int, int]]:
        """Yield the longest length and the AS of each that covers a prefix."""
        address, length = prefix
        octets = len(address)
        for size, bits in self.lengths:
            if size == octets and bits <= length:
                yield from self.entries.get((octets, make_key(address, bits)), ())


class RoaTable:
    """The ROAs of one table, of both families: those of the configuration, and those of the operator."""

    def __init__(self, roas: Iterable[Roa]) -> None:
        self._written = _Roas(roas)
        self._added = _Roas()

    @property
    def roas(self) -> tuple[Roa, ...]:
        """All of them, each once; those of one prefix are together, the newest first, as BIRD has them."""
        by_prefix: dict[tuple[bytes, int], list[Roa]] = {}
        for roa in {**self._written.all, **self._added.all}:
            by_prefix.setdefault((roa.address, roa.length), []).insert(0, roa)
        return tuple(chain.from_iterable(by_prefix.values()))

    def check(self, prefix: object, asn: object) -> EnumValue:
        """Return what the table says of a route to a prefix that an AS originated; of AS 0 none is valid."""
        if not isinstance(prefix, Prefix) or type(asn) is not int:
            raise RunError("Invalid argument to roa_check()")
        result = UNKNOWN
        for longest, allowed in chain(self._written.covering(prefix), self._added.covering(prefix)):
            if asn and allowed == asn and prefix.length <= longest:
                return VALID
            result = INVALID
        return result

    # What the operator does. Filters that have run are not run again for it.

    def add(self, roa: Roa) -> None:
        """Add a ROA."""
        self._added.replace((*self._added.all, roa))

    def remove(self, roa: Roa) -> None:
        """Remove one that was added; those of the configuration stay."""
        self._added.replace(each for each in tuple(self._added.all) if each != roa)

    def clear(self) -> None:
        """Remove all that were added."""
        self._added.replace(())

    def follow(self, former: "RoaTable") -> None:
        """Have what was added to a table of the configuration before, and will be."""
        self._added = former._added
