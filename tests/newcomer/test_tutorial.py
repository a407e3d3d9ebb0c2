"""Who follows docs/tutorial.md sees what is shown there, from one network to the next."""

from pathlib import Path

import pytest

from tests.newcomer.page import ROOT, already_installed, blocks_of, installs
from tests.newcomer.terminal import Terminal
from tests.newcomer.walk import walk
from tests.requirements import need_network_namespaces


@pytest.mark.interop
def test_every_block_does_what_is_shown(tmp_path: Path) -> None:
    need_network_namespaces()
    blocks = blocks_of((ROOT / "docs" / "tutorial.md").read_text())
    assert installs(blocks)
    with Terminal(tmp_path) as terminal:
        terminal.type(f"cd {ROOT}")
        walk(terminal, already_installed(blocks))
