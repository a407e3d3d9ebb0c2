"""The words for the end of a connection (BIRD's error classes)."""

import pytest

from fsm.failure import Failure
from messages.notification import Notification


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure.received(Notification(4, 0)), "Received: Hold timer expired"),
        (Failure.received(Notification(6, 2)), "Received: Administrative shutdown"),
        (Failure.received(Notification(6, 9, b"\6\2")), "Received: Hard reset: Administrative shutdown"),
        (Failure.sent(Notification(2, 2)), "BGP Error: Bad peer AS"),
        (
            Failure.sent(Notification(2, 2), "65001 expected, 65009 received"),
            "BGP Error: Bad peer AS (65001 expected, 65009 received)",
        ),
        (Failure.sent(Notification(3, 1), "AS_PATH twice"), "BGP Error: Malformed attribute list"),
        (Failure.sent(Notification(4, 0)), "BGP Error: Hold timer expired"),
        (Failure.received(Notification(2, 2, b"\xfd\xe9")), "Received: Bad peer AS"),
        (Failure.sent(Notification(9, 9)), "BGP Error: Unknown error 9.9"),
        (Failure.of_socket("Connection refused"), "Socket: Connection refused"),
    ],
)
def test_words(failure: Failure, words: str) -> None:
    assert str(failure) == words


@pytest.mark.parametrize(
    ("notification", "detail"),
    [
        (Notification(6, 2, b"\5hello"), "hello"),
        (Notification(9, 9), "code 9, subcode 9 is unknown; data "),
        (Notification(6, 2, b"\6hello"), "malformed shutdown communication 0668656c6c6f"),
        (Notification(6, 9, b"\6\4\2hi"), "hi"),
        (Notification(4, 0), ""),
    ],
)
def test_what_the_log_says_of_a_notification(notification: Notification, detail: str) -> None:
    """RFC 4271 §6.4, RFC 9003 §2."""
    assert Failure.received(notification).detail == detail


@pytest.mark.parametrize(
    ("notification", "damped"),
    [
        (Notification(6, 2), False),
        (Notification(6, 1), True),
        (Notification(6, 9, b"\6\2"), False),
        (Notification(6, 9, b"\6\1"), True),
        (Notification(6, 9, b"\4\0"), True),
        (Notification(3, 1), True),
    ],
)
def test_a_reason_that_will_still_be_there_is_damped(notification: Notification, damped: bool) -> None:
    """RFC 4271 §8.1.1, RFC 4486 §4; of a hard reset the reason inside counts (RFC 8538 §3)."""
    assert Failure.received(notification).damped == damped


@pytest.mark.parametrize(
    ("failure", "longest"),
    [
        (Failure.sent(Notification(2, 7)), True),
        (Failure.received(Notification(2, 7)), True),
        (Failure.sent(Notification(2, 2)), False),
        (Failure.of_socket("Connection refused"), False),
    ],
)
def test_for_want_of_a_capability_the_rest_is_the_longest(failure: Failure, longest: bool) -> None:
    """RFC 5492 §3."""
    assert failure.longest_rest is longest
