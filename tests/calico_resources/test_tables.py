"""What resources say besides sessions: the router, filters, pools, blocks and services."""

from typing import Any

import pytest

from tests.calico_resources.objects import (
    NODES,
    Object,
    bgp_filter,
    block,
    configuration,
    document,
    neighbors,
    node,
    peer,
    pool,
    text,
)

_NO_MESH = configuration(nodeToNodeMeshEnabled=False)


def _says(*objects: Object, own: str = "a") -> str:
    return text(document(*NODES, *objects, own=own).tables)


def _kernel(*objects: Object) -> str:
    filters: dict[str, str] = document(*NODES, *objects).tables["filters"]
    return filters["calico_kernel_programming"]


# The router


@pytest.mark.parametrize(
    ("wished", "router_id"),
    [("", "10.0.0.1"), ("192.0.2.9", "192.0.2.9"), ("hash", "202.151.129.18")],
)
def test_router_id(wished: str, router_id: str) -> None:
    assert document(*NODES, router_id=wished).tables["router"]["id"] == router_id


def test_a_hash_is_a_unicast_address() -> None:
    ids = [
        document(node(f"n{number}", "10.0.0.1/24"), own=f"n{number}", router_id="hash").tables["router"]["id"]
        for number in range(64)
    ]
    assert len(set(ids)) == 64
    assert max(int(each.split(".")[0]) for each in ids) <= 223


def test_without_an_ipv4_address_the_router_id_is_found_elsewhere() -> None:
    assert "id" not in document(node("a", "", "2001:db8::1/64")).tables["router"]


def test_listening_at_the_address_of_the_node() -> None:
    tables = document(*NODES, configuration(bindMode="NodeIP")).tables
    assert tables["router"]["listen"] == ["10.0.0.1", "2001:db8::1"]
    assert document(*NODES, configuration(bindMode="None")).tables["router"]["listen"] == ["0.0.0.0", "::"]


@pytest.mark.parametrize(
    ("severity", "of_device", "of_sessions"),
    [
        (None, ["states"], ["states", "routes", "filters", "events"]),
        ("Info", ["states"], ["states", "routes", "filters", "events"]),
        ("Debug", "all", "all"),
        ("Warning", None, None),
        ("None", None, None),
    ],
)
def test_severity(severity: str | None, of_device: object, of_sessions: object) -> None:
    tables = document(*NODES, configuration(logSeverityScreen=severity)).tables
    assert tables["device"].get("debug") == of_device
    assert tables["directs"]["direct1"].get("debug") == of_device
    assert tables["groups"]["calico"].get("debug") == of_sessions


def test_what_a_node_has_of_its_own_goes_before_what_all_have() -> None:
    tables = document(
        *NODES,
        configuration(
            logSeverityScreen="Debug",
            communities=[{"name": "blue", "value": "65000:1"}],
            prefixAdvertisements=[{"cidr": "10.1.0.0/16", "communities": ["blue"]}],
        ),
        configuration(
            "node.a",
            logSeverityScreen="None",
            prefixAdvertisements=[{"cidr": "10.2.0.0/16", "communities": ["65000:2:3"]}],
        ),
    ).tables
    assert "debug" not in tables["device"]
    assert "if (net ~ 10.2.0.0/16) then { bgp_large_community.add((65000, 2, 3)); }" in text(tables)
    assert "10.1.0.0/16" not in text(tables)


def test_ignored_interfaces() -> None:
    tables = document(*NODES, configuration(ignoredInterfaces=["eth*", "bond0"])).tables
    for name in ("direct1", "direct1_v6"):
        assert tables["directs"][name]["interfaces"] == ["-eth*", "-bond0", "-cali*", "-kube-ipvs*", "*"]


# Mode


@pytest.mark.parametrize(("objects", "mode"), [((), "mesh"), ((_NO_MESH,), "route-reflector")])
def test_mode(objects: tuple[Object, ...], mode: str) -> None:
    result = document(*NODES, *objects)
    assert (result.mode, result.asn, result.node) == (mode, 64512, "a")
    assert result.members == {
        "10.0.0.1": "a",
        "2001:db8::1": "a",
        "10.0.0.2": "b",
        "2001:db8::2": "b",
        "10.0.1.3": "c",
    }


