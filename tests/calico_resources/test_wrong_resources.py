"""What is wrong is named by file, kind, name and field; what is not known is remarked."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgpd.calico import CalicoError, document_of, resources_of
from bgpd.config import ConfigurationError, build
from bgpd.config.validation import validate
from tests.calico_resources.objects import (
    NODES,
    Object,
    bgp_filter,
    block,
    configuration,
    document,
    faults,
    node,
    peer,
    pool,
)

_ONE: dict[str, Any] = {"peerIP": "192.0.2.1", "asNumber": 65001}


def _rule(**fields: object) -> Object:
    return bgp_filter(importV4=[{"action": "Accept", **fields}])


_WRONG: tuple[tuple[Object, str], ...] = (
    (
        node("b", "10.0.0.300/24"),
        'Node b: spec.bgp.ipv4Address: found "10.0.0.300/24"; write an IPv4 address',
    ),
    (node("b", "2001:db8::1/64"), 'Node b: spec.bgp.ipv4Address: found "2001:db8::1/64"; write an IPv4'),
    (node("b", "", "fe80::1%eth0"), "Node b: spec.bgp.ipv6Address: found"),
    (node("b", asNumber=0), "Node b: spec.bgp.asNumber: found 0; write an AS number from 1 to 4294967295"),
    (node("b", asNumber=True), "Node b: spec.bgp.asNumber: found True"),
    (node("b", asNumber="1.70000"), 'Node b: spec.bgp.asNumber: found "1.70000"'),
    (node("b", routeReflectorClusterID="244.0.0"), "Node b: spec.bgp.routeReflectorClusterID: found"),
    (node("b", routeReflectorClusterID="244.0.0.256"), "write four numbers with dots"),
    (node("b", routeReflectorClusterID="244.0.0." + "9" * 5000), "write four numbers with dots"),
    (node("b", routeReflectorClusterID="244.0.0.\u0661"), "write four numbers with dots"),
    (node("b", "0.0.0.0/24"), 'Node b: spec.bgp.ipv4Address: found "0.0.0.0/24"; write an IPv4 address'),
    (node("b", "", "fe80::1/64"), 'Node b: spec.bgp.ipv6Address: found "fe80::1/64"; write an IPv6 address'),
    (peer(peerIP="fe80::1", asNumber=65001), 'BGPPeer peer: spec.peerIP: found "fe80::1"; write an address'),
    (peer(peerIP="0.0.0.0", asNumber=65001), 'spec.peerIP: found "0.0.0.0"; write an address'),
    (configuration(asNumber="x"), 'BGPConfiguration default: spec.asNumber: found "x"'),
    (configuration(nodeToNodeMeshEnabled="no"), 'nodeToNodeMeshEnabled: found "no"; write true or false'),
    (configuration(listenPort=0), "spec.listenPort: found 0; write a number from 1 to 65535"),
    (configuration(listenPort="179"), 'spec.listenPort: found "179"; write a number'),
    (configuration("node.b", listenPort=70000), "BGPConfiguration node.b: spec.listenPort: found 70000"),
    (configuration(bindMode="Node"), 'spec.bindMode: found "Node"; write one of None, NodeIP'),
    (configuration(logSeverityScreen="Loud"), 'spec.logSeverityScreen: found "Loud"; write one of'),
    (
        configuration(programClusterRoutes="Yes"),
        'spec.programClusterRoutes: found "Yes"; write one of Enabled',
    ),
    (configuration(ignoredInterfaces="eth0"), 'spec.ignoredInterfaces: found "eth0"; write a list of texts'),
    (configuration(ignoredInterfaces=['a"b']), "spec.ignoredInterfaces: found"),
    (configuration(ignoredInterfaces=[7]), "spec.ignoredInterfaces: found a list; write a list of texts"),
    (configuration(serviceClusterIPs=["10.96.0.0/12"]), "spec.serviceClusterIPs[0]: found"),
    (configuration(serviceExternalIPs=[{"cidr": "10.96.0.0"}]), "serviceExternalIPs[0].cidr: found"),
    (configuration(nodeMeshMaxRestartTime="soon"), 'nodeMeshMaxRestartTime: found "soon"; write a duration'),
    (configuration(nodeMeshMaxRestartTime=90), "spec.nodeMeshMaxRestartTime: found 90; write a duration"),
    (configuration(nodeMeshMaxRestartTime="2h"), 'nodeMeshMaxRestartTime: found "2h"; write a duration'),
    (configuration(nodeMeshPassword={"secretKeyRef": {"name": "s"}}), "nodeMeshPassword: write secretKeyRef"),
    (configuration(ipv4NormalRoutePriority=0), "spec.ipv4NormalRoutePriority: found 0"),
    (
        configuration(prefixAdvertisements=[{"cidr": "10.0.0.0/8", "communities": ["blue"]}]),
        'spec.prefixAdvertisements[0].communities: "blue" is neither a community nor the name of one',
    ),
    (
        configuration(prefixAdvertisements=[{"cidr": "10.0.0.0/8", "communities": ["70000:1"]}]),
        'communities: "70000:1" is neither',
    ),
    (
        peer(asNumber=65001),
        "BGPPeer peer: spec.peerIP: found none of them; write one of peerIP, peerSelector",
    ),
    (peer(**_ONE, peerSelector="all()"), "spec.peerIP: found peerIP and peerSelector; write one of"),
    (
        peer(**_ONE, node="a", nodeSelector="all()"),
        "spec.node: found node and nodeSelector; write one of them",
    ),
    (peer(peerIP="192.0.2.1"), "spec.asNumber: missing; write the AS number of the neighbor"),
    (
        peer(peerIP="192.0.2", asNumber=1),
        'spec.peerIP: found "192.0.2"; write an address, or one with a port',
    ),
    (peer(peerIP="192.0.2.1:0", asNumber=1), 'spec.peerIP: found "192.0.2.1:0"'),
    (peer(peerIP="192.0.2.1:99999", asNumber=1), 'spec.peerIP: found "192.0.2.1:99999"'),
    (peer(nodeSelector="rack = 1", **_ONE), "\"rack = 1\" is no selector: at character 6: '=' is not"),
    (peer(peerSelector="has("), 'spec.peerSelector: "has(" is no selector: at character 4'),
    (peer(**_ONE, ttlSecurity=256), "spec.ttlSecurity: found 256; write a number from 0 to 255"),
    (peer(**_ONE, sourceAddress="eth0"), 'spec.sourceAddress: found "eth0"; write one of UseNodeIP, None'),
    (peer(**_ONE, keepaliveTime="240s"), 'keepaliveTime: found "240s"; write a duration like "1s" to "239s"'),
    (peer(**_ONE, nextHopMode="self"), 'spec.nextHopMode: found "self"; write one of Auto, Self, Keep'),
    (peer(**_ONE, reversePeering=True), "spec.reversePeering: found True; write one of Auto, Manual"),
    (peer(**_ONE, reachableBy="2001:db8::1"), 'spec.reachableBy: found "2001:db8::1"; write an IPv4 address'),
    (peer(**_ONE, numAllowedLocalASNumbers=-1), "spec.numAllowedLocalASNumbers: found -1"),
    (peer(**_ONE, filters="one"), 'spec.filters: found "one"; write a list'),
    (pool(""), "IPPool pool: spec.cidr: missing; write the prefix of the pool"),
    (pool("10.1.0.0"), 'spec.cidr: found "10.1.0.0"; write a prefix'),
    (pool("10.1.0.0/16", ipipMode="always"), 'spec.ipipMode: found "always"; write one of Never, Always'),
    (block("10.1.0.0/33"), "spec.cidr: found"),
    (bgp_filter("it's", importV4=[]), "a name like this can't be followed"),
    (bgp_filter(importV4={}), "spec.importV4: found a table; write a list"),
    (bgp_filter(importV4=[{}]), "spec.importV4[0].action: missing; write Accept or Reject"),
    (_rule(action="Drop"), 'spec.importV4[0].action: found "Drop"; write one of Accept, Reject'),
    (_rule(cidr="10.1.0.0/16"), "spec.importV4[0].matchOperator: missing beside cidr"),
    (_rule(cidr="10.1.0.0/16", matchOperator="~"), "importV4[0].matchOperator: found"),
    (_rule(cidr="2001:db8::/32", matchOperator="In"), 'cidr: found "2001:db8::/32"; write an IPv4 prefix'),
    (
        _rule(cidr="10.1.0.0/16", matchOperator="In", prefixLength={"min": 24, "max": 20}),
        "importV4[0].prefixLength.max: found 20; write a length of at least 24",
    ),
    (_rule(interface='e"; accept; "'), "importV4[0].interface: found"),
    (_rule(source="Me"), 'importV4[0].source: found "Me"; write one of RemotePeers'),
    (_rule(peerType="ibgp"), "importV4[0].peerType: found"),
    (_rule(communities={"values": []}), "importV4[0].communities.values: found a list; write a list of"),
    (_rule(communities={"values": ["1:2:3:4"]}), "importV4[0].communities.values: found"),
    (_rule(asPathPrefix=[0]), "importV4[0].asPathPrefix: there is something that is no AS number"),
    (_rule(priority=0), "importV4[0].priority: found 0"),
    (_rule(operations=[{"addCommunity": {"value": "x"}}]), 'operations[0].addCommunity.value: found "x"'),
    (
        _rule(action="Reject", operations=[{"setPriority": {"value": 5}}]),
        "a route that is refused can't be changed",
    ),
    (configuration() | {"spec": []}, "BGPConfiguration default: spec: found a list; write a table"),
    (peer("new\nline"), "BGPPeer new\\nline: spec.peerIP"),
)


@pytest.mark.parametrize(("wrong", "message"), _WRONG)
def test_what_is_wrong_is_named_with_its_place(wrong: Object, message: str) -> None:
    nodes = [each for each in NODES if each["metadata"]["name"] != wrong["metadata"]["name"]]
    found = faults(*nodes, wrong)
    assert len(found) == 1
    assert found[0].startswith(f"test: {wrong['kind']} ")
    assert message in found[0]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(faults(*NODES, configuration(asNumber=0, listenPort=0), pool("x"), peer())) == 4


def test_an_unknown_node_is_told_who_there_is() -> None:
    assert faults(*NODES, own="z") == (
        "no Node is called z, which is the name of this node; there are a, b, c; see --node",
    )
    assert faults(own="z") == (
        "no Node is called z, which is the name of this node; there is no Node at all; see --node",
    )


def test_a_router_id_of_the_environment_may_be_wrong() -> None:
    with pytest.raises(
        CalicoError, match='CALICO_ROUTER_ID: found "one"; write four numbers with dots, or hash'
    ):
        document(*NODES, router_id="one")


@pytest.mark.parametrize(
    ("unknown", "remark"),
    [
        (configuration(novelty=1), "BGPConfiguration default: spec.novelty: this field is not known"),
        (configuration("elsewhere"), "BGPConfiguration elsewhere: only default and node.NAME are followed"),
        (peer(**_ONE, novelty=1), "BGPPeer peer: spec.novelty: this field is not known, and not followed"),
        (bgp_filter(importV5=[]), "BGPFilter filter: spec.importV5: this field is not known"),
        (_rule(novelty=1), "BGPFilter filter: spec.importV4[0].novelty: this field is not known"),
        (peer(peerSelector="all()", asNumber=65001), "spec.asNumber: nodes have AS numbers of their own"),
        (
            peer(**_ONE, password={"secretKeyRef": {"name": "s", "key": "k"}}),
            "spec.password: there is no Secret s with the key k; the session has no password",
        ),
        (
            configuration(
                serviceLoadBalancerAggregation="Disabled", serviceLoadBalancerIPs=[{"cidr": "192.0.2.0/24"}]
            ),
            "spec.serviceLoadBalancerAggregation: routes of single services are not made",
        ),
    ],
)
def test_what_is_not_followed_is_remarked(unknown: Object, remark: str) -> None:
    (found,) = document(*NODES, unknown).remarks
    assert found.startswith("test: ")
    assert remark in found


@pytest.mark.parametrize("key", ["a\nb", "\ud800", "x" * 5000])
def test_strange_keys_are_remarked_in_one_line_that_can_be_printed(key: str) -> None:
    strange: dict[str, Any] = {key: 1}
    (found,) = document(*NODES, peer(**_ONE, **strange)).remarks
    assert found.isprintable()
    assert len(found.encode()) < 1000


@pytest.mark.parametrize("direction", ["importV4", "exportV4"])
def test_rules_that_are_never_reached_are_left_out(direction: str) -> None:
    rules = [{"action": "Reject", "peerType": "iBGP"}, {"action": "Accept"}, {"action": "Reject"}]
    spec: dict[str, Any] = {direction: rules}
    both = (bgp_filter(**spec), peer(**_ONE, filters=["filter"]))
    made = document(*NODES, *both)
    build(validate(made.tables, "test"))
    assert made.remarks == (
        f"test: BGPFilter filter: spec.{direction}[2]: it is never reached, since the rule before it is for "
        "all routes; it is left out",
    )


def test_fields_of_others_are_no_news() -> None:
    quiet = (
        configuration(localWorkloadPeeringIPV4="169.254.0.1", ipv4ElevatedRoutePriority=512),
        pool("10.1.0.0/16", natOutgoing=True, blockSize=26, nodeSelector="all()", allowedUses=["Workload"]),
    )
    assert document(*NODES, *quiet).remarks == ()


@pytest.mark.parametrize("written", ["hunter2", {"secretKeyRef": "hunter2"}])
def test_a_password_in_the_wrong_place_is_not_shown(written: object) -> None:
    spec: dict[str, Any] = {**_ONE, "password": written}
    (found,) = faults(*NODES, peer(**spec))
    assert (
        found
        == "test: BGPPeer peer: spec.password: write secretKeyRef with the name of a Secret and a key in it"
    )


def test_a_secret_must_be_base64() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "!"}}
    wrong = faults(*NODES, secret, peer(**_ONE, password={"secretKeyRef": {"name": "s", "key": "k"}}))
    assert wrong == ("test: Secret s: data.k: this is not base64 of a text in UTF-8",)


# Any data

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70_000),
    st.sampled_from(
        (
            "",
            "x",
            "10.0.0.0/8",
            "10.0.0.1/24",
            "2001:db8::/32",
            "10.0.0.9",
            "all()",
            "Always",
            "Accept",
            "In",
            "has(rack)",
            "65000:1",
            "30s",
            "Disabled",
            "NodeIP",
            "'",
            '"; reject; "',
            "\n",
            "default",
        )
    ),
)
_FIELDS = (
    "cidr", "ipipMode", "vxlanMode", "asNumber", "peerIP", "peerSelector",
    "nodeSelector", "node", "filters", "importV4", "exportV6", "action",
    "matchOperator", "interface", "communities", "values", "operations", "addCommunity",
    "value", "listenPort", "prefixAdvertisements", "serviceClusterIPs", "ignoredInterfaces", "maxRestartTime",
    "keepaliveTime", "ttlSecurity", "localASNumber", "password", "secretKeyRef", "name",
    "key", "bgp", "ipv4Address", "ipv6Address", "routeReflectorClusterID", "state",
    "reachableBy", "prefixLength", "min",
)  # fmt: skip
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=6)
    ),
    max_leaves=20,
)
_objects = st.builds(
    lambda kind, name, spec: {
        "apiVersion": "projectcalico.org/v3",
        "kind": kind,
        "metadata": {"name": name, "labels": {"rack": "1"}},
        "spec": spec,
    },
    st.sampled_from(
        ("Node", "BGPConfiguration", "BGPPeer", "BGPFilter", "IPPool", "BlockAffinity", "Secret")
    ),
    st.sampled_from(("a", "b", "default", "node.a", "f")),
    st.dictionaries(st.sampled_from(_FIELDS), _values, max_size=8),
)


@settings(max_examples=100)
@given(st.lists(_objects, max_size=5))
def test_any_resources_are_refused_or_come_to_a_configuration(objects: list[Object]) -> None:
    try:
        result = document_of(resources_of([NODES[0], *objects], "test"), "a")
    except CalicoError:
        return
    try:
        build(validate(result.tables, "test"))
    except ConfigurationError as error:
        pytest.fail(f"{error}\n{objects}")
