"""Pages that are made of the programs: who holds each against what it would be if it were made now.

The page says in a comment by which command it is made, and the test fails when that has more to say.
"""

import re

import pytest

from tests.documentation.pages import PAGES, ROOT, page

_MADE = re.compile(r"<!-- Made [^\n]*`python -m ([\w.]+)")
HELD_BY = {
    "docs/cli.md": "tests/terminal/test_manuals.py::test_what_is_made_is_not_stale",
    "docs/configuration.md": "tests/config/test_configs.py::test_documentation_is_up_to_date",
    "docs/filter-reference.md": (
        "tests/filter_tests/test_documentation.py::test_the_reference_is_what_the_tables_say"
    ),
    "docs/fsm.md": "tests/fsm/test_state_table.py::test_the_document_is_made_from_the_machine",
    "docs/metrics.md": "tests/metrics/test_conventions.py::test_documentation_is_up_to_date",
    "docs/screens.md": "tests/terminal/test_screens.py::test_the_screens_on_the_page_are_not_stale",
}
MADE = {name: found[1] for name in PAGES if (found := _MADE.search(page(name).text))}


@pytest.mark.parametrize("name", sorted({*MADE} | {*HELD_BY}))
def test_a_page_that_is_made_is_held_by_a_test(name: str) -> None:
    path, _, test = HELD_BY[name].partition("::")
    assert f"\ndef {test}(" in (ROOT / path).read_text(encoding="utf-8")
    assert name in MADE, "the page does not say how it is made"
    file = ROOT.joinpath(*MADE[name].split("."))
    assert file.with_suffix(".py").exists() or (file / "__main__.py").exists()
