"""Who stands where: reflectors above those they reflect for, and those who are no nodes outside."""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

from bgpd.graph.model import Graph, Node

_DIGITS: Final = re.compile(r"(\d+)")


class Tier(IntEnum):
    """From the middle of the picture to its edge."""

    TOP = 0
    """Reflectors that are nobody's clients."""
    RACK = 1
    """Reflectors that are clients of others."""
    NODE = 2
    OTHER = 3
    """Neighbors that are no nodes of the cluster."""


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Return what names are sorted by, so that node10 comes after node9."""
    return tuple(
        (part.isdigit(), int(part) if part.isdigit() else 0, part) for part in _DIGITS.split(text) if part
    )


def tiers(graph: Graph) -> Mapping[Tier, Sequence[Node]]:
    """Return who is in which tier, those with the same reflectors side by side."""
    above = reflectors_of(graph)
    found: dict[Tier, list[Node]] = {tier: [] for tier in Tier}
    for node in graph.nodes.values():
        found[_tier(graph, node, above)].append(node)
    for nodes in found.values():
        nodes.sort(key=lambda node: (sorted(above.get(node.name, ())), node.group, natural(node.label)))
    return found


def reflectors_of(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Return for each client its reflectors."""
    above: dict[str, set[str]] = {}
    for reflector, clients in graph.reflects.items():
        for client in clients:
            above.setdefault(client, set()).add(reflector)
    return {name: frozenset(reflectors) for name, reflectors in above.items()}


def _tier(graph: Graph, node: Node, above: Mapping[str, frozenset[str]]) -> Tier:
    if len(graph.documents) == 1:  # the view of one node, which is in the middle of it
        if node.is_asked:
            return Tier.TOP
    elif node.name in graph.reflects:
        return Tier.RACK if above.get(node.name) else Tier.TOP
    return Tier.NODE if node.is_member or node.is_asked else Tier.OTHER
