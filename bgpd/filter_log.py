"""What filters say, in the log."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.logs.about import LogEvent, about
from bgpd.logs.restraint import Restraint
from bgpd.logs.route_log import ALL_LINES_A_SECOND, MOST_AT_ONCE

_log: Final = logging.getLogger("bgpd.filters")
_BURST: Final = 5
"""Complaints that may come at once; then there is one a second, as in BIRD."""
_PRINTED: Final = about(LogEvent.FILTER_PRINTED)
_FAILED: Final = about(LogEvent.FILTER_FAILED)


class FilterLog:
    """Takes what filters print, and complaints; of both there may be one a route."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._complaints = Restraint(_log, _BURST, now=now)
        self._prints = Restraint(_log, MOST_AT_ONCE, 1 / ALL_LINES_A_SECOND, now)

    def printed(self, line: str) -> None:
        """Log what a filter printed: all of it, unless that is a line for every route of a large table."""
        self._prints.log(logging.INFO, "%s", line, extra=_PRINTED)

    def failed(self, complaint: str) -> None:
        """Log why a route was refused that no filter meant to refuse."""
        self._complaints.log(logging.ERROR, "%s", complaint, extra=_FAILED)

    def broke(self, filter_name: str, error: Exception) -> None:
        """Log a bug of ours; the route is refused for it."""
        FAULTS.note("filter", error, f"filter {filter_name}")
