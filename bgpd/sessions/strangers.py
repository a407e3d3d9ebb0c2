"""Connections that no peer was handed: counted, remembered, and logged at a bounded rate."""

import asyncio
import logging
import time
from collections import deque
from typing import Final, NamedTuple

from bgpd.logs.about import LogEvent, about
from bgpd.logs.dialects import in_bird
from bgpd.logs.restraint import Restraint

_log: Final = logging.getLogger("bgpd.listener")
_REMEMBERED: Final = 20
_LOG_INTERVAL: Final = 10.0
"""Seconds between two lines."""


class StrangerNote(NamedTuple):
    """One connection that was closed at once."""

    at: float
    """Unix time."""
    remote: str
    local: str
    reason: str


class Strangers:
    """Who connected in vain."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.count = 0
        self.notes: deque[StrangerNote] = deque(maxlen=_REMEMBERED)
        """The newest is last."""
        self._restraint = Restraint(_log, 1, _LOG_INTERVAL, loop.time)

    def note(self, remote: str, port: int, local: str, reason: str) -> None:
        """Count a connection, and log it unless there was a line a moment ago."""
        self.count += 1
        self.notes.append(StrangerNote(time.time(), remote, local, reason))
        words = f"BGP: Unexpected connect from unknown address {remote} (port {port})"
        told = {**in_bird(logging.WARNING, words), **about(LogEvent.STRANGER, neighbor=remote)}
        text = "Connection from %s to %s rejected: %s"
        self._restraint.log(logging.WARNING, text, remote, local, reason, extra=told)
