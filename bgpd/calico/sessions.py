"""Which sessions a node has: the mesh, those that BGPPeers say, and the other ends of such.

As in calico-node a session is known by its address and port. What is for all nodes goes before what is for
this one, and what a BGPPeer says of this node before what follows from its being the neighbor of another. A
node without an address of an IP version has no sessions of that version.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bgpd.calico.bgp_configuration import BgpConfiguration
from bgpd.calico.fields import Address
from bgpd.calico.nodes import VERSIONS, CalicoNode
from bgpd.calico.peers import Peer, Terms
from bgpd.calico.workloads import Workload

GLOBAL: Final = "Global"
OF_NODE: Final = "Node"
MESH: Final = "Mesh"
WORKLOAD: Final = "Local_Workload"


@dataclass(frozen=True, slots=True)
class Session:
    """One session of the own node."""

    kind: str
    """What its name begins with."""
    address: Address
    port: int | None
    asn: int
    local_asn: int
    source: Address | None
    cluster_id: str
    """That of the neighbor, if it is a reflector among the nodes that a selector has found."""
    is_passive: bool
    terms: Terms

    @property
    def name(self) -> str:
        """What calico-node calls it."""
        address = str(self.address).replace(".", "_").replace(":", "_")
        port = f"_port_{self.port}" if self.port is not None and self.kind != MESH else ""
        return f"{self.kind}_{address}{port}"

    @property
    def is_internal(self) -> bool:
        """Whether both ends are of one AS."""
        return self.asn == self.local_asn


class Cluster:
    """All nodes, seen from one of them."""

    def __init__(self, nodes: Iterable[CalicoNode], own: CalicoNode, configuration: BgpConfiguration) -> None:
        self.nodes: Final = {node.name: node for node in nodes}
        self.own: Final = own
        self.configuration: Final = configuration
        self.members: Final[dict[Address, CalicoNode]] = {}
        """Whose addresses are whose; if two nodes have the same one, the first."""
        for node in self.nodes.values():
            for interface in node.interfaces.values():
                self.members.setdefault(interface.ip, node)

    def asn(self, node: CalicoNode) -> int:
        """Return the AS of a node."""
        return self.configuration.asn if node.asn is None else node.asn

    def sessions(self, peers: Sequence[Peer], workloads: Sequence[Workload]) -> list[Session]:
        """Return the sessions of the own node by their names."""
        of_peers: dict[tuple[Address, int | None], Session] = {}
        for candidate in (*self._forward(peers, workloads), *self._backward(peers)):
            of_peers.setdefault((candidate.address, candidate.port), candidate)
        own_addresses = {interface.ip for interface in self.own.interfaces.values()}
        named: dict[str, Session] = {}
        for each in (*self._mesh(), *of_peers.values()):
            if each.address not in own_addresses:
                named.setdefault(each.name, each)
        return sorted(named.values(), key=lambda each: each.name)

    # The mesh

    def _mesh(self) -> Iterator[Session]:
        """Yield a session with every other node; route reflectors are not part of the mesh."""
        if self.own.cluster_id or not self.configuration.has_mesh:
            return
        terms = Terms(
            password=self.configuration.mesh_password, restart_time=self.configuration.mesh_restart_time
        )
        for node in self.nodes.values():
            if node.name != self.own.name and not node.cluster_id:
                for session in self._with(node, MESH, terms, VERSIONS):
                    yield replace(session, is_passive=self._is_passive(session.address))

    # BGPPeers

    def _forward(self, peers: Sequence[Peer], workloads: Sequence[Workload]) -> Iterator[Session]:
        """Yield what BGPPeers say of this node, first those that are for all nodes."""
        for peer in sorted(peers, key=lambda each: not each.is_global):
            if self._is_for(peer, self.own):
                kind = GLOBAL if peer.is_global else OF_NODE
                if peer.workload_selector is not None:
                    yield from self._with_workloads(peer, workloads)
                elif peer.peer_selector is not None:
                    yield from self._with_selected(peer, kind)
                elif peer.address is not None and self.own.address(peer.address.version) is not None:
                    yield self._with_address(peer, peer.address, kind)

    def _backward(self, peers: Sequence[Peer]) -> Iterator[Session]:
        """Yield the other ends: the sessions that nodes have with this one because a BGPPeer says so."""
        for peer in peers:
            if not peer.is_reversed or peer.workload_selector is not None or not self._is_meant(peer):
                continue
            versions = VERSIONS if peer.address is None else (peer.address.version,)
            for node in self.nodes.values():
                if self._is_for(peer, node):
                    terms = replace(
                        peer.terms, allowed_own_as=0, keeps_external_next_hop=False, local_asn=None
                    )
                    yield from self._with(node, OF_NODE, terms, versions)

    def _is_for(self, peer: Peer, node: CalicoNode) -> bool:
        """Tell whether a BGPPeer says that a node is to have sessions."""
        if peer.node_selector is not None:
            return peer.node_selector.matches(node.labels)
        return peer.is_global or peer.node == node.name

    def _is_meant(self, peer: Peer) -> bool:
        """Tell whether a BGPPeer means this node as a neighbor."""
        if peer.peer_selector is not None:
            return peer.peer_selector.matches(self.own.labels)
        return peer.address is not None and self._has(self.own, peer, peer.address)

    def _has(self, node: CalicoNode, peer: Peer, address: Address) -> bool:
        """Tell whether a node has the address, the AS and, if one is written, the port of a neighbor."""
        port = self.configuration.port(node.name)
        return (
            node.address(address.version) == address
            and self.asn(node) == peer.asn
            and (peer.port is None or port is None or peer.port == port)
        )

    # Sessions

    def _with_selected(self, peer: Peer, kind: str) -> Iterator[Session]:
        assert peer.peer_selector is not None
        for node in self.nodes.values():
            if peer.peer_selector.matches(node.labels):
                yield from self._with(node, kind, peer.terms, VERSIONS)

    def _with(self, node: CalicoNode, kind: str, terms: Terms, versions: Sequence[int]) -> Iterator[Session]:
        """Yield the sessions with a node, one for each IP version that it has an address of."""
        for version in versions:
            address, own = node.address(version), self.own.address(version)
            if address is not None and own is not None:
                yield Session(
                    kind=kind,
                    address=address,
                    port=self.configuration.port(node.name),
                    asn=self.asn(node),
                    local_asn=self._local_asn(terms),
                    source=own if terms.has_source_address else None,
                    cluster_id=node.cluster_id,
                    is_passive=False,
                    terms=terms,
                )

    def _with_address(self, peer: Peer, address: Address, kind: str) -> Session:
        assert peer.asn is not None
        node = self.members.get(address)
        port = peer.port
        if port is None and node is not None and self._has(node, peer, address):
            port = self.configuration.port(node.name)
        return Session(
            kind=kind,
            address=address,
            port=port,
            asn=peer.asn,
            local_asn=self._local_asn(peer.terms),
            source=self.own.address(address.version) if peer.terms.has_source_address else None,
            cluster_id="",
            is_passive=kind == GLOBAL and node is not None and self._is_passive(address),
            terms=peer.terms,
        )

    def _with_workloads(self, peer: Peer, workloads: Sequence[Workload]) -> Iterator[Session]:
        """Yield the sessions with workloads of this node, which open them."""
        assert peer.workload_selector is not None
        assert peer.asn is not None
        for workload in workloads:
            if workload.node == self.own.name and peer.workload_selector.matches(workload.labels):
                for address in self._reachable(workload.addresses):
                    yield Session(
                        kind=WORKLOAD,
                        address=address,
                        port=None,
                        asn=peer.asn,
                        local_asn=self._local_asn(peer.terms),
                        source=None,
                        cluster_id="",
                        is_passive=True,
                        terms=peer.terms,
                    )

    def _reachable(self, addresses: Iterable[Address]) -> Iterator[Address]:
        return (each for each in addresses if self.own.address(each.version) is not None)

    def _local_asn(self, terms: Terms) -> int:
        return self.asn(self.own) if terms.local_asn is None else terms.local_asn

    def _is_passive(self, address: Address) -> bool:
        """Tell which end waits: as in calico-node that whose address is less, as texts."""
        own = self.own.address(address.version)
        return own is not None and str(address) > str(own)
