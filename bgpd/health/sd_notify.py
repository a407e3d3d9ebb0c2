"""What systemd is told of this process (sd_notify(3)), and the watchdog that it feeds.

Without ``NOTIFY_SOCKET`` in the environment nothing is said. The watchdog is fed by a callback of the event
loop, and only if the tables move: whatever hangs, systemd then ends the process and starts another one.
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from time import CLOCK_MONOTONIC, clock_gettime_ns
from typing import Final

from bgpd.timers import Handle, LateTimers

_log: Final = logging.getLogger("bgpd")
_STATUS_SECONDS: Final = 5.0
"""How often the status may change."""
_FEEDS_IN_TIME: Final = 4
"""How often the watchdog is fed before its time is up."""


class Notifier:
    """Tells systemd, if it wants to know."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._status = ""
        self._complaint = ""
        """What kept us from saying the last thing: said in the log only when it is new."""
        self.watchdog_seconds = _watchdog_seconds(environment)
        """After so many seconds without food systemd ends the process; 0: it has no watchdog."""

    @property
    def is_wanted(self) -> bool:
        """Whether anybody listens."""
        return bool(self._address)

    def ready(self) -> None:
        """All is there that can be there without the neighbors; or a reload has been done."""
        self._send("READY=1")

    def reloading(self) -> None:
        """The configuration is being read; ``ready`` follows."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={clock_gettime_ns(CLOCK_MONOTONIC) // 1000}")

    def stopping(self, status: str) -> None:
        """The daemon ends."""
        self._send(f"STOPPING=1\nSTATUS={status}")

    def status(self, text: str) -> None:
        """Say in one line how things are, if that is new."""
        if text != self._status:
            self._status = text
            self._send(f"STATUS={text}")

    def feed(self) -> None:
        """Keep the watchdog quiet for a while."""
        self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
                sock.connect(self._address)
                sock.send(message.encode())
            self._complaint = ""
        except OSError as error:
            reason = error.strerror or str(error)
            if reason != self._complaint:
                self._complaint = reason
                _log.warning("systemd could not be told %s: %s", message.partition("\n")[0], reason)


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """Read sd_watchdog_enabled(3)'s variables, which may be meant for another process."""
    interval, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not interval.isdecimal() or (process and process != str(os.getpid())):
        return 0.0
    return int(interval) / 1e6


class Heartbeat:
    """Feeds the watchdog and tells the status, for as long as the loop is alive."""

    def __init__(
        self,
        notifier: Notifier,
        status: Callable[[], str],
        is_moving: Callable[[], bool],
        loop: LateTimers,
    ) -> None:
        """``is_moving`` tells whether anything that had work has done some since it was asked last."""
        self._notifier = notifier
        self._status = status
        self._is_moving = is_moving
        self._loop = loop
        self._handle: Handle | None = None

    def begin(self) -> None:
        """Beat from now on, if anybody listens."""
        self.stop()
        if self._notifier.is_wanted:
            self._beat()

    def stop(self) -> None:
        """Beat no more."""
        if self._handle is not None:
            self._handle.cancel()

    def _beat(self) -> None:
        limit = self._notifier.watchdog_seconds
        period = min(_STATUS_SECONDS, limit / _FEEDS_IN_TIME) if limit else _STATUS_SECONDS
        self._handle = self._loop.call_later(period, self._beat)
        if limit and self._is_moving():
            self._notifier.feed()
        self._notifier.status(self._status())
