"""``[cluster]``, ``[[pools]]`` and ``[[blocks]]`` become tables of a plain file, before these are read.

This works on what the file says, like ``inheritance.py``, and everything after it knows plain tables only.
What is wrong with one that came of the cluster is blamed on the place that it came from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from bgpd.cluster.facts import ClusterFacts
from bgpd.cluster.identity import Host, UnknownNodeError, own_node
from bgpd.cluster.model import Cluster, Node
from bgpd.config.block_checks import check_blocks, check_pools, check_subnet
from bgpd.config.cluster import ClusterTables
from bgpd.config.cluster_checks import check_rows
from bgpd.config.cluster_model import Rows, cluster_of, rows_of
from bgpd.config.cluster_tables import add_tables, router_asn
from bgpd.config.explain import faults_of
from bgpd.config.faults import Fault, KeyPath, Problem
from bgpd.config.nodes_file import IN_NODES_FILE, NodesFileContents, read_nodes_file
from bgpd.config.plain_tables import PlainTables
from bgpd.config.reflection_checks import check_reflection

_KEYS: Final = ("cluster", "pools", "blocks")
_DEFAULT_ASN: Final = 64512


@dataclass(frozen=True, slots=True)
class Expansion:
    """The data without ``[cluster]``, and what is known of where it came from."""

    data: Mapping[str, object]
    faults: tuple[Fault, ...] = ()
    facts: ClusterFacts | None = None
    origins: Mapping[KeyPath, KeyPath] = field(default_factory=dict)
    """Of tables, and of single keys, that came of the cluster."""
    nodes_file: NodesFileContents | None = None

    def at_their_origin(self, faults: Iterable[Fault]) -> Iterator[Fault]:
        """Blame what a table came of for what is wrong in it."""
        for fault in faults:
            beginnings = (fault.path[:length] for length in range(len(fault.path), 0, -1))
            path = next((self.origins[each] for each in beginnings if each in self.origins), fault.path)
            yield fault._replace(path=path)

    def sorted_out(self, faults: Iterable[Fault]) -> tuple[list[Fault], list[Problem]]:
        """Return the faults of the file itself, and the problems of the one with the nodes."""
        here: list[Fault] = []
        there: list[Fault] = []
        for fault in faults:
            is_there = fault.path[:2] == IN_NODES_FILE and len(fault.path) > len(IN_NODES_FILE)
            (there if is_there else here).append(fault)
        nodes_file = self.nodes_file
        return here, [] if nodes_file is None else [*nodes_file.problems, *nodes_file.problems_of(there)]

    @property
    def is_broken(self) -> bool:
        """Whether the cluster could not be understood."""
        return bool(self.faults or (self.nodes_file is not None and self.nodes_file.problems))


def expand(data: Mapping[str, object], file: str, host: Callable[[], Host]) -> Expansion:
    """Return plain tables; ``host`` is asked which node this is if there is a cluster."""
    written = {key: data[key] for key in _KEYS if key in data}
    if not written:
        return Expansion(data)
    plain = {key: value for key, value in data.items() if key not in written}
    try:
        tables = ClusterTables.model_validate(written)
    except ValidationError as error:
        return Expansion(plain, tuple(faults_of(error, ClusterTables)))
    if tables.cluster is None:
        message = "is about the nodes of [cluster], which is not there; write that, or leave this out"
        return Expansion(plain, tuple(Fault((key,), message) for key in written))
    named = tables.cluster.nodes_file
    if named is None:
        return _expanded(plain, written, rows_of(tables.cluster, tables, None), host)
    contents = read_nodes_file(Path(file).parent / named)
    if contents.file is None:
        return Expansion(plain, contents.faults, nodes_file=contents)
    return _expanded(plain, written, rows_of(tables.cluster, tables, contents.file), host, contents)


def _expanded(
    plain: Mapping[str, object],
    written: Mapping[str, object],
    rows: Rows,
    host: Callable[[], Host],
    contents: NodesFileContents | None = None,
) -> Expansion:
    session = written["cluster"]
    assert isinstance(session, Mapping)
    faults = [*check_rows(session, rows)]
    if faults:
        return Expansion(plain, tuple(faults), nodes_file=contents)
    cluster = cluster_of(rows, rows.cluster.asn or router_asn(plain) or _DEFAULT_ASN)
    own, faults = _find_itself(cluster, rows, host)
    if own is None or faults:
        return Expansion(plain, tuple(faults), nodes_file=contents)
    tables = PlainTables(plain)
    add_tables(tables, cluster, own, rows, session)
    if tables.faults:
        return Expansion(plain, tuple(tables.faults), nodes_file=contents)
    sources = (str(Path(contents.path).absolute()),) if contents is not None else ()
    facts = _facts(cluster, own, sources)
    return Expansion(tables.data, (), facts, tables.origins, contents)


def _find_itself(cluster: Cluster, rows: Rows, host: Callable[[], Host]) -> tuple[Node | None, list[Fault]]:
    """Return which node this is, and what is wrong with the cluster."""
    faults = [*check_reflection(cluster, rows), *check_pools(cluster), *check_blocks(cluster, rows)]
    try:
        own = own_node(cluster, host())
    except UnknownNodeError as error:
        return None, [*faults, Fault(("cluster", "nodes"), str(error))]
    place = next(((path, node.address) for path, node in rows.nodes if node.name == own.name), None)
    if place is not None:
        faults += check_subnet(cluster, own, *place)
    return own, faults


def _facts(cluster: Cluster, own: Node, sources: tuple[str, ...]) -> ClusterFacts:
    return ClusterFacts(
        node=own.name,
        mode=cluster.mode,
        asn=cluster.asn,
        handover=cluster.handover,
        members={str(address): node.name for address, node in cluster.by_address.items()},
        sources=sources,
        model=cluster,
    )
