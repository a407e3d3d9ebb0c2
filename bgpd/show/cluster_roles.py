"""Who a neighbor is in the cluster, and what it is to this node."""

from typing import Final, NamedTuple, Protocol

from bgpd.cluster.facts import ClusterFacts
from bgpd.cluster.peerings import role_of
from bgpd.peer_names import PEER_TYPES, peer_type
from bgpd.settings import DaemonSettings

_MESH: Final = PEER_TYPES["Mesh"]
_OF_A_NODE: Final = PEER_TYPES["Node"]
_CLIENT: Final = "client"


class Configured(Protocol):
    """What of a neighbor's settings tells who it is."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def external(self) -> bool: ...
    @property
    def route_reflector_client(self) -> bool: ...


class Neighbor(NamedTuple):
    """The same of one that has come to a range."""

    name: str
    address: str
    external: bool
    route_reflector_client: bool


class Who(NamedTuple):
    """Who a neighbor is."""

    type: str
    """In the words of calicoctl, or else ``internal`` or ``external``."""
    node: str | None
    """The name of the node, if it is one of the cluster."""
    role: str | None
    """What it is to this node: ``mesh``, ``client``, ``reflector``, or ``fellow`` (both reflect)."""


def who_is(settings: DaemonSettings, neighbor: Configured) -> Who:
    """Return who a neighbor is under these settings."""
    facts, is_client = settings.cluster, neighbor.route_reflector_client
    node = None if facts is None else facts.members.get(neighbor.address)
    by_name = peer_type(neighbor.name)
    if facts is None or (node is None and not is_client):
        relation = "external" if neighbor.external else "internal"
        return Who(by_name or relation, node, _CLIENT if is_client else None)
    if by_name == _MESH:
        return Who(_MESH, node, "mesh")
    if is_client:
        return Who(by_name or _OF_A_NODE, node, _CLIENT)
    role = _above_or_beside(facts, node, is_reflector=settings.cluster_id is not None)
    return Who(by_name or _OF_A_NODE, node, role)


def _above_or_beside(facts: ClusterFacts, node: str | None, *, is_reflector: bool) -> str | None:
    """Return what a node is to this one that is no client of it."""
    model = facts.model
    if model is not None and node in model.by_name and facts.node in model.by_name:
        return role_of(model, model.by_name[facts.node], model.by_name[node])
    return "fellow" if is_reflector else "reflector"
