"""Commands that change something: both answer them alike, and are alike afterwards."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.interop.drop_in import raw
from tests.interop.drop_in.comparison import Answer, Difference, differences, show
from tests.interop.drop_in.expected import remaining, unexplained
from tests.interop.drop_in.normalized import normalized
from tests.interop.drop_in.places import placed
from tests.interop.drop_in.programs import BIRD, OURS
from tests.interop.drop_in.scenario import Scenario
from tests.interop.drop_in.scenarios.calico import MESH
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.routers.router import Family
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

FILE: Final = "FILE"
"""Stands for the path of the configuration, which is not the same on both sides."""
SCRIPT: Final = (
    "reload Mesh_$peer3_",
    "reload in Mesh_$peer3_",
    'reload out "Mesh*"',
    'disable Mesh_$peer2_ "maintenance"',
    "disable Mesh_$peer2_",
    "reload Mesh_$peer2_",
    "restart Mesh_$peer2_",
    "reload static1",
    "reload kernel1",
    "reload all",
    "enable Mesh_$peer2_",
    "enable Mesh_$peer2_",
    "restart nosuch",
    'disable "nosuch*"',
    "enable static_template",
    'restart "static*"',
    "restart Mesh_$peer3_",
    "debug Mesh_$peer2_ all",
    "debug Mesh_$peer2_ off",
    'debug "M*" { states, routes }',
    "debug all { nonsense }",
    "debug nosuch off",
    "mrtdump Mesh_$peer2_ off",
    "dump interfaces",
    "dump nosuch",
    "eval 1 + 2 * 3",
    "eval $block1",
    "eval 10 / 0",
    "eval (1,2) ~ [(1,*)]",
    "eval nosuch",
    "configure",
    "configure soft",
    "configure check",
    'configure check "FILE.broken"',
    'configure "FILE.broken"',
    'configure "FILE.nosuch"',
    'configure "FILE.smaller"',
    "configure undo",
    "configure undo",
    'configure "FILE.smaller" timeout 200',
    "configure confirm",
    "configure confirm",
    "configure timeout",
    "configure undo",
    "configure nonsense",
    'configure "FILE"',
    "show protocols nosuch",
    "add roa $pool as 100",
    "",
)
CONVERSATION: Final = (
    "show status",
    "restrict",
    "disable all",
    "configure",
    "configure check",
    "eval 1",
    "down",
    "reload all",
    "debug all off",
    "echo off",
    "show protocols",
    "show protocols nosuch",
    "show memory",
)
AFTERWARDS: Final = ("show protocols", "show route all", "show static", "show symbols")


def told(side: Side, family: Family, commands: Sequence[str]) -> Iterator[Answer]:
    """Yield the answers to commands that are given once."""
    path = side.node.file(family)
    for command in commands:
        eventually(lambda: side.node.ask(family, "show status")[-1].text, equals="Daemon is up and running")
        reply = side.node.ask(family, placed(command, family).replace(FILE, str(path)))
        lines = [line.replace(str(path), FILE) for line in normalized(command, reply)]
        yield command, family, lines


def seen(side: Side, family: Family) -> Iterator[Answer]:
    """Yield what can be seen when all is quiet again."""
    for command in AFTERWARDS:
        yield command, family, normalized(command, side.node.ask(family, command))
    yield "ip route show table all", family, side.node.kernel(family)


def in_one_conversation(side: Side, family: Family) -> Iterator[Answer]:
    """Yield the answers on one connection, the commands sent without waiting."""
    with raw.talking(side.node.socket(family)) as conversation:
        for command in CONVERSATION:
            conversation.send(command)
        for command in CONVERSATION:
            reply = normalized(command, conversation.reply())
            yield command, family, [line.replace(str(side.node.file(family)), FILE) for line in reply]


def write_others(side: Side, family: Family) -> None:
    """Write the files that are not there from the beginning."""
    text = side.scenario.file(family)
    path = side.node.file(family)
    last_protocol = text.rindex("protocol bgp ")
    path.with_name(f"{path.name}.smaller").write_text(text[:last_protocol])
    path.with_name(f"{path.name}.broken").write_text(text + "protocol nonsense { }\n")


@pytest.fixture
def both(lab: Lab) -> tuple[Side, Side]:
    """BIRD's side and ours, with a mesh that is up."""
    return started(lab, MESH)


def started(lab: Lab, scenario: Scenario) -> tuple[Side, Side]:
    sides = Side(lab, BIRD, scenario, "bird"), Side(lab, OURS, scenario, "other")
    for side in sides:
        side.start()
        for family in scenario.families:
            write_others(side, family)
    for side in sides:
        eventually(side.is_up)
    return sides


def test_answers_to_changes(both: tuple[Side, Side]) -> None:
    theirs, ours = both
    found: list[Difference] = []
    for family in MESH.families:
        for command in SCRIPT:
            found += unexplained(differences(told(theirs, family, [command]), told(ours, family, [command])))
    for side in both:
        eventually(side.is_up)
    for family in MESH.families:
        said = in_one_conversation(theirs, family), in_one_conversation(ours, family)
        found += unexplained(differences(*said))
    for family in MESH.families:
        found += remaining(lambda family=family: differences(seen(theirs, family), seen(ours, family)))  # type: ignore[misc]
    assert not found, show(found)


def test_shutdown(both: tuple[Side, Side]) -> None:
    """The socket is removed, the status is 0, and what was written for the kernel stays there."""
    theirs, ours = both
    eventually(lambda: kernels(ours) == kernels(theirs) and has_routes(ours))
    for side in both:
        for family in MESH.families:
            [line] = side.node.ask(family, "down")
            assert str(line) == "0007 Shutdown requested"
            assert side.node.daemons[family].end(within=60) == 0
            assert not Path(side.node.socket(family)).exists()
    assert kernels(ours) == kernels(theirs)


def has_routes(side: Side) -> bool:
    """Tell whether the blocks of both other nodes are in the kernel."""
    return all(
        placed(block, family) in " ".join(routes)
        for family, routes in zip(MESH.families, kernels(side), strict=True)
        for block in ("$block2", "$block3")
    )


def kernels(side: Side) -> list[list[str]]:
    """Return the routes of the kernel, family by family."""
    return [side.node.kernel(family) for family in MESH.families]
