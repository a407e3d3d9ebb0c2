"""The transition table: which event does what in which state; one file a state."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fsm.events import Event
from fsm.state import State
from fsm.states import active, connect, established, idle, open_confirm, open_sent
from fsm.states.handler import Handler

_STATES: Final = {
    State.IDLE: idle,
    State.CONNECT: connect,
    State.ACTIVE: active,
    State.OPEN_SENT: open_sent,
    State.OPEN_CONFIRM: open_confirm,
    State.ESTABLISHED: established,
}

TRANSITIONS: Final[Mapping[tuple[State, type[Event]], Handler]] = MappingProxyType(
    {
        (state, event): handler
        for state, module in _STATES.items()
        for event, handler in module.TRANSITIONS.items()
    }
)
"""Every pair of state and event that RFC 4271 §8.2.2 lists."""

UNLISTED: Final[Mapping[State, Handler]] = MappingProxyType(
    {state: module.UNLISTED for state, module in _STATES.items()}
)
"""What each state does with every other event."""
