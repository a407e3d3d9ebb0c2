"""Capabilities of an OPEN (RFC 5492) as ``show protocols all`` has them: words and rows."""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, Final, NamedTuple

from messages.capabilities import (
    ADD_PATH,
    ENHANCED_ROUTE_REFRESH,
    EXTENDED_MESSAGE,
    EXTENDED_NEXT_HOP,
    FOUR_OCTET_AS,
    FQDN,
    GRACEFUL_RESTART,
    LEGACY_ROUTE_REFRESH,
    LONG_LIVED_GRACEFUL_RESTART,
    MULTIPROTOCOL,
    ROLE,
    ROUTE_REFRESH,
    SOFTWARE_VERSION,
    Capabilities,
    Capability,
)
from messages.capabilities.family_numbers import render_family
from messages.families import Family

_TITLES: Final[Mapping[Capability[Any], str]] = {
    MULTIPROTOCOL: "Multiprotocol",
    ROUTE_REFRESH: "Route refresh",
    EXTENDED_NEXT_HOP: "Extended next hop",
    EXTENDED_MESSAGE: "Extended message",
    ROLE: "Role",
    GRACEFUL_RESTART: "Graceful restart",
    FOUR_OCTET_AS: "4-octet AS numbers",
    ADD_PATH: "ADD-PATH",
    ENHANCED_ROUTE_REFRESH: "Enhanced refresh",
    LONG_LIVED_GRACEFUL_RESTART: "Long-lived graceful restart",
    FQDN: "Hostname",
    SOFTWARE_VERSION: "Software version",
    LEGACY_ROUTE_REFRESH: "Legacy route refresh",
}
"""BIRD 2's words, where it has any."""


def capability_words(capabilities: Capabilities) -> Iterator[str]:
    """Yield BIRD 1.6's words for what the neighbor announced, in its order."""
    restart = capabilities.get(GRACEFUL_RESTART)
    long_lived = capabilities.get(LONG_LIVED_GRACEFUL_RESTART)
    paths = capabilities.get(ADD_PATH) or ()
    words = {
        "refresh": ROUTE_REFRESH in capabilities,
        "enhanced-refresh": ENHANCED_ROUTE_REFRESH in capabilities,
        "restart-able": restart is not None and bool(restart.families),
        "restart-aware": restart is not None and not restart.families,
        "llgr-able": bool(long_lived),
        "llgr-aware": long_lived == (),
        "AS4": FOUR_OCTET_AS in capabilities,
        "add-path-rx": any(path.receives for path in paths),
        "add-path-tx": any(path.sends for path in paths),
        "ext-messages": EXTENDED_MESSAGE in capabilities,
    }
    return (word for word, announced in words.items() if announced)


class CapabilityRow(NamedTuple):
    """One capability; one that was not understood has octets instead of name and value."""

    code: int
    text: str
    name: str | None = None
    value: object = None
    octets: str | None = None


def capability_rows(capabilities: Capabilities) -> Iterator[CapabilityRow]:
    """Yield what was announced, in the order of the OPEN."""
    for code, row, value in capabilities:
        if row is None:
            yield CapabilityRow(code, f"Capability {code}: {value.hex(' ')}".rstrip(": "), octets=value.hex())
        else:
            title, text = _TITLES.get(row, row.name), row.render(value)
            plain = text if row is ROLE else None if value is True else _plain(value)
            yield CapabilityRow(code, f"{title}: {text}" if text else title, row.name, plain)


def _plain(value: object) -> object:
    """Turn named tuples into objects, families and numbers with a meaning into their names."""
    match value:
        case Family():
            return value.name
        case IntEnum():
            return value.name.lower()
        case tuple() if hasattr(value, "_asdict"):
            return {name: _plain(item) for name, item in value._asdict().items()}
        case (int(afi), int(safi)):  # a family that we do not know
            return render_family((afi, safi))
        case tuple():
            return [_plain(item) for item in value]
    return value
