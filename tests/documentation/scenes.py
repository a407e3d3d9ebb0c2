"""Daemons at a standstill: what a page shows of them is compared to the letter."""

from collections.abc import Callable, Mapping
from typing import Final

from bgpd.control.interpreter import Interpreter
from tests.documentation.pages import Block
from tests.newcomer.page import Shown, blocks_of
from tests.show.cluster import reflector
from tests.show.cluster_change import TOR, between, file
from tests.show.node import node
from tests.show.rack import rack
from tests.show.transcript import lines_of
from tests.show.world import StillDaemon
from tests.terminal.daemon import BusyDaemon

_PROGRAM: Final = "bgpdcl "


def _before_a_change() -> StillDaemon:
    """Return a node of a mesh that is asked about reflectors."""
    return between(file("mesh", more=TOR), file("route-reflector", more=TOR))


SCENES: Final[Mapping[str, Callable[[], StillDaemon]]] = {
    "busy": BusyDaemon,
    "mesh-to-reflectors": _before_a_change,
    "node": node,
    "rack": rack,
    "reflector": reflector,
}
"""``rack`` has all that can go wrong with a route, ``reflector`` what can with the sessions of a cluster."""


def printed(scene: str, command: str) -> str:
    """Return what a command of a page prints there."""
    assert command.startswith(_PROGRAM), f"{scene} understands bgpdcl alone"
    answer = Interpreter(SCENES[scene]()).answer(command.removeprefix(_PROGRAM))
    return "\n".join(line.text for line in lines_of(answer)).rstrip("\n")


def shown(block: Block) -> list[Shown]:
    """Return the commands of a block, with what they print according to the page."""
    fenced = f"```{block.language}\n{block.text}```\n"
    return [step for step in blocks_of(fenced) if isinstance(step, Shown)]
