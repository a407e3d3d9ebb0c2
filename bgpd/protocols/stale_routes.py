"""The routes of a neighbor that is away: kept until it has said everything again (RFC 4724, RFC 9494).

For the time of a restart they are routes like all others to the decision process, the kernel and other
neighbors. Only their epoch is that of a session before: what End-of-RIB finds in it goes. If the neighbor
stays away for longer, those of some families stay as long-lived stale ones, the last choice of everybody.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final, NamedTuple

from bgpd.logs.about import LogEvent
from bgpd.logs.journal import Journal
from bgpd.sessions.countdown import Countdown
from bgpd.timers import Clock
from fsm.restart import Restart
from messages.families import Family

_INFO: Final = logging.INFO
_RESTART: Final = LogEvent.RESTART


class Limits(NamedTuple):
    """How many seconds we are ready to keep routes for, whatever a neighbor asks for."""

    beyond_restart: float
    """After the time that the neighbor asks for when it is lost for the first time."""
    long_lived: float
    """As long-lived stale ones."""


class StaleRoutes:
    """Knows which families of one neighbor have stale routes, and for how long."""

    def __init__(
        self,
        journal: Journal,
        limits: Limits,
        loop: Clock,
        remove: Callable[[Family], None],
        grow_stale: Callable[[Family], None],
    ) -> None:
        """``remove`` takes away what was said of a family in sessions before the present one.

        ``grow_stale`` marks what was said of it up to now as long-lived stale.
        """
        self._journal = journal
        self._limits = limits
        self._loop = loop
        self._remove = remove
        self._grow_stale = grow_stale
        self._agreed: Restart | None = None
        """For the time after the last session."""
        self._restarting: dict[Family, None] = {}
        """The families whose routes are kept for the time of a restart."""
        self._long_lived: dict[Family, _Timer] = {}
        """Those whose routes are long-lived stale; however often the neighbor comes and goes, until then."""
        self._restart: _Timer | None = None
        self._end: _Timer | None = None

    def follow(self, limits: Limits) -> None:
        """Keep routes for so long from the next loss of the session on."""
        self._limits = limits

    @property
    def families(self) -> Collection[Family]:
        """Those that have stale routes."""
        return (*self._restarting, *self._long_lived)

    @property
    def restart_timer(self) -> Countdown | None:
        """How long the neighbor may still be away; None if it is not."""
        return None if self._restart is None else self._restart.countdown

    @property
    def long_lived_timers(self) -> Mapping[Family, Countdown]:
        """How long routes may still be long-lived stale."""
        return {family: timer.countdown for family, timer in self._long_lived.items()}

    def keep(self, families: Collection[Family], restart: Restart) -> None:
        """The session is lost; of families that were stale and are not among these nothing is kept.

        RFC 4724 §4.2 would have us delete what was stale already. But the neighbor has still not said that
        it does not want it; it is the end of all waiting that does not move. So it is for what is long-lived
        stale, which new routes of the family become at once (RFC 9494 §4.2).
        """
        self._journal.note("events", "Neighbor graceful restart detected", level=_INFO, event=_RESTART)
        self._agreed = restart
        for family in self.families:
            if family not in families:
                self._forget(family)
                self._remove(family)
        for family in families:
            if family in self._long_lived:
                self._grow_stale(family)
            elif family in restart.restartable:
                self._restarting[family] = None
            else:
                self._begin_long_lived(family, restart)
        self._stop_restart_timer()
        if self._restarting:
            self._restart = _Timer(self._loop, restart.time, self._restart_is_over)
            if self._end is None:
                end = restart.time + self._limits.beyond_restart
                self._end = _Timer(self._loop, end, self._restart_is_over)

    def session_up(self, restart: Restart | None, families: Collection[Family]) -> None:
        """The neighbor is back: what it did not preserve goes at once (RFC 4724 §4.2, RFC 9494 §4.2)."""
        self._stop_restart_timer()
        for family in self.families:
            if family not in families or restart is None or not self._is_preserved(family, restart):
                self.end_of_rib(family)

    def _is_preserved(self, family: Family, restart: Restart) -> bool:
        is_long_lived = family in self._long_lived
        return family in (restart.long_lived.preserved if is_long_lived else restart.preserved)

    def end_of_rib(self, family: Family) -> None:
        """All that the neighbor wants of a family it has said again."""
        if family in self.families:
            self._forget(family)
            self._remove(family)
            if not self.families:
                self._journal.note("events", "Neighbor graceful restart done", level=_INFO, event=_RESTART)

    def give_up(self) -> Collection[Family]:
        """Wait for nothing any more, and return of which families all routes have to go."""
        families = self.families
        for family in families:
            self._forget(family)
        return families

    # When time passes

    def _restart_is_over(self) -> None:
        """Whoever is still away is so for long; whoever is back has had all the time to say everything."""
        self._journal.note("events", "Neighbor graceful restart timeout", level=_INFO, event=_RESTART)
        is_away, restart = self._restart is not None, self._agreed
        for family in tuple(self._restarting):
            self._forget(family)
            if is_away and restart is not None and family in restart.long_lived.stale_times:
                self._begin_long_lived(family, restart)
            else:
                self._remove(family)

    def _begin_long_lived(self, family: Family, restart: Restart) -> None:
        time = min(restart.long_lived.stale_times[family], self._limits.long_lived)
        self._long_lived[family] = _Timer(self._loop, time, partial(self._long_lived_is_over, family))
        self._grow_stale(family)

    def _long_lived_is_over(self, family: Family) -> None:
        self._journal.note("events", "Long-lived graceful restart timeout", level=_INFO, event=_RESTART)
        self._forget(family)
        self._remove(family)

    # What is forgotten

    def _forget(self, family: Family) -> None:
        """Wait for nothing of a family any more; what becomes of its routes is not our business."""
        timer = self._long_lived.pop(family, None)
        if timer is not None:
            timer.cancel()
        self._restarting.pop(family, None)
        if not self._restarting:
            self._stop_restart_timer()
            if self._end is not None:
                self._end.cancel()
                self._end = None

    def _stop_restart_timer(self) -> None:
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None


class _Timer:
    """A call to come, and how long until then."""

    def __init__(self, loop: Clock, seconds: float, callback: Callable[[], object]) -> None:
        self._loop = loop
        self._total = seconds
        self._until = loop.time() + seconds
        self._handle = loop.call_later(seconds, callback)

    @property
    def countdown(self) -> Countdown:
        """Seconds left of seconds in all."""
        return Countdown(self._until - self._loop.time(), self._total)

    def cancel(self) -> None:
        """There is nothing to wait for any more."""
        self._handle.cancel()
