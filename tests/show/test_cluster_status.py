"""``cluster status``: who is what, what is held, and what there is without a cluster."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.show.cluster import details, reflector, settings
from tests.show.node import node
from tests.show.test_json import ask
from tests.show.transcript import converse
from tests.show.world import StillDaemon

PAGE = Path(__file__).parents[2] / "docs" / "cluster-view.md"
KEYS = {
    "protocol",
    "address",
    "local_address",
    "type",
    "node",
    "role",
    "asn",
    "state",
    "since",
    "session",
    "info",
    "routes_in",
    "routes_out",
    "sessions_lost",
    "last_flap",
    "before_restart",
}


def peer(document: dict[str, Any], address: str) -> dict[str, Any]:
    """Return one neighbor of an answer."""
    (found,) = [row for row in document["peers"] if row["address"] == address]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("address", "type_", "role", "name"),
    [
        ("10.10.0.2", "node specific", "fellow", "rr2"),
        ("fd00:10::2", "node specific", "fellow", "rr2"),
        ("10.10.0.3", "node specific", "client", "rr3"),
        ("10.10.0.11", "node specific", "client", "node1"),
        ("10.10.0.13", "node-to-node mesh", "mesh", "node3"),
        ("10.10.7.7", "node specific", "client", None),
        ("10.10.0.254", "external", None, None),
    ],
)
def test_everybody_has_a_type_and_a_role(
    address: str, type_: str, role: str | None, name: str | None
) -> None:
    row = peer(ask("cluster status", reflector()), address)
    assert (row["type"], row.get("role"), row.get("node")) == (type_, role, name)


def test_a_rack_reflector_knows_those_above_it() -> None:
    """It has a cluster ID itself; only the list tells a reflector above from one beside it."""
    daemon = reflector()
    cluster = settings().cluster
    assert cluster is not None
    daemon.settings = replace(daemon.settings, cluster=replace(cluster, node="rr3"))
    assert peer(ask("cluster status", daemon), "10.10.0.2")["role"] == "reflector"
    daemon.settings = replace(daemon.settings, cluster=replace(cluster, model=None))
    assert peer(ask("cluster status", daemon), "10.10.0.2")["role"] == "fellow"
    daemon.settings = replace(daemon.settings, cluster_id=None)
    assert peer(ask("cluster status", daemon), "10.10.0.2")["role"] == "reflector"


def test_the_document_has_nothing_but_what_is_documented() -> None:
    document = ask("cluster status", reflector())
    assert set(document) == {
        *("node", "router_id", "asn", "mode", "cluster_id", "at"),
        *("members", "sources", "held", "ranges", "peers"),
    }
    assert set().union(*document["peers"]) == KEYS
    assert document["members"][0] == {
        "name": "rr1",
        "addresses": ["10.10.0.1", "fd00:10::1"],
        "reflects": True,
    }


def test_every_key_is_documented() -> None:
    document = ask("cluster status", reflector())
    keys = {*document, *KEYS}
    for rows in ("members", "sources", "held", "ranges"):
        keys = keys.union(*document[rows])
    assert keys == keys & {*re.findall(r"`(\w+)`", PAGE.read_text())}


def test_what_a_handover_holds_is_told_with_its_reason() -> None:
    (row,) = ask("cluster status", reflector())["held"]
    assert row == {
        "protocol": "Mesh_10_10_0_13",
        "address": "10.10.0.13",
        "node": "node3",
        "kind": "neighbor",
        "since": "2026-11-22T16:08:59+00:00",
        "until": "2026-11-22T16:13:59+00:00",
        "brought": 3,
        "missing": 2,
        "example": "10.244.9.0/26",
        "why": "stays until 2 prefixes (10.244.9.0/26 ...) are known from others",
    }


def test_routes_are_counted_both_ways() -> None:
    """What the import filter refused is not one of them, and nobody is told its own."""
    document = ask("cluster status", reflector())
    row = peer(document, "10.10.0.254")
    assert (row["routes_in"], row["routes_out"]) == (1, 3)
    row = peer(document, "10.10.0.11")
    assert (row["routes_in"], row["routes_out"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("Mesh_10_10_0_2", "node-to-node mesh"),
        ("Node_10_10_0_2", "node specific"),
        ("Node_10_10_0_2_port_1790", "node specific"),
        ("Global_10_10_0_2", "global"),
        ("Global", "internal"),
        ("spine1", "internal"),
    ],
)
def test_without_a_cluster_names_tell_the_type(name: str, type_: str) -> None:
    daemon = StillDaemon()
    daemon.add_neighbor(name, "10.10.0.2", asn=64512)
    daemon.still(name).shown = details("10.10.0.2", 64512, is_up=True)
    document = ask("cluster status", daemon)
    assert peer(document, "10.10.0.2")["type"] == type_
    assert not {"node", "mode"} & set(document)
    assert "Router 10.10.0.1, AS 64512, in no [cluster]" in converse(daemon, ["cluster status"])


def test_who_has_no_neighbors_is_told_so() -> None:
    assert converse(StillDaemon(), ["cluster status"]).splitlines()[-2:] == ["S:  No neighbors", "S: 0000 "]


@pytest.mark.parametrize("command", ["cluster status", "json cluster status"])
def test_bird_knows_no_clusters(command: str) -> None:
    daemon = node()
    daemon.dialect = "bird"
    assert converse(daemon, [command]).splitlines()[1:] == ["S: 9001 syntax error"]
