"""``protocol device`` and ``protocol direct``."""

from collections.abc import Iterable
from typing import Final

from bgpd.bird.translation import spelling
from bgpd.bird.translation.protocol import OF_OTHERS, Protocol
from bgpd.bird.tree import Item

_NO_ROUTES: Final = ("import", "export", "table", "preference", "router id")


def translate_device(protocol: Protocol) -> None:
    """Write ``[device]``. Interfaces are followed by notifications, so there is nothing to scan.

    The file of the other family may have written it already; it adds its addresses.
    """
    if "name" not in protocol.table.keys:
        protocol.table.put("name", protocol.name, protocol.at)
        protocol.copy("disabled", "disabled")
        protocol.describe()
    for item in protocol.every("primary"):
        addresses = protocol.table.keys.get("primary", [])
        protocol.table.put("primary", [*addresses, spelling.primary(item.value)], item.at)
    protocol.ignore("scan time", "description", "disabled", "debug", *_NO_ROUTES)
    protocol.remark_all(OF_OTHERS)


def translate_direct(protocol: Protocol) -> None:
    """Write one of ``[directs]``."""
    lists = protocol.every("interface")
    if lists:
        patterns = [pattern for item in _in_order(protocol, lists) for pattern in item.value]
        protocol.table.put("interfaces", [spelling.pattern(pattern) for pattern in patterns], lists[0].at)
    protocol.table.put("families", [protocol.part.family])
    protocol.policy("import", default="all")
    for key in ("table", "preference", "disabled"):
        protocol.copy(key, key)
    protocol.copy("check link", "check_link")
    protocol.describe()
    protocol.ignore("export", "router id")
    protocol.remark_all(OF_OTHERS)


def _in_order(protocol: Protocol, lists: Iterable[Item]) -> list[Item]:
    """Return lists of patterns as one list can say them.

    To BIRD an interface must be in any of its lists. What one list leaves out may be in another, so lists
    without exceptions come first; two with exceptions can't be one.
    """
    ordered = sorted(lists, key=_has_exceptions)
    for item in ordered[:-1]:
        if _has_exceptions(item):
            protocol.remark(item, "what it leaves out is left out of the lists behind it, too")
    return ordered


def _has_exceptions(item: Item) -> bool:
    return any(pattern.is_negated for pattern in item.value)
