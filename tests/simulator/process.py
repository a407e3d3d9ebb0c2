"""What one process of a speaker has, and the next one has anew."""

from typing import Final

from bgpd.pipeline import Pipeline
from bgpd.restart.deferral import Deferral
from fsm.restart_state import RestartState
from messages.families import Family
from rib.decision import Decision
from rib.table import Table
from tests.simulator.agenda import Agenda
from tests.simulator.terms import Identity

PATIENCE: Final = 8.0
"""Seconds for which a neighbor without a session is waited for after a restart."""
LIMIT: Final = 60.0
"""Seconds after which nobody is waited for."""


class Process:
    """The real table behind the real pipeline, and what is known of the process before."""

    def __init__(self, agenda: Agenda, identity: Identity, family: Family) -> None:
        self.agenda: Final = agenda
        self.family: Final = family
        self.table: Final = Table("master", family, Decision(identity.rules))
        self.pipeline: Final = Pipeline(self.table, agenda)
        self.restart: Final = RestartState()
        self.deferral: Final = Deferral([self.pipeline], agenda)
        self.deferral.on_over = self._recovered

    def succeed(self, *, keeps_forwarding: bool) -> None:
        """There was a process before, along whose routes the kernel went on forwarding, or did not."""
        self.restart.is_restarting = True
        if not keeps_forwarding:
            self.restart.lost.add(self.family)
        self.deferral.defer(LIMIT)

    def _recovered(self) -> None:
        self.restart.is_restarting = False
        self.restart.lost.clear()

    def end(self) -> None:
        """It is no more, and nothing that it would have done happens."""
        self.deferral.stop()
