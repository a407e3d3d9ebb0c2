"""NOTIFICATION and ROUTE-REFRESH (RFC 4271 §4.5, RFC 9003, RFC 2918, RFC 7313)."""

import pytest

from messages.errors import NotificationError
from messages.framing import frame
from messages.notification import Notification, decode_notification, shutdown_communication, text
from messages.route_refresh import decode_route_refresh


@pytest.mark.parametrize(
    ("code", "subcode", "words"),
    [
        (1, 1, "Connection not synchronized"),
        (2, 8, "No supported AFI/SAFI"),
        (3, 10, "Invalid network field"),
        (4, 0, "Hold timer expired"),
        (5, 3, "Unexpected message in Established state"),
        (6, 8, "Out of Resources"),
        (7, 1, "Invalid ROUTE-REFRESH message length"),
        (6, 9, "Unknown error 6.9"),
        (4, 1, "Unknown error 4.1"),
        (255, 255, "Unknown error 255.255"),
    ],
)
def test_the_words_are_those_operators_know(code, subcode, words):
    assert text(code, subcode) == words


@pytest.mark.parametrize(
    ("notification", "message"),
    [
        (Notification(6, 2, b"\5hello"), "hello"),
        (Notification(6, 4, "\x06\u00fcber!".encode()), "\u00fcber!"),
        (Notification(6, 2, b"\2\xff!"), "\ufffd!"),
        (Notification(6, 2, b"\0"), ""),
        (Notification(6, 2), ""),
        (Notification(6, 2, b"\6hello"), ""),
        (Notification(6, 3, b"\5hello"), ""),
        (Notification(4, 2, b"\5hello"), ""),
    ],
)
def test_the_words_of_the_other_operator_are_read(notification, message):
    """RFC 9003 §2: only with Administrative Shutdown and Reset."""
    assert notification.shutdown_communication == message


@pytest.mark.parametrize(
    ("message", "octets"),
    [("", 0), ("rebooting", 9), ("x" * 300, 255), ("\u20ac" * 100, 255), ("x" + "\u20ac" * 100, 253)],
)
def test_our_words_are_cut_where_a_character_ends(message, octets):
    """RFC 9003 §2: at most 255 octets of UTF-8."""
    data = shutdown_communication(message)
    assert data[0] == octets
    assert message.startswith(Notification(6, 2, data).shutdown_communication)


@pytest.mark.parametrize("body", [b"", b"\6"])
def test_a_notification_without_code_or_subcode_has_a_bad_length(body):
    """RFC 4271 §6.1."""
    with pytest.raises(NotificationError) as caught:
        decode_notification(body)
    assert (caught.value.code, caught.value.subcode) == (1, 2)


@pytest.mark.parametrize("body", [b"", b"\0\1\0", b"\0\1\0\1\0"])
def test_a_route_refresh_of_a_wrong_length_is_sent_back(body):
    """RFC 7313 §5: the data field is the whole message."""
    with pytest.raises(NotificationError) as caught:
        decode_route_refresh(body)
    assert (caught.value.code, caught.value.subcode, caught.value.data) == (7, 1, frame(5, body))
    assert f"{len(body)} octets" in str(caught.value)


def test_a_notification_error_without_a_reason_shows_its_numbers():
    assert str(NotificationError(6, 2)) == "NOTIFICATION 6/2"
