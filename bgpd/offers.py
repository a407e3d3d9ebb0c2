"""Counts what those who follow a table are offered, for ``show protocols all``.

Nothing is counted per neighbor while routes change: what one was offered is what there was when it came, and
what the table has seen since.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from bgpd.protocols.export_numbers import ExportNumbers
from rib.loc_rib import Batch
from rib.reflection import is_internal
from rib.route import Route, Source
from rib.slot import Slot, routes_of
from rib.table import Table


class Taker:
    """Who is offered routes: not its own, and as an internal neighbor not those of others."""

    def __init__(self, source: Source, *, takes_internal: bool, takes_all: bool) -> None:
        """``takes_all`` is told of all routes to a prefix and not of the best alone."""
        self.source: Final = source
        self.takes_internal: Final = takes_internal
        self.takes_all: Final = takes_all

    def rejects(self, source: Source) -> bool:
        """Tell whether routes of a source are not for it."""
        is_kept_out = not self.takes_internal and is_internal(source) and not source.is_client
        return is_kept_out or source is self.source


class _Seen:
    """How often routes came and went: the best of each prefix, or any."""

    def __init__(self) -> None:
        self.updates: Final[Counter[Source]] = Counter()
        self.withdraws = 0
        self._of_others = 0

    def forget_others(self, sources: Collection[Source]) -> None:
        """Keep apart what these sources said only: neighbors come and go."""
        for source in [source for source in self.updates if source not in sources]:
            self._of_others += self.updates.pop(source)

    def by(self, taker: Taker) -> ExportNumbers:
        """Return what one has been offered who was there from the beginning."""
        updates, rejected = _sums(self.updates.items(), taker)
        return ExportNumbers(updates + self._of_others, rejected, withdraws=self.withdraws)


def _sums(numbers: Iterable[tuple[Source, int]], taker: Taker) -> tuple[int, int]:
    """Return how many there are in all, and how many of them are not for a taker."""
    counted = [(number, taker.rejects(source)) for source, number in numbers]
    return sum(number for number, _ in counted), sum(number for number, is_rejected in counted if is_rejected)


class Offers:
    """Follows one table."""

    follows_all: Final = False
    """If nobody needs to know of all routes it does not either."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._best = _Seen()
        self._any = _Seen()

    def follow(self, batch: Batch) -> None:
        """Count the changes of a batch."""
        best = self._best
        for _old, new, keys in batch.changes:
            if new is None:
                best.withdraws += len(keys)
            else:
                best.updates[new.source] += len(keys)
        for before, now, keys in batch.slot_changes:
            self._slot_changed(before, now, len(keys))

    def _slot_changed(self, before: Slot | None, now: Slot | None, number: int) -> None:
        old, new = _usable(before), _usable(now)
        for route in new:
            if route not in old:
                self._any.updates[route.source] += number
        left = {route.source for route in new}
        self._any.withdraws += number * sum(route.source not in left for route in old)

    def seen(self, taker: Taker) -> ExportNumbers:
        """Return what somebody has been offered who was there from the beginning."""
        return (self._any if taker.takes_all else self._best).by(taker)

    def forget_gone(self) -> Collection[Source]:
        """Keep apart only what those said who have routes; return them."""
        table = self._table
        sources = table.sources = {source for source in table.sources if source.routes}
        self._best.forget_others(sources)
        self._any.forget_others(sources)
        return sources

    def present(self, taker: Taker) -> ExportNumbers:
        """Return what somebody is offered who comes now."""
        sources = self.forget_gone()
        if taker.takes_all:
            numbers = [(source, source.routes - source.filtered) for source in sources]
        else:
            numbers = [(source, source.preferred) for source in sources]
        return ExportNumbers(*_sums(numbers, taker))


def _usable(slot: Slot | None) -> list[Route]:
    return [route for route in routes_of(slot) if route.refusal is None]


class OfferCounter:
    """What one neighbor was offered in one family, over all its sessions."""

    def __init__(self) -> None:
        self._before = ExportNumbers()
        self._offers: Offers | None = None
        self._taker: Taker | None = None
        self._at_begin = ExportNumbers()

    def begin(self, offers: Offers, taker: Taker) -> None:
        """A session has begun: everything there is will be offered."""
        self.end()
        self._offers, self._taker = offers, taker
        self._at_begin = offers.seen(taker).minus(offers.present(taker))

    def again(self) -> None:
        """Everything there is will be offered once more."""
        if self._offers is not None and self._taker is not None:
            self._at_begin = self._at_begin.minus(self._offers.present(self._taker))

    def end(self) -> None:
        """The session is over."""
        self._before = self.numbers
        self._offers = None

    @property
    def numbers(self) -> ExportNumbers:
        """As they are now."""
        if self._offers is None or self._taker is None:
            return self._before
        return self._before.plus(self._offers.seen(self._taker).minus(self._at_begin))
