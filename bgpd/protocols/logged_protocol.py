"""A protocol whose life is logged; who only looks at protocols needs no log."""

from collections.abc import Callable

from bgpd.logs.journal import Journal
from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.settings import Trace


class LoggedProtocol(Protocol):
    """What all kinds of protocols are."""

    def __init__(self, name: str, now: Callable[[], float], description: str = "") -> None:
        self.journal = Journal(name)
        super().__init__(name, now, description)

    @property
    def traces(self) -> frozenset[Trace]:
        """What is logged about it, as configured or as the operator said since."""
        return self.journal.traces

    @traces.setter
    def traces(self, traces: frozenset[Trace]) -> None:
        self.journal.traces = traces

    def enter(self, state: ProtocolState) -> None:
        """Change the state, and log what BIRD logs."""
        before = self.state
        if state is before:
            return
        note = self.journal.note
        if before is ProtocolState.DOWN:
            note("states", "Starting")
        if state.is_up and not before.is_up:
            note("states", "Connected to table %s", self.table)
        super().enter(state)
        note("states", "State changed to %s", state)
