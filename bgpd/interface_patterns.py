"""Patterns of interfaces, as BIRD has them.

``eth*`` is a name, ``10.0.0.0/8`` a network that addresses of an interface are in, ``eth* 10.0.0.0/8`` both.
A leading ``-`` leaves out what matches.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kernel_sync.interfaces import InterfaceAddress, Rank
from messages.families import Family
from messages.families.prefix import PrefixKey, make_key, parse_address, parse_prefix
from rib.filters.algebra.globs import glob


class AddressRange(NamedTuple):
    """The addresses of a network."""

    family: Family
    network: PrefixKey

    def has(self, address: bytes) -> bool:
        """Tell whether an address is one of them."""
        in_family = len(address) == self.family.address_octets
        return in_family and make_key(address, self.network[0]) == self.network


class InterfacePattern(NamedTuple):
    """One pattern of a list, the first of which that matches decides."""

    name: str
    addresses: AddressRange | None = None
    """None: whatever addresses the interface has."""
    includes: bool = True

    def matches(self, name: str, row: InterfaceAddress) -> bool:
        """Tell whether it decides about an address of an interface, which may be at either end of a link."""
        if not glob(self.name).matches(name):
            return False
        wanted = self.addresses
        return wanted is None or wanted.has(row.address) or (row.leads_to_host and wanted.has(row.peer))


def parse_pattern(text: str) -> InterfacePattern:
    """Return the pattern that a text is. Raises ValueError if it is none."""
    words = text.removeprefix("-").split()
    includes = not text.startswith("-")
    match words:
        case [word] if (found := _range(word)) is not None:
            return InterfacePattern("*", found, includes)
        case [word] if "/" not in word:
            return InterfacePattern(word, None, includes)
        case [word, addresses] if (found := _range(addresses)) is not None and "/" not in word:
            return InterfacePattern(word, found, includes)
    raise ValueError(f"{text!r} is no pattern of interfaces")


def _range(text: str) -> AddressRange | None:
    """Return the addresses of a prefix, or just the one that is written; None if it is neither."""
    try:
        if "/" not in text:
            text += f"/{8 * len(parse_address(text))}"
        return AddressRange(*parse_prefix(text))
    except ValueError:
        return None


def is_chosen(patterns: Iterable[InterfacePattern], name: str, row: InterfaceAddress) -> bool:
    """Tell whether the first pattern that matches includes an address of an interface."""
    return next((pattern.includes for pattern in patterns if pattern.matches(name, row)), False)


def primary_rank(patterns: Sequence[InterfacePattern]) -> Rank:
    """Return how good an address is as the primary one: those of the first pattern are the best."""

    def rank(name: str, row: InterfaceAddress) -> int:
        own = row._replace(peer=b"")
        positions = (number for number, each in enumerate(patterns) if each.matches(name, own))
        return next(positions, len(patterns))

    return rank
