"""The passes over one table: what waits for the next one, and what the present one does (architecture §4)."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from messages.families.prefix import PrefixKey
from rib.long_lived_stale import grown_stale
from rib.next_hops import NextHops
from rib.route import Route, Source
from rib.table import Table
from rib.walk import Walk


class Renewal(Protocol):
    """What becomes of the routes of one source under its present terms."""

    @property
    def kind_of(self) -> Callable[[PrefixKey], Hashable] | None:
        """What tells prefixes apart that are not treated alike; None if all are."""

    def renew(self, route: Route, key: PrefixKey) -> Route | None:
        """Return a route's successor; None removes it."""


SourceFailed: TypeAlias = Callable[[Source, Exception], None]
"""Is told whose route could not be looked at."""


def _give_up(_source: Source, error: Exception) -> None:
    raise error


@dataclass(slots=True)
class _Causes:
    """All that one walk does at a time: 500 lost neighbors are one walk, not 500."""

    lost: dict[Source, Callable[[], None]] = field(default_factory=dict)
    """Whose routes go, and who is told when they are gone."""
    swept: dict[Source, int] = field(default_factory=dict)
    """From which epoch on routes stay."""
    renewed: dict[Source, Renewal] = field(default_factory=dict)
    is_stale: bool = False
    """Whether routes have to be marked as long-lived stale."""
    next_hops_changed: bool = False
    waiting: list[tuple[Source, Callable[[], None]]] = field(default_factory=list)
    """Who is told when the routes of a source that are swept are gone."""

    def __bool__(self) -> bool:
        return bool(self.lost or self.swept or self.renewed or self.is_stale or self.next_hops_changed)


class Walks:
    """One walk at a time; the causes that come meanwhile gather for the next."""

    def __init__(self, table: Table, next_hops: NextHops, failed: SourceFailed = _give_up) -> None:
        self._table = table
        self._next_hops = next_hops
        self._failed = failed
        self._gathered = _Causes()
        self._present = _Causes()
        self._walk: Walk | None = None

    def __bool__(self) -> bool:
        return self._walk is not None or self._is_due

    @property
    def _is_due(self) -> bool:
        return bool(self._gathered) or self._next_hops.has_too_many

    # Causes

    def purge(self, source: Source, done: Callable[[], None]) -> None:
        """Take all routes of a source out of the table; ``done`` is called when they are gone."""
        self._gathered.lost[source] = done

    def sweep(self, source: Source, done: Callable[[], None] | None = None) -> None:
        """Take out what a source has not said again in its present epoch (RFC 7313 §4)."""
        self._gathered.swept[source] = source.epoch
        if done is not None:
            self._gathered.waiting.append((source, done))

    def renew(self, source: Source, renewal: Renewal) -> None:
        """Put the successor of each route of a source in its place."""
        self._gathered.renewed[source] = renewal

    def grow_stale(self, source: Source) -> None:
        """Mark what a source has said in all epochs up to now, and take out what must not be marked.

        Whatever the cause of a walk, no successor of such a route is without the mark.
        """
        source.stale_before = source.epoch + 1
        self._gathered.is_stale = True

    def follow_next_hops(self) -> None:
        """Put the successor of each route whose next hop resolves differently now in its place."""
        self._gathered.next_hops_changed = True

    # Work

    def step(self, limit: int) -> None:
        """Go over ``limit`` prefixes, or begin a walk over all causes that have gathered."""
        if self._walk is None:
            if not self._is_due:
                return
            self._present, self._gathered = self._gathered, _Causes()
            self._next_hops.begin_count()
            renewals = self._present.renewed.items()
            kinds = {source: each.kind_of for source, each in renewals if each.kind_of is not None}
            self._walk = Walk(self._table, self._successor, kinds)
        if self._walk.step(limit):
            self._walk = None
            self._next_hops.end_count()
            over, self._present = self._present, _Causes()
            for source, done in (*over.lost.items(), *over.waiting):
                try:
                    done()
                except Exception as error:
                    self._failed(source, error)

    def _successor(self, route: Route, key: PrefixKey) -> Route | None:
        try:
            return self._looked_at(route, key)
        except Exception as error:  # a route that nobody can judge is not to be used
            self._failed(route.source, error)
            return None

    def _looked_at(self, route: Route, key: PrefixKey) -> Route | None:
        source, present = route.source, self._present
        if source in present.lost or route.epoch < present.swept.get(source, 0):
            return None
        renewal = present.renewed.get(source)
        new = self._next_hops.successor(route) if renewal is None else renewal.renew(route, key)
        return new if new is None or route.epoch >= source.stale_before else grown_stale(new)
