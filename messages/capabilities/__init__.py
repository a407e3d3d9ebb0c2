"""Capabilities of an OPEN (RFC 5492), and their registry: one capability a file, one line here.

Capabilities that are not listed need nothing: they are kept as bytes and shown in hex, and so are those whose
malformed values are ignored.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

from messages.capabilities.add_path import ADD_PATH, AddPath
from messages.capabilities.capability import Capability
from messages.capabilities.enhanced_route_refresh import ENHANCED_ROUTE_REFRESH
from messages.capabilities.extended_message import EXTENDED_MESSAGE
from messages.capabilities.extended_next_hop import EXTENDED_NEXT_HOP, ExtendedNextHop
from messages.capabilities.four_octet_as import FOUR_OCTET_AS
from messages.capabilities.fqdn import FQDN, Fqdn
from messages.capabilities.graceful_restart import GRACEFUL_RESTART, GracefulRestart, RestartingFamily
from messages.capabilities.legacy_route_refresh import LEGACY_ROUTE_REFRESH
from messages.capabilities.long_lived_graceful_restart import LONG_LIVED_GRACEFUL_RESTART, LongLivedFamily
from messages.capabilities.multiprotocol import MULTIPROTOCOL
from messages.capabilities.role import ROLE
from messages.capabilities.route_refresh import ROUTE_REFRESH
from messages.capabilities.software_version import SOFTWARE_VERSION
from messages.errors import MalformedValueError

__all__ = [
    "ADD_PATH",
    "CAPABILITIES",
    "ENHANCED_ROUTE_REFRESH",
    "EXTENDED_MESSAGE",
    "EXTENDED_NEXT_HOP",
    "FOUR_OCTET_AS",
    "FQDN",
    "GRACEFUL_RESTART",
    "LEGACY_ROUTE_REFRESH",
    "LONG_LIVED_GRACEFUL_RESTART",
    "MULTIPROTOCOL",
    "ROLE",
    "ROUTE_REFRESH",
    "SOFTWARE_VERSION",
    "AddPath",
    "Capabilities",
    "Capability",
    "ExtendedNextHop",
    "Fqdn",
    "GracefulRestart",
    "LongLivedFamily",
    "RestartingFamily",
]

T = TypeVar("T")

CAPABILITIES: Final[Mapping[int, Capability[Any]]] = MappingProxyType(
    {
        row.code: row
        for row in (
            MULTIPROTOCOL,
            ROUTE_REFRESH,
            EXTENDED_NEXT_HOP,
            EXTENDED_MESSAGE,
            ROLE,
            GRACEFUL_RESTART,
            FOUR_OCTET_AS,
            ADD_PATH,
            ENHANCED_ROUTE_REFRESH,
            LONG_LIVED_GRACEFUL_RESTART,
            FQDN,
            SOFTWARE_VERSION,
            LEGACY_ROUTE_REFRESH,
        )
    }
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
            items.append((code, _decode(code, field[position + 2 : stop])))
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
        """Return the value of a capability; of several the last one counts (RFC 4724 §3, RFC 9494 §3)."""
        values = self.all(row)
        return values[-1] if values else None

    def all(self, row: Capability[T]) -> tuple[T, ...]:
        """Return every value of a capability."""
        return tuple(value for _, known, value in self if known is row)

    def __contains__(self, row: Capability[Any]) -> bool:
        return any(known is row for _, known, _ in self)

    def __iter__(self) -> Iterator[tuple[int, Capability[Any] | None, Any]]:
        """Yield code, row and value; what is bytes was not understood, and has no row."""
        for code, value in self._items:
            yield code, None if isinstance(value, bytes) else CAPABILITIES[code], value

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


def _decode(code: int, value: bytes) -> object:
    row = CAPABILITIES.get(code)
    if row is None:
        return value
    try:
        return row.decode(value)
    except MalformedValueError as error:
        if row.ignored_if_malformed:
            return value
        raise MalformedValueError(f"{row.name}: {error}") from None
