"""How much is logged of what may happen to each of a million routes."""

from collections.abc import Callable
from time import monotonic


class Restraint:
    """Lets a burst pass, then one line a second, and says how many it kept back."""

    def __init__(self, burst: int, now: Callable[[], float] = monotonic) -> None:
        self._burst = float(burst)
        self._now = now
        self._allowed = float(burst)
        self._last = now()
        self._unsaid = 0

    def words(self, line: str) -> str | None:
        """Return what to log; None for nothing now."""
        now = self._now()
        self._allowed = min(self._burst, self._allowed + now - self._last)
        self._last = now
        if self._allowed < 1:
            self._unsaid += 1
            return None
        self._allowed -= 1
        more = f" ({self._unsaid} more were not logged)" if self._unsaid else ""
        self._unsaid = 0
        return f"{line}{more}"
