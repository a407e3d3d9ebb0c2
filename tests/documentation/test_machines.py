"""Each page is gone through at a terminal, from its first block to its last."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.documentation.machines import BIN, MACHINES, SPELLED, STAND_INS, prepare, spelled_out
from tests.documentation.pages import PAGES, Block, all_blocks, page
from tests.newcomer.page import Pasted, Shown, blocks_of
from tests.newcomer.terminal import Terminal
from tests.newcomer.walk import walk
from tests.requirements import need_network_namespaces

_TYPED = ("sh", "console")


def _typed_here(block: Block) -> bool:
    return block.language in _TYPED and not block.run_by and block.scene in MACHINES


def _pages() -> list[tuple[str, str]]:
    """Return the pages that have something to type, each with its machines."""
    return [*dict.fromkeys((block.page, block.scene) for block in all_blocks() if _typed_here(block))]


def steps(block: Block) -> Iterator[Pasted | Shown]:
    """Yield what is to be done for a block: type it, or write the file that it is."""
    if block.file:
        name = shlex.quote(block.file)
        yield Pasted(block.line, f"mkdir -p $(dirname {name})\ncat >{name} <<'END'\n{block.text}END\n")
    elif _typed_here(block):
        fenced = f"```{block.language}\n{spelled_out(block.text)}```\n"
        yield from (replace(step, line=block.line) for step in blocks_of(fenced))


@pytest.mark.interop
@pytest.mark.parametrize(("name", "machine"), _pages())
def test_what_is_typed_does_what_the_page_shows(name: str, machine: str, tmp_path: Path) -> None:
    need_network_namespaces()
    blocks = [block for block in page(name).blocks if block.scene == machine or block.file]
    with Terminal(tmp_path) as terminal:
        prepare(terminal, machine)
        walk(terminal, [step for block in blocks for step in steps(block)])


@pytest.mark.parametrize("name", STAND_INS)
def test_each_stand_in_plays_what_a_page_has(name: str) -> None:
    """What is on the list for nothing is taken off it."""
    assert os.access(BIN / name, os.X_OK)
    words = [words for words, known in SPELLED.items() if known == name] or [name]
    assert any(word in block.text for block in all_blocks() if _typed_here(block) for word in words)


def test_there_is_something_to_type() -> None:
    assert len(_pages()) >= 5
    assert {name for name, _ in _pages()} <= {*PAGES}
