"""What is asked of the daemon: all that commands and pages see of it, and of its speaker."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from bgpd.export_counts import ExportCounts
from bgpd.health.callbacks import CallbackClock
from bgpd.health.readiness import what_is_awaited
from bgpd.pipeline import Pipeline
from bgpd.policies import Policies
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.session_journal import SessionJournal
from bgpd.reconfiguration.held import Held
from bgpd.sessions.strangers import StrangerNote
from bgpd.settings import DaemonSettings
from bgpd.show.view import Recovery, Stalls
from bgpd.sources.source import SourceStatus
from bgpd.sources.sources import Sources
from bgpd.speaker import Speaker
from bgpd.version import VERSION
from kernel_sync.flush import MarkedRoutes
from kernel_sync.interfaces import InterfaceTable
from messages.families import Family
from rib.history import History
from rib.table import Table


class DaemonView:
    """Looks at one speaker, which is another one after a configuration that could not be used."""

    version = VERSION
    marked_routes = MarkedRoutes
    configuration_problem: str
    shutting_down: bool
    _callbacks: CallbackClock
    _speaker: Speaker
    _export_counts: ExportCounts
    _recovers: bool
    _sources: Sources

    @property
    def stalls(self) -> Stalls:
        """For how long one callback has kept everything else waiting."""
        recent = self._callbacks.recent
        return Stalls(recent.cpu, recent.what, self._callbacks.slow)

    @property
    def settings(self) -> DaemonSettings:
        """What is in force."""
        return self._speaker.settings

    @property
    def dialect(self) -> Literal["bgpd", "bird"]:
        """Whose words we use."""
        return self.settings.dialect

    @property
    def router_id(self) -> int:
        """The BGP Identifier; 0 before it is known."""
        return self._speaker.surroundings.router_id

    @property
    def reconfigured(self) -> float:
        """Unix time at which the settings in force were applied."""
        return self._speaker.reconfigured

    @property
    def is_reconfiguring(self) -> bool:
        """Whether protocols of the former configuration are still on their way out."""
        return self._speaker.reconfigurer.is_under_way

    @property
    def reconfiguration_problems(self) -> Sequence[str]:
        """What bugs of ours were in the way of when they were applied."""
        return self._speaker.reconfigurer.problems

    @property
    def sources(self) -> Sequence[SourceStatus]:
        """What the configuration was made from beside its file, as far as it is looked at."""
        return self._sources.status()

    @property
    def held(self) -> Sequence[Held]:
        """Whom a change of the cluster's mode keeps for the time being."""
        return self._speaker.reconfigurer.held

    @property
    def interfaces(self) -> InterfaceTable:
        """Those of this host."""
        return self._speaker.interfaces

    @property
    def protocols(self) -> Mapping[str, Protocol]:
        """By name, in the order in which they are listed."""
        return self._speaker.protocols

    @property
    def policies(self) -> Policies:
        """The filters that are in force."""
        return self._speaker.policies

    @property
    def strangers(self) -> int:
        """How many connections were refused because they came from no neighbor."""
        return self._speaker.neighborhood.strangers

    @property
    def refusals(self) -> Sequence[StrangerNote]:
        """The last of them, the newest last."""
        return self._speaker.neighborhood.refusals

    @property
    def recovery(self) -> Recovery | None:
        """How far the recovery is, if there is one."""
        return self._speaker.recovery if self._recovers and not self.configuration_problem else None

    @property
    def tables(self) -> Sequence[Table]:
        """Every name has one of each family."""
        return [pipeline.table for pipeline in self._speaker.tables]

    @property
    def pipelines(self) -> Sequence[Pipeline]:
        """One for each table."""
        return [*self._speaker.tables]

    @property
    def awaited(self) -> Sequence[str]:
        """What is missing until traffic may be sent here, in words; see ``bgpd.health.readiness``."""
        if self.shutting_down:
            return ["stopping"]
        return [*filter(None, (self.configuration_problem, *what_is_awaited(self._speaker)))]

    def exported_lately(self, protocol_name: str, family: Family) -> int | None:
        """Return the number that was counted last; if that is not true any more it is counted again later."""
        return self._export_counts.exported_lately(protocol_name, family)

    def exported(self, protocol_name: str, family: Family) -> Iterator[int | None]:
        """Count the routes a protocol is told of; yields None while counting, at last the number."""
        return self._export_counts.exported(protocol_name, family)

    @property
    def session_journal(self) -> SessionJournal:
        """What became of sessions lately."""
        return self._speaker.surroundings.session_journal

    def history(self, table: Table) -> History:
        """Return the last changes of a table's best routes."""
        return self._speaker.histories[table]
