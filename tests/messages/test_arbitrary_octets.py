"""Whatever arrives, nothing but the declared errors leaves the codec."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSetTable
from messages.attributes import ATTRIBUTES, Attribute
from messages.capabilities import CAPABILITIES, Capability
from messages.context import Context
from messages.errors import MalformedValueError, NotificationError
from messages.families import FAMILIES, Family
from messages.families.path import split_paths
from messages.families.prefix import split
from messages.framing import Framer, frame
from messages.iana import HEADER_OCTETS, MessageType
from messages.notification import decode_notification
from messages.open import decode_open, encode_open
from messages.route_refresh import decode_route_refresh
from messages.update import Update, decode_update, encode_attributes
from tests.messages.vectors import CONTEXTS, vectors

CONTEXT = st.sampled_from(list(CONTEXTS.values()))
ATTRIBUTE = st.builds(
    lambda flags, code, value: bytes((flags, code, len(value))) + value,
    st.sampled_from([0x40, 0x80, 0xC0, 0xE0]),
    st.sampled_from([*ATTRIBUTES, 99]),
    st.binary(max_size=24),
)
SOUND = bytes.fromhex("40010100 40020602010000fde9 400304c0000201")


def body(attributes: bytes, nlri: bytes, withdrawn: bytes) -> bytes:
    return len(withdrawn).to_bytes(2) + withdrawn + len(attributes).to_bytes(2) + attributes + nlri


@pytest.mark.parametrize("read", [decode_open, decode_notification, decode_route_refresh])
@given(octets=st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(b"\4\0\1\0\132\0\0\0\1".__add__)))
def test_a_message_is_read_or_answered_with_a_notification(
    read: Callable[[bytes], object], octets: bytes
) -> None:
    with suppress(NotificationError):
        read(octets)


@given(
    st.one_of(st.binary(max_size=80), st.lists(ATTRIBUTE, max_size=8).map(b"".join)),
    st.binary(max_size=8),
    CONTEXT,
)
def test_an_update_is_read_or_answered_with_a_notification(
    attributes: bytes, nlri: bytes, context: Context
) -> None:
    sets = AttributeSetTable(context)
    for content in (attributes, body(attributes, nlri, b""), body(SOUND + attributes, b"\x08\x0a", nlri)):
        with suppress(NotificationError):
            check(decode_update(content, sets), context)


def check(update: Update, context: Context) -> None:
    """Everything in an update can be asked, shown and sent."""
    assert all(split(key, family.max_bits) == [key] for family, _, keys in update.announced for key in keys)
    assert all(
        split_paths(path, family.max_bits) == [path]
        for family, _, paths in update.announced_paths
        for path in paths
    )
    for family, attributes, _ in (*update.announced, *update.announced_paths):
        for _, row, value, _ in attributes.items():
            assert row is None or (row.render(value) + row.explain(value)).isprintable()
        for other in CONTEXTS.values():
            encode_attributes(attributes, family, other)


@given(st.sampled_from(list(ATTRIBUTES.values())), st.binary(max_size=40), CONTEXT)
def test_a_value_that_passes_the_check_can_be_decoded(
    row: Attribute[Any], value: bytes, context: Context
) -> None:
    try:
        row.check(value, context)
    except MalformedValueError:
        return
    if context.as_number_octets == 4 or row.name not in ("as_path", "aggregator"):
        decoded = row.decode(value)
        assert row.decode(row.encode(decoded)) == decoded


@given(st.sampled_from(list(CAPABILITIES.values())), st.binary(max_size=16))
def test_a_capability_is_decoded_or_malformed(row: Capability[Any], value: bytes) -> None:
    with suppress(MalformedValueError):
        decoded = row.decode(value)
        assert row.render(decoded).isprintable()
        assert row.decode(row.encode(decoded)) == decoded


REAL = [
    (kind, frame(kind, vector.wire))
    for kind in MessageType
    for vector in vectors("messages", kind.name.lower())
] + [
    (MessageType.UPDATE, frame(MessageType.UPDATE, body(vector.wire + SOUND, b"\x08\x0a", b"\x08\x0b")))
    for row in ATTRIBUTES.values()
    for vector in vectors("attributes", row.name)
]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["set", "insert", "delete", "repeat"]),
        st.integers(0, 200),
        st.binary(min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=4,
)


def changed(message: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    """Return the octets of a message with some set, inserted, deleted and repeated."""
    octets = bytearray(message)
    for what, where, content in changes:
        position = HEADER_OCTETS + where % (len(octets) - HEADER_OCTETS + 1)
        count = len(content)
        match what:
            case "set":
                octets[position : position + count] = content
            case "insert":
                octets[position:position] = content
            case "delete":
                del octets[position : position + count]
            case _:
                octets[position:position] = octets[position : position + count]
    return bytes(octets[HEADER_OCTETS:])


@given(st.sampled_from(REAL), CHANGES, CONTEXT, st.booleans())
def test_a_message_with_some_octets_changed_is_read_or_refused(
    message: tuple[MessageType, bytes], changes: list[tuple[str, int, bytes]], context: Context, paths: bool
) -> None:
    """Real messages of real speakers, and what becomes of them on the way."""
    if paths:
        context = replace(context, add_path_receive=context.families)
    kind, octets = message
    content = changed(octets, changes)
    with suppress(NotificationError):
        for found, whole in Framer(65535).feed(frame(kind, content)):
            match found:
                case MessageType.OPEN:
                    opened = decode_open(whole)
                    assert str(opened.capabilities).isprintable()
                    assert decode_open(encode_open(opened)[HEADER_OCTETS:]) == opened
                case MessageType.UPDATE:
                    check(decode_update(whole, AttributeSetTable(context)), context)
                case MessageType.NOTIFICATION:
                    notification = decode_notification(whole)
                    assert (str(notification) + notification.shutdown_communication).isprintable()
                case MessageType.ROUTE_REFRESH:
                    decode_route_refresh(whole)


@given(st.binary(max_size=60), st.sampled_from(list(FAMILIES.values())))
def test_prefixes_are_cut_or_refused(field: bytes, family: Family) -> None:
    with suppress(NotificationError):
        assert sum(map(len, split(field, family.max_bits))) == len(field)


@given(st.lists(st.binary(max_size=40)))
def test_a_stream_is_cut_or_refused(pieces: list[bytes]) -> None:
    framer = Framer()
    with suppress(NotificationError):
        for piece in pieces:
            list(framer.feed(b"\xff" * 16 + piece))
