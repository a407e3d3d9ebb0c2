"""Framing of the byte stream (RFC 4271 §4.1, §6.1)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.errors import NotificationError
from messages.framing import Framer, frame
from messages.iana import ErrorCode, MessageHeaderSubcode, MessageType
from messages.keepalive import KEEPALIVE, check_keepalive

MARKER = b"\xff" * 16
BODY = bytes(range(10))
STREAM = KEEPALIVE + frame(MessageType.UPDATE, BODY) + frame(MessageType.NOTIFICATION, b"\6\2") + KEEPALIVE
MESSAGES = [(4, b""), (2, BODY), (3, b"\6\2"), (4, b"")]


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_messages_come_out_whole_wherever_the_stream_is_cut(cut: int) -> None:
    framer = Framer()
    assert [*framer.feed(STREAM[:cut]), *framer.feed(STREAM[cut:])] == MESSAGES


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_messages_come_out_whole_however_often_the_stream_is_cut(cuts: list[int]) -> None:
    framer = Framer()
    edges = [0, *cuts, len(STREAM)]
    pieces = [STREAM[start:stop] for start, stop in pairwise(edges)]
    assert [message for piece in pieces for message in framer.feed(piece)] == MESSAGES


def test_a_stream_of_single_octets_is_read() -> None:
    framer = Framer()
    assert [message for octet in STREAM for message in framer.feed(bytes((octet,)))] == MESSAGES


def header(octets: int, kind: int) -> bytes:
    return MARKER + octets.to_bytes(2) + bytes((kind,))


@pytest.mark.parametrize(
    ("stream", "subcode", "data"),
    [
        (b"\0" + header(19, 4)[1:], MessageHeaderSubcode.CONNECTION_NOT_SYNCHRONIZED, ""),
        (MARKER[:15] + b"\xfe" + header(19, 4)[16:], MessageHeaderSubcode.CONNECTION_NOT_SYNCHRONIZED, ""),
        (header(18, 4), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "0012"),
        (header(4097, 2), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "1001"),
        (header(20, 4), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "0014"),
        (header(28, 1), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "001c"),
        (header(4097, 1), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "1001"),
        (header(4097, 3), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "1001"),
        (header(4097, 5), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "1001"),
        (header(22, 2), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "0016"),
        (header(20, 3), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "0014"),
        (header(18, 9), MessageHeaderSubcode.BAD_MESSAGE_LENGTH, "0012"),
        (header(19, 0), MessageHeaderSubcode.BAD_MESSAGE_TYPE, "00"),
        (header(23, 6), MessageHeaderSubcode.BAD_MESSAGE_TYPE, "06"),
    ],
)
def test_a_bad_header_ends_the_session_after_the_messages_before_it(
    stream: bytes, subcode: MessageHeaderSubcode, data: str
) -> None:
    """RFC 4271 §6.1, with the data field it asks for."""
    messages = Framer().feed(KEEPALIVE + stream)
    assert next(messages) == (4, b"")
    with pytest.raises(NotificationError) as caught:
        next(messages)
    assert (caught.value.code, caught.value.subcode) == (ErrorCode.MESSAGE_HEADER, subcode)
    assert caught.value.data == bytes.fromhex(data)


def test_a_bad_length_is_seen_before_the_message_is_complete() -> None:
    with pytest.raises(NotificationError):
        list(Framer().feed(header(5000, 2)))


def test_longer_messages_are_read_when_that_is_negotiated() -> None:
    """RFC 8654 §4."""
    framer = Framer()
    framer.message_octets = 65535
    assert [(kind, len(body)) for kind, body in framer.feed(frame(2, bytes(65535 - 19)))] == [(2, 65516)]


@pytest.mark.parametrize(("kind", "octets"), [(1, 4097), (1, 65535), (4, 20), (4, 65535), (6, 65535)])
def test_longer_messages_are_not_for_every_type(kind: int, octets: int) -> None:
    """RFC 8654 §4: OPEN and KEEPALIVE keep their bounds."""
    with pytest.raises(NotificationError) as caught:
        list(Framer(65535).feed(header(octets, kind)))
    error = caught.value
    assert (error.code, error.subcode) == (ErrorCode.MESSAGE_HEADER, 3 if kind == 6 else 2)
    assert error.data == (b"\6" if kind == 6 else octets.to_bytes(2))


def test_an_open_of_the_usual_length_is_read_when_longer_messages_are_negotiated() -> None:
    assert list(Framer(65535).feed(frame(1, bytes(4096 - 19)))) == [(1, bytes(4077))]


def test_a_route_refresh_of_any_length_is_left_to_its_own_error() -> None:
    """RFC 7313 §5."""
    assert list(Framer().feed(frame(5, b"\0"))) == [(5, b"\0")]


def test_a_keepalive_is_a_header() -> None:
    """RFC 4271 §4.4."""
    assert MARKER + bytes.fromhex("0013 04") == KEEPALIVE
    check_keepalive(b"")
    with pytest.raises(NotificationError) as caught:
        check_keepalive(b"\0")
    assert (caught.value.code, caught.value.subcode, caught.value.data) == (1, 2, b"\0\x14")
