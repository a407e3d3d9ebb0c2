"""A neighbor is led around us, until it has become quiet (RFC 8326 §4.1)."""

import asyncio
from typing import Final, Protocol

from bgpd.health.faults import FAULTS

_STEP_SECONDS: Final = 1.0
"""How often to look."""
QUIET_SECONDS: Final = 5.0
"""Without any route crossing for this long, everybody has found other ways."""
LONGEST_SECONDS: Final = 120.0
"""A neighbor that never becomes quiet is left all the same."""


class Drained(Protocol):
    """A neighbor, as far as its drain is concerned."""

    @property
    def crossed(self) -> int:
        """How many routes went in or out since the start."""

    @property
    def is_behind(self) -> bool:
        """Whether it has yet to be told something."""

    def follow_terms(self) -> None:
        """Send and take routes as is right now, in a drain or not."""

    def drained(self, reason: str) -> None:
        """It is quiet: shut it down, with this reason."""


class Drain:
    """One drain, from its beginning until it is over."""

    def __init__(self, reason: str, now: float) -> None:
        self.reason = reason
        """What the neighbor is told in the end (RFC 9003)."""
        self._began = self._quiet_since = now
        self._crossed = -1

    def is_over(self, crossed: int, now: float, *, is_behind: bool) -> bool:
        """Tell whether to shut down.

        ``crossed`` counts the prefixes told either way; ``is_behind``: there is still something to tell.
        """
        if is_behind or crossed != self._crossed:
            self._crossed = crossed
            self._quiet_since = now
        return now - self._quiet_since >= QUIET_SECONDS or now - self._began >= LONGEST_SECONDS


class Draining:
    """Begins and ends the drains of a neighbor."""

    def __init__(self, neighbor: Drained, loop: asyncio.AbstractEventLoop) -> None:
        self._neighbor = neighbor
        self._loop = loop
        self._drain: Drain | None = None
        self._ends = False

    @property
    def is_under_way(self) -> bool:
        """Whether the neighbor is being led around us."""
        return self._drain is not None

    @property
    def is_to_end(self) -> bool:
        """Whether the session is shut down when that is over."""
        return self.is_under_way and self._ends

    def begin(self, reason: str, *, ends: bool = True) -> None:
        """Send and take routes as the last choice; unless it ``ends`` by itself, that is up to the caller."""
        self._drain, self._ends = Drain(reason, self._loop.time()), ends
        self._neighbor.follow_terms()
        if ends:
            self._loop.call_later(_STEP_SECONDS, self._watch, self._drain)

    def end(self) -> None:
        """Be a full neighbor again."""
        self.forget()
        self._neighbor.follow_terms()

    def forget(self) -> None:
        """The session ends anyway."""
        self._drain = None

    def _watch(self, drain: Drain) -> None:
        if drain is not self._drain:
            return
        neighbor = self._neighbor
        with FAULTS.contained("session"):
            if drain.is_over(neighbor.crossed, self._loop.time(), is_behind=neighbor.is_behind):
                neighbor.drained(drain.reason)
                return
        self._loop.call_later(_STEP_SECONDS, self._watch, drain)
