"""A pipe from the table of a speaker into one of its own, and what has to be there, route by route."""

from collections.abc import Iterator

from bgpd.pipeline import Pipeline
from bgpd.protocols.pipe import PipeEnd
from messages.families.prefix import PrefixKey
from rib.pipe import Flow
from rib.policy import Policy
from rib.route import PREFERENCES, Route, Source, SourceKind
from rib.table import Table
from tests.simulator.agenda import Agenda

_NAME = "pipe1"
Arrived = tuple[str, bytes, object, int]
"""A route in the other table by its source, octets, destination and preference."""


class LaidPipe:
    """The real pipe, at work from its first moment."""

    def __init__(self, agenda: Agenda, origin: Pipeline, policy: Policy, *, is_opaque: bool) -> None:
        self._origin = origin.table
        self._policy = policy
        self._is_opaque = is_opaque
        self.target = Pipeline(Table("other", origin.table.family, origin.table.decision), agenda)
        own = Source(_NAME, SourceKind.PIPE) if is_opaque else None
        self._end = PipeEnd(Flow(origin.table, self.target.table, policy, own), origin, self.target, agenda)
        self._end.begin()

    def remove(self) -> None:
        self._end.end()

    def brought(self, key: PrefixKey) -> Iterator[Arrived]:
        """Yield what of a prefix's routes has to be in the other table."""
        usable = [route for route in self._origin.routes(key) if route.refusal is None]
        for route in usable[:1] if self._is_opaque else usable:
            accepted = self._policy.judge(route, route.attributes, key, silent=True)
            if accepted is not None:
                name, preference = route.source.name, accepted.preference
                if self._is_opaque:
                    name = _NAME
                    if preference == route.preference:
                        preference = PREFERENCES[SourceKind.PIPE]
                yield name, accepted.attributes.wire, accepted.destination, preference


def arrived(route: Route) -> Arrived:
    """Return what a route in the other table is."""
    return route.source.name, route.attributes.wire, route.destination, route.preference
