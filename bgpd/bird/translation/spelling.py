"""Values as our own format writes them."""

from ipaddress import IPv4Address
from typing import Final

from bgpd.bird.tree import InterfacePattern, PrimaryAddress, TimeFormat
from rib.filters.algebra.printing import render

_NAMED_FORMATS: Final = ("iso short", "iso long", "old short", "old long")
_NEVER: Final = 0xFFFFFFFF
ALL_TRACES: Final = ("states", "routes", "filters", "interfaces", "events", "packets")


def line(text: str) -> str:
    """Return a text as one line of characters that can be printed."""
    return "".join(character if character.isprintable() else " " for character in text)


def octets(text: str) -> str:
    """Return a text of any octets; those that are no UTF-8 can't be in our files."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def dotted(router_id: int) -> str:
    """Return a router ID or a cluster ID."""
    return str(IPv4Address(router_id))


def traces(words: frozenset[str]) -> str | list[str]:
    """Return which events are logged."""
    return "all" if words.issuperset(ALL_TRACES) else [word for word in ALL_TRACES if word in words]


def pattern(pattern: InterfacePattern) -> str:
    """Return a pattern of interfaces, their addresses, or both."""
    parts = (pattern.name, pattern.prefix and render(pattern.prefix))
    return "-" * pattern.is_negated + " ".join(part for part in parts if part is not None)


def primary(address: PrimaryAddress) -> str:
    """Return which addresses are wanted most."""
    return pattern(InterfacePattern(address.interface, address.prefix, is_negated=False))


def time_format(form: TimeFormat) -> str | list[str | int]:
    """Return how points in time are printed; a text without any time in it must have a limit."""
    if form.limit is not None and form.older is not None:
        return [line(form.recent), form.limit, line(form.older)]
    if form.recent in _NAMED_FORMATS or "%" in form.recent:
        return line(form.recent)
    return [line(form.recent), _NEVER, line(form.recent)]
