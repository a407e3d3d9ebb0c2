"""What happened to one neighbor, for those who wonder afterwards."""

from collections import deque
from typing import NamedTuple

from fsm.state import State
from messages.notification import Notification

_REMEMBERED = 20


class Transition(NamedTuple):
    """One change of state of one of the neighbor's connections."""

    at: float
    """Unix time."""
    old: State
    new: State
    cause: str
    initiator: str
    """Who opened the TCP connection, ``local`` or ``remote``; empty if there was none."""


class NotificationNote(NamedTuple):
    """A NOTIFICATION that crossed."""

    at: float
    """Unix time."""
    notification: Notification
    detail: str
    """What exactly was wrong, or what the operator on the other side says (RFC 9003)."""


class Loss(NamedTuple):
    """The end of an established session."""

    at: float
    """Unix time."""
    reason: str
    received: NotificationNote | None = None
    """The last NOTIFICATION by then; later attempts may bring others."""


class History:
    """The last transitions, and the last NOTIFICATION each way, over all sessions."""

    def __init__(self) -> None:
        self.transitions: deque[Transition] = deque(maxlen=_REMEMBERED)
        """The newest last."""
        self.last_sent: NotificationNote | None = None
        self.last_received: NotificationNote | None = None
        self.flaps = 0
        """How many established sessions ended."""
        self.last_loss: Loss | None = None
        """The last of them; its transitions are soon behind those of attempts."""
