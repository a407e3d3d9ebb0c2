"""From a mesh of three nodes to a route reflector, by new configuration files and SIGHUP: as with BIRD.

The reflector's cluster is 244.0.0.1, as in Calico's documentation.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from string import Template
from typing import Final

import pytest

from tests.interop.drop_in.node import Node
from tests.interop.drop_in.normalized import masked, routes_in_order
from tests.interop.drop_in.programs import BIRD, OURS, Program
from tests.interop.drop_in.scenarios.calico import COMMON, calico_peer
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

NUMBERS: Final = (1, 2, 3)
REFLECTOR: Final = 1
CLIENT: Final = ("rr client;", "rr cluster id 244.0.0.1;")


def places(number: int) -> dict[str, str]:
    """Return the places of a node, with the names they have in the texts."""
    known = {f"peer{each}": f"10.10.0.{each}" for each in NUMBERS}
    names = {f"{name}_": address.replace(".", "_") for name, address in known.items()}
    own = {"node": f"10.10.0.{number}", "block1": f"10.244.{number}.0/26"}
    return known | names | own | {"pool": "10.244.0.0/16", "services": "10.96.0.0/12"}


def mesh(number: int) -> str:
    """Return the file of a node in the full mesh; of two nodes the one with the lower address connects."""
    peers = (
        calico_peer("Mesh", f"peer{each}", *(("passive on;",) if number < each else ()))
        for each in NUMBERS
        if each != number
    )
    return file(number, peers)


def reflected(number: int) -> str:
    """Return the file of a node when the mesh is off: every other node has a session with the reflector."""
    if number == REFLECTOR:
        others = [each for each in NUMBERS if each != REFLECTOR]
        return file(number, (calico_peer("Node", f"peer{each}", "passive on;", *CLIENT) for each in others))
    return file(number, [calico_peer("Node", f"peer{REFLECTOR}")])


def file(number: int, peers: Iterator[str] | Sequence[str]) -> str:
    """Return a configuration file."""
    text = "".join(["router id $node;\n", COMMON, *peers])
    return Template(text).substitute(places(number))


class Cluster:
    """Three nodes on one network."""

    def __init__(self, lab: Lab, programs: Sequence[Program], tag: str) -> None:
        hosts = [lab.host(f"{tag}{number}") for number in NUMBERS]
        switch = lab.host(f"{tag}-switch")
        switch.ip("link", "add", "bridge", "type", "bridge")
        switch.ip("link", "set", "bridge", "up")
        for number, host in zip(NUMBERS, hosts, strict=True):
            end = ("address", f"02:00:00:00:00:{number:02x}", "type", "veth")
            plug = ("peer", "name", f"port{number}", "netns", switch.namespace)
            host.ip("link", "add", "eth0", *end, *plug)
            switch.ip("link", "set", f"port{number}", "master", "bridge", "up")
            host.ip("address", "add", f"10.10.0.{number}/24", "dev", "eth0")
            host.ip("link", "set", "eth0", "up")
        self.nodes = [Node(host, program) for host, program in zip(hosts, programs, strict=True)]

    def start(self) -> None:
        """Start the mesh."""
        for number, node in zip(NUMBERS, self.nodes, strict=True):
            node.start("ipv4", mesh(number))

    def reflect(self) -> None:
        """Switch the mesh off."""
        for number, node in zip(NUMBERS, self.nodes, strict=True):
            node.write("ipv4", reflected(number))
            node.hang_up("ipv4")

    def shown(self) -> list[list[str]]:
        """Return what an operator sees on each node."""
        return [
            [
                *map(masked, node.client("ipv4", "show", "protocols").splitlines()[1:]),
                *routes_in_order(node.client("ipv4", "show", "route").splitlines()[1:]),
                *(line for line in node.kernel("ipv4") if "bird" in line),
            ]
            for node in self.nodes
        ]


@pytest.mark.parametrize("others", [OURS, BIRD], ids=["all nodes", "the reflector"])
def test_mesh_becomes_a_reflector_and_its_clients(lab: Lab, others: Program) -> None:
    theirs = Cluster(lab, [BIRD, BIRD, BIRD], "bird")
    ours = Cluster(lab, [OURS, others, others], "ours")
    for cluster in (theirs, ours):
        cluster.start()
    eventually(partial(agreed, theirs, ours), is_meshed)
    for cluster in (theirs, ours):
        cluster.reflect()
    expected = eventually(partial(agreed, theirs, ours), is_reflected)
    row = "10.244.3.0/26      via 10.10.0.3 on eth0 [Node_10_10_0_1 <time>    from 10.10.0.1] * (100/0) [i]"
    assert row in expected[1]


def agreed(theirs: Cluster, ours: Cluster) -> list[list[str]]:
    """Return what both show, as soon as it is the same."""
    shown = theirs.shown()
    assert ours.shown() == shown
    return shown


def is_meshed(nodes: Sequence[Sequence[str]]) -> bool:
    """Tell whether every node has its own block and those of both others in its kernel."""
    return all(sum("10.244." in line and "proto bird" in line for line in node) == 3 for node in nodes)


def is_reflected(nodes: Sequence[Sequence[str]]) -> bool:
    """Tell whether the clients have each other's block from the reflector, and the mesh is gone."""
    sent_on = all(any("from 10.10.0.1]" in line for line in node) for node in nodes[1:])
    return is_meshed(nodes) and sent_on and not any("Mesh" in line for node in nodes for line in node)
