"""``protocol kernel``."""

from typing import Final

from bgpd.bird.translation.protocol import OF_OTHERS, Bounds, Protocol, Rules
from bgpd.bird.tree import MergePaths

_USUAL_WIDTH: Final = 16
_USUAL_PREFERENCE: Final = 10
_TABLES: Final = Bounds(1, 0xFFFFFFFF)

_RULES: Final[Rules] = {
    **OF_OTHERS,
    "preference": (
        lambda preference: preference != _USUAL_PREFERENCE,
        f"the preference of routes that are learned is {_USUAL_PREFERENCE}",
    ),
}


def translate_kernel(protocol: Protocol) -> None:
    """Write one of ``[kernels]``.

    BIRD has no guard. What is scanned at times there is noticed at once here, and checked now and then;
    ``scan time 0`` is for those who want no checks.
    """
    table = protocol.table
    table.put("family", protocol.part.family, protocol.at)
    table.put("guard", False)
    protocol.policy("import", default="all")
    protocol.policy("export", default="none")
    protocol.copy("table", "rib_table")
    protocol.number("kernel table", "table", _TABLES)
    for key in ("metric", "learn", "persist", "disabled"):
        protocol.copy(key, key)
    protocol.copy("device routes", "device_routes")
    protocol.describe()
    protocol.copy("merge paths", "merge_paths", _width)
    if protocol.value("scan time") == 0:
        protocol.copy("scan time", "check_interval")
    protocol.ignore("graceful restart", "router id")
    protocol.remark_all(_RULES)


def _width(paths: MergePaths) -> int:
    """Return how many routes share the packets to a prefix."""
    if not paths.is_on:
        return 1
    return _USUAL_WIDTH if paths.limit is None else paths.limit
