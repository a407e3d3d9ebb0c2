"""Walks through a page, from its first block to its last, as somebody at a terminal does."""

import time
from collections.abc import Iterable
from typing import Final

from tests.newcomer.page import Pasted, Shown
from tests.newcomer.terminal import Terminal

_PATIENCE: Final = 90.0
_PAUSE: Final = 0.7


class ShownOtherwiseError(AssertionError):
    """A page shows something else than what is printed."""


def walk(terminal: Terminal, blocks: Iterable[Pasted | Shown]) -> None:
    """Paste what is to be pasted, and ask for what is shown until that is what is printed."""
    for block in blocks:
        if isinstance(block, Pasted):
            terminal.type(block.script)
        else:
            _compare(terminal, block)


def _compare(terminal: Terminal, shown: Shown) -> None:
    end = time.monotonic() + _PATIENCE
    first = printed = terminal.type(f"{shown.command} || true")
    while not shown.is_like(printed):
        if time.monotonic() > end:
            raise ShownOtherwiseError(
                f"line {shown.line}: $ {shown.command}\nshown:\n{shown.output}\n"
                f"printed at first:\n{first}\nprinted at last:\n{printed}"
            )
        time.sleep(_PAUSE)
        printed = terminal.type(f"{shown.command} || true")
