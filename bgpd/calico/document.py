"""From resources to the document that a configuration file would be: what calico-node would have BIRD do.

Both IP versions are in it. Names are those that calico-node's two files get when they are read together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bgpd.calico.bgp_configuration import BgpConfiguration, bgp_configuration_of, key_of
from bgpd.calico.bgp_filters import BgpFilter, bgp_filter_of
from bgpd.calico.fields import Network
from bgpd.calico.nodes import VERSIONS, CalicoNode, node_of
from bgpd.calico.peers import Peer, peer_of
from bgpd.calico.policies import Policies
from bgpd.calico.pools import NodeBlock, Pool, block_of, pool_of
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource, by_kind
from bgpd.calico.router_id import router_id_of
from bgpd.calico.secrets import Secrets
from bgpd.calico.sessions import Cluster, Session
from bgpd.calico.tables import Tables
from bgpd.calico.workloads import Workload, workload_of

_MOST_NAMES_SHOWN: Final = 8
MESH: Final = "mesh"
REFLECTORS: Final = "route-reflector"


@dataclass(frozen=True, slots=True)
class CalicoDocument:
    """What resources come to for one node."""

    tables: dict[str, Any] = field(repr=False)
    """What a configuration file would say."""
    node: str
    members: Mapping[str, str]
    """The addresses of all nodes, each with the name of its node."""
    mode: str
    """``mesh`` or ``route-reflector``."""
    asn: int
    """That of nodes without one of their own."""
    remarks: tuple[str, ...]
    """What of the resources is not followed."""


@dataclass(frozen=True, slots=True)
class _Read:
    """Resources of all kinds, read."""

    configuration: BgpConfiguration
    cluster: Cluster
    peers: Sequence[Peer]
    workloads: Sequence[Workload]
    bgp_filters: dict[str, BgpFilter]
    pools: Sequence[Pool]
    blocks: Sequence[NodeBlock]


def document_of(
    resources: Iterable[Resource], node: str, *, environment_router_id: str = ""
) -> CalicoDocument:
    """Return what resources say about a node. Raises CalicoError with all that is wrong in them.

    ``environment_router_id`` is what CALICO_ROUTER_ID is for calico-node: an ID, or ``hash``.
    """
    report = Report()
    kinds = by_kind(resources, report)
    nodes = [node_of(each, report) for each in kinds["Node"]]
    own = _own_node(nodes, node, report)
    read = _read(kinds, nodes, own, report)
    sessions = read.cluster.sessions(read.peers, read.workloads)
    _look_for_filters(read, report)
    _look_for_twins(read.cluster, report)
    tables = Tables(read.configuration)
    try:
        router_id = router_id_of(node, environment_router_id, str(own.address(4) or ""))
    except ValueError:
        report.fault(
            "CALICO_ROUTER_ID", f'found "{environment_router_id}"; write four numbers with dots, or hash'
        )
        router_id = ""
    tables.write_router(own, read.cluster.asn(own), router_id)
    for version in VERSIONS:
        policies = _policies(version, own, read)
        tables.write_family(policies, _reached_by(version, sessions))
        for session in sessions:
            if session.address.version == version:
                tables.write_session(session, policies, own.cluster_id)
    report.settle()
    return CalicoDocument(
        tables=tables.document(),
        node=node,
        members={str(address): each.name for address, each in read.cluster.members.items()},
        mode=MESH if read.configuration.has_mesh else REFLECTORS,
        asn=read.configuration.asn,
        remarks=report.remarks,
    )


def _own_node(nodes: Sequence[CalicoNode], name: str, report: Report) -> CalicoNode:
    """Return the own node; nothing can be said without it. Raises CalicoError."""
    own = next((node for node in nodes if node.name == name), None)
    if own is None:
        names = [node.name for node in nodes[:_MOST_NAMES_SHOWN]]
        more = ", ..." if len(nodes) > _MOST_NAMES_SHOWN else ""
        known = f"there are {', '.join(names)}{more}" if names else "there is no Node at all"
        report.settle([f"no Node is called {name}, which is the name of this node; {known}; see --node"])
        raise AssertionError
    return own


def _read(
    kinds: Mapping[str, Sequence[Resource]], nodes: Sequence[CalicoNode], own: CalicoNode, report: Report
) -> _Read:
    secrets = Secrets(kinds["Secret"], report)
    configuration = bgp_configuration_of(kinds["BGPConfiguration"], own.name, secrets, report)
    peers = [peer_of(each, secrets, report) for each in kinds["BGPPeer"]]
    pools = [pool_of(each, report) for each in kinds["IPPool"]]
    blocks = [block_of(each, own.name, report) for each in kinds["BlockAffinity"]]
    return _Read(
        configuration=configuration,
        cluster=Cluster(nodes, own, configuration),
        peers=[peer for peer in peers if peer is not None],
        workloads=[workload_of(each, report) for each in kinds["WorkloadEndpoint"]],
        bgp_filters={each.name: bgp_filter_of(each, report) for each in kinds["BGPFilter"]},
        pools=sorted((pool for pool in pools if pool is not None), key=lambda each: str(each.prefix)),
        blocks=sorted((block for block in blocks if block is not None), key=lambda each: key_of(each.prefix)),
    )


def _look_for_filters(read: _Read, report: Report) -> None:
    for peer in read.peers:
        for name in peer.terms.filters:
            if name not in read.bgp_filters:
                report.remark(peer.place, f"spec.filters: there is no BGPFilter {name}; it is left out")


def _look_for_twins(cluster: Cluster, report: Report) -> None:
    """Remark nodes that have the address of another; one may be about to go."""
    for node in cluster.nodes.values():
        for interface in node.interfaces.values():
            owner = cluster.members[interface.ip]
            if owner is not node:
                report.remark(f"Node {node.name}", f"{interface.ip} is an address of {owner.name} as well")


def _policies(version: int, own: CalicoNode, read: _Read) -> Policies:
    services = read.configuration.services
    advertised = services.advertised if own.advertises_services else ()
    reflected = (*services.load_balancer, *services.external) if own.cluster_id else ()
    return Policies(
        version=version,
        configuration=read.configuration,
        blocks=[block for block in read.blocks if block.prefix.version == version],
        pools=[pool for pool in read.pools if pool.prefix.version == version],
        services=_of_version(version, services.advertised),
        advertised_services=_of_version(version, advertised),
        reflected_services=[each for each in _of_version(version, reflected) if each not in advertised],
        own_network=own.network(version),
        behind_wireguard=sorted(
            address
            for node in read.cluster.nodes.values()
            if version in node.has_wireguard & own.has_wireguard and node.name != own.name
            if (address := node.address(version)) is not None
        ),
        bgp_filters=read.bgp_filters,
    )


def _of_version(version: int, prefixes: Iterable[Network]) -> list[Network]:
    return [prefix for prefix in prefixes if prefix.version == version]


def _reached_by(version: int, sessions: Iterable[Session]) -> list[tuple[str, str]]:
    """Return the neighbors that are reached over a gateway of their own, and that gateway."""
    return [
        (f"{session.address}/{session.address.max_prefixlen}", str(session.terms.reachable_by))
        for session in sessions
        if session.terms.reachable_by is not None and session.terms.reachable_by.version == version
        if session.address.version == version
    ]
