"""What the file of a cluster comes to on each of its nodes."""

import json
import tomllib
from pathlib import Path

import pytest

from bgpd.config import build, load, print_config, validate
from bgpd.settings import NeighborSettings
from messages.families.prefix import render_prefix
from tests.cluster.conftest import On

NODES = """
[cluster]
mode = "{mode}"
nodes = [
  {{ name = "node1", address = "10.0.0.1", address6 = "2001:db8::1" }},
  {{ name = "node2", address = "10.0.0.2", address6 = "2001:db8::2" }},
  {{ name = "rr1", address = "10.0.0.9", cluster_id = "244.0.0.1" }},
]
"""
MESH = NODES.format(mode="mesh")
REFLECTED = NODES.format(mode="route-reflector")


def neighbors(on: On, text: str, node: str) -> dict[str, NeighborSettings]:
    return {neighbor.name: neighbor for neighbor in on(text, node).neighbors}


def test_a_mesh_in_five_lines(on: On) -> None:
    found = neighbors(on, MESH, "node1")
    assert [*found] == ["Mesh_10_0_0_2", "Mesh_2001_db8__2", "Mesh_10_0_0_9"]
    first = found["Mesh_10_0_0_2"]
    assert (first.address, first.source_address, first.passive) == ("10.0.0.2", "10.0.0.1", True)
    assert (first.description, first.asn, first.local_asn, first.external) == ("node2", 64512, 64512, False)
    assert (first.import_filter, first.export_filter, first.error_wait) == ("all", "all", (2, 30))
    assert not first.route_reflector_client


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("node1", {"Node_10_0_0_9": (False, None)}),
        ("rr1", {"Node_10_0_0_1": (True, 0xF4000001), "Node_10_0_0_2": (True, 0xF4000001)}),
    ],
)
def test_with_reflectors_there_are_clients(
    on: On, node: str, expected: dict[str, tuple[bool, int | None]]
) -> None:
    found = neighbors(on, REFLECTED, node)
    assert {name: (each.route_reflector_client, each.cluster_id) for name, each in found.items()} == expected


def test_a_change_of_mode_changes_nothing_but_name_and_role_of_a_session_that_stays(on: On) -> None:
    (before,) = (each for each in on(MESH, "rr1").neighbors if each.address == "10.0.0.1")
    (after,) = (each for each in on(REFLECTED, "rr1").neighbors if each.address == "10.0.0.1")
    differing = {key for key in before.__slots__ if getattr(before, key) != getattr(after, key)}
    assert differing == {"name", "route_reflector_client", "cluster_id"}


def test_fellows_know_the_cluster_id_by_which_loops_are_found(on: On) -> None:
    text = REFLECTED.replace('"2001:db8::2" }', '"2001:db8::2", cluster_id = "244.0.0.2" }')
    (fellow,) = (each for each in on(text, "rr1").neighbors if each.address == "10.0.0.2")
    assert (fellow.route_reflector_client, fellow.cluster_id) == (False, 0xF4000001)


def test_what_is_written_for_the_cluster_holds_for_all_its_sessions(on: On) -> None:
    text = (
        MESH + 'hold_time = 9\npassword = "secret"\ngraceful_restart = "off"\nmax_prefixes = { import = 7 }'
    )
    found = neighbors(on, text, "node1").values()
    assert {each.hold_time for each in found} == {9}
    assert {each.password for each in found} == {b"secret"}
    assert {each.graceful_restart for each in found} == {"off"}
    assert {each.max_prefixes.imported for each in found if each.max_prefixes} == {7}


def test_neighbors_of_the_file_stay_beside_it(on: On) -> None:
    tor = '[[neighbors]]\nname = "tor"\naddress = "10.0.0.254"\nasn = 65001\nimport = "all"\nexport = "all"\n'
    found = neighbors(on, tor + MESH, "node1")
    assert [*found][:2] == ["tor", "Mesh_10_0_0_2"]
    assert found["tor"].error_wait == (60, 300)


@pytest.mark.parametrize(
    ("before", "more", "router", "node"),
    [
        ("", "", 64512, 64512),
        ("", "asn = 65000", 65000, 65000),
        ("[router]\nasn = 64999\n", "", 64999, 64999),
        ("[router]\nasn = 64999\n", "asn = 65000", 64999, 65000),
    ],
)
def test_the_as_of_the_cluster_and_that_of_the_router(
    on: On, before: str, more: str, router: int, node: int
) -> None:
    settings = on(before + MESH + more, "node1")
    assert settings.asn == router
    assert {(each.asn, each.local_asn, each.external) for each in settings.neighbors} == {(node, node, False)}


def test_a_node_may_have_an_as_of_its_own(on: On) -> None:
    text = REFLECTED.replace('name = "node2"', 'name = "node2", asn = 65002')
    (there,) = on(text, "node2").neighbors
    assert on(text, "node2").asn == 65002
    assert (there.asn, there.local_asn, there.external) == (64512, 65002, True)
    here = neighbors(on, text, "rr1")["Node_10_0_0_2"]
    assert (here.asn, here.local_asn, here.route_reflector_client) == (65002, 64512, False)


