"""What neighbors have said, said once more: to the tables of a configuration that is not applied."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from bgpd.pipeline import Pipeline
from messages.families.path import prefix_of
from messages.families.prefix import PrefixKey
from rib.admission import Admission
from rib.ingress import Ingress
from rib.long_lived_stale import grown_stale
from rib.route import Route, Source

Nlri: TypeAlias = Sequence[Any]
"""Prefixes, or paths to them (RFC 7911)."""


class Entrance:
    """The way in of a session, under other terms than those in force."""

    def __init__(
        self, source: Source, pipeline: Pipeline, admission: Admission, *, takes_paths: bool
    ) -> None:
        self.takes_paths = takes_paths
        """Whether the neighbor sends several paths to a prefix."""
        self._source = source
        self._pipeline = pipeline
        self._ingress = Ingress(
            source, admission, pipeline.next_hops, prefix_of if takes_paths else PrefixKey
        )

    def say(self, route: Route, nlri: Nlri, *, are_paths: bool) -> None:
        """Let in what the neighbor said with a route that is in force, at the time at which it said it."""
        table = self._pipeline.table
        put: Callable[[Route, Nlri], None] = table.announce_paths if are_paths else table.announce
        is_stale = route.epoch < route.source.stale_before
        made: Iterable[tuple[Route, Nlri]] = self._ingress.routes(route.said, nlri, route.since)
        for entering, alike in made:
            kept = grown_stale(entering) if is_stale else entering
            if kept is not None and self._ingress.keeps(kept):
                put(kept, alike)
        self._pipeline.touched()

    def take_back(self, nlri: Nlri, *, are_paths: bool) -> None:
        """Take it out again."""
        table = self._pipeline.table
        take: Callable[[Source, Nlri], None] = table.withdraw_paths if are_paths else table.withdraw
        take(self._source, nlri)
        self._pipeline.touched()
