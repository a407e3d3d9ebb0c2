"""How many sessions each node of a cluster has, as its file has it."""

from collections.abc import Iterator
from typing import Final

from bgpd.cluster.model import FAMILY_NAMES, Cluster, Node
from bgpd.cluster.peerings import role_of

_AT_ONCE: Final = 50
"""Nodes that are looked at between two pauses."""


def session_counts(cluster: Cluster) -> Iterator[tuple[str, int] | None]:
    """Yield the names of the nodes with their numbers, None where others may have their turn."""
    with_family = {
        family: sum(node.address(family) is not None for node in cluster.nodes) for family in FAMILY_NAMES
    }
    reflectors = [node for node in cluster.nodes if node.is_reflector]
    for number, node in enumerate(cluster.nodes):
        if cluster.mode == "mesh":
            count = sum(
                with_family[family] - 1 for family in FAMILY_NAMES if node.address(family) is not None
            )
        else:
            others = cluster.nodes if node.is_reflector else reflectors
            count = sum(_between(node, other) for other in others if _have_a_session(cluster, node, other))
        yield node.name, count
        if node.is_reflector or number % _AT_ONCE == _AT_ONCE - 1:
            yield None


def _have_a_session(cluster: Cluster, node: Node, other: Node) -> bool:
    return other is not node and role_of(cluster, node, other) is not None


def _between(node: Node, other: Node) -> int:
    """Return how many sessions two nodes have: one for each family of both."""
    return sum(
        node.address(family) is not None and other.address(family) is not None for family in FAMILY_NAMES
    )
