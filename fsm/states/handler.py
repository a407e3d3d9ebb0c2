"""The form of a transition."""

from collections.abc import Callable
from typing import Any

from fsm.actions import Actions
from fsm.session_attributes import SessionAttributes

Handler = Callable[[SessionAttributes, Any, float], Actions]
"""Changes the session and returns what is to be done; the table guarantees the type of the event."""
