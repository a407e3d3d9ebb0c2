"""No text breaks a line of the log, nor does anything to a terminal; JSON is whole whatever was said."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.logs.about import LogEvent, about
from bgpd.logs.dialects import line_of
from bgpd.logs.layouts import as_json, dated, plain, rfc_3339
from bgpd.logs.one_line import LONGEST, one_line

_TEXTS = st.text(st.characters(), max_size=60)


def record(text: str, **more: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "bgpd.protocol", "levelno": logging.WARNING, "msg": text, **more})
    made.created = 1763826588.25
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("as it is", "as it is"),
        ("München → 東京 ✓", "München → 東京 ✓"),
        ("two\nlines", "two | lines"),
        ("\r\n two \r\n\r\n lines\n\n", "two | lines"),
        ("a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g", "a | b | c | d | e | f | g"),
        ("\x1b[31mred\x1b[0m \x9b2J \x07", r"\x1b[31mred\x1b[0m \x9b2J \x07"),
        ("a\tb\x00c\x7f\x08", r"a\tb\x00c\x7f\x08"),
        ("\u202egnirts\u2066 \ufeff", r"\u202egnirts\u2066 \ufeff"),
        ("half \udc80 \ud83d", r"half \udc80 \ud83d"),
        ("x" * (LONGEST + 7), "x" * LONGEST + "... (7 more characters)"),
        ("", ""),
    ],
)
def test_text_of_any_kind(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(_TEXTS, _TEXTS)
def test_every_layout_is_one_line(text: str, name: str) -> None:
    made = record(text, **about(protocol=name))
    for dialect in ("bgpd", "bird"):
        line = line_of(made, dialect)
        assert line is not None
        for layout in (dated(), plain):
            shown = layout(line)
            assert shown.isprintable()
            shown.encode()
        entry = as_json(line)
        assert entry.isascii()
        assert entry.isprintable()
        assert json.loads(entry)["message"] == line.message


@given(_TEXTS)
def test_a_traceback_is_one_line(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError as error:
        made = record("a bug", exc_info=(type(error), error, error.__traceback__))
    line = line_of(made, "bgpd")
    assert line is not None
    assert dated()(line).isprintable()
    assert as_json(line).isprintable()
    assert json.loads(as_json(line))["message"] == "a bug"
    assert "\n" in json.loads(as_json(line))["trace"], "programs get the lines"


def test_json_has_the_same_keys_always() -> None:
    extra = about(LogEvent.KERNEL_REFUSED, protocol="kernel1", neighbor="10.0.0.2", prefix="10.1.0.0/16")
    line = line_of(record("kernel1: no", **extra), "bgpd")
    bare = line_of(record("Started"), "bgpd")
    assert line is not None
    assert bare is not None
    assert [*json.loads(as_json(line)).items()] == [
        ("time", "2025-11-22T15:49:48.250Z"),
        ("level", "warning"),
        ("event", "kernel_refused"),
        ("protocol", "kernel1"),
        ("neighbor", "10.0.0.2"),
        ("prefix", "10.1.0.0/16"),
        ("message", "kernel1: no"),
        ("logger", "bgpd.protocol"),
    ]
    assert [*json.loads(as_json(bare))] == ["time", "level", "message", "logger"]


def test_times_are_those_of_rfc_3339() -> None:
    assert rfc_3339(0) == "1970-01-01T00:00:00.000Z"
    assert rfc_3339(1763826588.9996) == "2025-11-22T15:49:48.999Z"
