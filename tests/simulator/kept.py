"""What has to be kept of a neighbor that is away, to the letter of RFC 4724, RFC 8538 and RFC 9494."""

from collections.abc import Iterable
from math import inf
from typing import Final

from messages.attribute_set import AttributeSet
from messages.capabilities import GRACEFUL_RESTART, LONG_LIVED_GRACEFUL_RESTART, Capabilities
from messages.families import Family
from messages.notification import Notification
from tests.simulator.heard import HeardKey

STALE_TIME: Final = 60.0
"""Seconds, beyond the time that a neighbor asks for, for which its routes are kept at most."""
LONGEST: Final = 100.0
"""Seconds for which routes are long-lived stale at most."""


class Kept:
    """Stale routes, with no more than a look at the clock when somebody asks for them."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._routes: dict[HeardKey, AttributeSet] = {}
        self._away_until = inf
        """When it has not come back in time."""
        self._until = inf
        """When it has not said everything again in time, however often it came and went."""
        self._long_lived_time = 0.0
        """For how long its routes are long-lived stale after that (RFC 9494 §4.2)."""
        self._long_lived_until = inf
        self.is_long_lived = False
        """Whether they are; asked after ``routes``."""

    def routes(self, now: float) -> dict[HeardKey, AttributeSet]:
        """Return what is still to be there of what was not said again."""
        end = min(self._away_until, self._until)
        if now >= end:
            if self._away_until == inf or not self._long_lived_time:
                self.forget()
            else:
                self._begin_long_lived(end)
        if now >= self._long_lived_until:
            self.forget()
        return self._routes

    def _begin_long_lived(self, now: float) -> None:
        self.is_long_lived = True
        self._away_until = self._until = inf
        self._long_lived_until = now + self._long_lived_time

    def forget(self) -> None:
        """Nothing is kept any more."""
        self._routes = {}
        self._away_until = self._until = self._long_lived_until = inf
        self.is_long_lived = False

    def lost(
        self,
        said: dict[HeardKey, AttributeSet],
        capabilities: tuple[Capabilities, Capabilities],
        notification: Notification | None,
        now: float,
    ) -> None:
        """The session has ended, with this NOTIFICATION if with any; our ``capabilities`` are the first."""
        self.routes(now)
        time, self._long_lived_time = self._times(*capabilities)
        if not (time or self._long_lived_time) or _ends_all(*capabilities, notification):
            self.forget()
            return
        self._routes |= said
        if self.is_long_lived:
            return
        if not time:
            self._begin_long_lived(now)
            return
        self._away_until = now + time
        if self._until == inf:
            self._until = self._away_until + STALE_TIME

    def _times(self, ours: Capabilities, its: Capabilities) -> tuple[float, float]:
        """Return how long the neighbor wants its routes to be kept, and then as long-lived stale ones."""
        restart = its.get(GRACEFUL_RESTART)
        if restart is None or GRACEFUL_RESTART not in ours:
            return 0.0, 0.0
        time = restart.restart_time if self._family in [row.family for row in restart.families] else 0
        rows = (its.get(LONG_LIVED_GRACEFUL_RESTART) or ()) if LONG_LIVED_GRACEFUL_RESTART in ours else ()
        [long_lived] = [row.stale_time for row in rows if row.family is self._family] or [0]
        return float(time), min(float(long_lived), LONGEST)

    def back(self, ours: Capabilities, its: Capabilities, now: float) -> None:
        """There is a session again: without Forwarding State nothing is kept (RFC 4724, RFC 9494 §4.2)."""
        self.routes(now)
        restart = its.get(GRACEFUL_RESTART) if GRACEFUL_RESTART in ours else None
        rows = () if restart is None else restart.families
        preserved = {row.family for row in rows if row.forwarding_preserved}
        if self.is_long_lived:
            both = restart is not None and LONG_LIVED_GRACEFUL_RESTART in ours
            long_lived = (its.get(LONG_LIVED_GRACEFUL_RESTART) or ()) if both else ()
            preserved = {row.family for row in long_lived if row.forwarding_preserved}
        if self._family not in preserved:
            self.forget()
        self._away_until = inf

    def said(self, keys: Iterable[HeardKey]) -> None:
        """Something new is said of these."""
        for key in keys:
            self._routes.pop(key, None)


def _ends_all(ours: Capabilities, its: Capabilities, notification: Notification | None) -> bool:
    """RFC 4724 §4.2; RFC 8538 §4."""
    if notification is None:
        return False
    offers = [each.get(GRACEFUL_RESTART) for each in (ours, its)]
    return notification.is_hard_reset or not all(each is not None and each.notification for each in offers)
