"""A cluster of a hundred nodes on one machine, each a process in a namespace: ten in the short form."""

import os
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

import pytest

from tests.cluster_lab.burden import burdens, cpu, memory
from tests.cluster_lab.fleet import Fleet, Node
from tests.cluster_lab.nursery import Nursery
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

SOAKING: Final = bool(os.environ.get("BGPD_SOAK"))
NUMBER: Final = 100 if SOAKING else 10
PATIENCE: Final = 240.0
LOSSES: Final = ("BGP session closed", "Hold timer expired")


class Form(NamedTuple):
    """What is the same in the short form, and what only the long form judges."""

    reflectors: Sequence[str] = ()
    copies: bool = False
    """Whether the daemons begin as copies of one process."""
    limit: float = PATIENCE
    """Seconds in which all sessions come up in the long form."""
    stable: float = 30.0
    """Seconds after that in which nothing may happen."""


FORMS: Final = {
    "mesh": Form(limit=120, stable=180),
    "two reflectors": Form(("node1", "node2"), copies=True, limit=30),
} | ({"two reflectors, each program loaded": Form(("node1", "node2"))} if SOAKING else {})
"""To load the program a hundred times takes two processors more than 30 s, whatever comes after that."""


@pytest.mark.soak
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_all_sessions_come_up_and_stay(lab: Lab, form: Form) -> None:
    """In time, if they have the machine for themselves."""
    stable = form.stable if SOAKING else 0.0
    fleet = Fleet(lab, NUMBER)
    fleet.write(replace(fleet.file, reflectors=form.reflectors))
    with Nursery() if form.copies else nullcontext() as nursery:
        began = time.monotonic()
        if nursery:
            fleet.start_copies(nursery)
        else:
            fleet.start()
        eventually(partial(established, fleet), equals=sessions(fleet), within=PATIENCE)
        up = time.monotonic() - began
        for node in fleet.nodes:
            eventually(partial(routes, node), equals=NUMBER - 1, within=PATIENCE)
        before = burdens(node.pid for node in fleet.nodes)
        print(f"\n{NUMBER} nodes, {sessions(fleet) // 2} sessions: up after {up:.1f} s, all routes after")
        print(f"{time.monotonic() - began:.1f} s, CPU {cpu(before):.1f} s")
        time.sleep(stable)
        assert [line for node in fleet.nodes for line in losses(node)] == []
        after = burdens(node.pid for node in fleet.nodes)
        print(f"{memory(after)}, then CPU {cpu(after) - cpu(before):.1f} s in {stable:.0f} s")
        for node in fleet.nodes:
            peers = node.peers()
            assert {each: peer.type for each, peer in peers.items()} == fleet.file.peers(node.member)
            assert all(peer.is_established for peer in peers.values())
    assert not SOAKING or up < form.limit


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
