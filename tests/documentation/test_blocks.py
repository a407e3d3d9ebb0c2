"""Whatever a page shows is held against what it is about, and nobody can add something that is not."""

import re
from pathlib import Path

import pytest

from bgpd.bird.loading import BirdError
from bgpd.config import ConfigurationError
from tests.documentation.configurations import CHECKS, place, take
from tests.documentation.machines import MACHINES
from tests.documentation.pages import ROOT, Block, all_blocks, page
from tests.documentation.scenes import SCENES

BLOCKS = all_blocks()
TAKEN = [block for block in BLOCKS if block.language in CHECKS]
_TYPED = ("sh", "console")
_COMMAND = re.compile(
    r"^ {0,3}(?:[$#]|sudo|bgpd|bgpdcl|birdcl?|ip|systemctl|podman|kubectl|make|pip|curl) (?! )",
    re.MULTILINE,
)
_MADE_OF_PROGRAMS = ("docs/cli.md", "docs/screens.md")
"""Pages whose texts are what programs print, captured by what makes the page."""


@pytest.mark.parametrize("block", TAKEN, ids=str)
def test_configuration_is_good_as_it_is_shown(block: Block, tmp_path: Path) -> None:
    place(page(block.page).blocks, tmp_path)
    if not block.is_wrong:
        take(block, tmp_path)
        return
    with pytest.raises((ConfigurationError, BirdError)):
        take(block, tmp_path)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block not in TAKEN], ids=str)
def test_each_other_block_is_run_or_says_nothing_to_run(block: Block) -> None:
    if block.language in _TYPED:
        known = {*MACHINES} if block.language == "sh" else {*MACHINES, *SCENES}
        assert block.run_by or block.scene in known, f"{block}: there is no scene {block.scene}"
    else:
        assert block.language == "text", f"{block}: nothing runs blocks of {block.language or 'no language'}"
        assert block.page in _MADE_OF_PROGRAMS or not _COMMAND.search(block.text), f"{block}: sh or console?"


@pytest.mark.parametrize(
    ("name", "run_by"), sorted({(block.page, block.run_by) for block in BLOCKS if block.run_by})
)
def test_who_runs_the_blocks_of_a_page_knows_of_it(name: str, run_by: str) -> None:
    path = ROOT / run_by
    files = [path] if path.is_file() else [*path.glob("*.py")]
    assert any(Path(name).name in file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.is_wrong], ids=str)
def test_only_configuration_is_wrong_on_purpose(block: Block) -> None:
    assert block in TAKEN


def test_there_are_blocks() -> None:
    assert len(TAKEN) >= 20
    assert len(BLOCKS) >= 100
