"""Sets of prefixes: ``[10.0.0.0/8, 192.168.0.0/16+, 172.16.0.0/12{16,24}]``, of both families at once."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

from messages.families.prefix import clear_trailing_bits
from rib.filters.values import Address, Prefix

_FAMILIES: Final = (4, 16)


class PrefixRange(NamedTuple):
    """``10.0.0.0/8{16,24}``: prefixes of these lengths that agree with this one as far as both go."""

    prefix: Prefix
    shortest: int
    longest: int


class Node(NamedTuple):
    """A prefix of the tree that BIRD prints and compares, and the lengths it accepts as bits: 8 is 1 << 8."""

    prefix: Prefix
    lengths: int


class _Family:
    """The patterns of one family."""

    __slots__ = ("accepted", "bits", "exact", "has_default", "levels", "shortest")

    def __init__(self, octets: int) -> None:
        self.bits = octets * 8
        self.has_default = False
        """Whether the default route is accepted."""
        self.exact: set[bytes] = set()
        """Keys of prefixes of which no longer one is accepted because of them."""
        self.levels: dict[int, dict[int, int]] = {}
        """Of each length the prefixes, as numbers, and the lengths of longer ones that are accepted."""
        self.shortest = self.bits + 1
        """No shorter prefix has anything to do with the levels."""
        self.accepted: dict[tuple[int, int], int] = {}
        """Of the whole address of a prefix, as a number, and its length: the accepted lengths, as bits."""

    def add(self, pattern: PrefixRange) -> None:
        (address, length), shortest, longest = pattern
        self.has_default |= shortest == 0
        number = int.from_bytes(address)
        for bits in range(shortest, min(length, longest + 1)):
            self.exact.add(_key(address, bits))
        lengths = _lengths(max(length, shortest), longest)
        if longest == length:
            self.exact.add(_key(address, length))
        elif longest > length:
            self.shortest = min(self.shortest, length)
            level = self.levels.setdefault(length, {})
            top = number >> self.bits - length
            level[top] = level.get(top, 0) | lengths
        base = min(length, longest)
        where = number >> self.bits - base << self.bits - base, base
        self.accepted[where] = self.accepted.get(where, 0) | _lengths(shortest, longest)

    def has(self, key: bytes) -> bool:
        if key in self.exact:
            return True
        length = key[0]
        if length < self.shortest:
            return False
        number, bits = int.from_bytes(key[1:]), len(key) - 1 << 3
        for level, prefixes in self.levels.items():
            if level <= length and prefixes.get(number >> bits - level, 0) >> length & 1:
                return True
        return False

    def nodes(self) -> list[Node]:
        """Return the nodes of a tree of the prefixes, parents first, in which each has two branches at most.

        What a node accepts is what was said of it, and up to its own length what was said of any below it.
        """
        ordered = sorted(self.accepted)
        forks = {self._fork(*pair) for pair in pairwise(ordered)}
        lengths = {where: self.accepted.get(where, 0) for where in sorted(forks.union(ordered))}
        path: list[tuple[int, int]] = []
        for where in lengths:
            while path and self._fork(path[-1], where) != path[-1]:
                self._tell_parent(lengths, path)
            path.append(where)
        while path:
            self._tell_parent(lengths, path)
        return [
            Node(Prefix(Address(number.to_bytes(self.bits // 8)), length), accepted)
            for (number, length), accepted in lengths.items()
            if accepted
        ]

    @staticmethod
    def _tell_parent(lengths: dict[tuple[int, int], int], path: list[tuple[int, int]]) -> None:
        below = path.pop()
        if path:
            lengths[path[-1]] |= lengths[below] & _lengths(0, path[-1][1])

    def _fork(self, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        """Return the longest prefix that both have."""
        length = min(one[1], other[1], self.bits - (one[0] ^ other[0]).bit_length())
        return one[0] >> self.bits - length << self.bits - length, length


class PrefixSet:
    """Prefixes that a list of patterns accepts; a lookup per length of a pattern, whatever their number."""

    __slots__ = ("_families", "_nodes")

    def __init__(self, patterns: Iterable[PrefixRange] = ()) -> None:
        self._families = {octets: _Family(octets) for octets in _FAMILIES}
        self._nodes: tuple[Node, ...] | None = None
        for pattern in patterns:
            self._families[len(pattern.prefix.address)].add(pattern)

    def contains_key(self, key: bytes, octets: int) -> bool:
        """Tell whether the prefix of a key is accepted; addresses of its family have so many octets."""
        return self._families[octets].has(key)

    def __contains__(self, prefix: Prefix) -> bool:
        address, length = prefix
        return self._families[len(address)].has(bytes((length,)) + address[: length + 7 >> 3])

    @property
    def defaults(self) -> tuple[Prefix, ...]:
        """The default routes that are accepted."""
        families = self._families.items()
        return tuple(Prefix(Address(octets), 0) for octets, family in families if family.has_default)

    def nodes(self) -> tuple[Node, ...]:
        """Return the tree of the prefixes as BIRD builds it, parents first, IPv4 before IPv6."""
        if self._nodes is None:
            self._nodes = tuple(node for family in self._families.values() for node in family.nodes())
        return self._nodes

    def _others(self) -> list[tuple[Prefix, int]]:
        """Return the nodes without length 0 in what they accept: it is not kept at a node."""
        return [(prefix, lengths >> 1) for prefix, lengths in self.nodes() if lengths > 1]

    def __eq__(self, other: object) -> bool:
        """Tell whether BIRD builds the same tree; others may accept the same prefixes."""
        if not isinstance(other, PrefixSet):
            return False
        return self.defaults == other.defaults and self._others() == other._others()

    def __hash__(self) -> int:
        return hash((self.defaults, *self._others()))


def _lengths(shortest: int, longest: int) -> int:
    """Return the lengths from one to another as bits; none if the first is larger."""
    return (2 << longest) - (1 << shortest) if shortest <= longest else 0


def _key(address: bytes, length: int) -> bytes:
    key = bytes((length,)) + address[: length + 7 >> 3]
    return clear_trailing_bits(key, length) if length & 7 else key
