"""ROA tables: which AS may originate which prefixes (RFC 6482), and what routes are then (RFC 6483 §2)."""

from collections.abc import Iterable
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


class RoaTable:
    """The ROAs of one table, of both families."""

    def __init__(self, roas: Iterable[Roa]) -> None:
        self.roas = tuple(roas)
        self._entries: dict[tuple[int, bytes], list[tuple[int, int]]] = {}
        """Of the size of addresses and a key: the longest lengths and the ASes."""
        for roa in self.roas:
            where = len(roa.address), make_key(roa.address, roa.length)
            self._entries.setdefault(where, []).append((roa.longest, roa.asn))
        self._lengths = sorted({(octets, key[0]) for octets, key in self._entries})

    def check(self, prefix: object, asn: object) -> EnumValue:
        """Return what the table says of a route to a prefix that an AS originated; of AS 0 none is valid."""
        if not isinstance(prefix, Prefix) or type(asn) is not int:
            raise RunError("Invalid argument to roa_check()")
        address, length = prefix
        octets = len(address)
        result = UNKNOWN
        for size, bits in self._lengths:
            if size == octets and bits <= length:
                for longest, allowed in self._entries.get((octets, make_key(address, bits)), ()):
                    if asn and allowed == asn and length <= longest:
                        return VALID
                    result = INVALID
        return result
