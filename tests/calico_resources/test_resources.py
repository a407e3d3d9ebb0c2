"""The forms that objects come in: one by one, in lists of every kind, of Calico and of Kubernetes."""

import pytest

from bgpd.calico import CalicoError, SecretKey, document_of, resources_of, secrets_named_by
from tests.calico_resources.objects import (
    NODES,
    Object,
    block,
    configuration,
    document,
    faults,
    neighbors,
    node,
    peer,
)

_ITEM: Object = {"metadata": {"name": "x"}, "spec": {}}
_V1 = "crd.projectcalico.org/v1"
_V3 = "projectcalico.org/v3"


def _whole(kind: str = "BGPPeer", version: str = _V3) -> Object:
    return {"kind": kind, "apiVersion": version, **_ITEM}


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (_whole(), ["BGPPeer"]),
        (_whole(version=_V1), ["BGPPeer"]),
        ([_whole(), _whole("IPPool")], ["BGPPeer", "IPPool"]),
        ({"kind": "List", "apiVersion": "v1", "items": [_whole(), _whole("IPPool")]}, ["BGPPeer", "IPPool"]),
        ({"kind": "BGPPeerList", "apiVersion": _V3, "items": [_whole()]}, ["BGPPeer"]),
        (
            {"kind": "BGPPeerList", "apiVersion": _V1, "metadata": {}, "items": [_ITEM, _ITEM]},
            ["BGPPeer"] * 2,
        ),
        ({"kind": "NodeList", "apiVersion": "v1", "items": [_ITEM]}, ["Node"]),
        ([{"kind": "NodeList", "apiVersion": "v1", "items": [_ITEM]}, _whole()], ["Node", "BGPPeer"]),
        ({"kind": "List", "apiVersion": "v1", "items": []}, []),
        (_whole("Pod", "v1"), []),
        (_whole("FelixConfiguration"), []),
        (_whole("BGPPeer", "cilium.io/v2"), []),
        (_whole("Node", "v1"), ["Node"]),
        (_whole("Secret", "v1"), ["Secret"]),
        (_whole("Secret", _V3), []),
    ],
)
def test_objects_are_found(value: object, kinds: list[str]) -> None:
    found = list(resources_of(value, "test"))
    assert [each.kind for each in found] == kinds
    assert {each.name for each in found} <= {"x"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (7, "test: there is something that is no object"),
        (["x"], "test: there is something that is no object"),
        ({}, "test: there is an object without kind and apiVersion"),
        ({"kind": "Node"}, "test: there is an object without kind and apiVersion"),
        ({"kind": "Node", "apiVersion": "v1"}, "test: there is a Node without metadata.name"),
        ({"kind": "Node", "apiVersion": "v1", "metadata": {"name": 7}}, "a Node without metadata.name"),
        ([[[[[[_whole()]]]]]], "test: there is something that is no object"),
    ],
)
def test_what_is_no_object_is_refused(value: object, message: str) -> None:
    with pytest.raises(CalicoError) as caught:
        list(resources_of(value, "test"))
    assert message in str(caught.value)


def _of_kubernetes(name: str, labels: dict[str, str] | None = None, **annotations: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": labels or {},
            "annotations": {f"projectcalico.org/{key}": value for key, value in annotations.items()},
        },
        "spec": {"podCIDR": "10.244.0.0/24"},
    }


def test_nodes_of_kubernetes_say_it_in_annotations() -> None:
    nodes = (
        _of_kubernetes("a", IPv4Address="10.0.0.1/24", IPv6Address="2001:db8::1/64", ASNumber="64600"),
        _of_kubernetes("b", {"rack": "2"}, IPv4Address="10.0.0.2/24"),
        _of_kubernetes("r", {"rr": ""}, IPv4Address="10.0.0.9/24", RouteReflectorClusterID="244.0.0.1"),
        _of_kubernetes("new"),
    )
    found = neighbors(*nodes, peer(nodeSelector="all()", peerSelector="has(rr)"))
    assert [(name, each["asn"]) for name, each in found.items()] == [
        ("Mesh_10_0_0_2", 64512),
        ("Node_10_0_0_9", 64512),
    ]
    assert found["Mesh_10_0_0_2"]["local_asn"] == 64600
    assert "Node_10_0_0_2" in neighbors(
        *nodes, peer(nodeSelector="all()", peerSelector="rack == '2'"), own="r"
    )


def test_a_wrong_annotation_is_named() -> None:
    assert faults(_of_kubernetes("a", IPv4Address="10.0.0.1/24", ASNumber="x")) == (
        'test: Node a: metadata.annotations.projectcalico.org/ASNumber: found "x"; '
        "write an AS number from 1 to 4294967295",
    )


def test_wireguard_in_annotations() -> None:
    nodes = [
        _of_kubernetes(name, IPv4Address=address, IPv4WireguardInterfaceAddr="10.9.0.1")
        for name, address in (("a", "10.0.0.1/24"), ("b", "10.0.0.2/24"))
    ]
    kernel = document(*nodes).tables["filters"]["calico_kernel_programming"]
    assert "bgp_next_hop = 10.0.0.2" in kernel


@pytest.mark.parametrize("in_order", [True, False])
def test_calicos_own_node_goes_before_that_of_kubernetes(*, in_order: bool) -> None:
    both = [_of_kubernetes("b", IPv4Address="10.0.0.7/24"), node("b", "10.0.0.2/24")]
    found = neighbors(NODES[0], *(both if in_order else reversed(both)))
    assert list(found) == ["Mesh_10_0_0_2"]


def test_the_same_object_twice_is_a_fault() -> None:
    both = [*resources_of(NODES[0], "one.json"), *resources_of(NODES[0], "two.json")]
    with pytest.raises(CalicoError) as caught:
        document_of(both, "a")
    assert caught.value.faults == (
        "two.json: Node a: it is there twice, also in one.json; remove one of them",
    )


def test_objects_of_two_namespaces_are_two() -> None:
    secrets: list[Object] = [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "s", "namespace": namespace},
            "stringData": {"k": namespace},
        }
        for namespace in ("default", "kube-system", "other")
    ]
    terms = configuration(nodeMeshPassword={"secretKeyRef": {"name": "s", "key": "k"}})
    found = neighbors(*NODES, terms, *secrets)
    assert found["Mesh_10_0_0_2"]["password"] == "kube-system"


def test_blocks_of_both_versions() -> None:
    new, old = block("10.1.0.0/26"), block("10.1.1.0/26", deleted="false")
    old["apiVersion"] = _V1
    routes = document(*NODES, new, old).tables["statics"]["static1"]["routes"]
    assert [each["prefix"] for each in routes] == ["10.1.0.0/26", "10.1.1.0/26"]


def test_the_order_of_objects_does_not_matter() -> None:
    objects = [*NODES, peer("x", peerIP="192.0.2.1", asNumber=1), peer("y", peerIP="192.0.2.1", asNumber=2)]
    assert document(*objects).tables == document(*reversed(objects)).tables


def test_which_secrets_are_wanted() -> None:
    objects = [
        peer("x", peerIP="192.0.2.1", asNumber=1, password={"secretKeyRef": {"name": "s", "key": "k"}}),
        peer("y", peerIP="192.0.2.1", asNumber=1, password={"secretKeyRef": {"name": "s"}}),
        peer("z", peerIP="192.0.2.1", asNumber=1),
        configuration(nodeMeshPassword={"secretKeyRef": {"name": "m", "key": "k"}}),
        *NODES,
    ]
    wanted = secrets_named_by(resources_of(objects, "test"))
    assert wanted == {SecretKey("s", "k"), SecretKey("m", "k")}
