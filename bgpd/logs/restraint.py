"""How much is logged of what may happen a thousand times a second, or to each of a million routes."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from math import ceil
from time import monotonic
from typing import Any, Final, NamedTuple

from bgpd.logs.dialects import with_more

_LEAST_QUIET: Final = 10.0
"""Seconds without a line of its kind after which is said how many were kept back, if no other line does."""


class _Words(NamedTuple):
    level: int
    text: str
    values: tuple[object, ...]
    extra: Mapping[str, Any] | None


class Restraint:
    """Lets a burst of lines pass, then one in a while, and says how many it kept back.

    That stands at the end of the next line, or of the last one that was kept back if no other follows it.
    """

    __slots__ = (
        "_ahead",
        "_booked",
        "_concluding",
        "_kept",
        "_last",
        "_log",
        "_now",
        "_period",
        "_since",
        "_unsaid",
    )

    def __init__(
        self, log: logging.Logger, burst: int, period: float = 1.0, now: Callable[[], float] = monotonic
    ) -> None:
        """After ``burst`` lines there is one in ``period`` seconds."""
        self._log = log
        self._period = period
        self._ahead = (burst - 1) * period
        self._now = now
        self._last = self._since = now()
        self._booked = self._last
        """Until when the lines that were said would take, one in a period: that may be so far ahead."""
        self._unsaid = 0
        self._kept: _Words | None = None
        self._concluding: asyncio.TimerHandle | None = None

    @property
    def is_behind(self) -> bool:
        """Whether lines were kept back that nobody knows of as yet."""
        return self._unsaid > 0

    def log(
        self,
        level: int,
        text: str,
        *values: object,
        extra: Mapping[str, Any] | None = None,
        times: int = 1,
    ) -> None:
        """Log a line, so many times, as far as there is room; whoever wants to see none is asked for none."""
        if not self._log.isEnabledFor(level):
            return
        words = _Words(level, text, values, extra)
        for said in range(times):
            if not self._has_room():
                self._keep(words, times - said)
                return
            self._say(words)

    def conclude(self) -> None:
        """Say how many were kept back, if there is room for a line."""
        if self._kept is not None and self._has_room():
            self._unsaid -= 1  # it is said now
            self._say(self._kept)

    def _has_room(self) -> bool:
        self._last = self._now()
        return self._booked - self._last <= self._ahead

    def _say(self, words: _Words) -> None:
        self._booked = max(self._booked, self._last) + self._period
        text, values, extra = words.text, words.values, words.extra
        if self._unsaid:
            more = f" ({self._unsaid} more like it in the last {max(1, ceil(self._last - self._since))} s)"
            text, values, extra = f"{text}%s", (*values, more), with_more(extra or {}, more)
        self._unsaid, self._kept = 0, None
        self._log.log(words.level, text, *values, extra=extra, stacklevel=3)

    def _keep(self, words: _Words, times: int) -> None:
        if not self._unsaid:
            self._since = self._last
        self._unsaid += times
        self._kept = words
        if self._concluding is None:
            self._conclude_later()

    def _conclude_later(self) -> None:
        """Conclude after a while; outside of a running loop the next line has to do."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._concluding = loop.call_later(max(_LEAST_QUIET, 2 * self._period), self._time_is_up)

    def _time_is_up(self) -> None:
        self._concluding = None
        self.conclude()
        if self._unsaid:
            self._conclude_later()
