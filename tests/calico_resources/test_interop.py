"""Nodes that run with one folder of resources, which an operator changes under way."""

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.calico_resources.objects import Object, block, configuration, node, peer, pool
from tests.daemon.command import kernel_routes
from tests.interop.lab import Lab, Port
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

_NAMES: Final = ("a", "b", "c")
_BLOCKS: Final = ("10.244.1.0/26", "10.244.2.0/26", "10.244.3.0/26")
_REFLECTOR: Final = {"route-reflector": "true"}
_FILE: Final = """
[metrics]
listen = ""
[cluster]
handover = 20
[control]
"""
"""Nobody has IPv6 blocks, so nothing shows when the IPv6 sessions of the mesh are not needed: they stay
for the whole handover."""


class Cluster:
    """The folder, and a daemon for each node that reads it."""

    def __init__(self, lab: Lab) -> None:
        hosts = [lab.host(name) for name in _NAMES]
        self.ports: Sequence[Port] = lab.segment(*hosts)
        self.routers = [Bgpd.with_file(host, _FILE) for host in hosts]
        self.folder = self.routers[0].directory / "resources"
        self.folder.mkdir()
        self.write("nodes", *self.nodes())
        blocks = (block(prefix, owner) for owner, prefix in zip(_NAMES, _BLOCKS, strict=True))
        self.write("pools", pool("10.244.0.0/16"), *blocks)

    def nodes(self, *reflectors: str) -> list[Object]:
        """Return all nodes, some of which are reflectors."""
        return [
            node(name, f"{port.v4}/24", f"{port.v6}/64", _REFLECTOR, routeReflectorClusterID="244.0.0.1")
            if name in reflectors
            else node(name, f"{port.v4}/24", f"{port.v6}/64")
            for name, port in zip(_NAMES, self.ports, strict=True)
        ]

    def write(self, name: str, *objects: Object) -> None:
        """Put a file in the place of the former one of that name."""
        new: Path = self.folder / f".{name}"
        new.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        new.rename(self.folder / f"{name}.json")

    def start(self) -> None:
        """Start the daemons; each is told which node it is."""
        for name, router in zip(_NAMES, self.routers, strict=True):
            router.write()
            resources: tuple[str | Path, ...] = ("--calico-resources", self.folder, "--node", name)
            router.spawn(
                sys.executable, "-m", "bgpd", *resources, "-c", router.configuration, "-s", router.socket
            )

    def name(self, kind: str, number: int, family: str = "v4") -> str:
        """Return what a session with a node is called."""
        address: str = getattr(self.ports[number], family)
        return f"{kind}_{address.replace('.', '_').replace(':', '_')}"

    def names(self, kind: str, *numbers: int) -> set[str]:
        """Return what the sessions of both families are called."""
        return {self.name(kind, number, family) for number in numbers for family in ("v4", "v6")}


def _sessions(router: Bgpd) -> dict[str, str]:
    """Return the sessions that are there, each with the time at which it came to be."""
    rows = router.answer("show protocols")
    return {row["name"]: row["since"] for row in rows if row["info"].startswith("Established")}


def _established(router: Bgpd) -> set[str]:
    return set(_sessions(router))


def test_a_mesh_becomes_clients_of_a_reflector(lab: Lab) -> None:
    cluster = Cluster(lab)
    cluster.start()
    a, b, c = cluster.routers
    for number, router in enumerate(cluster.routers):
        others = cluster.names("Mesh", *({0, 1, 2} - {number}))
        eventually(partial(_established, router), equals=others)
        eventually(partial(kernel_routes, router.host), equals=set(_BLOCKS))
    before = _sessions(a)[cluster.name("Mesh", 2)]

    cluster.write(
        "peers",
        peer("to-reflectors", nodeSelector="!has(route-reflector)", peerSelector="has(route-reflector)"),
        configuration(nodeToNodeMeshEnabled=False),
    )
    cluster.write("nodes", *cluster.nodes("c"))

    for router in (a, b):
        eventually(partial(_established, router), equals=cluster.names("Node", 2))
    eventually(partial(_established, c), equals=cluster.names("Node", 0, 1))
    for router in cluster.routers:
        assert kernel_routes(router.host) == set(_BLOCKS)
    assert _sessions(a)[cluster.name("Node", 2)] == before  # it went on, in another role
    [route] = a.answer(f"show route {_BLOCKS[1]} all")
    assert route["received_from"] == cluster.ports[2].v4
    assert route["next_hops"][0]["gateway"] == cluster.ports[1].v4
    assert route["attributes"]["cluster_list"] == ["244.0.0.1"]


def test_a_broken_file_changes_nothing(lab: Lab) -> None:
    cluster = Cluster(lab)
    cluster.start()
    a = cluster.routers[0]
    eventually(partial(_established, a), equals=cluster.names("Mesh", 1, 2))
    (cluster.folder / "peers.json").write_text('{"kind": "List", "items": [')
    [row] = eventually(
        lambda: a.answer("show status")["cluster_source"], becomes=lambda rows: rows[0]["state"] == "broken"
    )
    assert "peers.json:1: not JSON" in row["problem"]
    assert _established(a) == cluster.names("Mesh", 1, 2)
    cluster.write("peers", configuration(nodeMeshMaxRestartTime="90s"))
    eventually(lambda: a.answer("show status")["cluster_source"][0]["state"], equals="watched")
