"""NOTIFICATION and ROUTE-REFRESH (RFC 4271 §4.5, RFC 9003, RFC 2918, RFC 7313)."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import NotificationError
from messages.framing import frame
from messages.iana import (
    CeaseSubcode,
    ErrorCode,
    FsmSubcode,
    MessageHeaderSubcode,
    OpenSubcode,
    RouteRefreshSubcode,
    UpdateSubcode,
)
from messages.notification import (
    Notification,
    decode_notification,
    encode_notification,
    hard_reset,
    shutdown_communication,
    text,
)
from messages.route_refresh import RouteRefresh, decode_route_refresh, encode_route_refresh


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
        (6, 9, "Hard reset"),
        (6, 10, "BFD session down"),
        (8, 0, "Send hold timer expired"),
        (6, 11, "Unknown error 6.11"),
        (4, 1, "Unknown error 4.1"),
        (255, 255, "Unknown error 255.255"),
    ],
)
def test_the_words_are_those_operators_know(code: int, subcode: int, words: str) -> None:
    assert text(code, subcode) == words


@pytest.mark.parametrize(
    ("notification", "message"),
    [
        (Notification(6, 2, b"\5hello"), "hello"),
        (Notification(6, 4, "\x06\u00fcber!".encode()), "\u00fcber!"),
        (Notification(6, 2, b"\5a\nb\x1bc"), "a\ufffdb\ufffdc"),
        (Notification(6, 2, b"\2\xff!"), ""),
        (hard_reset(Notification(6, 2, b"\5hello")), "hello"),
        (Notification(6, 2, b"\0"), ""),
        (Notification(6, 2), ""),
        (Notification(6, 2, b"\6hello"), ""),
        (Notification(6, 3, b"\5hello"), ""),
        (Notification(4, 2, b"\5hello"), ""),
    ],
)
def test_the_words_of_the_other_operator_are_read(notification: Notification, message: str) -> None:
    """RFC 9003 §2: only with Administrative Shutdown and Reset; RFC 8538 §3: also inside of a hard reset."""
    assert notification.shutdown_communication == message


@pytest.mark.parametrize(
    ("message", "octets"),
    [("", 0), ("rebooting", 9), ("x" * 300, 255), ("\u20ac" * 100, 255), ("x" + "\u20ac" * 100, 253)],
)
def test_our_words_are_cut_where_a_character_ends(message: str, octets: int) -> None:
    """RFC 9003 §2: at most 255 octets of UTF-8."""
    data = shutdown_communication(message)
    assert data[0] == octets
    assert message.startswith(Notification(6, 2, data).shutdown_communication)


@pytest.mark.parametrize("body", [b"", b"\6"])
def test_a_notification_without_code_or_subcode_has_a_bad_length(body: bytes) -> None:
    """RFC 4271 §6.1."""
    with pytest.raises(NotificationError) as caught:
        decode_notification(body)
    assert (caught.value.code, caught.value.subcode) == (1, 2)


@pytest.mark.parametrize("body", [b"", b"\0\1\0", b"\0\1\0\1\0"])
def test_a_route_refresh_of_a_wrong_length_is_sent_back(body: bytes) -> None:
    """RFC 7313 §5: the data field is the whole message."""
    with pytest.raises(NotificationError) as caught:
        decode_route_refresh(body)
    assert (caught.value.code, caught.value.subcode, caught.value.data) == (7, 1, frame(5, body))
    assert f"{len(body)} octets" in str(caught.value)


def test_a_notification_error_without_a_reason_shows_its_numbers() -> None:
    assert str(NotificationError(6, 2)) == "NOTIFICATION 6/2"


SUBCODES: Mapping[ErrorCode, Iterable[int]] = {
    ErrorCode.MESSAGE_HEADER: MessageHeaderSubcode,
    ErrorCode.OPEN_MESSAGE: OpenSubcode,
    ErrorCode.UPDATE_MESSAGE: UpdateSubcode,
    ErrorCode.HOLD_TIMER_EXPIRED: (0,),
    ErrorCode.FINITE_STATE_MACHINE: FsmSubcode,
    ErrorCode.CEASE: CeaseSubcode,
    ErrorCode.ROUTE_REFRESH_MESSAGE: (0, *RouteRefreshSubcode),
    ErrorCode.SEND_HOLD_TIMER_EXPIRED: (0,),
}


@pytest.mark.parametrize("code", ErrorCode, ids=lambda code: code.name)
def test_every_subcode_of_the_registry_has_words(code: ErrorCode) -> None:
    words = [text(code, subcode) for subcode in SUBCODES[code]]
    assert not [each for each in words if each.startswith("Unknown")]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("notification", "reason", "words"),
    [
        (Notification(6, 9, b"\6\2\2hi"), Notification(6, 2, b"\2hi"), "Hard reset: Administrative shutdown"),
        (Notification(6, 9, b"\4\0"), Notification(4, 0), "Hard reset: Hold timer expired"),
        (Notification(6, 9, b"\6"), Notification(6, 9, b"\6"), "Hard reset"),
        (Notification(6, 9), Notification(6, 9), "Hard reset"),
        (Notification(6, 2), Notification(6, 2), "Administrative shutdown"),
    ],
)
def test_a_hard_reset_has_its_reason_inside(
    notification: Notification, reason: Notification, words: str
) -> None:
    """RFC 8538 §3."""
    assert notification.reason == reason
    assert str(notification) == words
    if reason != notification:
        assert hard_reset(reason) == notification


@pytest.mark.parametrize(
    ("notification", "flaw"),
    [
        (Notification(6, 2, b"\5hello"), ""),
        (Notification(6, 2), ""),
        (Notification(3, 1, b"\xff"), ""),
        (Notification(9, 7, b"\xab"), "code 9, subcode 7 is unknown; data ab"),
        (Notification(6, 11), "code 6, subcode 11 is unknown; data "),
        (Notification(6, 2, b"\6hello"), "malformed shutdown communication 0668656c6c6f"),
        (Notification(6, 4, b"\1\xff"), "malformed shutdown communication 01ff"),
        (Notification(6, 9, b"\6\2\1\xff"), "malformed shutdown communication 01ff"),
    ],
)
def test_an_error_in_a_notification_is_named(notification: Notification, flaw: str) -> None:
    """RFC 4271 §6.4: to be logged; nothing is sent. RFC 9003 §2: malformed words in hex."""
    assert notification.flaw == flaw


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=260))
def test_a_notification_reads_back_as_it_was_written(code: int, subcode: int, data: bytes) -> None:
    notification = Notification(code, subcode, data)
    assert decode_notification(encode_notification(notification)[19:]) == notification
    assert notification.shutdown_communication.isprintable()
    assert isinstance(notification.flaw + str(notification), str)


@given(st.integers(0, 65535), st.integers(0, 255), st.integers(0, 255))
def test_a_route_refresh_reads_back_as_it_was_written(afi: int, safi: int, subtype: int) -> None:
    """RFC 7313 §3.2; RFC 7313 §5: what to do with other subtypes is the receiver's business."""
    refresh = RouteRefresh(afi, safi, subtype)
    assert decode_route_refresh(encode_route_refresh(refresh)[19:]) == refresh


@pytest.mark.parametrize("octets", [4075, 4076, 65516])
def test_a_notification_fits_the_message_that_every_peer_takes(octets: int) -> None:
    """RFC 4271 §4.1; the error may be in a long message (RFC 8654)."""
    with pytest.raises(NotificationError) as caught:
        decode_route_refresh(bytes(octets))
    written = encode_notification(Notification(caught.value.code, caught.value.subcode, caught.value.data))
    assert len(written) == 4096
    assert caught.value.data.startswith(written[21:])
