"""The registry of address families: one AFI/SAFI a file, one line here.

An AFI/SAFI that is not listed is ignored when it is received and can still be named in a capability.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from messages.families.family import Family
from messages.families.ipv4_unicast import IPV4_UNICAST
from messages.families.ipv6_unicast import IPV6_UNICAST

__all__ = ["FAMILIES", "IPV4_UNICAST", "IPV6_UNICAST", "Family", "family_named"]

_ROWS: Final = (IPV4_UNICAST, IPV6_UNICAST)

FAMILIES: Final[Mapping[tuple[int, int], Family]] = MappingProxyType(
    {(family.afi, family.safi): family for family in _ROWS}
)


def family_named(name: str) -> Family:
    """Return the family that configuration and display call ``name``."""
    for family in _ROWS:
        if family.name == name:
            return family
    raise ValueError(f"{name!r} is no address family; known are {', '.join(row.name for row in _ROWS)}")
