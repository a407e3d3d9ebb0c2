"""What is wrong with the file of a cluster is said with its place, and what to do about it."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.cluster.conftest import Complaints

HEAD: Final = "[cluster]\n"
TWO: Final = """nodes = [
  { name = "node1", address = "10.0.0.1/24" },
  { name = "node2", address = "10.0.0.2" },
]
"""
REFLECTED: Final = 'mode = "route-reflector"\n'


def rows(*texts: str) -> str:
    """Return a cluster with these rows of nodes: the first one is in line 3."""
    return "[cluster]\nnodes = [\n" + "".join(f"  {{ {text} }},\n" for text in texts) + "]\n"


NODE1, NODE2 = 'name = "node1", address = "10.0.0.1"', 'name = "node2", address = "10.0.0.2"'
TOP = 'name = "rr1", address = "10.0.0.9", cluster_id = "1.1.1.1"'
TOR = '[[neighbors]]\nname = "tor"\naddress = "10.0.0.254"\nasn = 65001\n'
POOL = '[[pools]]\nprefix = "10.244.0.0/16"\n'


def rack(number: int, group: str, cluster_id: str) -> str:
    where = f'name = "rack{number}", address = "10.0.1.{number}"'
    return f'{where}, cluster_id = "{cluster_id}", reflects = "{group}"'


def member(number: int, group: str) -> str:
    return f'name = "node{number}", address = "10.0.0.{number}", group = "{group}"'


def block(prefix: str, node: str = "") -> str:
    return f'[[blocks]]\nprefix = "{prefix}"\n' + (f'node = "{node}"\n' if node else "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD, "cluster.toml:1: cluster.nodes: missing; write all nodes of the cluster, or nodes_file"),
        (
            HEAD + TWO + 'mode = "star"',
            'cluster.toml:6: cluster.mode: "star" is not allowed; write "mesh" or',
        ),
        (
            HEAD + TWO + "hold_tim = 9",
            'cluster.toml:6: cluster.hold_tim: unknown key; did you mean "hold_time"?',
        ),
        (HEAD + TWO + "hold_time = 1", "cluster.toml:6: cluster.hold_time: 1 is not allowed"),
        (
            HEAD + TWO + "passive = true",
            "cluster.toml:6: cluster.passive: of two nodes the one with the lower",
        ),
        (
            HEAD + TWO + 'cluster_id = "1.1.1.1"',
            "cluster.toml:6: cluster.cluster_id: it belongs to the nodes",
        ),
        (HEAD + TWO + 'export = "f"', 'cluster.toml:6: cluster.export: unknown filter "f"'),
        (
            HEAD + TWO + "error_wait = [9, 2]",
            "cluster.toml:6: cluster.error_wait: the first of [9, 2] is above",
        ),
        (
            HEAD + TWO + 'password_file = "/none"',
            'cluster.toml:6: cluster.password_file: "/none": No such file',
        ),
        (HEAD + TWO + 'role = "peer"', "cluster.toml:6: cluster.role: it is for external neighbors"),
        (rows(NODE1, 'name = "node2"'), "cluster.toml:4: cluster.nodes[node2].address: missing; write the"),
        (rows(NODE1, 'address = "10.0.0.2"'), "cluster.toml:4: cluster.nodes[10.0.0.2].name: missing; write"),
        (rows(NODE1, 'name = "node2", address = "::1"'), '"::1" is not allowed; write an IPv4 address like'),
        (
            rows(NODE1, 'name = "node2", address6 = "fe80::1"'),
            '"fe80::1" is not an address that all nodes can',
        ),
        (rows(NODE1, NODE1), '[node1].name: "node1" is the name of another node; write another name'),
        (
            rows(NODE1, 'name = "node2", address = "10.0.0.1/24"'),
            'cluster.toml:4: cluster.nodes[node2].address: "10.0.0.1" is the address of node1, too;',
        ),
        (
            rows(NODE1, NODE2 + ', reflects = "rack1"'),
            "cluster.nodes[node2].reflects: only a reflector has clients; write its cluster_id as well",
        ),
        (
            rows(member(1, "rack1"), rack(1, "rack11", "1.1.1.1")),
            'cluster.nodes[rack1].reflects: no node has the group "rack11"; did you mean "rack1"?',
        ),
        (
            HEAD + TWO + REFLECTED,
            'cluster.toml:6: cluster.mode: "route-reflector" needs a reflector; write clust',
        ),
        (
            rows(NODE1, member(2, "rack1"), rack(1, "rack1", "1.1.1.1")) + REFLECTED,
            "cluster.toml:3: cluster.nodes[node1].name: node1 has no reflector: all of them name groups",
        ),
        (
            rows(NODE1, 'name = "rr", address6 = "2001:db8::9", cluster_id = 1') + REFLECTED,
            "cluster.nodes[node1].name: node1 has no address of the family of its reflectors (rr); write one",
        ),
        (
            rows(TOP, member(1, "rack1"), rack(1, "rack1", "1.1.1.1")) + REFLECTED,
            "cluster.nodes[rack1].cluster_id: rack1 and rr1 have other clients but the same cluster ID",
        ),
        (
            rows(member(1, "a"), member(2, "b"), rack(1, "a", "1.1.1.1"), rack(2, "b", "1.1.1.1"))
            + REFLECTED,
            "cluster.nodes[rack2].cluster_id: rack2 and rack1 have other clients but the same cluster ID",
        ),
        (
            rows(TOP, member(1, "a"), member(2, "b"), rack(1, "a", "2.2.2.2"), rack(2, "b", "2.2.2.2"))
            + REFLECTED,
            "cluster.nodes[rack2].cluster_id: rack2 and rack1 have other clients but the same cluster ID",
        ),
        (
            rows(NODE1, 'name = "a", address6 = "2001:db8::2"', 'name = "b", address6 = "2001:DB8:0::2/64"'),
            'cluster.toml:5: cluster.nodes[b].address6: "2001:db8::2" is the address of a, too;',
        ),
        (
            HEAD + TWO + 'range = "10.0.0.0/8"',
            'cluster.toml:6: cluster.range: needs mode = "route-reflector"',
        ),
        (
            HEAD + TWO + 'range6 = "10.0.0.0/8"',
            'cluster.range6: "10.0.0.0/8" is not of the family ipv6; write it as',
        ),
        (
            TOR.replace("254", "2") + HEAD + TWO,
            'cluster.toml:3: neighbors[tor].address: "10.0.0.2" is a node, and',
        ),
        (
            TOR.replace('"tor"', '"Mesh_10_0_0_2"') + HEAD + TWO,
            'cluster.toml:2: neighbors[Mesh_10_0_0_2].name: "Mesh_10_0_0_2" is the name of a node by',
        ),
        (
            '[[pipes]]\nname = "Mesh_10_0_0_2"\npeer_table = "b"\n[router]\ntables = ["b"]\n' + HEAD + TWO,
            "a pipe",
        ),
        (POOL, "cluster.toml:1: pools: is about the nodes of [cluster], which is not there"),
        (block("10.0.0.0/26"), "cluster.toml:1: blocks: is about the nodes of [cluster], which is not there"),
        (
            HEAD + TWO + block("10.1.0.0/26", "node1") + block("10.1.0.0/26", "node2"),
            'cluster.toml:10: blocks[10.1.0.0/26].prefix: "10.1.0.0/26" is the block of node1 10.1.0.0/26;',
        ),
        (
            HEAD + TWO + block("10.1.0.64/26", "node1") + block("10.1.0.0/24", "node2"),
            '"10.1.0.0/24" has addresses in common with the block of node1 10.1.0.64/26; remove one of them',
        ),
        (
            HEAD + TWO + block("10.1.0.0/26", "node3"),
            'blocks[10.1.0.0/26].node: no node is called "node3"; did you',
        ),
        (HEAD + TWO + POOL + block("10.1.0.0/26"), '"10.1.0.0/26" is in none of the pools, 10.244.0.0/16'),
        (
            HEAD + TWO + block("10.1.0.0/26") + '[[static]]\nprefix = "10.1.0.0/26"\nblackhole = true',
            'cluster.toml:9: static[10.1.0.0/26].prefix: "10.1.0.0/26" is a route by [[blocks]] already',
        ),
        (
            HEAD + TWO + POOL + POOL,
            'pools[10.244.0.0/16].prefix: "10.244.0.0/16" is the pool 10.244.0.0/16; remove',
        ),
        (
            HEAD + TWO + '[[pools]]\nprefix = "fd00::/48"\nencapsulation = "always"',
            'cluster.toml:6: pools[fd00::/48].tunnel: "tunl0" is a tunnel for IPv4; write',
        ),
        (
            rows(NODE1, NODE2) + POOL + 'encapsulation = "cross-subnet"',
            'cluster.toml:3: cluster.nodes[node1].address: a pool with encapsulation = "cross-subnet" has to',
        ),
        (
            '[filters]\nf = "accept;"\n' + HEAD + TWO + 'export = "f"\n' + POOL + "export = false",
            "cluster.toml:8: cluster.export: one of [[pools]] has export = false, which this filter",
        ),
        (
            '[kernel.ipv4]\nexport = "none"\n' + HEAD + TWO + POOL + "kernel = false",
            "cluster.toml:2: kernel.ipv4.export: the filter follows from [[pools]]",
        ),
        (
            '[filters]\ncluster_kernel_ipv4 = "accept;"\n' + HEAD + TWO + POOL + "kernel = false",
            "cluster.toml:2: filters.cluster_kernel_ipv4: ",
        ),
        (
            HEAD + 'nodes_file = "none.json"',
            'none.json: "none.json" cannot be read: No such file or directory',
        ),
    ],
)
def test_one_thing_is_wrong(complaints: Complaints, text: str, expected: str) -> None:
    (found,) = complaints(text)
    assert expected in found


def test_a_host_that_is_none_of_the_nodes_is_told(complaints: Complaints) -> None:
    (found,) = complaints(HEAD + TWO, node="node3")
    assert found == (
        "cluster.toml:2: cluster.nodes: no node is called node3, which is the name that was given; "
        "did you mean node2?"
    )


def test_what_is_wrong_elsewhere_is_said_as_well(complaints: Complaints) -> None:
    found = complaints("[router]\nport = 0\n" + rows(NODE1, NODE1))
    assert [each.partition(": ")[2].partition(":")[0] for each in found] == [
        "router.port",
        "cluster.nodes[node1].name",
    ]


def test_what_all_sessions_share_is_wrong_once(complaints: Complaints) -> None:
    text = rows(*(f'name = "node{number}", address = "10.0.0.{number}"' for number in range(1, 9)))
    assert len(complaints(text + "error_wait = [9, 2]")) == 1


NODES = [{"name": "node1", "address": "10.0.0.1"}, {"name": "node2", "address": "10.0.0.2"}]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "nodes.json:1: not JSON: Expecting value (column 1); write a list of nodes, or an object with"),
        ('[\n{"name": "a",\n]', "nodes.json:3: not JSON: Expecting property name"),
        ("[NaN]", "nodes.json: not JSON: NaN is not a JSON number"),
        (
            '[{"name": "node1", "address": "10.0.0.1", "name": "node2"}]',
            'nodes.json: not JSON: the key "name" is there twice in one object; write a list of nodes',
        ),
        (r'[{"\ud800": 1}]', r"nodes.json: not JSON: the key '\ud800' has half of a character"),
        ("7", "nodes.json:1: a number is not allowed; write a list of nodes, or an object with the lists"),
        ("[" * 100_000, "nodes.json: not JSON: nested too deeply"),
        (
            '[\n{"name": "node1", "address": "10.0.0.1"},\n7]',
            "nodes.json:3: nodes[#2]: a number is not allowed",
        ),
        (
            json.dumps([*NODES, {"name": "node3", "adress": "10.0.0.3"}], indent=1),
            'nodes.json:12: nodes[node3].adress: unknown key; did you mean "address"?',
        ),
        (
            json.dumps({"nodes": [*NODES, {"name": "node3", "address": "10.0.0.2"}]}, indent=1),
            'nodes.json:11: nodes[node3].address: "10.0.0.2" is the address of node2, too',
        ),
        (
            json.dumps({"nodes": NODES, "pools": []}, indent=1),
            "nodes.json:12: pools: unknown key; the keys of",
        ),
        (
            json.dumps({"nodes": NODES, "blocks": [{"prefix": "10.1.0.1/26"}]}),
            'nodes.json:1: blocks[10.1.0.1/26].prefix: "10.1.0.1/26" has host bits set; write "10.1.0.0/26"',
        ),
    ],
)
def test_something_is_wrong_in_the_file_of_nodes(
    complaints: Complaints, tmp_path: Path, content: str, expected: str
) -> None:
    (tmp_path / "nodes.json").write_text(content)
    (found,) = complaints(HEAD + 'nodes_file = "nodes.json"')
    assert found.startswith(expected)


def test_the_nodes_of_both_files_are_told_apart(complaints: Complaints, tmp_path: Path) -> None:
    (tmp_path / "nodes.json").write_text(json.dumps([{"name": "node2", "address": "10.0.0.7"}]))
    (found,) = complaints(HEAD + TWO + 'nodes_file = "nodes.json"')
    assert found == 'nodes.json:1: nodes[node2].name: "node2" is the name of another node; write another name'


def test_a_rack_of_the_other_file_may_be_empty(complaints: Complaints, tmp_path: Path) -> None:
    text = rows(member(1, "rack1"), rack(1, "rack2", "1.1.1.1"))
    assert len(complaints(text)) == 1
    (tmp_path / "nodes.json").write_text("[]")
    with pytest.raises(pytest.fail.Exception):
        complaints(text + 'nodes_file = "nodes.json"')


def test_blocks_of_strangers_are_all_named_though_few_names_are_compared(complaints: Complaints) -> None:
    blocks = [block(f"10.1.{number}.0/26", f"node{number}") for number in range(3, 203)]
    found = complaints(HEAD + TWO + "".join(blocks))
    assert len(found) == 200
    assert all(f'no node is called "node{number}"; ' in each for number, each in enumerate(found, 3))
    assert "did you mean" in found[0]
    assert found[-1].endswith("write the name of one of the nodes")


def test_many_groups_are_not_all_listed(complaints: Complaints) -> None:
    nodes = [member(number, f"rack{number}") for number in range(1, 60)]
    (found,) = complaints(rows(*nodes, rack(1, "other", "1.1.1.1")))
    assert found.endswith("and 39 more")
