"""What a neighbor gets wrong in its path attributes: counted always, logged now and then (RFC 7606 §8)."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from messages.errors import AttributeFlaw

_log: Final = logging.getLogger("bgpd.bgp")

SILENCE: Final = 60.0
"""Seconds from one report on a neighbor to the next: it may send thousands of malformed UPDATEs a second."""
_LONGEST: Final = 64
"""Octets of the attribute to show."""


class FlawLog:
    """The flaws of one neighbor; the log gets the worst of the first UPDATE, and how many it did not get."""

    def __init__(self, neighbor: str, monotonic: Callable[[], float]) -> None:
        self.count = 0
        """All flaws since the start."""
        self.neighbor = neighbor
        self._monotonic = monotonic
        self._silent_until = 0.0
        self._unsaid = 0

    def report(self, flaws: Sequence[AttributeFlaw]) -> None:
        """Take what was found in one UPDATE."""
        self.count += len(flaws)
        now = self._monotonic()
        if now < self._silent_until:
            self._unsaid += len(flaws)
            return
        worst = max(flaws, key=lambda flaw: flaw.cost)
        octets = worst.wire[:_LONGEST].hex() + "..." * (len(worst.wire) > _LONGEST)
        _log.warning(
            "%s: malformed path attribute %d: %s; %s; octets %s%s",
            self.neighbor,
            worst.code,
            worst.reason,
            worst.cost.name.lower().replace("_", " "),
            octets or "none",
            f"; {self._unsaid} more were not logged" if self._unsaid else "",
        )
        self._unsaid = len(flaws) - 1
        self._silent_until = now + SILENCE
