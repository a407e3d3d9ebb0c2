"""Connections that no peer was handed: counted, remembered, and logged at a bounded rate."""

import asyncio
import logging
import time
from collections import deque
from typing import Final, NamedTuple

from bgpd.logs.dialects import in_bird

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
        self._loop = loop
        self._silent_until = 0.0
        self._unlogged = 0

    def note(self, remote: str, port: int, local: str, reason: str) -> None:
        """Count a connection, and log it unless there was a line a moment ago."""
        self.count += 1
        self.notes.append(StrangerNote(time.time(), remote, local, reason))
        now = self._loop.time()
        if now < self._silent_until:
            self._unlogged += 1
            return
        more = f" ({self._unlogged} more since the last such line)" if self._unlogged else ""
        _log.warning(
            "Connection from %s to %s rejected: %s%s",
            remote,
            local,
            reason,
            more,
            extra=in_bird(
                logging.WARNING, f"BGP: Unexpected connect from unknown address {remote} (port {port}){more}"
            ),
        )
        self._silent_until = now + _LOG_INTERVAL
        self._unlogged = 0
