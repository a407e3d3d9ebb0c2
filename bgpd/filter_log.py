"""What filters say, in the log."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.restraint import Restraint

_log: Final = logging.getLogger("bgpd.filters")
_BURST: Final = 5
"""Complaints that may come at once; then there is one a second, as in BIRD."""


class FilterLog:
    """Takes what filters print, all of it, and complaints, of which there may be one a route."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._restraint = Restraint(_BURST, now)

    def printed(self, line: str) -> None:
        """Log what a filter printed."""
        _log.info("%s", line)

    def failed(self, complaint: str) -> None:
        """Log why a route was refused that no filter meant to refuse."""
        words = self._restraint.words(complaint)
        if words is not None:
            _log.error("%s", words)

    def broke(self, filter_name: str, error: Exception) -> None:
        """Log a bug of ours; the route is refused for it."""
        FAULTS.note("filter", error, f"filter {filter_name}")
