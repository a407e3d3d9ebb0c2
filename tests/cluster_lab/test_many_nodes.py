"""A cluster of a hundred nodes on one machine, each a process in a namespace: ten in the short form."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import pytest

from tests.cluster_lab.burden import burdens, cpu, memory
from tests.cluster_lab.fleet import Fleet, Node
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

NUMBER: Final = {True: 100, False: 10}
PATIENCE: Final = 240.0
STABLE: Final = {True: 180.0, False: 0.0}
"""Seconds in which nothing may happen."""
LOSSES: Final = ("session closed", "Hold timer expired", "Connection lost", "Error:")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("reflectors", "limit"), [((), 120), (("node1", "node2"), 30)], ids=["mesh", "two reflectors"]
)
def test_all_sessions_come_up_and_stay(
    lab: Lab, soaking: bool, reflectors: Sequence[str], limit: float
) -> None:
    """In time, which only the long form judges: it has the machine for itself."""
    fleet = Fleet(lab, NUMBER[soaking])
    fleet.write(replace(fleet.file, reflectors=reflectors))
    began = time.monotonic()
    with fleet.copied():
        started = time.monotonic() - began
        eventually(partial(established, fleet), equals=sessions(fleet), within=PATIENCE)
        up = time.monotonic() - began
        for node in fleet.nodes:
            eventually(partial(routes, node), equals=len(fleet.nodes) - 1, within=PATIENCE)
        before = burdens(node.pid for node in fleet.nodes)
        print(f"\n{len(fleet.nodes)} nodes, {sessions(fleet) // 2} sessions: processes {started:.1f} s")
        print(f"sessions {up:.1f} s, all routes {time.monotonic() - began:.1f} s, CPU {cpu(before):.1f} s")
        time.sleep(STABLE[soaking])
        assert [line for node in fleet.nodes for line in losses(node)] == []
        after = burdens(node.pid for node in fleet.nodes)
        print(f"{memory(after)}, then CPU {cpu(after) - cpu(before):.1f} s in {STABLE[soaking]:.0f} s")
        for node in fleet.nodes:
            peers = node.peers()
            assert {each: peer.type for each, peer in peers.items()} == fleet.file.peers(node.member)
            assert all(peer.is_established for peer in peers.values())
    assert not soaking or up < limit


def sessions(fleet: Fleet) -> int:
    """Return how many ends of sessions there are to be."""
    return sum(len(fleet.file.peers(node.member)) for node in fleet.nodes)


def established(fleet: Fleet) -> int:
    """Return how many ends of sessions have come up; to ask the daemons would keep them from it."""
    return sum(node.log().count("BGP session established") for node in fleet.nodes)


def routes(node: Node) -> int:
    """Return how many blocks of others a node's kernel has."""
    return node.host.ip("route", "show", "proto", "bird").count(" via ")


def losses(node: Node) -> Sequence[str]:
    """Return what a node's log says of sessions that have ended."""
    lines = [line for line in node.log().splitlines() if any(words in line for words in LOSSES)]
    return [f"{node.member.name}: {line}" for line in lines]
