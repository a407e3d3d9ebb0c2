"""docs/logs.md names every class, event, field and switch there is, and no other."""

import re
from pathlib import Path
from typing import get_args

import pytest

from bgpd.logs.about import About, LogEvent
from bgpd.logs.classes import CLASSES
from bgpd.logs.journald import fields
from bgpd.settings import Trace
from tests.logs.made import line

_PAGE = (Path(__file__).parents[2] / "docs" / "logs.md").read_text()


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("class | mark", [row.name for row in CLASSES]),
        ("event | meaning", [event.value for event in LogEvent]),
        ("key | meaning", ["time", "level", *About._fields, "message", "logger", "trace"]),
        ("switch | what is logged", [*get_args(Trace)]),
    ],
)
def test_tables_are_complete(heading: str, names: list[str]) -> None:
    _, _, rows = _PAGE.partition(f"| {heading}")
    table, _, _ = rows.partition("\n\n")
    assert sorted(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == sorted(names)


def test_the_fields_of_the_journal_are_named() -> None:
    names = {name for name, _ in fields(line("Started"))} | {f"BGPD_{name.upper()}" for name in About._fields}
    assert {name for name in names if f"`{name}" not in _PAGE} == set()
