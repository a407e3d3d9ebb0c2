"""Times as BIRD prints them by default, and as JSON does."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

_RECENT: Final = 20 * 3600
"""Seconds for which the time of day says enough (BIRD's ``iso short``)."""


class Moment(float):
    """A Unix time in a row of an answer: JSON has it as ``iso`` does."""

    __slots__ = ()


@lru_cache(maxsize=4096)
def _local(second: int) -> tuple[str, str]:
    moment = time.localtime(second)
    return time.strftime("%Y-%m-%d", moment), time.strftime("%H:%M:%S", moment)


def short(moment: float, now: float) -> str:
    """Return the time of day, or the date if it was more than 20 hours ago."""
    date, time_of_day = _local(int(moment))
    return time_of_day if now - moment < _RECENT else date


def long(moment: float) -> str:
    """Return date and time of day."""
    return " ".join(_local(int(moment)))


def iso(moment: float) -> str:
    """Return the time as ISO 8601 has it, in UTC."""
    return datetime.fromtimestamp(int(moment), UTC).isoformat()
