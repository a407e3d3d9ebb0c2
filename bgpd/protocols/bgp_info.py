"""The last column of ``show protocols`` for a neighbor: its state in a word, and what is in its way."""

from typing import Final, Protocol

from bgpd.protocols.protocol import ProtocolState
from bgpd.sessions.peer import Peer
from bgpd.settings import NeighborSettings
from fsm.state import State

_PASSIVE: Final = "Passive"
_DRAINING: Final = "Draining"
_STATE_COLUMNS: Final = 14


class Neighbor(Protocol):
    """A neighbor's protocol, as far as its state is concerned."""

    @property
    def settings(self) -> NeighborSettings: ...
    @property
    def peer(self) -> Peer: ...
    @property
    def state(self) -> ProtocolState: ...
    @property
    def is_draining(self) -> bool: ...
    @property
    def problem(self) -> str: ...


def neighbor_info(neighbor: Neighbor) -> str:
    """Return the state of the session, and what keeps it from being established."""
    peer = neighbor.peer
    if neighbor.state is ProtocolState.DOWN:
        return peer.last_error
    if neighbor.is_draining:
        return _with_state(neighbor, _DRAINING)
    return _with_state(
        neighbor, "" if peer.state is State.ESTABLISHED else peer.last_error or neighbor.problem
    )


def neighbor_info_of_bird(neighbor: Neighbor) -> str:
    """Return the same in BIRD's words, without what it does not say."""
    failure = neighbor.peer.last_failure
    error = "" if failure is None else failure.in_short
    return error if neighbor.state is ProtocolState.DOWN else _with_state(neighbor, error)


def state_of_session(neighbor: Neighbor) -> str:
    """Return BIRD's name of it; who only waits for the neighbor is passive."""
    state = neighbor.peer.state
    return _PASSIVE if neighbor.settings.passive and state is State.ACTIVE else str(state)


def _with_state(neighbor: Neighbor, text: str) -> str:
    return f"{state_of_session(neighbor):<{_STATE_COLUMNS}}{text}"
