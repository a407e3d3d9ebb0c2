"""Times as the configuration wants them printed, and as JSON has them."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from bgpd.settings import TimeFormat

_RECENT: Final = 20 * 3600
"""Seconds for which the time of day says enough."""
_ISO_SHORT: Final = TimeFormat("%H:%M:%S", _RECENT, "%Y-%m-%d")
_ISO_LONG: Final = TimeFormat("%Y-%m-%d %H:%M:%S")
_DEFAULTS: Final[Mapping[str, TimeFormat]] = {"route": _ISO_SHORT, "protocol": _ISO_SHORT, "base": _ISO_LONG}
"""BIRD's."""
_MOST: Final = 31
"""Octets that BIRD has room for."""
_TOO_LONG: Final = "<too-long>"


class Moment(float):
    """A Unix time in a row of an answer: JSON has it as ``iso`` does."""

    __slots__ = ()


@lru_cache(maxsize=4096)
def _local(second: int, form: str) -> str:
    text = time.strftime(form, time.localtime(second))
    return text if len(text.encode()) <= _MOST else _TOO_LONG


def formatted(moment: float, now: float, form: TimeFormat) -> str:
    """Return a time in one of two forms: what is long ago may be printed otherwise."""
    is_old = form.limit is not None and now - moment >= form.limit
    return _local(int(moment), form.older or "" if is_old else form.recent)


def form_of(formats: Mapping[str, TimeFormat], what: str) -> TimeFormat:
    """Return how times are printed of a ``route``, of a ``protocol``, and (``base``) all others."""
    return formats.get(what, _DEFAULTS[what])


def short(moment: float, now: float) -> str:
    """Return the time of day, or the date if it was more than 20 hours ago."""
    return formatted(moment, now, _ISO_SHORT)


def long(moment: float) -> str:
    """Return date and time of day."""
    return _local(int(moment), _ISO_LONG.recent)


def iso(moment: float) -> str:
    """Return the time as ISO 8601 has it, in UTC."""
    return datetime.fromtimestamp(int(moment), UTC).isoformat()
