"""The real clients, birdc of BIRD 1.6.8 and birdcl of Debian's bird2, print of us what they print of BIRD."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from typing import Final

import pytest

from tests.interop.drop_in.comparison import Answer, differences, show
from tests.interop.drop_in.expected import remaining, unexplained
from tests.interop.drop_in.normalized import masked, routes_in_order, symbols_in_order
from tests.interop.drop_in.programs import BIRD, OURS, Program
from tests.interop.drop_in.scenarios.calico import MESH
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.routers import Bird2
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

BIRDC: Final = BIRD
BIRDCL: Final = Program("bird2", "bird2", "birdcl", BIRD.environment)
SHOWN: Final = (
    "show status",
    "show protocols",
    "show protocols all",
    "sh pr a Mesh_10_10_0_2",
    "show route",
    "show route all",
    "show route for 203.0.113.7 all",
    "show route 8.8.8.8/32",
    "show route export Mesh_10_10_0_2",
    "show route where net ~ 10.0.0.0/8",
    "show route count",
    "show interfaces",
    "show interfaces summary",
    "show static",
    "show symbols",
    "show memory",
    "show protocols nosuch",
    "show nonsense",
    "sh",
    "nonsense",
)
WITH_OPTIONS: Final = (
    "-v show status",
    "-v show protocols",
    "-r configure",
    "-r show static",
    "-v eval 1 + 1",
)
CHANGES: Final = (
    "configure check",
    "configure",
    "configure soft",
    "configure confirm",
    "configure undo",
    "reload in Mesh_10_10_0_2",
    "reload static1",
    "disable Mesh_10_10_0_3",
    "disable Mesh_10_10_0_3",
    "enable Mesh_10_10_0_3",
    "restart Mesh_10_10_0_3",
    "debug Mesh_10_10_0_2 all",
    "eval 1 + 1",
    "echo off",
    "dump resources",
    "down",
)


def printed(side: Side, client: Program, commands: Iterable[str]) -> Iterator[Answer]:
    """Yield what a client prints; its options are the first words."""
    for command in commands:
        output = run(side, client, *command.split())
        lines = output.replace(str(side.node.file("ipv4")), "FILE").splitlines()
        yield f"{client.client} {command}", "ipv4", _in_order(command, lines)


def _in_order(command: str, lines: Iterable[str]) -> list[str]:
    if command.startswith("show route"):
        return routes_in_order(lines)
    return symbols_in_order(lines) if command == "show symbols" else [*map(masked, lines)]


def run(side: Side, client: Program, *words: str) -> str:
    """Return what the client prints, and the exit status."""
    command = [*client.command(client.client), "-s", side.node.socket("ipv4"), *words]
    done = subprocess.run(
        side.node.host.entering(command),
        env={**os.environ, **client.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return f"{done.stdout}{done.stderr}exit status {done.returncode}\n"


@pytest.mark.parametrize("client", [BIRDC, BIRDCL], ids=["birdc 1.6.8", "birdcl 2.0.12"])
def test_what_the_real_client_prints(lab: Lab, client: Program) -> None:
    Bird2.require()
    sides = Side(lab, BIRD, MESH, "bird"), Side(lab, OURS, MESH, "other")
    for side in sides:
        side.start()
    for side in sides:
        eventually(side.is_up)
    theirs, ours = sides
    shown = SHOWN + WITH_OPTIONS
    found = remaining(lambda: differences(printed(theirs, client, shown), printed(ours, client, shown)))
    found += unexplained(differences(printed(theirs, client, CHANGES), printed(ours, client, CHANGES)))
    assert not found, show(found)
