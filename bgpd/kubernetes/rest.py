"""How long to rest before the API is asked again: longer each time, and no two nodes alike."""

from collections.abc import Callable
from typing import Final, NamedTuple

_LONGEST_WISH: Final = 60.0
"""Seconds of a Retry-After that are respected."""


class Pace(NamedTuple):
    """How patient we are, in seconds."""

    first: float = 1.0
    """The shortest rest."""
    longest: float = 30.0
    """The longest rest."""
    watch: float = 300.0
    """How long the server shall let a watch run, at least; at most twice as long."""
    answer: float = 30.0
    """How long it may take to connect, and to bring one page of a list."""
    quiet: float = 0.2
    """How long nothing changes before changes are read."""
    patience: float = 1.0
    """How long changes wait at most."""


class Rest:
    """Doubles with each failure; whoever has brought something begins anew.

    A thousand nodes lose their watches in the same second when a server restarts. Chance spreads them.
    """

    def __init__(self, pace: Pace, random: Callable[[], float]) -> None:
        """``random`` returns a number from 0 to 1."""
        self._pace = pace
        self._random = random
        self._least = 0.0

    @property
    def is_tired(self) -> bool:
        """Whether the last thing that was tried has failed."""
        return self._least > 0

    def next(self, wish: float = 0.0) -> float:
        """Return the seconds to rest now; ``wish`` is what the server asks for."""
        pace = self._pace
        self._least = min(max(pace.first, 2 * self._least), pace.longest / 2)
        rest = min(max(self._least * (1 + self._random()), pace.first), pace.longest)
        return max(rest, min(wish, _LONGEST_WISH))

    def succeeded(self) -> None:
        """Something came: the next failure is the first."""
        self._least = 0.0
