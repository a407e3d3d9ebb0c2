"""What Calico's programs read from our sockets in every state a node can be in; they read BIRD's alike."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.interop.drop_in.programs import BIRD, OURS, Program
from tests.interop.drop_in.scenario import Scenario
from tests.interop.drop_in.scenarios.calico import COMMON, calico_peer, mesh
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.routers.router import FAMILIES, Family
from tests.interop.waiting import eventually
from tests.readers.health import is_alive, restarts_gracefully, why_not_ready
from tests.readers.lines import UnexpectedLineError
from tests.readers.node_resource import agent, peer_statuses, routes
from tests.readers.node_status import peers

pytestmark = pytest.mark.interop

ALONE: Final = Scenario(name="no peers", node=COMMON)
"""Nobody is configured."""
MESHED: Final = Scenario(
    name="mesh",
    node=COMMON + calico_peer("Mesh", "peer2", "passive on;") + calico_peer("Node", "peer3"),
    peers=(mesh("peer2", "block2"), mesh("peer3", "block3", kind="Node", session="passive;")),
)
"""Both sides of the rule which end of a session connects."""
BOTH: Final = pytest.mark.parametrize("program", [BIRD, OURS], ids=["BIRD", "ours"])


def begun(side: Side, family: Family) -> Path:
    """Wait until the configuration is applied and routes are there; until then a reader may give up."""
    path = side.node.socket(family)
    eventually(partial(side.node.ask, family, "show status"))
    eventually(lambda: _is_begun(path))
    return path


def _is_begun(path: Path) -> bool:
    try:
        peers(path)
        return bool(routes(path))
    except UnexpectedLineError:
        return False


def check_answers(side: Side, family: Family) -> None:
    """Let every reader read once; none of them may give up."""
    path = side.node.socket(family)
    found = agent(path)
    assert found.router_id == "10.10.0.1"
    assert found.is_ready
    assert found.last_boot
    assert found.last_reconfiguration
    assert found.version == ("" if side.program is BIRD else "v0.3.3+birdv1.6.8")  # the fork has a "v"
    assert is_alive(side.program.command(side.program.client), path, side.program.environment)
    known = {peer.protocol for peer in peers(path)}
    assert known == {peer.protocol for peer in peers(path)}
    assert len(peer_statuses(path)) == len(known)
    assert {route.destination for route in routes(path)}
    restarts_gracefully(path)


@BOTH
def test_no_peers(lab: Lab, program: Program) -> None:
    side = Side(lab, program, ALONE)
    side.start()
    for family in FAMILIES:
        path = begun(side, family)
        check_answers(side, family)
        assert peers(path) == []
        assert [why_not_ready(path, is_new=each) for each in (True, False)] == ["", ""]


@BOTH
def test_from_nobody_there_to_a_reload(lab: Lab, program: Program) -> None:
    """Connecting, refused, established, and after a new configuration."""
    side = Side(lab, program, MESHED)
    side.start_node()
    for family in FAMILIES:
        path = begun(side, family)
        refused = eventually(partial(infos, path), lambda found: "Connection refused" in found[1])
        assert refused[0] == "Passive "
        check_answers(side, family)
        assert "not established with" in why_not_ready(path, is_new=True)
        assert why_not_ready(path, is_new=False) == "no BGP session is established"
    side.start_neighbors()
    eventually(side.is_up, within=60)
    for family in FAMILIES:
        check_established(side, family)
        side.node.write(family, side.scenario.file(family).replace("Connection to", "Session with"))
        for _ in range(3):
            side.node.hang_up(family)
    for family in FAMILIES:
        described = partial(side.node.ask, family, "show protocols all")
        eventually(described, lambda lines: any("Session with" in line.text for line in lines))
        check_established(side, family)


def check_established(side: Side, family: Family) -> None:
    """Let all readers find both sessions and their routes."""
    path = side.node.socket(family)
    check_answers(side, family)
    assert [why_not_ready(path, is_new=each) for each in (True, False)] == ["", ""]
    statuses = peer_statuses(path)
    assert [each.bgp_state for each in statuses] == ["Established", "Established"]
    assert all(each.is_established for each in statuses)
    expected = {"static", "direct", *side.scenario.sessions(family)}
    eventually(lambda: {route.source for route in routes(path) if route.is_best}, expected.issubset)


def infos(path: Path) -> Sequence[str]:
    """Return the last columns of the table of peers."""
    return [f"{peer.bgp_state} {peer.info}" for peer in peers(path)]


@BOTH
def test_recovery(lab: Lab, program: Program) -> None:
    """Started with -R, while a neighbor that restarts gracefully is away."""
    side = Side(lab, program, MESHED)
    side.start_node("-R")
    for family in FAMILIES:
        path = begun(side, family)
        assert restarts_gracefully(path)
        check_answers(side, family)
        assert why_not_ready(path, is_new=True)


def test_broken_configuration(lab: Lab) -> None:
    """Where BIRD ends, our daemon says what is wrong; it is neither ready nor to be killed."""
    side = Side(lab, OURS, ALONE)
    for family in FAMILIES:
        side.node.write(family, "router id 10.10.0.1;\nprotocol nonsense { }\n")
        side.node.spawn(family)
    for family in FAMILIES:
        path = side.node.socket(family)
        eventually(partial(side.node.ask, family, "show status"))
        assert is_alive(side.program.command(side.program.client), path, side.program.environment)
        assert agent(path).is_ready
        with pytest.raises(UnexpectedLineError, match=r"^8002 .*/bird6?\.cfg:2:10 syntax error$"):
            why_not_ready(path, is_new=False)
        side.node.write(family, side.scenario.file(family))
        side.node.hang_up(family)
        begun(side, family)
        check_answers(side, family)
