"""Configurations of one cluster in various modes, as each of its nodes has them."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv4Interface
from typing import Final

from bgpd.cluster.facts import ClusterFacts
from bgpd.cluster.model import Cluster, Node
from bgpd.cluster.peerings import Peering, peerings
from bgpd.config import build, validate
from bgpd.settings import DaemonSettings, NeighborSettings

AS_NUMBER: Final = 64512
_TEMPLATE: Final = """
[router]
id = "10.9.9.9"
asn = 64512
[[neighbors]]
name = "template"
address = "10.9.9.8"
asn = 64512
import = "all"
export = "all"
"""


def address_of(number: int) -> str:
    """Return the address of a node."""
    return f"10.0.{number}.1"


def mesh(nodes: int, handover: int = 300) -> Cluster:
    """Everybody with everybody."""
    return _cluster("mesh", [_node(number) for number in range(nodes)], handover)


def reflected(nodes: int, *reflectors: int, handover: int = 300, same: bool = False) -> Cluster:
    """Everybody with the reflectors, which have one cluster ID if they are the ``same`` cluster."""
    return _cluster(
        "route-reflector",
        [
            replace(_node(number), cluster_id=f"244.0.0.{1 if same else number + 1}")
            if number in reflectors
            else _node(number)
            for number in range(nodes)
        ],
        handover,
    )


def racks(nodes: int, top: int, *low: int, shift: int = 0) -> Cluster:
    """Two levels: node ``top`` above a reflector for each rack; the other nodes take turns in the racks."""
    found = []
    for number in range(nodes):
        rack = f"rack{(number + shift) % len(low)}"
        node = _node(number)
        if number == top:
            node = replace(node, cluster_id="244.0.1.1")
        elif number in low:
            mine = f"rack{low.index(number)}"
            node = replace(node, cluster_id=f"244.0.2.{number}", reflects=(mine,))
        else:
            node = replace(node, group=rack)
        found.append(node)
    return _cluster("route-reflector", found, 300)


def _node(number: int) -> Node:
    return Node(name=f"node{number}", ipv4=IPv4Interface(f"{address_of(number)}/24"))


def _cluster(mode: str, nodes: Sequence[Node], handover: int) -> Cluster:
    assert mode in {"mesh", "route-reflector"}
    which = "mesh" if mode == "mesh" else "route-reflector"
    return Cluster(asn=AS_NUMBER, mode=which, nodes=tuple(nodes), handover=handover)  # type: ignore[arg-type]  # it is one of the two


@cache
def _template() -> DaemonSettings:
    return build(validate(tomllib.loads(_TEMPLATE), "template.toml"))


def settings_of(cluster: Cluster, number: int) -> DaemonSettings:
    """Return what one node makes of it."""
    own = cluster.nodes[number]
    facts = ClusterFacts(
        node=own.name,
        mode=cluster.mode,
        asn=cluster.asn,
        handover=cluster.handover,
        model=cluster,
        members={str(address): node.name for address, node in cluster.by_address.items()},
    )
    return replace(
        _template(),
        cluster_id=None if own.cluster_id is None else int(IPv4Address(own.cluster_id)),
        neighbors=tuple(map(_neighbor, peerings(cluster, own))),
        cluster=facts,
    )


def _neighbor(peering: Peering) -> NeighborSettings:
    return replace(
        _template().neighbors[0],
        name=peering.name,
        address=str(peering.address),
        passive=peering.passive,
        route_reflector_client=peering.role == "client",
    )