def test_the_router_id_is_the_address_of_the_node(on: On) -> None:
    assert on(MESH, "node2").router_id == 0x0A000002
    assert on('[router]\nid = "192.0.2.7"\n' + MESH, "node2").router_id == 0xC0000207


def test_nodes_without_ipv4_have_router_ids_by_their_names(on: On) -> None:
    text = '[cluster]\nnodes = [{ name = "a", address6 = "::1" }, { name = "b", address6 = "::2" }]'
    found = {on(text, node).router_id for node in "ab"}
    assert len(found) == 2
    assert None not in found


def test_the_networks_of_interfaces_are_not_announced_unless_that_is_written(on: On) -> None:
    assert [each.interfaces for each in on(MESH, "node1").directs] == [()]
    assert [each.interfaces for each in on("[direct]\n" + MESH, "node1").directs] == [("*",)]
    assert on("[directs]\n" + MESH, "node1").directs == ()


BLOCKS = """
[[blocks]]
prefix = "10.244.1.0/26"
node = "node1"
[[blocks]]
prefix = "10.244.2.0/26"
node = "node2"
[[blocks]]
prefix = "fd00:244::/122"
[[blocks]]
prefix = "10.244.1.77/32"
node = "node1"
"""


def test_own_blocks_are_blackholes_and_single_addresses_are_not(on: On) -> None:
    for node, expected in (("node1", ["10.244.1.0/26", "fd00:244::/122"]), ("rr1", ["fd00:244::/122"])):
        routes = [route for each in on(MESH + BLOCKS, node).statics for route in each.routes]
        assert [render_prefix(route.key, route.family) for route in routes] == expected
        assert {route.kind.name for route in routes} == {"BLACKHOLE"}


def test_nodes_of_the_other_file_come_behind_those_of_this_one(on: On, tmp_path: Path) -> None:
    more = {
        "nodes": [{"name": "node3", "address": "10.0.0.3"}],
        "blocks": [{"prefix": "10.244.3.0/26", "node": "node3"}],
    }
    (tmp_path / "more.json").write_text(json.dumps(more))
    text = MESH.replace("[cluster]", '[cluster]\nnodes_file = "more.json"')
    assert [*neighbors(on, text, "node1")][-1] == "Mesh_10_0_0_3"
    assert len(on(text, "node3").statics) == 1
    facts = on(text, "node3").cluster
    assert facts is not None
    assert facts.sources == (str(tmp_path / "more.json"),)


def test_a_list_alone_is_a_file_of_nodes(on: On, tmp_path: Path) -> None:
    (tmp_path / "n.json").write_text(
        '[{"name": "a", "address": "10.0.0.1"}, {"name": "b", "address": "10.0.0.2"}]'
    )
    assert [*neighbors(on, '[cluster]\nnodes_file = "n.json"', "b")] == ["Mesh_10_0_0_1"]


def test_the_daemon_knows_the_members(on: On) -> None:
    facts = on(REFLECTED + "handover = 7", "rr1").cluster
    assert facts is not None
    assert (facts.node, facts.mode, facts.asn, facts.handover) == ("rr1", "route-reflector", 64512, 7)
    assert facts.members == {
        "10.0.0.1": "node1",
        "2001:db8::1": "node1",
        "10.0.0.2": "node2",
        "2001:db8::2": "node2",
        "10.0.0.9": "rr1",
    }


def test_nodes_in_no_list_come_to_the_range_of_a_reflector(on: On) -> None:
    text = REFLECTED + 'range = "127.0.0.0/8"\nlimit = 5'
    waiting = neighbors(on, text, "rr1")["Node"]
    assert (waiting.address, waiting.range_bits, waiting.limit) == ("127.0.0.0", 8, 5)
    assert (waiting.route_reflector_client, waiting.cluster_id) == (True, 0xF4000001)
    assert "Node" not in neighbors(on, text, "node1")
    (to_reflector,) = on(text, "a-new-one").neighbors
    assert (to_reflector.source_address, to_reflector.passive) == ("127.0.0.1", False)


def test_json_says_the_same(on: On, tmp_path: Path) -> None:
    text = MESH + BLOCKS
    path = tmp_path / "cluster.json"
    path.write_text(json.dumps(tomllib.loads(text)))
    assert build(load(path, "node1")) == on(text, "node1")


def test_what_is_printed_says_the_same_without_a_cluster(tmp_path: Path) -> None:
    path = tmp_path / "all.toml"
    pool = '[[pools]]\nprefix = "10.244.0.0/16"\nencapsulation = "always"\n'
    path.write_text(MESH + BLOCKS.replace("fd00:244::/122", "10.244.9.0/26") + pool)
    configuration = load(path, "node1")
    again = validate(tomllib.loads(print_config(configuration)))
    assert again.model_dump() == configuration.model_dump()
    assert again.cluster_facts is None
