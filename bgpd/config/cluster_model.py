"""From the tables of the file to the cluster that they describe."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_network
from typing import NamedTuple, TypeVar

from bgpd.cluster import model
from bgpd.config.cluster import Block, Cluster, ClusterNode, ClusterTables, NodesFile, Pool
from bgpd.config.faults import KeyPath
from bgpd.config.nodes_file import IN_NODES_FILE

S = TypeVar("S")

NodeRow = tuple[KeyPath, ClusterNode]
BlockRow = tuple[KeyPath, Block]


class Rows(NamedTuple):
    """All nodes and blocks, each with its place: in the file, or in the other behind ``IN_NODES_FILE``."""

    cluster: Cluster
    pools: tuple[Pool, ...]
    nodes: tuple[NodeRow, ...]
    blocks: tuple[BlockRow, ...]


def rows_of(cluster: Cluster, tables: ClusterTables, file: NodesFile | None) -> Rows:
    """Return what both files have; that of the nodes comes last."""
    others = file or NodesFile()
    return Rows(
        cluster,
        tables.pools,
        (*_placed(("cluster", "nodes"), cluster.nodes), *_placed((*IN_NODES_FILE, "nodes"), others.nodes)),
        (*_placed(("blocks",), tables.blocks), *_placed((*IN_NODES_FILE, "blocks"), others.blocks)),
    )


def _placed(path: KeyPath, items: Iterable[S]) -> Iterator[tuple[KeyPath, S]]:
    yield from (((*path, position), item) for position, item in enumerate(items))


def cluster_of(rows: Rows, asn: int) -> model.Cluster:
    """Return the cluster; ``asn`` is that of nodes that have none of their own."""
    cluster = rows.cluster
    return model.Cluster(
        asn=asn,
        mode=cluster.mode,
        nodes=tuple(_node(node) for _, node in rows.nodes),
        range=IPv4Network(cluster.range) if cluster.range is not None else None,
        range6=IPv6Network(cluster.range6) if cluster.range6 is not None else None,
        limit=cluster.limit,
        handover=cluster.handover,
        pools=tuple(map(_pool, rows.pools)),
        blocks=tuple(model.Block(ip_network(block.prefix), block.node) for _, block in rows.blocks),
    )


def _node(node: ClusterNode) -> model.Node:
    return model.Node(
        name=node.name,
        ipv4=IPv4Interface(node.address) if node.address is not None else None,
        ipv6=IPv6Interface(node.address6) if node.address6 is not None else None,
        asn=node.asn,
        cluster_id=node.cluster_id,
        reflects=node.reflects,
        group=node.group,
    )


def _pool(pool: Pool) -> model.Pool:
    return model.Pool(ip_network(pool.prefix), pool.encapsulation, pool.tunnel, pool.export, pool.kernel)
