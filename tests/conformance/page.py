"""``docs/conformance.md`` as rows: what each RFC asks for, and the RFCs themselves."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/conformance.md"
_NO_TEST: Final = "–"
_SECTION: Final = re.compile(r"RFC (\d+)(?: (?:§[\d.]+(?: [a-z])?|Appendix [A-Z]))?")


class Requirement(NamedTuple):
    """One row: what a section asks for, whether it is so here, and the test that shows it."""

    section: str
    level: str
    rule: str
    here: str
    shown_by: str

    @property
    def rfc(self) -> int:
        """The number of the RFC."""
        found = _SECTION.fullmatch(self.section)
        assert found, f"{self.section} is no section of an RFC"
        return int(found[1])

    @property
    def test(self) -> str:
        """The node ID of the test; empty if the row has none."""
        return "" if self.shown_by == _NO_TEST else self.shown_by.strip("`")


class Entry(NamedTuple):
    """One RFC: its number and title, and where its rows are or what the code has of it."""

    number: str
    title: str
    here: str


def _cells(columns: int) -> Iterator[list[str]]:
    """Yield the rows of all tables that have so many columns, without their heads."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns and cells[0] not in {"section", "RFC", "---"}:
            yield cells


def requirements() -> list[Requirement]:
    """Return all requirements."""
    return [Requirement(*cells) for cells in _cells(len(Requirement._fields))]


def entries() -> list[Entry]:
    """Return the list of the RFCs."""
    return [Entry(*cells) for cells in _cells(len(Entry._fields))]
