"""What a kernel table tells of itself: counts, times, and what went wrong last."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from kernel_sync.types import ObservedRoute, protocol_name
from messages.families.prefix import PrefixKey

_MOST_TROUBLES: Final = 5


class KernelReport(NamedTuple):
    """How a table is, and what happened since the start; times are Unix times, None before the first one."""

    table: int
    protocol: int
    wanted: int
    installed: int
    waiting: int
    problems: int
    strays: int
    aliens: int
    written: int
    refused: int
    restored: int
    displaced: int
    dumps: int
    lost_notifications: int
    checks: int
    last_dump: float | None
    last_check: float | None
    last_change: float | None
    adopting: bool
    last_errors: Sequence[tuple[float, PrefixKey, str]]
    """The newest last."""


class Chronicle:
    """What happened to a table, and when."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.displaced = 0
        """Alien routes whose place we took."""
        self.last_dump: float | None = None
        self.last_check: float | None = None
        self.last_change: float | None = None
        self._now = now
        self._troubles: deque[tuple[float, PrefixKey, str]] = deque(maxlen=_MOST_TROUBLES)

    def dumped(self) -> None:
        """The whole table was read."""
        self.last_dump = self._now()

    def checked(self) -> None:
        """The table was checked."""
        self.last_check = self._now()

    def changed(self) -> None:
        """Something was written."""
        self.last_change = self._now()

    def trouble(self, key: PrefixKey, text: str) -> None:
        """Something went wrong with a prefix."""
        self._troubles.append((self._now(), key, text))

    @property
    def troubles(self) -> Sequence[tuple[float, PrefixKey, str]]:
        """The last of them, the newest last."""
        return tuple(self._troubles)


def displaced(alien: ObservedRoute) -> str:
    """Return in words that an alien route was lost to us."""
    route, protocol = alien
    hops = ", ".join(f"interface {hop.interface}" for hop in route.next_hops)
    way = f"{route.kind.name.lower()} route{' over ' if hops else ''}{hops}"
    return (
        f"it took the place of an alien {way}, metric {route.metric}, proto {protocol_name(protocol)}, "
        "that came at the same moment"
    )
