"""What a record is in our own dialect, and in BIRD's."""

import logging
import time
from collections.abc import Mapping
from typing import Any

import pytest

from bgpd.logs.classes import AUTH, BUG, FATAL, REMOTE, TRACE, class_of
from bgpd.logs.dialects import NOT_IN_BIRD, Line, in_bird, line_of
from bgpd.logs.layouts import as_json, dated, plain
from bgpd.settings import TimeFormat


def record(level: int, text: str, extra: Mapping[str, Any] | None = None, **more: Any) -> logging.LogRecord:
    """Return a record made at a fixed time."""
    made = logging.getLogger("bgpd.protocol").makeRecord(
        "bgpd.protocol", level, __file__, 1, text, (), None, extra=dict(extra or {}), **more
    )
    made.created = 1763826588.5
    return made


@pytest.mark.parametrize(
    ("level", "mark"),
    [
        (5, "DBG"),
        (logging.DEBUG, "DBG"),
        (TRACE, "TRACE"),
        (logging.INFO, "INFO"),
        (REMOTE, "RMT"),
        (logging.WARNING, "WARN"),
        (logging.ERROR, "ERR"),
        (41, "ERR"),
        (AUTH, "AUTH"),
        (FATAL, "FATAL"),
        (BUG, "BUG"),
        (99, "BUG"),
    ],
)
def test_every_level_has_a_class(level: int, mark: str) -> None:
    assert class_of(level).mark == mark


@pytest.mark.parametrize(
    ("extra", "level", "ours", "birds"),
    [
        ({}, logging.INFO, "INFO words", "INFO words"),
        ({}, logging.DEBUG, "DBG words", None),
        (NOT_IN_BIRD, logging.WARNING, "WARN words", None),
        (in_bird(FATAL), logging.INFO, "INFO words", "FATAL words"),
        (in_bird(REMOTE), logging.DEBUG, "DBG words", "RMT words"),
        (
            in_bird(logging.WARNING, "Netlink: File exists"),
            logging.ERROR,
            "ERR words",
            "WARN Netlink: File exists",
        ),
    ],
)
def test_both_dialects(extra: Mapping[str, Any], level: int, ours: str, birds: str | None) -> None:
    made = record(level, "words", extra)

    def shown(line: Line | None) -> str | None:
        return None if line is None else f"{line.log_class.mark} {line.text}"

    assert (shown(line_of(made, "bgpd")), shown(line_of(made, "bird"))) == (ours, birds)


def test_a_bug_shows_where_it_is() -> None:
    try:
        raise ZeroDivisionError("by nothing")
    except ZeroDivisionError as error:
        made = record(logging.ERROR, "A bug ends the session")
        made.exc_info = (type(error), error, error.__traceback__)
    line = line_of(made, "bird")
    assert line is not None
    assert line.log_class.mark == "BUG"
    first, second, *_, last = line.text.split(" | ")
    assert (first, second) == ("A bug ends the session", "Traceback (most recent call last):")
    assert last == "ZeroDivisionError: by nothing"
    assert line.text.isprintable()
    assert '"level": "bug"' in as_json(line)
    assert "by nothing" in as_json(line)


@pytest.mark.parametrize(
    ("time_format", "shown"),
    [
        (TimeFormat("%Y-%m-%d %H:%M:%S"), "2025-11-22 15:49:48 <INFO> Started"),
        (TimeFormat("%T"), "15:49:48 <INFO> Started"),
        (TimeFormat("%T", 72_000, "%F"), "15:49:48 <INFO> Started"),
        (TimeFormat("%T", 0, "%F"), "2025-11-22 <INFO> Started"),
    ],
)
def test_times_are_as_configured(
    monkeypatch: pytest.MonkeyPatch, time_format: TimeFormat, shown: str
) -> None:
    """A line is always new, so only a limit of nothing makes the second form the one to take."""
    monkeypatch.setattr("time.localtime", time.gmtime)
    line = line_of(record(logging.INFO, "Started"), "bird")
    assert line is not None
    assert dated(time_format)(line) == shown
    assert plain(line) == "bird: Started"
