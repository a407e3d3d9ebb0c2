"""A mesh goes over to one reflector, to two, and back, and no packet between its pods is lost."""

import os
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Final, NamedTuple

import pytest

from bgpd.control.peer_table import Peer
from tests.cluster_lab.fleet import Fleet, Node
from tests.cluster_lab.migration import PER_SECOND, Migration, Step, established
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

SOAKING: Final = bool(os.environ.get("BGPD_SOAK"))
STEPS: Final[Mapping[str, Sequence[str]]] = {
    "one reflector": ("node5",),
    "two reflectors": ("node5", "node4"),
    "mesh": (),
}
"""Who reflects after each of them."""


class Way(NamedTuple):
    """In which order nodes read the file, and how many seconds apart."""

    order: str
    pause: float


WAYS: Final = (
    [Way(order, pause) for pause in (0, 3, 12) for order in ("reflectors first", "reflectors last", "1", "2")]
    if SOAKING
    else [Way("reflectors first", 0), Way("reflectors last", 3), Way("1", 0)]
)


def ordered(nodes: Sequence[Node], order: str, reflectors: Sequence[str]) -> Sequence[Node]:
    """Return the nodes as they get their turn; a number is the seed of one by chance."""
    if order.isdigit():
        return random.Random(order).sample(nodes, len(nodes))
    first = order == "reflectors first"
    return sorted(nodes, key=lambda node: (node.member.name in reflectors) is not first)


def passes() -> Iterator[list[tuple[str, Way]]]:
    """Yield the steps of each time around: each of the ways, or in the short form all of them in one."""
    if SOAKING:
        yield from ([(what, way) for what in STEPS] for way in WAYS)
    else:
        yield [*zip(STEPS, WAYS, strict=True)]


@pytest.mark.soak
def test_nothing_is_lost_from_mesh_to_reflectors_and_back(lab: Lab) -> None:
    """One edit, and one command for each node; sessions that both modes have go on (RFC 4456 §10)."""
    migration = Migration(lab).start()
    looks_right(migration)
    with migration.traffic():
        for steps in passes():
            for what, way in steps:
                before = {node: node.peers() for node in migration.nodes}
                step = go(migration, what, way)
                assert not step.lost, step
                assert step.sent > 3 * PER_SECOND / 2  # it is not the sender who has stopped
                looks_right(migration)
                for node in migration.nodes:
                    assert restarted(before[node], node.peers()) == []
        migration.nodes[0].ask('disable "Mesh_*"')
        time.sleep(1)
        assert "pod-node1 -> pod-node2" in migration.take("a node without its sessions").lost


@pytest.mark.soak
def test_without_a_handover_something_is_lost(lab: Lab, soaking: bool) -> None:
    """What the test above would say if nodes did not wait for each other."""
    if not soaking:
        return
    migration = Migration(lab, "handover = 0").start()
    with migration.traffic():
        assert go(migration, "one reflector", Way("reflectors last", 12)).lost


def test_nobody_waits_for_a_node_that_has_left_and_refuses(lab: Lab) -> None:
    """Who reads the file last has lost some sessions before, and has tried in vain to have them again."""
    fleet = Fleet(lab, 3)
    fleet.write(fleet.file)
    fleet.start()
    first, last, reflector = fleet.nodes
    for node in fleet.nodes:
        eventually(partial(established, node), equals=fleet.file.peers(node.member), within=60)
    fleet.write(replace(fleet.file, reflectors=[reflector.member.name]))
    for node in (reflector, first):
        node.ask("configure")
    eventually(lambda: "Received: Connection rejected" in last.log(), within=60)
    last.ask("configure")
    eventually(partial(established, last), equals=fleet.file.peers(last.member), within=60)


def go(migration: Migration, what: str, way: Way) -> Step:
    """Take one step, and say what came of it."""
    reflectors = STEPS[what]
    file = replace(migration.fleet.file, reflectors=reflectors)
    order = ordered(migration.nodes, way.order, reflectors)
    began = time.monotonic()
    step = migration.change(f"{what}, {way.order}, {way.pause:g} s apart", file, order, way.pause)
    seconds = time.monotonic() - began
    print(f"{step.what}: {seconds:.1f} s, {step.sent} packets each way, lost: {step.lost or 'none'}")
    return step


def looks_right(migration: Migration) -> None:
    """See what an operator sees: the table of peers, and from whom routes come."""
    file, first = migration.fleet.file, migration.nodes[0]
    table = first.client("node", "status")
    print(table, first.client("show", "route", migration.nodes[1].member.block))
    assert len(file.peers(first.member)) == sum(" node" in line for line in table.splitlines() if "|" in line)
    for node, other in permutations(migration.nodes, 2):
        told = {"direct"}
        if file.reflectors and not {node.member.name, other.member.name} & {*file.reflectors}:
            told = {migration.fleet.node(name).port.v4 for name in file.reflectors}
        shown = node.ask(f"show route {other.member.block} primary")
        assert sender(shown) in told, shown


def sender(lines: Sequence[str]) -> str:
    """Return from whom a route comes, by what ``show route`` says of it."""
    [line] = [each for each in lines if " via " in each]
    found = re.search(r" from (\S+)\]", line)
    return found[1] if found else "direct"


def restarted(before: Mapping[str, Peer], after: Mapping[str, Peer]) -> list[str]:
    """Return the peers whose session is not the one it was."""
    return [each for each in before.keys() & after.keys() if before[each].since != after[each].since]
