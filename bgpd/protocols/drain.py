"""When a neighbor that is led around us has become quiet (RFC 8326 §4.1)."""

from typing import Final

STEP_SECONDS: Final = 1.0
"""How often to look."""
_QUIET_SECONDS: Final = 5.0
"""Without any route crossing for this long, everybody has found other ways."""
_LONGEST_SECONDS: Final = 120.0
"""A neighbor that never becomes quiet is left all the same."""


class Drain:
    """One drain, from its beginning until it is over."""

    def __init__(self, reason: str, now: float) -> None:
        self.reason = reason
        """What the neighbor is told in the end (RFC 9003)."""
        self._began = self._quiet_since = now
        self._crossed = -1

    def is_over(self, crossed: int, now: float, *, is_behind: bool) -> bool:
        """Tell whether to shut down.

        ``crossed`` counts the prefixes told either way; ``is_behind``: there is still something to tell.
        """
        if is_behind or crossed != self._crossed:
            self._crossed = crossed
            self._quiet_since = now
        return now - self._quiet_since >= _QUIET_SECONDS or now - self._began >= _LONGEST_SECONDS
