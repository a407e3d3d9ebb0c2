"""The words for the end of a connection (BIRD's error classes)."""

import pytest

from fsm.failure import Failure
from messages.notification import Notification


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure.received(Notification(4, 0)), "Received: Hold timer expired"),
        (Failure.received(Notification(6, 2)), "Received: Administrative shutdown"),
        (Failure.sent(Notification(2, 2)), "BGP Error: Bad peer AS"),
        (Failure.sent(Notification(9, 9)), "BGP Error: Unknown error 9.9"),
        (Failure.of_socket("Connection refused"), "Socket: Connection refused"),
    ],
)
def test_words(failure: Failure, words: str) -> None:
    assert str(failure) == words
