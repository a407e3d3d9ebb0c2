"""Which node of the cluster a host is."""

from ipaddress import IPv4Address, IPv4Network, ip_address

import pytest

from bgpd.cluster.identity import Host, UnknownNodeError, own_node
from bgpd.cluster.model import Cluster
from tests.cluster.clusters import cluster, node, reflector

MESH = cluster(node(1), node(2), node(9, name="rack.example"))
RANGE = cluster(node(1), reflector(9), mode="route-reflector", range=IPv4Network("10.0.0.0/16"))


def host(name: str, *addresses: str, wished: str | None = None) -> Host:
    return Host(wished, name, tuple(sorted(map(ip_address, addresses), key=int)))


@pytest.mark.parametrize(
    ("of", "here", "expected"),
    [
        (MESH, host("node2"), "node2"),
        (MESH, host("node2.example.net"), "node2"),
        (MESH, host("rack.example"), "rack.example"),
        (MESH, host("somewhere", "127.0.0.1", "10.0.0.2"), "node2"),
        (MESH, host("node1", "10.0.0.2"), "node1"),
        (MESH, host("node1", "10.0.0.1", wished="node2"), "node2"),
        (RANGE, host("new", "10.0.0.1"), "node1"),
        (RANGE, host("new", "10.0.7.7"), "new"),
        (RANGE, host("x", "10.0.7.7", wished="new"), "new"),
    ],
)
def test_a_host_finds_itself(of: Cluster, here: Host, expected: str) -> None:
    assert own_node(of, here).name == expected


def test_a_host_in_no_list_has_the_lowest_free_address_of_the_range() -> None:
    here = host("x", "10.0.9.9", "10.0.0.1", "10.0.7.7", "192.0.2.1", wished="new")
    assert list(own_node(RANGE, here).addresses) == [IPv4Address("10.0.7.7")]


@pytest.mark.parametrize(
    ("of", "here", "text"),
    [
        (MESH, host("x", "192.0.2.1"), "none is called x, and it has the address of none; add it, or say"),
        (MESH, host("x.y.z"), "this host is none of the 3 nodes: none is called x.y.z or x"),
        (MESH, host("node1", wished="node7"), "no node is called node7, which is the name that was given"),
        (MESH, host("x", "10.0.0.1", "10.0.0.2"), "has the addresses of several nodes: node1, node2; say"),
        (RANGE, host("x", "192.0.2.1"), "and no address in 10.0.0.0/16; add it"),
    ],
)
def test_a_host_that_is_no_node_is_told_what_was_looked_for(of: Cluster, here: Host, text: str) -> None:
    with pytest.raises(UnknownNodeError) as caught:
        own_node(of, here)
    assert text in str(caught.value)
