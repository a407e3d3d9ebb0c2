"""Who has sessions with whom, and what they are like: the fields that no sample of calico-node has."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calico_resources.objects import (
    NODES,
    Object,
    configuration,
    document,
    neighbors,
    node,
    peer,
    resource,
)

_NO_MESH = configuration(nodeToNodeMeshEnabled=False)


def test_a_mesh_is_there_without_a_word() -> None:
    found = neighbors(*NODES)
    assert list(found) == ["Mesh_10_0_0_2", "Mesh_10_0_1_3", "Mesh_2001_db8__2"]
    assert found["Mesh_10_0_0_2"]["asn"] == found["Mesh_10_0_0_2"]["local_asn"] == 64512


def test_the_address_that_is_less_as_a_text_opens_the_session() -> None:
    nodes = (node("a", "10.0.0.9/24"), node("b", "10.0.0.10/24"))
    assert "passive" not in neighbors(*nodes, own="a")["Mesh_10_0_0_10"]
    assert neighbors(*nodes, own="b")["Mesh_10_0_0_9"]["passive"] is True


def test_a_route_reflector_is_not_part_of_the_mesh() -> None:
    nodes = (*NODES[:2], node("r", "10.0.0.9/24", routeReflectorClusterID="244.0.0.1"))
    assert "Mesh_10_0_0_9" not in neighbors(*nodes)
    assert neighbors(*nodes, own="r") == {}


_ONE: dict[str, Any] = {"peerIP": "192.0.2.1", "asNumber": 65001}
_SESSION_FIELDS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (
        {},
        {
            "asn": 65001,
            "local_asn": 64512,
            "multihop": 64,
            "ttl_security": False,
            "source_address": "10.0.0.1",
        },
    ),
    ({"asNumber": "65001"}, {"asn": 65001}),
    ({"asNumber": "1.10"}, {"asn": 65546}),
    ({"asNumber": 4294967295}, {"asn": 4294967295}),
    ({"localASNumber": 65002}, {"local_asn": 65002}),
    ({"peerIP": "192.0.2.1:1790"}, {"name": "Global_192_0_2_1_port_1790", "port": 1790}),
    ({"peerIP": "[2001:db8:1::1]:1790"}, {"address": "2001:db8:1::1", "port": 1790}),
    ({"peerIP": "2001:DB8:1:0::1"}, {"address": "2001:db8:1::1", "source_address": "2001:db8::1"}),
    ({"sourceAddress": "UseNodeIP"}, {"source_address": "10.0.0.1"}),
    ({"sourceAddress": "None"}, {"source_address": None}),
    ({"maxRestartTime": "1m30s"}, {"graceful_restart_time": 90}),
    ({"maxRestartTime": "90.4s"}, {"graceful_restart_time": 90}),
    ({"keepaliveTime": "20s"}, {"keepalive_time": 20}),
    ({"keepOriginalNextHop": True}, {"next_hop": "keep"}),
    ({"keepOriginalNextHop": True, "asNumber": 64512}, {"next_hop": None}),
    ({"keepOriginalNextHop": True, "asNumber": 64512, "localASNumber": 65002}, {"next_hop": "keep"}),
    ({"nextHopMode": "Auto"}, {"next_hop": None}),
    ({"nextHopMode": "Self"}, {"next_hop": "self"}),
    ({"nextHopMode": "Keep", "asNumber": 64512}, {"next_hop": "keep"}),
    ({"ttlSecurity": 3}, {"multihop": 3, "ttl_security": True}),
    ({"ttlSecurity": 0}, {"multihop": 64, "ttl_security": False}),
    ({"numAllowedLocalASNumbers": 2}, {"allow_local_as": 2}),
    ({"node": "a"}, {"name": "Node_192_0_2_1"}),
    ({"nodeSelector": "rack == '1'"}, {"name": "Node_192_0_2_1"}),
    ({"nodeSelector": ""}, {"name": "Global_192_0_2_1"}),
)


@pytest.mark.parametrize(("fields", "wanted"), _SESSION_FIELDS)
def test_a_field_of_a_peer(fields: dict[str, Any], wanted: dict[str, Any]) -> None:
    (session,) = neighbors(*NODES, _NO_MESH, peer(**{**_ONE, **fields})).values()
    assert {key: session.get(key) for key in wanted} == wanted


@pytest.mark.parametrize("fields", [{"node": "b"}, {"nodeSelector": "rack == '2'"}])
def test_a_peer_of_other_nodes_is_none_here(fields: dict[str, Any]) -> None:
    assert neighbors(*NODES, _NO_MESH, peer(**{**_ONE, **fields})) == {}


def test_a_peer_with_a_gateway_has_a_static_route() -> None:
    tables = document(*NODES, _NO_MESH, peer(**_ONE, reachableBy="10.0.0.254")).tables
    assert tables["statics"] == {
        "static1": {"families": ["ipv4"], "routes": [{"prefix": "192.0.2.1/32", "via": "10.0.0.254"}]}
    }


def test_a_peer_of_an_ip_version_that_the_node_lacks_is_none() -> None:
    assert neighbors(*NODES, _NO_MESH, peer(peerIP="2001:db8::99", asNumber=65001), own="c") == {}


def test_what_is_for_all_nodes_goes_before_what_is_for_one() -> None:
    found = neighbors(*NODES, _NO_MESH, peer("a", node="a", **{**_ONE, "asNumber": 65009}), peer("b", **_ONE))
    assert [(each["name"], each["asn"]) for each in found.values()] == [("Global_192_0_2_1", 65001)]


def test_selected_nodes_have_the_session_from_both_sides() -> None:
    objects = (*NODES, _NO_MESH, peer(node="a", peerSelector="rack == '2'", maxRestartTime="10s"))
    assert list(neighbors(*objects)) == ["Node_10_0_0_2", "Node_2001_db8__2"]
    other = neighbors(*objects, own="b")
    assert list(other) == ["Node_10_0_0_1", "Node_2001_db8__1"]
    assert other["Node_10_0_0_1"]["graceful_restart_time"] == 10
    assert neighbors(*objects, own="c") == {}


@pytest.mark.parametrize(
    "meant", [{"peerSelector": "rack == '2'"}, {"peerIP": "10.0.0.2", "asNumber": 64512}]
)
def test_manual_reversal_is_left_to_the_user(meant: dict[str, Any]) -> None:
    manual = peer(node="a", reversePeering="Manual", **meant)
    assert len(neighbors(*NODES, _NO_MESH, manual)) == (2 if "peerSelector" in meant else 1)
    assert neighbors(*NODES, _NO_MESH, manual, own="b") == {}


@pytest.mark.parametrize(
    ("address", "asn", "is_reversed"),
    [("10.0.0.2", 64512, True), ("10.0.0.2", 65001, False), ("10.0.0.2:179", 64512, True)],
)
def test_an_address_of_a_node_is_reversed_if_its_as_is_right(
    address: str, asn: int, is_reversed: bool
) -> None:
    objects = (*NODES, _NO_MESH, peer(node="a", peerIP=address, asNumber=asn))
    assert list(neighbors(*objects, own="b")) == (["Node_10_0_0_1"] if is_reversed else [])


def test_nodes_are_reached_at_the_ports_they_listen_on() -> None:
    objects = (*NODES, configuration(listenPort=1790), configuration("node.b", listenPort=1791))
    found = neighbors(*objects)
    assert [(name, each["port"]) for name, each in found.items()] == [
        ("Mesh_10_0_0_2", 1791),
        ("Mesh_10_0_1_3", 1790),
        ("Mesh_2001_db8__2", 1791),
    ]
    assert document(*objects).tables["router"]["port"] == 1790
    assert document(*objects, own="b").tables["router"]["port"] == 1791
    selected = peer(node="a", peerSelector="rack == '2'")
    assert "Node_10_0_0_2_port_1791" in neighbors(
        *objects, _NO_MESH | {"metadata": {"name": "node.x"}}, selected
    )


def test_a_reflector_reflects_for_nodes_of_other_clusters() -> None:
    nodes = (
        node("r", "10.0.0.1/24", labels={"rr": ""}, routeReflectorClusterID="244.0.0.1"),
        node("s", "10.0.0.2/24", labels={"rr": ""}, routeReflectorClusterID="244.0.0.1"),
        node("t", "10.0.0.3/24", labels={"rr": ""}, routeReflectorClusterID="244.0.0.3"),
        node("u", "10.0.0.4/24"),
        node("v", "10.0.0.5/24", asNumber=65005),
    )
    found = neighbors(*nodes, _NO_MESH, peer(nodeSelector="has(rr)", peerSelector="all()"), own="r")
    clients = {name: each.get("cluster_id") for name, each in found.items()}
    assert clients == {
        "Node_10_0_0_2": None,
        "Node_10_0_0_3": "244.0.0.1",
        "Node_10_0_0_4": "244.0.0.1",
        "Node_10_0_0_5": None,
    }
    assert found["Node_10_0_0_4"]["route_reflector_client"] is True


def test_a_mesh_and_a_peer_with_one_address_do_not_both_try() -> None:
    found = neighbors(*NODES, peer(nodeSelector="all()", peerSelector="rack == '2'"))
    assert found["Node_10_0_0_2"]["shutdown"] == "Mesh_10_0_0_2 has the same neighbor"
    assert "shutdown" not in found["Mesh_10_0_0_2"]


def test_workloads_open_sessions_with_their_node() -> None:
    workloads = [
        resource(
            "WorkloadEndpoint",
            name,
            {"node": owner, "ipNetworks": ["10.1.0.1/32", "10.1.0.2/32"]},
            namespace="default",
            labels={"bgp": "yes"},
        )
        for name, owner in (("w", "a"), ("x", "b"))
    ]
    found = neighbors(*NODES, _NO_MESH, peer(localWorkloadSelector="has(bgp)", asNumber=65001), *workloads)
    assert list(found) == ["Local_Workload_10_1_0_1"]
    assert found["Local_Workload_10_1_0_1"]["passive"] is True
    assert "source_address" not in found["Local_Workload_10_1_0_1"]


def test_the_mesh_has_its_own_terms() -> None:
    terms = configuration(
        nodeMeshPassword={"secretKeyRef": {"name": "s", "key": "k"}}, nodeMeshMaxRestartTime="200s"
    )
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": "calico-system"},
        "data": {"k": "c2VjcmV0"},
    }
    found = neighbors(*NODES, terms, secret)["Mesh_10_0_0_2"]
    assert (found["password"], found["graceful_restart_time"]) == ("secret", 200)
    assert "secret" not in repr(document(*NODES, terms, secret))


def test_two_nodes_with_one_address_are_one_neighbor() -> None:
    twins = document(*NODES, node("d", "10.0.0.2/24"))
    assert [each["name"] for each in twins.tables["neighbors"]].count("Mesh_10_0_0_2") == 1
    assert twins.remarks == ("Node d: 10.0.0.2 is an address of b as well",)


# Both ends

_racks = st.sampled_from(("1", "2", "3"))
_selectors = st.sampled_from(("all()", "rack == '1'", "rack != '1'", "rack in {'2', '3'}", "!has(rack)"))


@st.composite
def _clusters(draw: st.DrawFn) -> list[Object]:
    count = draw(st.integers(2, 6))
    reflectors = draw(st.sets(st.integers(0, count - 1), max_size=2))
    nodes = [
        node(
            f"n{number}",
            f"10.0.0.{number + 8}/24",
            f"2001:db8::{number + 8:x}/64" if draw(st.booleans()) else "",
            {"rack": draw(_racks)},
            **({"routeReflectorClusterID": "244.0.0.1"} if number in reflectors else {}),
        )
        for number in range(count)
    ]
    peers: list[Object] = []
    for number in range(draw(st.integers(0, 3))):
        fields: dict[str, Any] = {"peerSelector": draw(_selectors)}
        if draw(st.booleans()):
            fields["nodeSelector"] = draw(_selectors)
        peers.append(peer(f"p{number}", **fields))
    return [*nodes, *peers, configuration(nodeToNodeMeshEnabled=draw(st.booleans()))]


@settings(max_examples=60)
@given(_clusters())
def test_both_ends_have_the_session_and_one_of_them_opens_it(objects: list[Object]) -> None:
    names = [each["metadata"]["name"] for each in objects if each["kind"] == "Node"]
    ends: dict[tuple[str, str], bool] = {}
    for name in names:
        for session in neighbors(*objects, own=name).values():
            if "shutdown" not in session:
                ends[session["source_address"], session["address"]] = session.get("passive", False)
    for (one, other), is_passive in ends.items():
        assert (other, one) in ends
        assert not (is_passive and ends[other, one])
