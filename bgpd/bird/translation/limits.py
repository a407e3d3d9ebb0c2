"""Limits of the number of routes: BIRD has an action for each, we have one for all."""

from typing import Any, Final

from bgpd.bird.translation.protocol import Bounds, Protocol
from bgpd.bird.translation.timers import error_wait
from bgpd.bird.tree import Item, RouteLimit

_KEYS: Final = {
    "import": ("import limit", "route limit"),
    "receive": ("receive limit",),
    "export": ("export limit",),
}
_ACTIONS: Final = ("warn", "block", "restart", "disable")
"""The strictest one is the last."""
_COUNTS: Final = Bounds(1, 0xFFFFFFFF)


def write_limits(protocol: Protocol) -> None:
    """Write ``max_prefixes``. BIRD does not warn before a limit is reached."""
    items = {key: protocol.latest(*names) for key, names in _KEYS.items()}
    limits = {
        key: (item, limit)
        for key, item in items.items()
        if item and (limit := _limit(item)).routes is not None
    }
    if not limits:
        return
    action = max((limit.action for _, limit in limits.values()), key=_ACTIONS.index)
    keys: dict[str, Any] = {"action": action, "warn_at": 100, "restart_after": error_wait(protocol)[0]}
    for key, (item, limit) in limits.items():
        keys[key] = protocol.bounded(item, limit.routes or 0, _COUNTS)
        if limit.action != action:
            protocol.remark(item, f"there is one action for all limits of a neighbor, {action}")
    protocol.table.put("max_prefixes", keys, next(iter(limits.values()))[0].at)


def _limit(item: Item) -> RouteLimit:
    """Return a limit; ``route limit`` is an old form of one."""
    return item.value if isinstance(item.value, RouteLimit) else RouteLimit(item.value, "restart")
