"""What became of all sessions, in order: what ``bgpdcl monitor sessions`` reads on and on.

A neighbor that is not there is tried again and again, so there may be changes without end: the oldest are
forgotten, and whoever reads too slowly is told how many those were.
"""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from fsm.state import State

MOST: Final = 4096
"""Changes that are remembered: about a megabyte."""


class SessionChange(NamedTuple):
    """The session with a neighbor went from one state to another."""

    at: float
    """Unix time."""
    neighbor: str
    address: str
    asn: int
    old: State
    new: State
    reason: str
    prefixes: int | None = None
    """How many the neighbor had announced, where an established session ended."""
    lasted: float | None = None
    """For how many seconds it was established."""


class SessionJournal:
    """Keeps the last changes; nobody is told, whoever wants to know asks."""

    def __init__(self, most: int = MOST) -> None:
        self._changes: deque[SessionChange] = deque(maxlen=most)
        self.settled = 0
        """How many changes there were; those that are forgotten included."""

    @property
    def first(self) -> int:
        """How many changes came before the oldest one that is remembered."""
        return self.settled - len(self._changes)

    def note(self, change: SessionChange) -> None:
        """Remember a change."""
        self._changes.append(change)
        self.settled += 1

    def after(self, number: int) -> Iterator[SessionChange]:
        """Return what came after so many changes, the oldest first, as it is now."""
        return islice(tuple(self._changes), max(0, number - self.first), None)
