"""The screens in the documentation are those that there are."""

from tests.terminal.screens import PAGE, page
from tests.terminal.tmux import need_tmux


def test_the_screens_on_the_page_are_not_stale() -> None:
    need_tmux()
    stale = "docs/screens.md is stale: run python -m tests.terminal.screens > docs/screens.md"
    assert page().splitlines() == PAGE.read_text().splitlines(), stale