# Pools and blocks

_POOLS: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    # of the pool, of the cluster, what the kernel's filter says
    ({}, {}, "accept;"),
    ({"ipipMode": "Never"}, {"programClusterRoutes": "EnabledIPIPOnly"}, "reject;"),
    ({"ipipMode": "Always"}, {}, "reject;"),
    ({"ipipMode": "Always"}, {"programClusterRoutes": "Disabled"}, "reject;"),
    ({"ipipMode": "Always"}, {"programClusterRoutes": "EnabledNoEncapOnly"}, "reject;"),
    ({"ipipMode": "Always"}, {"programClusterRoutes": "EnabledIPIPOnly"}, 'krt_tunnel = "tunl0"; accept;'),
    ({"vxlanMode": "Always"}, {"programClusterRoutes": "Enabled"}, "reject;"),
    ({"vxlanMode": "CrossSubnet"}, {"programClusterRoutes": "Enabled"}, "reject;"),
    (
        {"ipipMode": "CrossSubnet"},
        {"programClusterRoutes": "Enabled"},
        'if (defined(bgp_next_hop) && (bgp_next_hop ~ 10.0.0.0/24)) then krt_tunnel = ""; '
        'else krt_tunnel = "tunl0"; accept;',
    ),
)


@pytest.mark.parametrize(("of_pool", "of_cluster", "statements"), _POOLS)
def test_pool_in_the_kernel(of_pool: dict[str, Any], of_cluster: dict[str, Any], statements: str) -> None:
    said = _kernel(pool("10.1.0.0/16", **of_pool), configuration(**of_cluster))
    assert f"if (net ~ 10.1.0.0/16) then {{ {statements} }}" in said


def test_a_node_alone_in_its_subnet_sends_everything_through_the_tunnel() -> None:
    tables = document(
        node("a", "10.0.0.1"),
        pool("10.1.0.0/16", ipipMode="CrossSubnet"),
        configuration(programClusterRoutes="Enabled"),
    ).tables
    assert "bgp_next_hop ~ 10.0.0.1/32" in text(tables)


def test_pools_that_are_not_exported() -> None:
    said = _says(pool("10.1.0.0/16", disableBGPExport=True), pool("10.2.0.0/16", "other"))
    assert said.index("if (net ~ 10.1.0.0/16) then { reject; }") < said.index("calico_aggr();")
    assert "if (net ~ 10.2.0.0/16) then { accept; }" in said


def test_blocks() -> None:
    tables = document(
        *NODES,
        block("10.1.0.0/26"),
        block("10.1.0.64/26", state="pending"),
        block("10.1.0.128/26", state="pendingDeletion"),
        block("10.1.0.192/26", deleted="true"),
        block("10.1.1.0/26", owner="b"),
        block("10.1.2.1/32"),
        block("10.1.3.0/26", type="virtual"),
        block("10.1.4.0/26", state="", type="host", deleted=False),
        block("2001:db8:1::/122"),
    ).tables
    assert tables["statics"] == {
        "static1": {
            "families": ["ipv4"],
            "routes": [
                {"prefix": prefix, "blackhole": True}
                for prefix in ("10.1.0.0/26", "10.1.0.128/26", "10.1.4.0/26")
            ],
        },
        "static1_v6": {
            "families": ["ipv6"],
            "routes": [{"prefix": "2001:db8:1::/122", "blackhole": True}],
        },
    }
    said = text(tables)
    for prefix in ("10.1.0.0/26", "10.1.2.1/32", "10.1.4.0/26", "2001:db8:1::/122"):
        assert f"if (net = {prefix}) then {{ accept; }}" in said
    for prefix in ("10.1.0.64/26", "10.1.0.128/26", "10.1.0.192/26", "10.1.1.0/26", "10.1.3.0/26"):
        assert f"net = {prefix}" not in said


def test_priorities() -> None:
    said = _says(configuration(ipv4NormalRoutePriority=2000), block("10.1.0.0/26"), block("2001:db8:1::/122"))
    assert "10.1.0.0/26 && krt_metric < 2000" in said
    assert "2001:db8:1::/122 && krt_metric < 1024" in said
    assert f"bgp_local_pref > {0x7FFFFFFF - 2000}" in said


