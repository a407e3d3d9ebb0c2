"""A comparison of a whole table with what a ``Fib`` believes, while both may change; pure.

Notifications keep the view true, so an audit should find nothing. What it sees is older than what has been
notified, and the table changes under it; therefore a prefix is suspected only if two audits in a row have
seen the same deviation.
"""

from collections.abc import Iterator
from typing import Final

from kernel_sync.aliens import is_of_interfaces
from kernel_sync.fib import Fib
from kernel_sync.types import ObservedRoute
from messages.families.prefix import PrefixKey

_AT_ONCE: Final = 131_072
"""Prefixes whose presence is checked in one audit; of a larger table each audit checks a part."""
_SLICE: Final = 10_000
_OURS: Final = -1
_ALIENS: Final = -2
"""In the place of the metric of a route that is missing."""
_TOO_MANY: Final = 10_000
"""Deviations that need no second look."""

_Deviation = ObservedRoute | None
"""What the kernel has instead of what the view says; None for nothing."""


class Audit:
    """One audit after the other of one table."""

    def __init__(self, fib: Fib) -> None:
        self._fib = fib
        self._number = -1
        self._part = 0
        self._parts = 1
        self._seen: set[PrefixKey] = set()
        self._seen_aliens: set[PrefixKey] = set()
        self._deviations: dict[tuple[PrefixKey, int], _Deviation] = {}
        self._before: dict[tuple[PrefixKey, int], _Deviation] = {}

    def begin(self) -> None:
        """Begin to compare; the table is going to be shown."""
        self._parts = 1 + (len(self._fib.wanted) + len(self._fib.aliens)) // _AT_ONCE
        self._fib.watched = {}
        self._number += 1
        self._part = self._number // 2 % self._parts  # each part twice in a row
        self._seen.clear()
        self._seen_aliens.clear()
        self._before, self._deviations = self._deviations, {}

    def see(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Take one route that the kernel shows."""
        fib = self._fib
        route, protocol = observed
        if protocol != fib.protocol:
            if is_of_interfaces(key, fib.family):
                return
            if observed not in fib.aliens.all_at(key):
                self._deviates(key, route.metric, observed)
            if self._is_looked_at(key):
                self._seen_aliens.add(key)
            return
        if self._is_looked_at(key):
            self._seen.add(key)
        wanted = fib.wanted.get(key)
        if (wanted is not None and wanted.matches(route)) or fib.actual.get(key) == route:
            return
        if route.metric not in fib.strays.get(key, ()):
            self._deviates(key, route.metric, observed)

    def look_for_missing(self) -> Iterator[None]:
        """Look for what was not shown; yields now and then, so that others may have their turn."""
        fib = self._fib
        for number, key in enumerate([*fib.wanted]):
            if number % _SLICE == 0:
                yield
            if self._is_looked_at(key) and key not in self._seen and fib.is_written(key):
                self._deviates(key, _OURS, None)
        for number, key in enumerate([*fib.aliens.routes]):
            if number % _SLICE == 0:
                yield
            if self._is_looked_at(key) and key not in self._seen_aliens and key in fib.aliens.routes:
                self._deviates(key, _ALIENS, None)
        self._seen.clear()
        self._seen_aliens.clear()
        self._leave_out_changed()

    def _leave_out_changed(self) -> None:
        """What has changed meanwhile may have been shown before or after."""
        changed, self._fib.watched = self._fib.watched, None
        if changed is None:  # too much
            self._deviations = {}
        else:
            found = self._deviations.items()
            self._deviations = {place: each for place, each in found if place[0] not in changed}

    def give_up(self) -> None:
        """Nothing can be concluded from what has been seen."""
        self._fib.watched = None
        self._deviations = {}

    def _is_looked_at(self, key: PrefixKey) -> bool:
        return self._parts == 1 or hash(key) % self._parts == self._part

    def _deviates(self, key: PrefixKey, metric: int, deviation: _Deviation) -> None:
        self._deviations[key, metric] = deviation

    @property
    def is_wrong(self) -> bool:
        """Whether the view of the table must be made anew."""
        confirmed = any(
            place in self._before and self._before[place] == deviation
            for place, deviation in self._deviations.items()
        )
        return confirmed or len(self._deviations) > _TOO_MANY
