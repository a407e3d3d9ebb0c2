"""Capabilities of an OPEN (RFC 5492), and their registry: one capability a file, one line here.

Capabilities that are not listed need nothing: they are kept as bytes and shown in hex.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

from messages.capabilities.capability import Capability
from messages.capabilities.four_octet_as import FOUR_OCTET_AS
from messages.capabilities.multiprotocol import MULTIPROTOCOL
from messages.capabilities.route_refresh import ROUTE_REFRESH
from messages.errors import MalformedValueError

__all__ = ["CAPABILITIES", "FOUR_OCTET_AS", "MULTIPROTOCOL", "ROUTE_REFRESH", "Capabilities", "Capability"]

T = TypeVar("T")

CAPABILITIES: Final[Mapping[int, Capability[Any]]] = MappingProxyType(
    {row.code: row for row in (MULTIPROTOCOL, ROUTE_REFRESH, FOUR_OCTET_AS)}
)


class Capabilities:
    """The capabilities of one speaker in the order of its OPEN; immutable.

    A capability may be there several times, as MULTIPROTOCOL is for each family.
    """

    __slots__ = ("_items",)

    def __init__(self, items: tuple[tuple[int, Any], ...] = ()) -> None:
        self._items = items

    @classmethod
    def of(cls, *values: tuple[Capability[Any], Any]) -> Self:
        """Return the capabilities with these values."""
        return cls(tuple((int(row.code), value) for row, value in values))

    @classmethod
    def decode(cls, field: bytes) -> Self:
        """Read a sequence of capabilities: code, length and value each (RFC 5492 §4)."""
        items: list[tuple[int, Any]] = []
        position, end = 0, len(field)
        while position < end:
            if end - position < 2 or position + 2 + field[position + 1] > end:
                raise MalformedValueError("a capability overruns its parameter")
            code, stop = field[position], position + 2 + field[position + 1]
            value = field[position + 2 : stop]
            row = CAPABILITIES.get(code)
            items.append((code, value if row is None else row.decode(value)))
            position = stop
        return cls(tuple(items))

    def encode(self) -> bytes:
        """Return the sequence as it is on the wire."""
        parts = []
        for code, row, value in self:
            octets = value if row is None else row.encode(value)
            parts.append(bytes((code, len(octets))) + octets)
        return b"".join(parts)

    def get(self, row: Capability[T]) -> T | None:
        """Return the first value of a capability."""
        return next(iter(self.all(row)), None)

    def all(self, row: Capability[T]) -> tuple[T, ...]:
        """Return every value of a capability."""
        return tuple(value for code, value in self._items if code == row.code)

    def __contains__(self, row: Capability[Any]) -> bool:
        return any(code == row.code for code, _ in self._items)

    def __iter__(self) -> Iterator[tuple[int, Capability[Any] | None, Any]]:
        """Yield code, row and value; an unknown capability has no row and is bytes."""
        return ((code, CAPABILITIES.get(code), value) for code, value in self._items)

    def __add__(self, other: "Capabilities") -> "Capabilities":
        return Capabilities(self._items + other._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Capabilities) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __str__(self) -> str:
        return ", ".join(
            f"{code}: {value.hex()}" if row is None else f"{row.name} {row.render(value)}".rstrip()
            for code, row, value in self
        )

    def __repr__(self) -> str:
        return f"<Capabilities {self}>"
