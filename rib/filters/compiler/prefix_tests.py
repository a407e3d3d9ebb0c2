"""Tests of the prefix against something that is written there: they need its key only."""

from collections.abc import Callable
from typing import NamedTuple

from rib.filters.algebra.prefix_sets import PrefixSet
from rib.filters.syntax import AttributeName, Binary, Literal
from rib.filters.values import Prefix

Test = Callable[[bytes, int], bool]
"""Takes a key and the size of an address of its family."""


class PrefixTest(NamedTuple):
    """One comparison with ``net``."""

    holds: Test
    wanted: bool
    """False for ``!~`` and ``!=``."""


def prefix_test(node: Binary) -> PrefixTest | None:
    """Return what ``net ~ something written`` or ``net = something written`` comes to; None for others."""
    if (
        not isinstance(node.left, AttributeName)
        or node.left.name != "net"
        or not isinstance(node.right, Literal)
    ):
        return None
    value = node.right.value
    wanted = not node.operator.startswith("!")
    if node.operator in {"~", "!~"}:
        if isinstance(value, PrefixSet):
            return PrefixTest(value.contains_key, wanted)
        if isinstance(value, Prefix):
            return PrefixTest(_within(value), wanted)
    if node.operator in {"=", "!="} and isinstance(value, Prefix):
        return PrefixTest(_same_as(value), wanted)
    return None


def _within(prefix: Prefix) -> Test:
    """Return the test whether a prefix is this one or inside of it."""
    bits, family = prefix.length, len(prefix.address)
    whole, rest = divmod(bits, 8)
    beginning = bytes(prefix.address[:whole])
    if not rest:

        def within(key: bytes, octets: int) -> bool:
            return key[0] >= bits and octets == family and key.startswith(beginning, 1)

        return within
    mask = 0xFF << (8 - rest) & 0xFF
    last, place = prefix.address[whole] & mask, whole + 1

    def within_bits(key: bytes, octets: int) -> bool:
        return (
            key[0] >= bits and octets == family and key[place] & mask == last and key.startswith(beginning, 1)
        )

    return within_bits


def _same_as(prefix: Prefix) -> Test:
    same = bytes((prefix.length,)) + prefix.address[: prefix.length + 7 >> 3]
    family = len(prefix.address)

    def same_as(key: bytes, octets: int) -> bool:
        return key == same and octets == family

    return same_as
