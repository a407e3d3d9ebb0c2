"""When neighbors that have kept our routes are told what we have after a restart (RFC 4724 §4.1).

With End-of-RIB they forget what they were not told again. So they are told nothing of a family before all who
have something to say of it have said it, as ``Convergence`` knows. But that one is patient: it is asked what
may be thrown away. Here nobody who can't be reached is waited for longer than a few seconds, since every
second is one in which neighbors do not learn what has changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from bgpd.health.faults import FAULTS
from bgpd.restart.convergence import Convergence
from bgpd.timers import Handle, Timers
from messages.families import FAMILIES, Family

REACHABLE: Final = 5.0
"""Seconds from our first attempt to connect: TCP asks three times in them, 0, 1 and 3 seconds after it."""
CONNECTING: Final = 8.0
"""Seconds for those who connect to us: they noticed the end of our former process and try again soon."""
_LOOK_SECONDS: Final = 0.5
_SOON: Final = 0.05
"""How often to look while only our own work is waited for."""


class Place(Protocol):
    """A table of ours, as far as its family is concerned."""

    @property
    def family(self) -> Family: ...


class Worker(Protocol):
    """A table of ours, and what works on it."""

    @property
    def table(self) -> Place: ...
    @property
    def is_behind(self) -> bool:
        """Whether something has been said that is not settled."""


class Deferral:
    """Knows, family by family, whether it is too early to tell; before ``defer`` it never is."""

    def __init__(self, workers: Iterable[Worker] = (), loop: Timers | None = None) -> None:
        self.on_over: Callable[[], None] = lambda: None
        """Called when the last family is complete."""
        self.limit = 0.0
        """Seconds after which it is over in any case."""
        self._workers = workers
        self._loop = loop
        self._families: dict[Family, Convergence] = {}
        self._waiting: dict[Family, list[Callable[[], None]]] = {}
        self._begun = 0.0
        self._handle: Handle | None = None

    @property
    def _now(self) -> float:
        return 0.0 if self._loop is None else self._loop.time()

    # Its life

    def defer(self, limit: float) -> None:
        """We have restarted, and neighbors may have kept our routes."""
        self.limit, self._begun = limit, self._now
        self._families = {family: Convergence(self._look_now) for family in FAMILIES.values()}

    def begin(self) -> None:
        """All that there is to expect is expected: see what comes."""
        if self._loop is not None and self._families:
            self._begun = self._now
            self._handle = self._loop.call_soon(self._look)

    def stop(self) -> None:
        """The daemon ends, and tells nobody anything."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _look_now(self) -> None:
        if self._handle is not None and self._loop is not None:
            self._handle.cancel()
            self._handle = self._loop.call_soon(self._look)

    def _look(self) -> None:
        assert self._loop is not None
        self._handle = None
        now = self._now
        is_late = now - self._begun >= self.limit
        for family, convergence in tuple(self._families.items()):
            with FAULTS.contained("restart"):  # it is late at some time in any case
                is_busy = any(each.is_behind for each in self._workers if each.table.family is family)
                convergence.look(now, is_busy=is_busy)
            if convergence.is_over or is_late:
                del self._families[family]
                for tell in self._waiting.pop(family, []):
                    with FAULTS.contained("restart"):  # all others are to be told all the same
                        tell()
        if not self._families:
            self.on_over()
            return
        waits = all(each.waits for each in self._families.values())
        left = self._begun + self.limit - now
        self._handle = self._loop.call_later(min(left, _LOOK_SECONDS if waits else _SOON), self._look)

    # What is asked

    @property
    def is_over(self) -> bool:
        """Whether nobody is kept waiting."""
        return not self._families

    @property
    def left(self) -> float:
        """Seconds until it is over in any case."""
        return max(0.0, self._begun + self.limit - self._now)

    @property
    def number_waited_for(self) -> int:
        """How many neighbors have yet to say something."""
        return len({name for each in self._families.values() for name in each.awaited})

    def concerns(self, family: Family) -> bool:
        """Whether it is too early to tell neighbors of a family."""
        return family in self._families

    def waits_for(self, name: str) -> bool:
        """Whether this neighbor has yet to say something."""
        return any(name in each.awaited for each in self._families.values())

    def when_over(self, family: Family, tell: Callable[[], None]) -> None:
        """Call somebody when all has been said of a family."""
        self._waiting.setdefault(family, []).append(tell)

    # What happens to the neighbors

    def expect(self, name: str, families: Iterable[Family], patience: float) -> None:
        """A neighbor may have a session soon, and bring routes of these families."""
        for family in families:
            if family in self._families:
                self._families[family].expect(name, patience, self._now)

    def session_up(self, name: str, families: Sequence[Family], updates: Callable[[], int]) -> None:
        """A session is established; wait for its End-of-RIB of these families."""
        for family, convergence in tuple(self._families.items()):
            convergence.session_up(name, [family] if family in families else [], updates, self._now)

    def end_of_rib(self, name: str, family: Family) -> None:
        """The neighbor has said all it has of a family."""
        if family in self._families:
            self._families[family].end_of_rib(name, family)

    def session_down(self, name: str) -> None:
        """The session ended."""
        for convergence in self._families.values():
            convergence.session_down(name, self._now)

    def rename(self, names: Mapping[str, str]) -> None:
        """Neighbors go on under other names; ``names`` has those, by the former ones."""
        for convergence in self._families.values():
            convergence.rename(names)

    def dismiss(self, name: str) -> None:
        """Nothing is to be expected of the neighbor any more."""
        for convergence in self._families.values():
            convergence.dismiss(name)