def test_nodes_behind_wireguard_are_left_to_felix() -> None:
    def with_wireguard(name: str, address: str) -> Object:
        made = node(name, address)
        made["spec"]["wireguard"] = {"interfaceIPv4Address": "10.9.0.1"}
        return made

    nodes = (with_wireguard("a", "10.0.0.1/24"), with_wireguard("b", "10.0.0.2/24"), node("c", "10.0.0.3/24"))
    said = document(*nodes).tables["filters"]["calico_kernel_programming"]
    assert "if (defined(bgp_next_hop) && bgp_next_hop = 10.0.0.2) then { reject; }" in said
    assert "10.0.0.3" not in said
    assert "bgp_next_hop" not in document(*nodes, own="c").tables["filters"]["calico_kernel_programming"]


# Services

_SERVICES = configuration(
    serviceClusterIPs=[{"cidr": "10.96.0.0/12"}, {"cidr": "2001:db8:96::/112"}],
    serviceExternalIPs=[{"cidr": "192.0.2.0/28"}],
    serviceLoadBalancerIPs=[{"cidr": "198.51.100.0/24"}, {"cidr": "198.51.101.1/32"}],
)


def test_blocks_of_services_are_advertised_and_kept_out_of_the_kernel() -> None:
    tables = document(*NODES, _SERVICES).tables
    blackholes = [route["prefix"] for route in tables["statics"]["static1"]["routes"]]
    assert blackholes == ["10.96.0.0/12", "192.0.2.0/28", "198.51.100.0/24"]
    assert [route["prefix"] for route in tables["statics"]["static1_v6"]["routes"]] == ["2001:db8:96::/112"]
    kernel = tables["filters"]["calico_kernel_programming"]
    for prefix in blackholes:
        assert f"if (net ~ {prefix}) then {{ reject; }}" in kernel
        assert f"if (net ~ {prefix}) then {{ accept; }}" in tables["filter_files"]["text"]
    assert "198.51.101.1" not in text(tables)


def test_an_excluded_node_advertises_no_services() -> None:
    excluded = node(
        "a", "10.0.0.1/24", labels={"node.kubernetes.io/exclude-from-external-load-balancers": "true"}
    )
    tables = document(excluded, _SERVICES).tables
    assert tables["statics"] == {}
    assert "if (net ~ 10.96.0.0/12) then { reject; }" in tables["filters"]["calico_kernel_programming"]
    assert "10.96.0.0/12" not in tables["filter_files"]["text"]


def test_a_reflector_passes_services_on() -> None:
    reflector = node(
        "a",
        "10.0.0.1/24",
        labels={"node.kubernetes.io/exclude-from-external-load-balancers": "true"},
        routeReflectorClusterID="244.0.0.1",
    )
    functions = document(reflector, _SERVICES).tables["filter_files"]["text"]
    for prefix in ("192.0.2.0/28", "198.51.100.0/24", "198.51.101.1/32"):
        assert f"if (net ~ {prefix}) then {{ accept; }}" in functions
    assert "10.96.0.0/12" not in functions


# Filters

