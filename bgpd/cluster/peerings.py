"""Who has a session with whom: in which role, who opens it, and what it is called.

In a mesh that is everybody with everybody. With reflectors (RFC 4456) a node has a session with each
reflector that it is a client of. A reflector that names groups in ``reflects`` serves the nodes of these;
one that names none is of the upper level: it serves all others, the reflectors of groups among them, and
has sessions with its equals. Without an upper level the reflectors of groups are equals.

Which end waits is decided by the two addresses alone, so that a session which exists in both modes needs
no other beginning when the mode changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from bgpd.cluster.model import FAMILY_NAMES, Address, Cluster, FamilyName, Network, Node

Role = Literal["mesh", "reflector", "client", "fellow"]
"""What the neighbor is to this node; a fellow is a reflector as we are, and neither is the other's client."""
RANGE_NAMES: Final = {"ipv4": "Node", "ipv6": "Node6"}
"""What neighbors of a range are called, before their addresses."""
_SEPARATORS: Final = re.compile(r"[.:]")
_SEEN_FROM_THERE: Final[dict[Role, Role]] = {
    "mesh": "mesh",
    "reflector": "client",
    "client": "reflector",
    "fellow": "fellow",
}


@dataclass(frozen=True, slots=True)
class Peering:
    """One session of this node, of one family."""

    name: str
    role: Role
    family: FamilyName
    own: Address
    node: Node | None
    """Who is at the other end; ``None``: any node of a range."""
    address: Address | None
    range: Network | None = None
    passive: bool = False
    """Whether this end waits for the other one to connect."""


def role_of(cluster: Cluster, own: Node, other: Node) -> Role | None:
    """Return what another node is to this one; ``None``: they have no session."""
    if cluster.mode == "mesh":
        return "mesh"
    if own.is_reflector and other.is_reflector:
        return _between_reflectors(cluster, own, other)
    if other.is_reflector:
        return "reflector" if _serves(cluster, other, own) else None
    if own.is_reflector:
        return "client" if _serves(cluster, own, other) else None
    return None


def seen_from_there(role: Role) -> Role:
    """Return what this node is to the other one."""
    return _SEEN_FROM_THERE[role]


def _between_reflectors(cluster: Cluster, own: Node, other: Node) -> Role | None:
    if bool(own.reflects) == bool(other.reflects):
        is_top = not own.reflects or not cluster.top_reflectors
        return "fellow" if is_top else None
    return "client" if other.reflects else "reflector"


def _serves(cluster: Cluster, reflector: Node, node: Node) -> bool:
    """Tell whether a node that is no reflector is a client of this one."""
    if node.group in cluster.reflected_groups:
        return node.group in reflector.reflects
    return not reflector.reflects


def accepts_ranges(cluster: Cluster, own: Node) -> bool:
    """Tell whether nodes in no list may connect to this one: a reflector, of the upper level if there is."""
    if cluster.mode == "mesh" or not own.is_reflector:
        return False
    return not own.reflects or not cluster.top_reflectors


def is_listed(cluster: Cluster, node: Node) -> bool:
    """Tell whether a node is in the list; another one has come to a range."""
    return node.name in cluster.by_name


def waits(own: Address, other: Address) -> bool:
    """Tell whether this end of a session waits for the other one: the lower address does."""
    return int(own) < int(other)


def peering_name(role: Role, address: Address) -> str:
    """Return what a neighbor is called, as Calico has it."""
    return f"{'Mesh' if role == 'mesh' else 'Node'}_{_SEPARATORS.sub('_', str(address))}"


def peerings(cluster: Cluster, own: Node) -> tuple[Peering, ...]:
    """Return all sessions of a node, in the order of the list; ranges come last."""
    listed = is_listed(cluster, own)
    pairs = _with_listed(cluster, own) if listed else _with_reflectors(cluster)
    found = [peering for other, role in pairs for peering in _between(own, other, role, is_known=listed)]
    return (*found, *(_ranges(cluster, own) if listed else ()))


def _with_listed(cluster: Cluster, own: Node) -> Iterator[tuple[Node, Role]]:
    has_only_reflectors = cluster.mode == "route-reflector" and not own.is_reflector
    for other in cluster.reflectors if has_only_reflectors else cluster.nodes:
        role = role_of(cluster, own, other) if other is not own else None
        if role is not None:
            yield other, role


def _with_reflectors(cluster: Cluster) -> Iterator[tuple[Node, Role]]:
    """Yield the reflectors of a node that is in no list."""
    for other in cluster.reflectors:
        if accepts_ranges(cluster, other):
            yield other, "reflector"


def _between(own: Node, other: Node, role: Role, *, is_known: bool) -> Iterator[Peering]:
    """Yield a session for each family that both ends have; who is not known there has to open it."""
    for family in FAMILY_NAMES:
        here, there = own.address(family), other.address(family)
        if here is not None and there is not None:
            yield Peering(
                name=peering_name(role, there),
                role=role,
                family=family,
                own=here,
                node=other,
                address=there,
                passive=is_known and waits(here, there),
            )


def _ranges(cluster: Cluster, own: Node) -> Iterator[Peering]:
    if not accepts_ranges(cluster, own):
        return
    for family in FAMILY_NAMES:
        here, network = own.address(family), cluster.range_of(family)
        if here is not None and network is not None:
            yield Peering(RANGE_NAMES[family], "client", family, here, None, None, network, passive=True)
