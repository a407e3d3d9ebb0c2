"""What docs/security.md and docs/operations.md show is what a host in trouble says, block by block."""

import os
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.newcomer.page import ROOT, blocks_of
from tests.newcomer.terminal import Terminal
from tests.newcomer.walk import walk
from tests.requirements import need_network_namespaces

PAGES: Final = ("security.md", "operations.md")
TROUBLES: Final = Path(__file__).with_name("troubles.sh")


@pytest.mark.interop
def test_every_block_does_what_is_shown(tmp_path: Path) -> None:
    need_network_namespaces()
    tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with Terminal(tmp_path) as terminal:
        terminal.type(f"export PATH='{tools}' PYTHONPATH='{ROOT}'; cd {tmp_path}")
        terminal.type(TROUBLES.read_text())
        for page in PAGES:
            walk(terminal, blocks_of((ROOT / "docs" / page).read_text()))
