"""The blocks of docs/installing.md, by the heading that they are under."""

import re
from typing import Final

from tests.installation.root import REPOSITORY
from tests.newcomer.page import Pasted, blocks_of

_PAGE: Final = REPOSITORY / "docs" / "installing.md"
_HEADING: Final = re.compile(r"^## (.*)$", re.MULTILINE)


def sections() -> dict[str, list[str]]:
    """Return the scripts that a reader pastes, under each heading that has any."""
    _, *parts = _HEADING.split(_PAGE.read_text())
    found = {title: _scripts(text) for title, text in zip(parts[::2], parts[1::2], strict=True)}
    return {title: scripts for title, scripts in found.items() if scripts}


def text() -> str:
    """Return the whole page."""
    return _PAGE.read_text()


def _scripts(section: str) -> list[str]:
    blocks = blocks_of(section)
    assert all(isinstance(block, Pasted) for block in blocks), "a transcript here would not be run"
    return [block.script for block in blocks if isinstance(block, Pasted)]
