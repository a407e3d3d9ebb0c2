"""Three nodes with one file each, and a list of nodes beside it; a fourth one joins, then one leaves."""

import json
from collections.abc import Collection
from typing import Final

import pytest

from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

ADDRESSES: Final = {f"node{number}": f"10.41.0.{number}" for number in range(1, 5)}
FILE: Final = """
[metrics]
listen = ""
[cluster]
nodes_file = "nodes.json"
hold_time = 600
"""


def rows(names: Collection[str]) -> str:
    blocks = [{"prefix": f"10.20{name[-1]}.0.0/26", "node": name} for name in names]
    return json.dumps(
        {"nodes": [{"name": name, "address": ADDRESSES[name]} for name in names], "blocks": blocks}
    )


class Node:
    """One host with its daemon and its copy of the list."""

    def __init__(self, name: str, host: Host) -> None:
        self.name = name
        self.daemon = Bgpd.with_file(host, FILE)

    def list(self, text: str) -> None:
        """Put a new list in the place of the former one."""
        folder = self.daemon.directory
        (folder / "nodes.json.new").write_text(text)
        (folder / "nodes.json.new").rename(folder / "nodes.json")

    def sessions(self) -> dict[str, str]:
        """Return the nodes that there is a session with, and since when."""
        found = {}
        for row in self.daemon.answer("show protocols"):
            if row["proto"] == "BGP" and row["state"] == "up":
                found[row["name"].removeprefix("Mesh_").replace("_", ".")] = row["since"]
        return found

    def blocks(self) -> set[str]:
        """Return the blocks that lead to other nodes."""
        routes = self.daemon.shown_routes()
        return {route["prefix"] for route in routes if route["protocol"].startswith("Mesh_")}

    def is_among(self, names: Collection[str]) -> bool:
        """Tell whether it has a session with each other of these, with nobody else, and their blocks."""
        others = [name for name in names if name != self.name]
        wanted = {f"10.20{name[-1]}.0.0/26" for name in others}
        return set(self.sessions()) == {ADDRESSES[name] for name in others} and self.blocks() == wanted

    def source(self) -> dict[str, str]:
        """Return what ``show status`` says of the list."""
        (row,) = self.daemon.answer("show status")["cluster_source"]
        assert isinstance(row, dict)
        return row


@pytest.fixture
def nodes(lab: Lab) -> dict[str, Node]:
    hosts = {name: lab.host(name) for name in ADDRESSES}
    lab.segment(*hosts.values(), v4="10.41.0.0/24", v6=None)
    return {name: Node(name, host) for name, host in hosts.items()}


def test_a_list_that_changes_is_followed_and_a_broken_one_is_not(nodes: dict[str, Node]) -> None:
    first, *_, last = ADDRESSES
    three = [name for name in ADDRESSES if name != last]
    for name in three:
        nodes[name].list(rows(three))
        nodes[name].daemon.start()
    eventually(lambda: all(nodes[name].is_among(three) for name in three))
    before = {name: nodes[name].sessions() for name in three}

    for name in three:
        nodes[name].list('[{"name": "node1"')
    eventually(lambda: {nodes[name].source()["state"] for name in three}, equals={"broken"})
    assert all("nodes.json" in nodes[name].source()["problem"] for name in three)
    assert all(nodes[name].is_among(three) for name in three)

    for name in ADDRESSES:
        nodes[name].list(rows(ADDRESSES))
    nodes[last].daemon.start()
    eventually(lambda: all(node.is_among(ADDRESSES) for node in nodes.values()))
    assert {nodes[name].source()["state"] for name in three} == {"watched"}
    for name in three:
        assert before[name].items() <= nodes[name].sessions().items()

    all_four = {name: node.sessions() for name, node in nodes.items()}
    others = [name for name in ADDRESSES if name != first]
    for name in others:
        nodes[name].list(rows(others))
    eventually(lambda: all(nodes[name].is_among(others) for name in others))
    for name in others:
        assert nodes[name].sessions().items() <= all_four[name].items()
