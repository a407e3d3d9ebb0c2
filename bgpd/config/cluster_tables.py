"""Adds what a cluster comes to on this node to the tables of its file."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from bgpd.cluster.document import Surroundings, document
from bgpd.cluster.model import Cluster, Node
from bgpd.cluster.peerings import Peering
from bgpd.cluster.router_id import router_id
from bgpd.config.cluster import DECIDED
from bgpd.config.cluster import Cluster as ClusterSection
from bgpd.config.cluster_model import Rows
from bgpd.config.faults import Fault, KeyPath
from bgpd.config.fields import keys_of
from bgpd.config.neighbors import NeighborOptions
from bgpd.config.plain_tables import PlainTables
from bgpd.config.router import Router

_ALL: Final = "all"


def router_asn(data: Mapping[str, object]) -> int | None:
    """Return the AS that the file has in ``[router]``; one that is wrong is reported elsewhere."""
    router = data.get("router")
    if not isinstance(router, Mapping) or "asn" not in router:
        return None
    try:
        return Router.model_validate({"asn": router["asn"]}).asn
    except ValidationError:
        return None


def add_tables(
    tables: PlainTables, cluster: Cluster, own: Node, rows: Rows, written: Mapping[str, object]
) -> None:
    """Add them; ``written`` are the keys of ``[cluster]``."""
    tables.set_default("router", "asn", cluster.asn_of(own), ("cluster", "asn"))
    tables.set_default("router", "id", str(router_id(own)), ("cluster", "nodes"))
    if not tables.data.keys() & {"direct", "directs"}:
        tables.data["direct"] = {"interfaces": []}
    session = _session(written)
    export = written.get("export")
    if export not in {None, _ALL} and not all(pool.export for pool in cluster.pools):
        tables.faults.append(
            Fault(
                ("cluster", "export"),
                "one of [[pools]] has export = false, which this filter would have to say; reject the "
                "routes there, and leave export out of the pool",
            )
        )
    around = Surroundings(
        asn=router_asn(tables.data) or cluster.asn,
        learns=export is None and _learns(tables.data),
        session=session,
        exports=export not in {None, _ALL},
    )
    made = document(cluster, own, around)
    nodes = {node.name: path for path, node in rows.nodes}
    blocks = {block: path for (path, _), block in zip(rows.blocks, cluster.blocks, strict=True)}
    tables.add_neighbors([(_origin(peering, nodes), table) for peering, table in made.neighbors], session)
    tables.add_statics([(blocks[block], table) for block, table in made.statics])
    tables.add_filters(made.filters)
    tables.set_kernel_exports(made.kernel_exports)


def _session(written: Mapping[str, object]) -> Mapping[str, object]:
    """Return the keys of neighbors that hold for all sessions of the cluster."""
    options, own = keys_of(NeighborOptions), keys_of(ClusterSection)
    defaults = {key: own[key].default for key in options if own[key].default != options[key].default}
    chosen = {key: value for key, value in written.items() if key in options and key not in DECIDED}
    return {**defaults, "export": _ALL, **chosen}


def _origin(peering: Peering, nodes: Mapping[str, KeyPath]) -> KeyPath:
    if peering.node is not None:
        return nodes[peering.node.name]
    return "cluster", "range" if peering.family == "ipv4" else "range6"


def _learns(data: Mapping[str, object]) -> bool:
    """Tell whether a table of the kernel brings routes of other programs."""
    tables = (data.get(key) for key in ("kernel", "kernels"))
    every = (table for each in tables if isinstance(each, Mapping) for table in each.values())
    return any(isinstance(table, Mapping) and table.get("learn") is True for table in every)
