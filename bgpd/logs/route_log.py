"""Lines about single routes: some a second, and then how many more there were.

BIRD logs every route if it is asked for routes, and Calico asks for them in every file. A table of a million
routes would be a million lines, and the daemon would do nothing else.
"""

import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final

from bgpd.logs.about import about
from bgpd.logs.classes import TRACE

_log: Final = logging.getLogger("bgpd.protocol")
LINES_A_SECOND: Final = 20
"""Of one protocol in one direction."""
ALL_LINES_A_SECOND: Final = 200
MOST_AT_ONCE: Final = 1000


class Allowance:
    """How many lines there may be now: those that were not used are saved, up to a limit."""

    def __init__(self, a_second: float, at_most: float, now: Callable[[], float] = monotonic) -> None:
        self.now: Final = now
        self._a_second = a_second
        self._at_most = at_most
        self._left = at_most
        self._last = now()

    def room(self) -> int:
        """Return how many there may be."""
        now = self.now()
        self._left = min(self._at_most, self._left + (now - self._last) * self._a_second)
        self._last = now
        return int(self._left)

    def use(self, number: int) -> None:
        """There was room for so many, and they are used."""
        self._left -= number


EVERYBODY: Final = Allowance(ALL_LINES_A_SECOND, MOST_AT_ONCE)
"""What all protocols have together."""


class RouteLog:
    """What becomes of the routes of one protocol, in one direction: ``>`` is in, ``<`` is out."""

    __slots__ = ("_allowance", "_everybody", "_start", "_unsaid")

    def __init__(self, name: str, direction: str, everybody: Allowance = EVERYBODY) -> None:
        self._start = f"{name} {direction}"
        self._everybody = everybody
        self._allowance = Allowance(LINES_A_SECOND, LINES_A_SECOND, everybody.now)
        self._unsaid = 0

    @property
    def is_behind(self) -> bool:
        """Whether there were routes that nothing has been said of."""
        return self._unsaid > 0

    def rename(self, protocol: str) -> None:
        """The protocol goes on under another name."""
        self._start = f"{protocol} {self._start.rpartition(' ')[2]}"

    def room(self) -> int:
        """Return of how many routes something may be said now."""
        if self._unsaid:
            self.conclude()
        return 0 if self._unsaid else min(self._allowance.room(), self._everybody.room())

    def say(self, what: str, route: str) -> None:
        """Say what became of one route; who says it has asked for room."""
        self._use()
        _log.log(TRACE, "%s %s %s", self._start, what, route, extra=self._about(route.partition(" ")[0]))

    def pass_over(self, routes: int) -> None:
        """Count routes that nothing is said of."""
        self._unsaid += routes

    def conclude(self) -> None:
        """Say how many were passed over, once there is room for many lines again."""
        if self._unsaid and self._allowance.room() == LINES_A_SECOND and self._everybody.room():
            self._use()
            _log.log(TRACE, "%s %d more routes", self._start, self._unsaid, extra=self._about())
            self._unsaid = 0

    def _about(self, prefix: str = "") -> Mapping[str, Any]:
        return about(protocol=self._start.rpartition(" ")[0], prefix=prefix, debug="routes")

    def _use(self) -> None:
        self._allowance.use(1)
        self._everybody.use(1)
