"""The rules of reflectors: every node is told of all others, and nobody takes their routes for loops."""

from collections.abc import Iterator, Sequence
from typing import Final

from bgpd.cluster.model import FAMILY_NAMES, Cluster, Node
from bgpd.cluster.peerings import role_of
from bgpd.config.cluster_model import Rows
from bgpd.config.faults import Fault
from bgpd.config.wording import quoted

REFLECTED: Final = "route-reflector"
_FEW: Final = 3


def check_reflection(cluster: Cluster, rows: Rows) -> Iterator[Fault]:
    """Find nodes that no reflector tells anything, and reflectors that would refuse each other's routes."""
    if cluster.mode != REFLECTED:
        return
    if not cluster.reflectors:
        yield Fault(
            ("cluster", "mode"),
            f'"{REFLECTED}" needs a reflector; write cluster_id in the row of one of the nodes, '
            'like cluster_id = "244.0.0.1"',
        )
        return
    of_groups: dict[str | None, list[Node]] = {}
    of_ids: dict[str | None, list[Node]] = {}
    for node in cluster.reflectors:
        of_ids.setdefault(node.cluster_id, []).append(node)
    for (path, _), node in zip(rows.nodes, cluster.nodes, strict=True):
        if node.is_reflector:
            key, reason = "cluster_id", _same_cluster(node, of_ids[node.cluster_id])
        else:
            if node.group not in of_groups:
                of_groups[node.group] = _reflectors_of(cluster, node)
            key, reason = "name", _alone(node, of_groups[node.group])
        if reason:
            yield Fault((*path, key), reason)


def _reflectors_of(cluster: Cluster, node: Node) -> list[Node]:
    """Return those that a node is a client of: the same ones for all nodes of its group."""
    return [other for other in cluster.reflectors if role_of(cluster, node, other) == "reflector"]


def _alone(node: Node, reflectors: Sequence[Node]) -> str:
    """Say why a node that is no reflector is told nothing."""
    if not reflectors:
        has = f"its group is {quoted(node.group)}" if node.group is not None else "it has no group"
        return (
            f"{node.name} has no reflector: all of them name groups in reflects, and {has}; "
            "write a group that one of them reflects, or a reflector without reflects"
        )
    if not any(
        node.address(family) and other.address(family) for other in reflectors for family in FAMILY_NAMES
    ):
        names = ", ".join(other.name for other in reflectors[:_FEW])
        return f"{node.name} has no address of the family of its reflectors ({names}); write one"
    return ""


def _same_cluster(node: Node, namesakes: Sequence[Node]) -> str:
    """Say which reflector with the same cluster ID takes this one's routes for loops.

    They come to each other directly, or by those of the upper level. Of two that are equals the later one is
    told, otherwise the one that names groups.
    """
    groups = set(node.reflects)
    is_earlier = True
    for other in namesakes:
        is_earlier = is_earlier and other is not node
        is_told = is_earlier if bool(other.reflects) == bool(node.reflects) else bool(node.reflects)
        if is_told and groups != set(other.reflects):
            return (
                f"{node.name} and {other.name} have other clients but the same cluster ID, so each would "
                "take the other's routes for loops (RFC 4456 §8); write another one"
            )
    return ""
