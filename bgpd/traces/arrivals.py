"""What a neighbor sends and no batch tells of: what is refused, repeated, or not the best."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from bgpd.logs.journal import Journal
from bgpd.pipeline import Pipeline
from bgpd.traces.words import RouteWords
from messages.attributes import NEXT_HOP
from messages.families.prefix import PrefixKey
from rib.route import Route, Source
from rib.slot import winner

Put: TypeAlias = Callable[[Route, Sequence[Any]], None]
Take: TypeAlias = Callable[[Source, Iterable[Any]], None]
_SETTLING: Final = 0.1
"""Seconds after which it is known mostly whether a route is the best."""


class _Said(NamedTuple):
    """A route that was put into the table."""

    key: PrefixKey
    route: Route
    words: str


class ArrivalTraces:
    """Stands between a neighbor's exchange and the table, while somebody asks for its routes."""

    def __init__(
        self,
        journal: Journal,
        pipeline: Pipeline,
        words: RouteWords,
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._journal = journal
        self._table = pipeline.table
        self._next_hops = pipeline.next_hops
        self._words = words
        self._later = later
        self._waiting: list[_Said] = []

    @property
    def is_wanted(self) -> bool:
        """Whether anybody asks."""
        return self._journal.traces_routes

    def filtered(self, route: Route, keys: Sequence[Any]) -> None:
        """Note what the import filter refuses, and where it would have led."""
        log = self._journal.incoming
        if "filters" not in self._journal.traces or not log.room():
            return
        next_hop = route.attributes.get(NEXT_HOP, b"")
        destination, *_ = self._next_hops.resolve(next_hop, route.source)
        for key in keys[: log.room()]:
            log.say("filtered out", self._words.of(key, self._table.family, destination))

    def watch(self, put: Put) -> Put:
        """Return what puts a route into the table, and notes what else there is to say of it."""

        def watched(route: Route, keys: Sequence[PrefixKey]) -> None:
            table, source = self._table, route.source
            some = keys[: self._journal.incoming.room()] if "routes" in self._journal.traces else ()
            before = [(key, table.held(source, key), self._best(key)) for key in some]
            put(route, keys)
            for key, old, best in before:
                if old is not None and self._is_ignored(key, old):
                    self._say("ignored", key, route)
                elif not route.is_filtered and (old is None or old is not best):
                    self._wait(_Said(key, route, "added" if old is None else "updated"))

        return watched

    def watch_take(self, take: Take) -> Take:
        """Return what takes routes out of the table, and notes those that were not the best."""

        def watched(source: Source, keys: Iterable[PrefixKey]) -> None:
            table, every = self._table, [*keys]
            some = every[: self._journal.incoming.room()] if "routes" in self._journal.traces else ()
            before = [(key, table.held(source, key), self._best(key)) for key in some]
            take(source, every)
            for key, old, best in before:
                if old is not None and old is not best and not old.is_filtered:
                    self._say("removed", key, old)

        return watched

    def _best(self, key: PrefixKey) -> Route | None:
        """Return the best route as far as it is known, without settling anything for the sake of a line."""
        table = self._table
        return winner(table.dirty[key] if key in table.dirty else table.slots.get(key))

    def _is_ignored(self, key: PrefixKey, old: Route) -> bool:
        """Tell whether a route says nothing new; then its arrival stays what it was."""
        now = self._table.held(old.source, key)
        return now is not None and (now is old or (now.since == old.since and now.said == old.said))

    def _wait(self, said: _Said) -> None:
        if not self._waiting:
            self._later(_SETTLING, self._settled)
        self._waiting.append(said)

    def _settled(self) -> None:
        """Say what has not become the best route: of the others the batch has told."""
        waiting, self._waiting = self._waiting, []
        for key, route, words in waiting:
            if self._best(key) is not route:
                self._say(words, key, route)

    def _say(self, words: str, key: PrefixKey, route: Route) -> None:
        if self._journal.incoming.room():
            described = self._words.of(key, self._table.family, route.destination)
            self._journal.incoming.say(words, described)
