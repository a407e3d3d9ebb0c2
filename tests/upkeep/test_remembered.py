"""What is left for the next process, and what it makes of anything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.restart.remembered import (
    NOTHING,
    REFRESH,
    Remembered,
    RememberedError,
    RememberedNeighbor,
    Visitor,
    read,
    write,
)

WHOLE = Remembered(
    at=1000.0,
    ended="graceful",
    neighbors={
        "tor1": RememberedNeighbor(3, "Socket: Connection refused", 120),
        "tor2": RememberedNeighbor(),
    },
    visitors={"nodes": [Visitor("10.0.0.5", ""), Visitor("fe80::1", "eth0")]},
    path_identifiers={"master ipv4": {"tor1": 1, "static1": 2}},
)


def test_it_is_read_as_it_was_written() -> None:
    assert read(write(WHOLE)) == WHOLE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"neighbors": []}, {"neighbors": {}}),
        ({"neighbors": {"tor1": 7}}, {"neighbors": {"tor1": RememberedNeighbor()}}),
        (
            {"neighbors": {"tor1": {"sessions_lost": True, "last_error": "a\nb", "keeps": -1}}},
            {"neighbors": {"tor1": RememberedNeighbor()}},
        ),
        ({"visitors": {"nodes": [["10.0.0.5", ""], ["nobody", ""], ["::1%a", ""], 3]}}, None),
        ({"visitors": None}, {"visitors": {}}),
        (
            {"path_identifiers": {"master ipv4": {"a": 1, "b": 1, "c": 0, "d": 1 << 40, "e": "2"}}},
            {"path_identifiers": {"master ipv4": {"a": 1}}},
        ),
        ({"ended": 3}, {"ended": ""}),
    ],
)
def test_what_is_wrong_is_left_out(changes: dict[str, Any], expected: dict[str, Any] | None) -> None:
    found = read(json.dumps({**json.loads(write(WHOLE)), **changes}))
    for name, value in (expected or {"visitors": {"nodes": [Visitor("10.0.0.5", "")]}}).items():
        assert getattr(found, name) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"version": 2, "at": 1}',
        '{"version": 1, "at": "now"}',
        '{"version": 1}',
        '{"version": 1, "at": NaN}',
        '{"version": 1, "at": -1}',
        "[" * 100_000,
    ],
    ids=range(10),
)
def test_what_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(RememberedError):
        read(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_any_value_may_be_anywhere(value: Any) -> None:
    plain = json.loads(write(WHOLE))
    for key in plain:
        for changed in (value, {"tor1": value}, {"tor1": {"keeps": value, "last_error": value}}):
            try:
                found = read(json.dumps({**plain, key: changed}))
            except RememberedError:
                continue
            assert read(write(found)) == found


@given(st.integers(0, len(write(WHOLE)) - 1), st.binary(max_size=3))
def test_any_damage_is_survived(at: int, damage: bytes) -> None:
    octets = write(WHOLE).encode()
    for text in (octets[:at], octets[:at] + damage + octets[at + len(damage) :]):
        try:
            assert isinstance(read(text.decode(errors="replace")), Remembered)
        except RememberedError:
            continue


@pytest.mark.parametrize(
    ("ended", "age", "expected"),
    [
        ("graceful", 10, ["tor1"]),
        ("", 10, ["tor1"]),
        ("", 119 + REFRESH, ["tor1"]),
        ("", 121 + REFRESH, []),
        ("withdraw", 10, []),
    ],
)
def test_who_may_have_kept_our_routes(ended: str, age: float, expected: list[str]) -> None:
    """RFC 4724 §4.2: for the restart time, from the moment that it lost us."""
    remembered = Remembered(WHOLE.at, ended, WHOLE.neighbors)
    assert remembered.keepers(WHOLE.at + age) == expected
    assert NOTHING.keepers(WHOLE.at) == []
