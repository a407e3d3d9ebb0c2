"""The reader of MRT files (RFC 6396 §4.4)."""

import gzip
from pathlib import Path
from struct import pack

import pytest

from messages.keepalive import KEEPALIVE
from tests.bench.mrt import Captured, read_messages

ADDRESSES = {1: bytes(8), 2: bytes(32)}


def record(kind: int, subtype: int, body: bytes) -> bytes:
    return pack("!IHHI", 1_441_756_800, kind, subtype, len(body)) + body


def message(letter: str, peer: int, local: int, family: int) -> bytes:
    """Return the body of a record: the session, and a KEEPALIVE."""
    return pack(f"!{letter}{letter}HH", peer, local, 0, family) + ADDRESSES[family] + KEEPALIVE


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (record(16, 1, message("H", 65001, 65002, 1)), Captured(KEEPALIVE, 2, False)),
        (record(16, 4, message("I", 65001, 65001, 2)), Captured(KEEPALIVE, 4, True)),
        (record(17, 4, bytes(4) + message("I", 65001, 65002, 1)), Captured(KEEPALIVE, 4, False)),
    ],
)
def test_messages_are_found_among_other_records(tmp_path: Path, entry: bytes, expected: Captured) -> None:
    change_of_state = record(16, 5, pack("!IIHH", 65001, 65002, 0, 1) + bytes(8) + b"\0\1\0\2")
    table_dump = record(13, 2, b"\0\0\0\1")
    path = tmp_path / "some.bgp4mp.gz"
    path.write_bytes(gzip.compress(change_of_state + entry + table_dump + entry))
    assert list(read_messages(path)) == [expected, expected]
