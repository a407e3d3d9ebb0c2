"""``docs/conformance.md`` names tests that there are, and every RFC that is cited anywhere."""

import re
import subprocess
import sys

from tests.conformance.page import PAGE, ROOT, Requirement, entries, requirements
from tests.conformance.titles import TITLES

PACKAGES = ("messages", "fsm", "rib", "kernel_sync", "bgpd")
LEVELS = {"MUST", "SHALL", "SHOULD", "MAY"}
REQUIREMENTS = requirements()
ENTRIES = {int(entry.number): entry for entry in entries()}
WITH_ROWS = {requirement.rfc for requirement in REQUIREMENTS}


def collected(files: list[str]) -> set[str]:
    """Return the node IDs of the tests in these files, of parametrized ones also without their cases."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr
    names = {line for line in found.stdout.splitlines() if "::" in line}
    return names | {name.partition("[")[0] for name in names}


def test_every_named_test_exists() -> None:
    named = {requirement.test for requirement in REQUIREMENTS if requirement.test}
    files = sorted({name.partition("::")[0] for name in named})
    assert [name for name in files if not (ROOT / name).is_file()] == []
    assert sorted(named - collected(files)) == []


def test_every_row_of_a_table_is_read() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    heads = [line for line in rows if line.startswith(("| section |", "| RFC | title |"))]
    assert len(rows) - len(heads) == len(REQUIREMENTS) + len(ENTRIES)


def test_each_row_says_whether_it_is_so_and_what_shows_it() -> None:
    assert [requirement for requirement in REQUIREMENTS if not is_complete(requirement)] == []


def is_complete(requirement: Requirement) -> bool:
    """Tell whether a row has all it needs: a reason unless it is so, a test unless it is not done."""
    answer, _, reason = requirement.here.partition(":")
    says_why = answer == "yes" or (answer in {"otherwise", "no"} and bool(reason.strip()))
    is_shown = bool(requirement.test) or answer == "no"
    return requirement.level in LEVELS and bool(requirement.rule) and says_why and is_shown


def test_each_rfc_has_its_title_and_a_place() -> None:
    assert {number: entry.title for number, entry in ENTRIES.items()} == TITLES
    assert [entry for entry in ENTRIES.values() if not entry.here] == []
    assert {number for number, entry in ENTRIES.items() if "](#" in entry.here} == WITH_ROWS


def test_every_rfc_that_code_and_documents_cite_is_on_the_page() -> None:
    cited: dict[int, str] = {}
    code = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    documents = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
    for path in (*code, *documents):
        for number in re.findall(r"\bRFC\s*(\d+)", path.read_text(encoding="utf-8")):
            cited.setdefault(int(number), str(path.relative_to(ROOT)))
    assert {number: path for number, path in cited.items() if number not in ENTRIES} == {}
    assert [number for number in ENTRIES if number not in cited and number not in WITH_ROWS] == []


def test_rfcs_are_in_order() -> None:
    assert list(ENTRIES) == sorted(ENTRIES)
