"""What a cluster comes to on one node: tables as a file without ``[cluster]`` would have them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bgpd.cluster.filters import EXPORT_FILTER, export_filter, kernel_filter, kernel_filter_name
from bgpd.cluster.model import FAMILY_NAMES, Block, Cluster, FamilyName, Node
from bgpd.cluster.peerings import Peering, peerings

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rest of the file says that matters here."""

    asn: int
    """The local AS of neighbors that say nothing else."""
    learns: bool = False
    """Whether routes of other programs come in from the kernel."""
    session: Mapping[str, object] = field(default_factory=dict)
    """What all sessions of the cluster have, by the keys of ``[[neighbors]]``."""
    exports: bool = False
    """Whether ``session`` says what is exported, so that nothing is to be added."""


@dataclass(frozen=True, slots=True)
class Document:
    """Tables to be added to what the file says."""

    neighbors: tuple[tuple[Peering, Table], ...]
    statics: tuple[tuple[Block, Table], ...]
    filters: Mapping[str, str]
    """Texts by name."""
    kernel_exports: Mapping[FamilyName, str]
    """The names of filters for the kernel's tables."""


def document(cluster: Cluster, own: Node, around: Surroundings) -> Document:
    """Return the tables for one node."""
    blocks = tuple(own_blocks(cluster, own))
    export = "" if around.exports else export_filter(cluster.pools, blocks, learns=around.learns)
    kernels = {family: kernel_filter(cluster.pools, own, family) for family in FAMILY_NAMES}
    session = {**around.session, "export": EXPORT_FILTER} if export else around.session
    return Document(
        neighbors=tuple(
            (peering, {**_neighbor(cluster, own, peering, around.asn), **session})
            for peering in peerings(cluster, own)
        ),
        statics=tuple((block, _blackhole(block)) for block in blocks if not block.is_one_address),
        filters=({EXPORT_FILTER: export} if export else {})
        | {kernel_filter_name(family): text for family, text in kernels.items() if text},
        kernel_exports={family: kernel_filter_name(family) for family, text in kernels.items() if text},
    )


def own_blocks(cluster: Cluster, own: Node) -> Iterator[Block]:
    """Yield the blocks of a node: those with its name, and those with none, which are the file's own."""
    yield from (block for block in cluster.blocks if block.node in {None, own.name})


def _blackhole(block: Block) -> Table:
    """Addresses of the block that nobody has lead nowhere, and the block is a route to be announced."""
    return {"prefix": str(block.prefix), "blackhole": True}


def _neighbor(cluster: Cluster, own: Node, peering: Peering, asn: int) -> Table:
    own_asn = cluster.asn_of(own)
    their_asn = cluster.asn_of(peering.node) if peering.node is not None else cluster.asn
    place = _place(peering) if peering.node is not None else _range(peering, cluster.limit)
    table: Table = {"name": peering.name, **place, "asn": their_asn}
    if own_asn != asn:
        table["local_asn"] = own_asn
    if cluster.mode == "route-reflector" and own.is_reflector and their_asn == own_asn:
        if peering.role == "client":
            table["route_reflector_client"] = True
        table["cluster_id"] = own.cluster_id
    return table


def _place(peering: Peering) -> Table:
    place = {"address": str(peering.address), "source_address": str(peering.own)}
    named = {"description": peering.node.name} if peering.node is not None else {}
    return {**named, **place, **({"passive": True} if peering.passive else {})}


def _range(peering: Peering, limit: int) -> Table:
    return {"description": "nodes in no list", "range": str(peering.range), "limit": limit}
