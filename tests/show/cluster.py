"""A reflector of a cluster in the middle of its work: the daemon behind ``expected/cluster``."""

import tomllib
from dataclasses import replace
from ipaddress import IPv4Interface, IPv6Interface
from typing import Any

from bgpd.cluster.facts import ClusterFacts
from bgpd.cluster.model import Cluster, Node
from bgpd.config import build, validate
from bgpd.protocols.dynamic import RangeDetails
from bgpd.protocols.neighbor_details import LossRow, NeighborDetails, SessionRow
from bgpd.reconfiguration.consequences import Consequences
from bgpd.reconfiguration.held import Held
from bgpd.reconfiguration.plan import plan
from bgpd.settings import DaemonSettings
from bgpd.show.times import Moment
from bgpd.sources.source import SourceStatus
from messages.families import IPV4_UNICAST
from rib.route import Destination, DestinationKind, Refusal
from tests.show.neighbors import active, established
from tests.show.rack import said
from tests.show.world import NOW, OURS, STARTED, StillDaemon, via

NODES = (
    Node("rr1", IPv4Interface("10.10.0.1/24"), IPv6Interface("fd00:10::1/64"), None, "244.0.0.1"),
    Node("rr2", IPv4Interface("10.10.0.2/24"), IPv6Interface("fd00:10::2/64"), None, "244.0.0.2"),
    Node("rr3", IPv4Interface("10.10.0.3/24"), None, None, "244.0.0.3", ("rack3",)),
    Node("node1", IPv4Interface("10.10.0.11/24")),
    Node("node2", IPv4Interface("10.10.0.12/24")),
    Node("node3", IPv4Interface("10.10.0.13/24"), group="rack3"),
)
MODEL = Cluster(OURS, "route-reflector", NODES)
TEXT = """
[router]
id = "10.10.0.1"
asn = 64512
cluster_id = "244.0.0.1"
[[neighbors]]
name = "Node_10_10_0_2"
address = "10.10.0.2"
asn = 64512
[[neighbors]]
name = "Node_fd00_10__2"
address = "fd00:10::2"
asn = 64512
[[neighbors]]
name = "Node_10_10_0_3"
address = "10.10.0.3"
asn = 64512
route_reflector_client = true
[[neighbors]]
name = "Node_10_10_0_11"
address = "10.10.0.11"
asn = 64512
route_reflector_client = true
[[neighbors]]
name = "Node_10_10_0_12"
address = "10.10.0.12"
asn = 64512
route_reflector_client = true
[[neighbors]]
name = "Mesh_10_10_0_13"
address = "10.10.0.13"
asn = 64512
[[neighbors]]
name = "tor1"
address = "10.10.0.254"
asn = 65001
"""


def settings(model: Cluster | None = MODEL) -> DaemonSettings:
    """Return what the reflector has of the cluster's file."""
    members = {str(address): node.name for node in NODES for address in node.addresses}
    facts = ClusterFacts("rr1", "route-reflector", OURS, 300, members, ("/etc/bgpd/nodes.json",), model)
    return replace(build(validate(tomllib.loads(TEXT), "bgpd.toml")), cluster=facts)


def reflector() -> StillDaemon:
    """Return the reflector: one client is away, and a node of the former mesh is still there."""
    daemon = StillDaemon()
    daemon.settings = settings()
    for neighbor in daemon.settings.neighbors:
        away = neighbor.name == "Node_10_10_0_12"
        info = "Active        Socket: Connection refused" if away else "Established   "
        daemon.add_neighbor(neighbor.name, neighbor.address, asn=neighbor.asn, info=info)
        daemon.still(neighbor.name).shown = details(neighbor.address, neighbor.asn, is_up=not away)
    _add_visitor(daemon)
    _add_routes(daemon)
    daemon.consequences = Consequences(daemon.settings, plan(daemon.settings, daemon.settings), ())
    lost = LossRow(Moment(STARTED + 60), "Error: Hold timer expired")
    _tell(daemon, "Node_10_10_0_12", sessions_lost=1, last_loss=lost)
    _tell(daemon, "tor1", before_restart="2 sessions lost, Socket: Connection reset by peer")
    daemon.held = [
        Held("Mesh_10_10_0_13", "10.10.0.13", "node3", "neighbor", NOW - 60, NOW + 240, 3, 2, "10.244.9.0/26")
    ]
    daemon.sources = [
        SourceStatus("file", "/etc/bgpd/nodes.json", "watched", float(STARTED)),
        SourceStatus("file", "/etc/bgpd/more.json", "missing", NOW - 5.0, "put it there, or name another"),
    ]
    return daemon


def _add_visitor(daemon: StillDaemon) -> None:
    """A node in no list has come to a range."""
    daemon.add_protocol("Node", "BGP", IPV4_UNICAST).shown = RangeDetails("10.10.0.0/16", OURS, 1, 1000, None)
    daemon.add_neighbor("Node_10_10_7_7", "10.10.7.7", asn=OURS)
    daemon.still("Node_10_10_7_7").shown = details(
        "10.10.7.7", OURS, is_up=True, kind=("internal", "route-reflector", "AS4")
    )


def _add_routes(daemon: StillDaemon) -> None:
    for number, name in enumerate(("Node_10_10_0_11", "Node_10_10_0_3", "Node_10_10_7_7")):
        daemon.announce(name, f"10.244.{number}.0/26", via("10.10.0.11"), said("10.10.0.11"))
    nowhere = Destination(DestinationKind.UNREACHABLE)
    daemon.announce("tor1", "100.64.0.0/10", nowhere, said("10.10.0.254"), Refusal.IMPORT_FILTER)
    daemon.announce("tor1", "0.0.0.0/0", via("10.10.0.254"), said("10.10.0.254", 65001))


def _tell(daemon: StillDaemon, name: str, **facts: Any) -> None:
    protocol = daemon.still(name)
    assert isinstance(protocol.shown, NeighborDetails)
    protocol.shown = protocol.shown._replace(**facts)


def details(
    address: str, asn: int, *, is_up: bool, kind: tuple[str, ...] = ("internal", "AS4")
) -> NeighborDetails:
    """Return what a neighbor of the cluster has to tell."""
    session = SessionRow(address, (), kind, "fd00:10::1" if ":" in address else "10.10.0.1", "local", (), ())
    told = established() if is_up else active()
    return told._replace(
        neighbor_address=address,
        neighbor_as=asn,
        session=session if is_up else None,
        sessions_lost=0,
        limits=(),
        remarks=(),
    )
