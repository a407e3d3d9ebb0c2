"""How long to rest after a bug of ours before the same is tried again: longer each time."""

from typing import Final, NamedTuple

FIRST_REST: Final = 1.0
LONGEST_REST: Final = 300.0
QUIET: Final = 600.0
"""Seconds without a fault after which the next one counts as the first."""


class Fault(NamedTuple):
    """The last one, as far as operators want to know."""

    at: float
    """Unix time."""
    what: str
    """The exception, and where it came from."""
    again_at: float
    """When it is tried again (Unix time)."""

    def is_pending(self, now: float) -> bool:
        """Tell whether it has yet to be tried again."""
        return now < self.again_at

    def words(self, now: float) -> str:
        """Return one line, for a column of a table."""
        return f"Bug: {self.what}; tried again in {max(0.0, self.again_at - now):.0f} s"


class Backoff:
    """Counts faults, and doubles the rest after each."""

    def __init__(self) -> None:
        self.number = 0
        """How many there were in all."""
        self._rest = 0.0
        self._quiet_at = 0.0

    def next(self, now: float) -> float:
        """Return the seconds to rest now; ``now`` is in seconds of a clock that does not jump."""
        self.number += 1
        is_first = not self._rest or now >= self._quiet_at
        self._rest = FIRST_REST if is_first else min(2 * self._rest, LONGEST_REST)
        self._quiet_at = now + self._rest + QUIET
        return self._rest
