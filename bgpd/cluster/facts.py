"""What the daemon knows of the cluster it belongs to, besides the neighbors that came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bgpd.cluster.model import Cluster
from bgpd.kubernetes.settings import KubernetesSettings


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The cluster as the configuration in force has it, seen from this node."""

    node: str
    """The name of this node."""
    mode: str
    """``mesh`` or ``route-reflector``."""
    asn: int
    """The AS of nodes that have none of their own."""
    handover: int = 300
    """Seconds for which neighbors of the former mode stay while other nodes take on the new one."""
    members: Mapping[str, str] = field(default_factory=dict)
    """The addresses of all nodes, of both families, each with the name of its node."""
    sources: tuple[str, ...] = ()
    """The files to watch, besides that of the configuration; absolute paths."""
    model: Cluster | None = None
    """The cluster as it is written; ``None``: Calico's resources say who is a neighbor of whom."""
    kubernetes: KubernetesSettings | None = None
    """The API that tells of changes, if the resources are from there."""
