"""Where neighbors would speak and hear: all families of their sessions, under terms that are not in force."""

from dataclasses import replace
from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.prediction.entrances import Entrance
from bgpd.prediction.neighbors import ExpectedNeighbor
from bgpd.prediction.quiet_policies import QuietPolicies
from bgpd.protocols.surroundings import Surroundings
from bgpd.protocols.terms import SessionFacts, Terms
from bgpd.settings import NeighborSettings
from bgpd.tables import RoutingTables
from messages.families import Family
from rib.egress import GroupKey
from rib.path_group import new_group
from rib.route import Source, SourceKind
from rib.table import Table
from rib.update_group import UpdateGroup
from rib.views import Views


class Ear(NamedTuple):
    """What a neighbor hears of one table."""

    table: Table
    group: UpdateGroup
    source: Source
    """The neighbor itself, which is not told its own routes."""


class Seats:
    """All neighbors at the tables that would be."""

    def __init__(self, tables: RoutingTables, surroundings: Surroundings, policies: QuietPolicies) -> None:
        self._tables = tables
        self._surroundings = surroundings
        self._policies = policies
        self.neighbors: Final[list[ExpectedNeighbor]] = []
        """All that are there now."""
        self.entrances: Final[dict[Source, Entrance]] = {}
        """By the source that is in force."""
        self.ears: Final[dict[tuple[str, Family], Ear]] = {}
        """What the neighbors would hear, by their present names."""
        self.withholding: Final[dict[str, None]] = {}
        """Neighbors that have said what nobody has kept, and what might be let in."""
        self._sources: dict[tuple[str, Family], Source] = {}
        """Those of the neighbors, as in ``ears``."""
        self._groups: dict[GroupKey, UpdateGroup] = {}

    def forget_views(self) -> None:
        """Let go of what routes look like that are here no more."""
        for group in self._groups.values():
            group.views.forget()

    def take(self, neighbor: ExpectedNeighbor) -> None:
        """Let a neighbor speak and hear, in all families it would."""
        self.neighbors.append(neighbor)
        settings = neighbor.settings
        if settings is None or settings.disabled:
            return
        if neighbor.session is not None:
            for family in neighbor.session.negotiated.families:
                self._let_speak(family, neighbor, settings, neighbor.session)
                self._let_hear(family, neighbor, settings, neighbor.session)
        elif neighbor.is_kept and neighbor.live.last_session is not None:
            for family in neighbor.live.stale.families:  # it may be back soon (RFC 4724 §4.2)
                self._let_speak(family, neighbor, settings, neighbor.live.last_session)

    def _let_speak(
        self, family: Family, neighbor: ExpectedNeighbor, settings: NeighborSettings, session: SessionFacts
    ) -> None:
        tie = neighbor.live.routes.ties.get(family)
        if tie is None:
            return
        terms, source = self._described(settings, session)
        admission = terms.admission(session, family, is_draining=neighbor.is_draining)
        pipeline = self._tables[settings.table][family]
        takes_paths = family in session.context.add_path_receive
        self.entrances[tie.source] = Entrance(source, pipeline, admission, takes_paths=takes_paths)
        self._sources[neighbor.live.name, family] = source
        if neighbor.withholds(family, admission, self._policies):
            self.withholding[neighbor.name] = None

    def _let_hear(
        self, family: Family, neighbor: ExpectedNeighbor, settings: NeighborSettings, session: SessionFacts
    ) -> None:
        terms, source = self._described(settings, session)
        source = self._sources.get((neighbor.live.name, family), source)
        pipeline = self._tables[settings.table][family]
        key = terms.group_key(session, family, source, is_draining=neighbor.is_draining)
        self.ears[neighbor.live.name, family] = Ear(pipeline.table, self._group(key, pipeline), source)

    def _described(self, settings: NeighborSettings, session: SessionFacts) -> tuple[Terms, Source]:
        terms = Terms(settings, self._surroundings)
        source = Source(settings.name, SourceKind.BGP, settings.preference)
        terms.describe(source, session)
        return terms, source

    def _group(self, key: GroupKey, pipeline: Pipeline) -> UpdateGroup:
        group = self._groups.get(key)
        if group is None:
            views = Views(replace(key, paths=1, limited=None), len(self._groups))
            group = self._groups[key] = new_group(key, views, pipeline.table.decision)
        return group
