"""Nodes and edges, from what one node says or many."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple, TypeAlias

from bgpd.graph.documents import Document, Member, Peer
from bgpd.graph.sessions import Session, State, session_of
from bgpd.peer_names import peer_type

_NOBODY: Final = Session(State.MISSING, "neither end has it configured")
Pair: TypeAlias = tuple[str, str]
"""Two nodes, in the order of their names."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the cluster, or another neighbor of one."""

    name: str
    label: str
    address: str
    is_member: bool
    """Whether it is of the cluster."""
    is_asked: bool
    """Whether it has said something itself."""
    group: str = ""
    asn: int = 0


class Edge(NamedTuple):
    """All sessions between two nodes."""

    ends: Pair
    sessions: tuple[Session, ...]

    @property
    def state(self) -> State:
        """That of the worst session."""
        return max(session.state for session in self.sessions)


@dataclass(frozen=True, slots=True)
class Graph:
    """What is to be drawn."""

    documents: Sequence[Document]
    nodes: Mapping[str, Node]
    """Those with a session, and those who said something; in the order in which they became known."""
    edges: Sequence[Edge]
    reflects: Mapping[str, frozenset[str]]
    """For each reflector the nodes for which it reflects, as far as they are known."""
    unseen: int
    """How many nodes of the cluster nobody has a session with who was asked."""

    def troubles(self) -> Iterator[Edge]:
        """Yield the edges that are not well, the worst first."""
        yield from sorted(
            (edge for edge in self.edges if not edge.state.is_well), key=lambda edge: -edge.state
        )


def graph_of(documents: Sequence[Document]) -> Graph:
    """Put together what nodes say; of two answers of one node the last one counts."""
    by_name = {document.name: document for document in documents}
    who = _Names([*by_name.values()])
    said = _said_of(by_name, who)
    sessions: dict[Pair, list[Session]] = {}
    for (pair, _family), ends in said.items():
        sessions.setdefault(pair, []).append(session_of(ends, pair, by_name.keys()))
    for pair in _missing(by_name, sessions.keys()):
        sessions[pair] = [_NOBODY]
    edges = [Edge(pair, tuple(found)) for pair, found in sessions.items()]
    names = dict.fromkeys((*by_name, *(name for edge in edges for name in edge.ends)))
    nodes = {name: who.node(name, is_asked=name in by_name) for name in names}
    unseen = len(who.members.keys() - nodes.keys())
    return Graph([*by_name.values()], nodes, edges, _reflects(by_name, who), unseen)


def pair_of(one: str, other: str) -> Pair:
    """Return the key of an edge."""
    return (one, other) if one < other else (other, one)


class _Names:
    """Who has an address, and what is known of everybody."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.members: dict[str, Node] = {}
        self._by_address: dict[str, str] = {}
        self._others: dict[str, Node] = {}
        for document in documents:
            addresses = document.addresses
            self._by_address |= dict.fromkeys(addresses - self._by_address.keys(), document.name)
            self._others[document.name] = Node(
                document.name, document.name, min(addresses, default=""), False, True, "", document.asn
            )
        for members, asn in {document.members: document.asn for document in documents}.items():
            for member in members:
                self._add(member, asn)

    def _add(self, member: Member, asn: int) -> None:
        name, addresses, group = member
        self.members.setdefault(name, Node(name, name, next(iter(addresses), ""), True, False, group, asn))
        for address in addresses:
            self._by_address.setdefault(address, name)

    def of(self, peer: Peer) -> str:
        """Return the name of a neighbor; who is no node is called by its address."""
        name = peer.node or self._by_address.get(peer.address) or peer.address
        if name not in self.members and name not in self._others:
            label = peer.node or (peer.address if peer_type(peer.protocol) else peer.protocol)
            self._others[name] = Node(name, label, peer.address, bool(peer.role), False, "", peer.asn)
        return name

    def node(self, name: str, *, is_asked: bool) -> Node:
        """Return what is known of it."""
        known = self.members.get(name) or self._others[name]
        return Node(name, known.label, known.address, known.is_member, is_asked, known.group, known.asn)


def _said_of(by_name: Mapping[str, Document], who: _Names) -> Mapping[tuple[Pair, bool], dict[str, Peer]]:
    """Return what is said of each session, by who says it; the families of two nodes are two sessions."""
    said: dict[tuple[Pair, bool], dict[str, Peer]] = {}
    for name, document in by_name.items():
        for peer in document.peers:
            other = who.of(peer)
            if other != name:
                said.setdefault((pair_of(name, other), ":" in peer.address), {})[name] = peer
    return said


def _missing(by_name: Mapping[str, Document], known: Iterable[Pair]) -> Iterator[Pair]:
    """Yield the pairs of nodes in a mesh that know nothing of each other."""
    there = set(known)
    in_mesh = sorted(name for name, document in by_name.items() if document.mode == "mesh")
    yield from (pair for pair in combinations(in_mesh, 2) if pair not in there)


def _reflects(by_name: Mapping[str, Document], who: _Names) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, document in by_name.items():
        for peer in document.peers:
            other = who.of(peer)
            match peer.role:
                case "client":
                    found.setdefault(name, set()).add(other)
                case "reflector":
                    found.setdefault(other, set()).add(name)
                case "fellow":
                    found.setdefault(name, set())
                    found.setdefault(other, set())
    return {name: frozenset(clients) for name, clients in found.items()}
