"""All sources of the configuration in force: when one changes, the configuration is read again."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from time import time
from typing import Final, TypeAlias

from bgpd.settings import DaemonSettings
from bgpd.sources.membership import membership_changes
from bgpd.sources.source import Source, SourceStatus
from bgpd.sources.watched_path import WatchedPath

_log: Final = logging.getLogger("bgpd")

Make: TypeAlias = Callable[[DaemonSettings, float], Sequence[Source]]
"""Makes the sources that settings want; the second argument is the Unix time at which they were read."""

ON_TRIAL: Final = "the configuration in force is to be confirmed first: configure confirm"
UNDONE: Final = "the configuration in force was put back by an undo: configure reads the files again"


def watched_paths(settings: DaemonSettings, read_at: float) -> Sequence[Source]:
    """Return one source for each file or folder that settings were made from."""
    return [WatchedPath(path, read_at) for path in settings.cluster.sources] if settings.cluster else []


class Sources:
    """Follows what the settings in force were made from.

    What changes is read as on SIGHUP, once for all that has changed by then. Whatever can't be used changes
    nothing: it is a problem of those who have changed, until the configuration is read without one.
    """

    def __init__(self, make: Make = watched_paths, now: Callable[[], float] = time) -> None:
        """Make one before the configuration is read for the first time: what changes then is news."""
        self._make = make
        self._now = now
        self._read_at = now()
        self._read: Callable[[], None] = lambda: None
        self._sources: dict[str, Source] = {}
        self._former: DaemonSettings | None = None
        self._changed: set[str] = set()
        """Those who have changed, and the configuration was not read since."""
        self._late: set[str] = set()
        """Those of them who have changed since somebody began to read it."""
        self._problems: dict[str, tuple[str, float]] = {}
        """What was wrong when it was read because of them, and since when."""
        self._held = ""

    @property
    def have_changed(self) -> bool:
        """Whether the configuration is to be read because of them."""
        return bool(self._changed) and not self._held

    def status(self) -> Sequence[SourceStatus]:
        """Return how things are, and what came of the last change."""
        return [self._with_outcome(source.status()) for source in self._sources.values()]

    def _with_outcome(self, status: SourceStatus) -> SourceStatus:
        if status.name in self._problems:
            problem, since = self._problems[status.name]
            return status._replace(state="broken", since=since, problem=problem)
        if self._held and status.name in self._changed:
            return status._replace(state="changed", problem=f"not read: {self._held}")
        return status

    # Which ones there are

    def begin(self, settings: DaemonSettings, read: Callable[[], None]) -> None:
        """Follow these settings; ``read`` has the configuration read soon, of which ``reading`` tells."""
        self._read = read
        self._former = settings
        for source in self._make(settings, self._read_at):
            self._start(source)

    async def follow(self, settings: DaemonSettings) -> None:
        """Go on with the sources that other settings want, and say what is new in the cluster."""
        former, self._former = self._former, settings
        changes = membership_changes(former.cluster if former else None, settings.cluster)
        if changes:
            _log.info("Cluster: %s", changes)
        wanted = {source.name: source for source in self._make(settings, self._read_at)}
        for name in [name for name in self._sources if name not in wanted]:
            await self._stop(name)
        for name, source in wanted.items():
            if name not in self._sources:
                self._start(source)

    async def stop(self) -> None:
        """The daemon ends."""
        for name in [*self._sources]:
            await self._stop(name)

    def _start(self, source: Source) -> None:
        self._sources[source.name] = source
        source.start(partial(self._note, source.name))

    async def _stop(self, name: str) -> None:
        self._problems.pop(name, None)
        self._changed.discard(name)
        await self._sources.pop(name).stop()

    # What becomes of a change

    def _note(self, name: str, what: str) -> None:
        self._late.add(name)
        self._changed.add(name)
        if self._held:
            _log.warning("%s, which is not read: %s", what, self._held)
            return
        _log.info("%s: reading the configuration again", what)
        self._read()

    def hold(self, reason: str) -> None:
        """Read nothing because of changes: that would take back what the operator has done."""
        self._held = reason

    def release(self, reason: str) -> None:
        """Read what has changed meanwhile, unless there is another reason to read nothing."""
        if self._held == reason:
            self._held = ""
            if self._changed:
                self._read()

    def reading(self) -> None:
        """Somebody begins to read the configuration."""
        self._read_at = self._now()
        self._late.clear()

    def used(self, held: str = "") -> None:
        """What was read is going to be in force; ``held`` says why changes are not to be read from now on."""
        self._held = held
        self._changed &= self._late
        self._problems.clear()

    def refused(self, problem: str) -> bool:
        """What was read because of changes can't be used; tell whether that is news."""
        known = {text for text, _ in self._problems.values()}
        for name in self._changed - self._late:
            _, since = self._problems.get(name, ("", self._now()))
            self._problems[name] = problem, since
        self._changed &= self._late
        return problem not in known
