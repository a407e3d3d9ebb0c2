"""The rules between the nodes of a cluster, whichever of them this host is."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from ipaddress import ip_interface
from typing import Final

from bgpd.config.addresses import family_name
from bgpd.config.cluster import DECIDED, Cluster
from bgpd.config.cluster_model import NodeRow, Rows
from bgpd.config.faults import Fault
from bgpd.config.reflection_checks import REFLECTED
from bgpd.config.wording import quoted

_MANY: Final = 20
"""Groups that are named where somebody has looked for another one."""


def check_rows(written: Mapping[str, object], rows: Rows) -> Iterator[Fault]:
    """Find what is wrong with the rows themselves; ``written`` are the keys of ``[cluster]``."""
    for key in DECIDED.keys() & written.keys():
        yield Fault(("cluster", key), DECIDED[key])
    cluster = rows.cluster
    if not rows.nodes and cluster.nodes_file is None:
        yield Fault(("cluster", "nodes"), "missing; write all nodes of the cluster, or nodes_file")
    yield from _ranges(cluster)
    yield from _names(rows.nodes)
    yield from _addresses(rows.nodes)
    for path, node in rows.nodes:
        if node.reflects and node.cluster_id is None:
            yield Fault((*path, "reflects"), "only a reflector has clients; write its cluster_id as well")
    if cluster.nodes_file is None:
        yield from _groups(rows.nodes)


def _ranges(cluster: Cluster) -> Iterator[Fault]:
    for key, prefix, family in (("range", cluster.range, "ipv4"), ("range6", cluster.range6, "ipv6")):
        if prefix is None:
            continue
        if family_name(prefix) != family:
            other = "range6" if key == "range" else "range"
            yield Fault(
                ("cluster", key), f"{quoted(prefix)} is not of the family {family}; write it as {other}"
            )
        elif cluster.mode != REFLECTED:
            yield Fault(
                ("cluster", key),
                f'needs mode = "{REFLECTED}": in a mesh every node has to know all others; '
                "list the nodes, and leave it out",
            )


def _names(nodes: tuple[NodeRow, ...]) -> Iterator[Fault]:
    known: set[str] = set()
    for path, node in nodes:
        if node.name in known:
            yield Fault(
                (*path, "name"), f"{quoted(node.name)} is the name of another node; write another name"
            )
        known.add(node.name)


def _addresses(nodes: tuple[NodeRow, ...]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for path, node in nodes:
        if node.address is None and node.address6 is None:
            yield Fault((*path, "address"), "missing; write the address of the node, or its address6")
        for key, written in (("address", node.address), ("address6", node.address6)):
            if written is not None:
                host = str(ip_interface(written).ip)
                owner = owners.setdefault(host, node.name)
                if owner != node.name:
                    message = f"{quoted(host)} is the address of {owner}, too; every node has its own"
                    yield Fault((*path, key), message)


def _groups(nodes: tuple[NodeRow, ...]) -> Iterator[Fault]:
    """Find groups that no node has. In a list of another program they may come and go."""
    groups = sorted({node.group for _, node in nodes if node.group is not None})
    for path, node in nodes:
        for group in node.reflects if node.cluster_id is not None else ():
            if group not in groups:
                similar = get_close_matches(group, groups, n=1)
                known = f"did you mean {quoted(similar[0])}?" if similar else f"there are {_list(groups)}"
                yield Fault((*path, "reflects"), f"no node has the group {quoted(group)}; {known}")


def _list(names: list[str]) -> str:
    more = [f"and {len(names) - _MANY} more"] if len(names) > _MANY else []
    return ", ".join([*map(quoted, names[:_MANY]), *more]) or "none"
