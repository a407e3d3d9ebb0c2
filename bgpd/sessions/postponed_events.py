"""An OPEN that is unanswered until a collision is decided, and what followed it (RFC 4271 §6.8)."""

from typing import Final

from fsm.events import Event, KeepaliveReceived, OpenReceived

PATIENCE: Final = 10.0
"""Seconds for the dominant speaker to send the OPEN that decides a collision."""
_MOST: Final = 2
_WAITS: Final = OpenReceived | KeepaliveReceived


class PostponedEvents:
    """What one connection has received and must not answer yet."""

    __slots__ = ("_events",)

    def __init__(self) -> None:
        self._events: list[Event] = []

    def __len__(self) -> int:
        return len(self._events)

    def concern(self, event: Event) -> bool:
        """Whether an event must wait, too: an OPEN waits, and this is what could follow it."""
        return bool(self._events) and isinstance(event, _WAITS)

    def add(self, event: Event) -> None:
        """Keep an event for later; a peer that says more than an OPEN and a KEEPALIVE repeats itself."""
        if len(self._events) < _MOST:
            self._events.append(event)

    def has(self, event: Event) -> bool:
        """Whether this very event still waits."""
        return any(each is event for each in self._events)

    def take(self) -> list[Event]:
        """Return what waited, now that it need not wait any more."""
        events, self._events = self._events, []
        return events

    def clear(self) -> None:
        """Forget what came on a connection that is no more."""
        self._events.clear()
