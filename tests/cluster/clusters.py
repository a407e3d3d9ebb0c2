"""Clusters for tests: short ones to write down, and any for properties."""

from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import Any

from hypothesis import strategies as st

from bgpd.cluster.model import Cluster, Node

GROUPS = ("rack1", "rack2", "rack3")


def node(number: int, **more: Any) -> Node:
    """Return node N with the address 10.0.0.N."""
    return Node(**{"name": f"node{number}", "ipv4": IPv4Interface(f"10.0.0.{number}/24"), **more})


def reflector(number: int, *groups: str, **more: Any) -> Node:
    """Return node N as a reflector."""
    return node(number, cluster_id=f"244.0.0.{number}", reflects=groups, **more)


def cluster(*nodes: Node, **more: Any) -> Cluster:
    """Return a cluster of these nodes."""
    return Cluster(**{"asn": 64512, "nodes": nodes, **more})


@st.composite
def nodes(draw: st.DrawFn, number: int) -> Node:
    """Draw a node whose addresses nobody else has; their order is not that of the numbers."""
    place = number * 7919 % 65521
    ipv4 = draw(st.sampled_from([None, IPv4Interface(f"10.{place >> 8}.{place & 255}.1/16")]))
    ipv6 = IPv6Interface(f"2001:db8::{number:x}/64")
    return Node(
        name=f"node{number}",
        ipv4=ipv4,
        ipv6=ipv6 if ipv4 is None else draw(st.sampled_from([None, ipv6])),
        asn=draw(st.sampled_from([None, 65001])),
        cluster_id=draw(st.sampled_from([None, None, "244.0.0.1", "244.0.0.2"])),
        reflects=tuple(draw(st.sets(st.sampled_from(GROUPS), max_size=2))),
        group=draw(st.sampled_from([None, *GROUPS])),
    )


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Draw a cluster of either mode."""
    count = draw(st.integers(1, 8))
    return Cluster(
        asn=64512,
        mode=draw(st.sampled_from(["mesh", "route-reflector"])),
        nodes=tuple(draw(nodes(number)) for number in range(1, count + 1)),
        range=draw(st.sampled_from([None, IPv4Network("10.0.0.0/8")])),
        range6=draw(st.sampled_from([None, IPv6Network("2001:db8::/32")])),
    )
