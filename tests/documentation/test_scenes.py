"""What pages show of a daemon at a standstill is what it answers."""

import pytest

from tests.documentation.pages import Block, all_blocks
from tests.documentation.scenes import SCENES, printed, shown
from tests.show.conftest import utc

__all__ = ["utc"]
BLOCKS = [block for block in all_blocks() if block.scene in SCENES and block.language == "console"]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_shown_output_is_real(block: Block) -> None:
    turns = shown(block)
    assert turns
    for turn in turns:
        assert turn.output.rstrip("\n") == printed(block.scene, turn.command), f"{block}: {turn.command}"


def test_there_is_output() -> None:
    assert len(BLOCKS) >= 7
