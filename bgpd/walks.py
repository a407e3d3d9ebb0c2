"""The passes over one table: what waits for the next one, and what the present one does (architecture §4)."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Protocol

from messages.families.prefix import PrefixKey
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


@dataclass(slots=True)
class _Causes:
    """All that one walk does at a time: 500 lost neighbors are one walk, not 500."""

    lost: dict[Source, Callable[[], None]] = field(default_factory=dict)
    """Whose routes go, and who is told when they are gone."""
    swept: dict[Source, int] = field(default_factory=dict)
    """From which epoch on routes stay."""
    renewed: dict[Source, Renewal] = field(default_factory=dict)
    next_hops_changed: bool = False

    def __bool__(self) -> bool:
        return bool(self.lost or self.swept or self.renewed or self.next_hops_changed)


class Walks:
    """One walk at a time; the causes that come meanwhile gather for the next."""

    def __init__(self, table: Table, next_hops: NextHops) -> None:
        self._table = table
        self._next_hops = next_hops
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

    def sweep(self, source: Source) -> None:
        """Take out what a source has not said again in its present epoch (RFC 7313 §4)."""
        self._gathered.swept[source] = source.epoch

    def renew(self, source: Source, renewal: Renewal) -> None:
        """Put the successor of each route of a source in its place."""
        self._gathered.renewed[source] = renewal

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
            for done in over.lost.values():
                done()

    def _successor(self, route: Route, key: PrefixKey) -> Route | None:
        source, present = route.source, self._present
        if source in present.lost or route.epoch < present.swept.get(source, 0):
            return None
        renewal = present.renewed.get(source)
        return self._next_hops.successor(route) if renewal is None else renewal.renew(route, key)
