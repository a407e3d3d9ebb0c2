"""What events are called in the transitions that operators read (RFC 4271 §8.1)."""

import pytest

from fsm.events import (
    AutomaticStop,
    Event,
    HoldTimerExpires,
    ManualStop,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenReceived,
    TcpConnectionFails,
)
from messages.notification import Notification
from tests.fsm.machines import peer_open


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (HoldTimerExpires(), "Hold timer expired"),
        (TcpConnectionFails("No route to host"), "TCP connection failed: No route to host"),
        (OpenReceived(peer_open()), "OPEN received"),
        (
            NotificationReceived(Notification(6, 2)),
            "NOTIFICATION received: Cease: Administrative shutdown",
        ),
        (NotificationReceived(Notification(6, 0)), "NOTIFICATION received: Cease"),
        (
            NotificationReceived(Notification(6, 9, b"\4\0")),
            "NOTIFICATION received: Cease: Hard reset: Hold timer expired",
        ),
        (NotificationReceived(Notification(4, 0)), "NOTIFICATION received: Hold timer expired"),
        (
            NotificationVersionError(Notification(2, 1)),
            "NOTIFICATION received: Unsupported version number",
        ),
        (
            AutomaticStop(Notification(6, 1)),
            "Stopped automatically: Cease: Maximum number of prefixes reached",
        ),
        (ManualStop(), "Stopped"),
        (ManualStop(Notification(6, 2)), "Stopped: Cease: Administrative shutdown"),
        (MessageHeaderError(Notification(1, 2)), "Message header error: Bad message length"),
    ],
)
def test_an_event_says_what_happened(event: Event, words: str) -> None:
    assert str(event) == words
