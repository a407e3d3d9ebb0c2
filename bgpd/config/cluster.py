"""The cluster: ``[cluster]``, ``[[pools]]`` and ``[[blocks]]``, the same in the files of all nodes."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from bgpd.config.addresses import ClusterId, InterfaceName, Prefix
from bgpd.config.cluster_values import (
    EncapsulationName,
    FilePath,
    GroupNames,
    HandoverTime,
    ModeName,
    NodeAddress,
    NodeAddress6,
    NodeName,
    VisitorLimit,
)
from bgpd.config.kubernetes import Kubernetes
from bgpd.config.neighbors import ErrorWait, GracefulRestartMode, NeighborOptions
from bgpd.config.section import Section
from bgpd.config.values import Delay, FilterName, Name, OwnAsNumber, Seconds, Switch
from bgpd.config.wording import Allowed, Unset


class ClusterNode(Section):
    """One node of the cluster: a row of `nodes`."""

    name: NodeName
    """What the node is called; with the host's name it finds itself."""

    address: Annotated[NodeAddress | None, Unset("it has none")] = None
    """Its IPv4 address, perhaps with the length of its network, which `"cross-subnet"` needs."""

    address6: Annotated[NodeAddress6 | None, Unset("it has none")] = None
    """Its IPv6 address."""

    asn: Annotated[OwnAsNumber | None, Unset("`asn` of the cluster")] = None
    """Its AS."""

    cluster_id: Annotated[ClusterId | None, Unset("it is no reflector")] = None
    """The node is a route reflector (RFC 4456), and this is its cluster ID. In a mesh it means nothing."""

    reflects: GroupNames = ()
    """The groups whose nodes are clients of this reflector, which is itself a client of the reflectors
    without `reflects`. `[]`: its clients are all nodes whose group nobody else reflects, and the reflectors
    that do reflect groups."""

    group: Annotated[Name | None, Unset("none")] = None
    """The group of the node, like its rack."""


ClusterNodes = Annotated[
    tuple[ClusterNode, ...],
    Field(strict=False),
    Allowed('a list like [{ name = "node1", address = "10.0.0.1" }]'),
]


class ClusterMembers(Section):
    """Who belongs to the cluster, and how routes get from one to the others."""

    asn: Annotated[OwnAsNumber | None, Unset("`asn` of `[router]`")] = None
    """The AS of all nodes that have none of their own; also the AS of this router, if `[router]` has no
    `asn`."""

    mode: ModeName = "mesh"
    """`"mesh"`: every node has a session with every other. `"route-reflector"`: with the reflectors only,
    which are the nodes with a `cluster_id`."""

    nodes: ClusterNodes = ()
    """All nodes, this one among them: rows with `name`, `address`, `address6`, `asn`, and in reflector mode
    `cluster_id`, `reflects` and `group`. Each address is one session to every node concerned."""

    nodes_file: Annotated[FilePath | None, Unset("there is none")] = None
    """A JSON file with more nodes: a list of such rows, or an object with the lists `nodes` and `blocks`. A
    path that does not begin with / is looked for beside this file. Its changes are applied as they come."""

    range: Annotated[Prefix | None, Unset("there is none")] = None
    """IPv4 addresses from which nodes in no list may connect to a reflector, as its clients; called
    `Node_10_0_0_5`."""

    range6: Annotated[Prefix | None, Unset("there is none")] = None
    """The same for IPv6; called `Node6_2001_db8__5`."""

    limit: VisitorLimit = 1000
    """How many nodes in no list there may be at a time in each range."""

    handover: HandoverTime = 300
    """After a change of mode, seconds for which sessions of the former one stay at most, until all they
    brought is there by the new ones; other nodes may take on the change meanwhile. 0: the usual wait of a
    reload."""

    kubernetes: Annotated[
        Kubernetes | None, Unset("the cluster is what this file says"), Allowed("a table of keys and values")
    ] = None
    """Calico's resources in Kubernetes say what the cluster is, and who is a neighbor of whom; of the other
    keys only `handover` can be there."""


class Cluster(NeighborOptions, ClusterMembers):
    """A cluster of nodes that all have the same file: each finds itself in it, and makes its sessions.

    This node is the one that `--node` names, else the one with the host's name, else the one that has an
    address of this host. For each pair the node with the higher address connects. `[[neighbors]]` may be
    there as well, for whoever is not of the cluster. Only static routes, `[[blocks]]` and routes of neighbors
    are announced, unless `[direct]` is written.
    """

    error_wait: ErrorWait = (2, 30)
    """Seconds to wait after an error, doubling from the first number to the second: nodes come and go."""

    connect_delay: Delay = 2
    """Seconds to wait before an attempt to connect."""

    connect_retry: Seconds = 5
    """Seconds that an attempt to connect may take."""

    graceful_restart: GracefulRestartMode = "full"
    """As for `[[neighbors]]`: other nodes keep the routes of one that restarts."""

    import_filter: FilterName | None = Field(default="all", alias="import")
    """The filter for routes of other nodes."""

    export_filter: Annotated[
        FilterName | None,
        Unset('`"all"`, but for pools with `export = false` and what `learn` of the kernel brings'),
    ] = Field(default=None, alias="export")
    """The filter for routes that other nodes are told."""


class Pool(Section):
    """Addresses that blocks are taken from, and how packets get to those of other nodes.

    What is said here goes into the export filters of `[kernel.ipv4]` and `[kernel.ipv6]`, and of `[cluster]`.
    """

    prefix: Prefix
    """The addresses."""

    encapsulation: EncapsulationName = "never"
    """Whether packets to other nodes go through the `tunnel`, whose other end is the next hop:
    `"cross-subnet"` only if that is not in the network of this node's `address`."""

    tunnel: Annotated[InterfaceName, Allowed('the name of an interface like "tunl0"')] = "tunl0"
    """The tunnel device, which somebody else makes."""

    export: Switch = True
    """Whether other nodes are told of routes to these addresses."""

    kernel: Switch = True
    """Whether the kernel gets routes to these addresses; `false` if another program writes them."""


class Block(Section):
    """Addresses that belong to one node: it announces them, and discards packets to those nobody has.

    A block of a single address is no route: it is announced once there is one, by `learn` of the kernel.
    """

    prefix: Prefix
    """The addresses."""

    node: Annotated[NodeName | None, Unset("this one, whose file has the block")] = None
    """The name of the node; the blocks of others are left alone."""


Pools = Annotated[tuple[Pool, ...], Field(strict=False)]
Blocks = Annotated[tuple[Block, ...], Field(strict=False)]


class ClusterTables(Section):
    """What a file says about the cluster."""

    cluster: Cluster | None = None
    pools: Pools = ()
    blocks: Blocks = ()


class NodesFile(Section):
    """What `nodes_file` says."""

    nodes: ClusterNodes = ()
    blocks: Blocks = ()


DECIDED: Final[Mapping[str, str]] = {
    "passive": "of two nodes the one with the lower address waits; leave it out",
    "source_address": "it is the address of the node; leave it out",
    "families": "each address of a node is a session of its family; leave it out",
    "local_asn": "it is asn of the node or of the cluster; write that instead",
    "local_asn_mode": "nodes have no AS besides their own; leave it out",
    "router_id": "every node needs one of its own; leave it out",
    "route_reflector_client": "it follows from mode, and from cluster_id of the nodes; leave it out",
    "cluster_id": "it belongs to the nodes that reflect; write it in their rows of nodes",
}
"""Keys of ``[[neighbors]]`` that follow from the nodes, and why they can't be written."""