_RULES: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "accept;"),
    ({"action": "Reject"}, "reject;"),
    ({"cidr": "10.1.0.0/16", "matchOperator": "In"}, "if ((net ~ 10.1.0.0/16)) then { accept; }"),
    ({"cidr": "10.1.0.0/16", "matchOperator": "NotIn"}, "if ((net !~ 10.1.0.0/16)) then { accept; }"),
    ({"cidr": "10.1.0.0/16", "matchOperator": "Equal"}, "if ((net = 10.1.0.0/16)) then { accept; }"),
    ({"cidr": "10.1.0.0/16", "matchOperator": "NotEqual"}, "if ((net != 10.1.0.0/16)) then { accept; }"),
    (
        {"cidr": "10.1.0.0/16", "matchOperator": "In", "prefixLength": {"min": 20, "max": 24}},
        "if ((net ~ [ 10.1.0.0/16{20,24} ])) then { accept; }",
    ),
    (
        {"cidr": "10.1.0.0/16", "matchOperator": "In", "prefixLength": {"max": 24}},
        "if ((net ~ [ 10.1.0.0/16{16,24} ])) then { accept; }",
    ),
    (
        {"cidr": "10.1.0.0/16", "matchOperator": "In", "prefixLength": {"min": 8}},
        "if ((net ~ [ 10.1.0.0/16{16,32} ])) then { accept; }",
    ),
    ({"source": "RemotePeers"}, "if ((defined(source) && (source ~ [ RTS_BGP ]))) then { accept; }"),
    ({"interface": "eth*"}, 'if ((defined(ifname) && (ifname ~ "eth*"))) then { accept; }'),
    ({"communities": {"values": ["65000:1"]}}, "if (((65000, 1) ~ bgp_community)) then { accept; }"),
    (
        {"communities": {"values": ["65000:1:2"]}},
        "if (((65000, 1, 2) ~ bgp_large_community)) then { accept; }",
    ),
    ({"asPathPrefix": [65001, "65002"]}, "if ((bgp_path ~ [= 65001 65002 * =])) then { accept; }"),
    (
        {"priority": 512},
        "if ((defined(bgp_local_pref) && (bgp_local_pref = 2147483135))) then { accept; }",
    ),
    ({"peerType": "iBGP"}, "if (is_same_as) then { accept; }"),
    ({"peerType": "eBGP", "action": "Reject"}, "if (!is_same_as) then { reject; }"),
    (
        {
            "operations": [
                {"addCommunity": {"value": "65000:1"}},
                {"prependASPath": {"prefix": [65001, 65002]}},
                {"setPriority": {"value": 1024}},
            ]
        },
        "bgp_community.add((65000, 1)); bgp_path.prepend(65002); bgp_path.prepend(65001); "
        "bgp_local_pref = 2147482623; accept;",
    ),
)


@pytest.mark.parametrize(("fields", "statement"), _RULES)
def test_rule(fields: dict[str, Any], statement: str) -> None:
    functions = document(*NODES, bgp_filter(importV4=[{"action": "Accept", **fields}])).tables[
        "filter_files"
    ]["text"]
    parameter = "bool is_same_as" if "peerType" in fields else ""
    assert f"function 'bgp_filter_importFilterV4'({parameter}) {{\n  {statement}\n}}\n" in functions


def test_filters_are_called_in_their_order_before_everything_else() -> None:
    rule = [{"action": "Reject", "peerType": "eBGP"}]
    tables = document(
        *NODES,
        _NO_MESH,
        bgp_filter("one", importV4=[{"action": "Reject"}]),
        bgp_filter("two", importV4=rule, exportV6=rule),
        peer(peerIP="192.0.2.1", asNumber=65001, filters=["two", "one"]),
        peer("six", peerIP="2001:db8::99", asNumber=64512, filters=["one", "two"]),
    ).tables
    external, internal = tables["neighbors"]
    assert tables["filters"][external["import"]].startswith(
        "'bgp_two_importFilterV4'(false);\n'bgp_one_importFilterV4'();\n"
    )
    assert "bgp_" not in tables["filters"][internal["import"]].replace("bgp_local_pref", "")
    assert (
        "'bgp_two_exportFilterV6'(true);\ncalico_export_to_bgp_peers_v6(true);"
        in tables["filters"][internal["export"]]
    )


def test_sessions_with_the_same_filters_share_them() -> None:
    nodes = [node(f"n{number}", f"10.0.0.{number}/24") for number in range(1, 100)]
    tables = document(*nodes, own="n1").tables
    assert len(tables["neighbors"]) == 98
    assert len({(each["import"], each["export"]) for each in tables["neighbors"]}) == 1


def test_a_filter_that_is_not_there_is_left_out_and_remarked() -> None:
    result = document(*NODES, _NO_MESH, peer(peerIP="192.0.2.1", asNumber=65001, filters=["nowhere"]))
    assert result.remarks == (
        "test: BGPPeer peer: spec.filters: there is no BGPFilter nowhere; it is left out",
    )
    assert (
        len(neighbors(*NODES, _NO_MESH, peer(peerIP="192.0.2.1", asNumber=65001, filters=["nowhere"]))) == 1
    )
