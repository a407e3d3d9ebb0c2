"""What a neighbor gets wrong in its path attributes: counted always, logged now and then (RFC 7606 §8)."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from bgpd.logs.about import LogEvent, about
from bgpd.logs.restraint import Restraint
from messages.errors import AttributeFlaw

_log: Final = logging.getLogger("bgpd.bgp")

SILENCE: Final = 60.0
"""Seconds from one report on a neighbor to the next: it may send thousands of malformed UPDATEs a second."""
_LONGEST: Final = 64
"""Octets of the attribute to show."""


class FlawLog:
    """The flaws of one neighbor; the log gets the worst of the first UPDATE, and how many more had any."""

    def __init__(self, neighbor: str, monotonic: Callable[[], float]) -> None:
        self.count = 0
        """All flaws since the start."""
        self.neighbor = neighbor
        self._restraint = Restraint(_log, 1, SILENCE, monotonic)

    def report(self, flaws: Sequence[AttributeFlaw]) -> None:
        """Take what was found in one UPDATE."""
        self.count += len(flaws)
        worst = max(flaws, key=lambda flaw: flaw.cost)
        self._restraint.log(
            logging.WARNING,
            "%s: malformed path attribute %d: %s; %s; octets %s",
            self.neighbor,
            worst.code,
            worst.reason,
            worst.cost.name.lower().replace("_", " "),
            _Octets(worst.wire),
            extra=about(LogEvent.MALFORMED, protocol=self.neighbor),
        )


class _Octets:
    """Their text, when the line is written: most are not."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def __str__(self) -> str:
        shown = self._octets[:_LONGEST].hex() + "..." * (len(self._octets) > _LONGEST)
        return shown or "none"
