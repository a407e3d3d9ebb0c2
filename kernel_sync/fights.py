"""Fights: a route that is put back time and again, because another program takes it out as often; pure.

To put it back without end would cost both sides, and help nobody. So it is counted how often a prefix is
disturbed within a minute; beyond the limit it rests, each time longer.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from messages.families.prefix import PrefixKey

MINUTE: Final = 60.0
FIRST_REST: Final = 60.0
LONGEST_REST: Final = 960.0
_PEACE: Final = 1800.0
"""Seconds without a fight after which the next one begins with a short rest again."""
_MOST_COUNTED: Final = 100_000


class _Round(NamedTuple):
    """How often a prefix was disturbed since when."""

    began: float
    times: int


class Rest(NamedTuple):
    """How long a prefix that is fought over is left alone."""

    until: float
    seconds: float
    times: int
    """How often it was disturbed within a minute."""


class Fights:
    """Counts the disturbances of each prefix. Times are seconds of any clock that does not jump."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.resting: dict[PrefixKey, Rest] = {}
        """What is left alone at present."""
        self._rounds: dict[PrefixKey, _Round] = {}
        self._rests: dict[PrefixKey, Rest] = {}

    def disturbed(self, key: PrefixKey, now: float) -> Rest | None:
        """Count one disturbance; return how long to leave the prefix alone if it was one too many."""
        began, times = self._rounds.get(key, (now, 0))
        if now - began > MINUTE:
            began, times = now, 0
        if times < self.limit:
            self._make_room(now)
            self._rounds[key] = _Round(began, times + 1)
            return None
        del self._rounds[key]
        return self._rest(key, now, times + 1)

    def _rest(self, key: PrefixKey, now: float, times: int) -> Rest:
        last = self._rests.get(key)
        fresh = last is None or now - last.until > _PEACE
        seconds = FIRST_REST if last is None or fresh else min(LONGEST_REST, 2 * last.seconds)
        rest = self._rests[key] = self.resting[key] = Rest(now + seconds, seconds, times)
        return rest

    @property
    def next_attempt(self) -> float | None:
        """When the first of those that are left alone is to be tried again."""
        return min((rest.until for rest in self.resting.values()), default=None)

    def rested(self, now: float) -> Sequence[PrefixKey]:
        """Return what has been left alone for long enough, and is so no more."""
        return self.end([key for key, rest in self.resting.items() if rest.until <= now])

    def end(self, keys: Iterable[PrefixKey]) -> Sequence[PrefixKey]:
        """Leave these alone no more; return those that were."""
        return [key for key in keys if self.resting.pop(key, None) is not None]

    def _make_room(self, now: float) -> None:
        """Forget what is long over when there is too much to remember."""
        if len(self._rounds) >= _MOST_COUNTED:
            self._rounds.clear()  # so many at once are no fight but a table that was emptied
            self._rests = {key: each for key, each in self._rests.items() if now - each.until <= _PEACE}
