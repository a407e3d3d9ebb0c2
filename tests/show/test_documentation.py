"""The output in ``docs/explain.md`` and ``docs/cluster-view.md`` is what the commands print."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bgpd.control.interpreter import Interpreter
from tests.show.cluster import reflector
from tests.show.cluster_change import TOR, between, file
from tests.show.rack import rack
from tests.show.transcript import lines_of
from tests.show.world import StillDaemon

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = re.compile(r"^```\n\$ bgpdcl (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A command with its output, and the daemon that is asked."""

    daemon: Callable[[], StillDaemon]
    command: str
    output: str


def node_before_a_change() -> StillDaemon:
    """Return a node of a mesh that is asked about reflectors."""
    return between(file("mesh", more=TOR), file("route-reflector", more=TOR))


def examples() -> Iterator[Example]:
    for command, output in SHOWN.findall((DOCS / "explain.md").read_text()):
        yield Example(rack, command, output)
    for command, output in SHOWN.findall((DOCS / "cluster-view.md").read_text()):
        yield Example(node_before_a_change if "plan" in command else reflector, command, output)


@pytest.mark.parametrize("example", [*examples()], ids=lambda example: example.command)
def test_shown_output_is_real(example: Example) -> None:
    answer = Interpreter(example.daemon()).answer(example.command)
    lines = [line.text for line in lines_of(answer)]
    assert example.output.rstrip("\n") == "\n".join(lines).rstrip("\n")


def test_there_is_output() -> None:
    assert len([*examples()]) >= 7
