"""When the neighbors have said what they have, for the first time since the start (RFC 4724 §2).

Until then what an earlier process left in the kernel may still be wanted by a neighbor that has not spoken.
All that tells it are events and ``look``: time is passed in, so it has no clock of its own.

A neighbor has said everything when End-of-RIB has come for every family of its session. The marker is
recommended to all (RFC 4724 §2) but owed only by who announced graceful restart, so silence for ``QUIET``
seconds counts as well. A neighbor without a session is waited for as long as its patience lasts: where there
is nobody, nothing is to be expected, however long one waits.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from messages.families import Family

QUIET: Final = 5.0
"""Seconds without an UPDATE, while we keep up, after which a neighbor has nothing more to say."""
ACTIVE_PATIENCE: Final = 15.0
"""Seconds from our first attempt to connect: TCP asks four times in them, 0, 1, 3 and 7 seconds after it."""
PASSIVE_PATIENCE: Final = 30.0
"""Seconds for those who connect to us, neighbors of ranges among them: it is they who choose when.

Who lost a session with us tries again after a few seconds. Who waits for all of a ConnectRetryTimer of two
minutes (RFC 4271 §10) is not waited for: nobody knows whether there is such a neighbor at all.
"""
MOST_LOSSES: Final = 1
"""How many times a neighbor may lose its session before it has said everything, and be waited for again."""
_MOST_NAMED: Final = 5


@dataclass(slots=True)
class _Feed:
    """What an established session has yet to bring."""

    families: set[Family]
    updates: Callable[[], int]
    seen: int
    quiet_since: float

    def is_quiet(self, now: float, *, is_busy: bool) -> bool:
        """Tell whether nothing has come for a while, though we were ready to take it."""
        updates = self.updates()
        if is_busy or updates != self.seen:
            self.seen, self.quiet_since = updates, now
        return now - self.quiet_since >= QUIET


@dataclass(slots=True)
class _Awaited:
    """A neighbor that may have something to say."""

    patience: float
    until: float
    """When it is no longer waited for, unless it has a session by then."""
    feed: _Feed | None = None
    losses: int = 0

    def __str__(self) -> str:
        if self.feed is None:
            return "no session"
        return f"no End-of-RIB for {' and '.join(sorted(family.name for family in self.feed.families))}"


@dataclass(slots=True)
class Convergence:
    """Who is still waited for; once nobody is and all that was said is done, it is over for good."""

    on_nobody_left: Callable[[], None] = lambda: None
    """Called when an event leaves nobody to wait for; time that passes does so in ``look``."""
    is_over: bool = False
    missed: dict[str, None] = field(default_factory=dict)
    """Who was waited for in vain."""
    _awaited: dict[str, _Awaited] = field(default_factory=dict)
    _finished: set[str] = field(default_factory=set)

    # What happens

    def expect(self, name: str, patience: float, now: float) -> None:
        """Wait for a neighbor, or for those of a range, that may have a session soon."""
        if not self.is_over and name not in self._finished:
            self._awaited.setdefault(name, _Awaited(patience, now + patience))

    def session_up(
        self, name: str, families: Iterable[Family], updates: Callable[[], int], now: float
    ) -> None:
        """A session is established; wait for its End-of-RIB, also if nobody expected it any more.

        ``families`` are those it may bring routes of, and ``updates`` counts the UPDATEs that came.
        """
        if self.is_over or name in self._finished:
            return
        awaited = self._awaited.setdefault(name, _Awaited(ACTIVE_PATIENCE, now))
        awaited.feed = _Feed({*families}, updates, updates(), now)
        self.missed.pop(name, None)
        if not awaited.feed.families:
            self._finish(name)

    def end_of_rib(self, name: str, family: Family) -> None:
        """The neighbor has said all it has of a family (RFC 4724 §2)."""
        awaited = self._awaited.get(name)
        if awaited is not None and awaited.feed is not None:
            awaited.feed.families.discard(family)
            if not awaited.feed.families:
                self._finish(name)

    def session_down(self, name: str, now: float) -> None:
        """The session ended; before the neighbor has said everything it may come back, but not for ever."""
        awaited = self._awaited.get(name)
        if awaited is None:
            return
        awaited.feed, awaited.until = None, now + awaited.patience
        awaited.losses += 1
        if awaited.losses > MOST_LOSSES:
            self._miss(name)
            self._tell()

    def dismiss(self, name: str) -> None:
        """The operator does not want the neighbor: nothing is to be expected of it."""
        if self._awaited.pop(name, None) is not None:
            self._tell()

    def rename(self, names: Mapping[str, str]) -> None:
        """Neighbors go on under other names; ``names`` has those, by the former ones."""
        self._awaited = {names.get(name, name): awaited for name, awaited in self._awaited.items()}
        self._finished = {names.get(name, name) for name in self._finished}
        self.missed = dict.fromkeys(names.get(name, name) for name in self.missed)

    def look(self, now: float, *, is_busy: bool) -> None:
        """Let time pass; ``is_busy`` is whether what was said is still being worked on."""
        for name, awaited in tuple(self._awaited.items()):
            if awaited.feed is None:
                if now >= awaited.until:
                    self._miss(name)
            elif awaited.feed.is_quiet(now, is_busy=is_busy):
                self._finished.add(name)
                del self._awaited[name]
        self.is_over = self.is_over or not (self._awaited or is_busy)

    def _finish(self, name: str) -> None:
        self._finished.add(name)
        del self._awaited[name]
        self._tell()

    def _miss(self, name: str) -> None:
        self.missed[name] = None
        del self._awaited[name]

    def _tell(self) -> None:
        if not self._awaited and not self.is_over:
            self.on_nobody_left()

    # What is shown

    @property
    def awaited(self) -> Collection[str]:
        """Their names."""
        return self._awaited.keys()

    @property
    def waits(self) -> bool:
        """Whether there is somebody to wait for."""
        return bool(self._awaited)

    def words(self) -> str:
        """Say whom or what it waits for; empty if it is over."""
        if self.is_over:
            return ""
        if not self._awaited:
            return "what was received to be worked on"
        return listed(f"{name} ({why})" for name, why in self._awaited.items())


def listed(names: Iterable[str]) -> str:
    """Return the first few names, and how many there are besides."""
    every = [*names]
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
