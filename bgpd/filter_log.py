"""What filters say, in the log."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Final

_log: Final = logging.getLogger("bgpd.filters")
_BURST: Final = 5
"""Complaints that may come at once; then there is one a second, as in BIRD."""


class FilterLog:
    """Takes what filters print, all of it, and complaints, of which there may be one a route."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._allowed = float(_BURST)
        self._last = now()
        self._unsaid = 0

    def printed(self, line: str) -> None:
        """Log what a filter printed."""
        _log.info("%s", line)

    def failed(self, complaint: str) -> None:
        """Log why a route was refused that no filter meant to refuse."""
        now = self._now()
        self._allowed = min(float(_BURST), self._allowed + now - self._last)
        self._last = now
        if self._allowed < 1:
            self._unsaid += 1
            return
        self._allowed -= 1
        more = f" ({self._unsaid} more were not logged)" if self._unsaid else ""
        self._unsaid = 0
        _log.error("%s%s", complaint, more)
