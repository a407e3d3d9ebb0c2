"""What one neighbor tells the journal of sessions."""

from typing import Protocol

from bgpd.protocols.neighbor_routes import NeighborRoutes
from bgpd.protocols.session_journal import SessionChange, SessionJournal
from bgpd.sessions.peer import Peer
from bgpd.settings import NeighborSettings
from fsm.state import State


class Neighbor(Protocol):
    """Whose session it is."""

    name: str

    @property
    def settings(self) -> NeighborSettings: ...
    @property
    def peer(self) -> Peer: ...
    @property
    def routes(self) -> NeighborRoutes: ...


class SessionNews:
    """Tells the journal what becomes of one neighbor's session."""

    def __init__(self, neighbor: Neighbor, journal: SessionJournal) -> None:
        self._neighbor = neighbor
        self._journal = journal
        self._state = State.IDLE
        self._up_since: float | None = None
        self._lost: SessionChange | None = None
        self._told: tuple[object, ...] = ()
        """The failure and the NOTIFICATIONs whose details were told already."""

    def session_up(self, now: float) -> None:
        """A session is established."""
        self._up_since = now

    def session_down(self, now: float, reason: str) -> None:
        """It ended; what it brought is still there to be counted."""
        lasted = None if self._up_since is None else max(0.0, now - self._up_since)
        prefixes = sum(tie.source.routes for tie in self._neighbor.routes.ties.values())
        self._lost = self._change(now, State.IDLE, reason)._replace(
            old=State.ESTABLISHED, prefixes=prefixes, lasted=lasted
        )

    def state_changed(self, now: float) -> None:
        """The state may be another one, after all that an event has caused."""
        state, lost = self._neighbor.peer.state, self._lost
        self._lost = None
        if state is not self._state or lost is not None:
            change = self._change(now, state, self._cause) if lost is None else lost._replace(new=state)
            self._journal.note(change._replace(reason=self._with_detail(change.reason)))
            self._state = state

    def _change(self, now: float, state: State, reason: str) -> SessionChange:
        settings = self._neighbor.settings
        scope = f"%{settings.interface}" if settings.interface else ""
        address = f"{settings.address}{scope}"
        return SessionChange(now, self._neighbor.name, address, settings.asn, self._state, state, reason)

    @property
    def _cause(self) -> str:
        transitions = self._neighbor.peer.transitions
        return transitions[-1].cause if transitions else ""

    def _with_detail(self, reason: str) -> str:
        """Add what exactly was wrong, or what an operator said, if that is new."""
        peer = self._neighbor.peer
        notes = (peer.last_failure, peer.last_received, peer.last_sent)
        told, self._told = self._told, notes
        fresh = [note for note in notes if note is not None and not any(note is each for each in told)]
        detail = next((note.detail for note in fresh if note.detail), "")
        return f"{reason} ({detail})" if detail and detail not in reason else reason
