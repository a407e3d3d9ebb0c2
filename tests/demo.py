"""`make demo`: three nodes in a mesh and a ToR router, each a network namespace with its own bgpd.

Prints what an operator would look at on each of them, then takes everything away again.
"""

import json
import sys
from functools import partial
from typing import Final

from tests.interop.lab import Host, Lab
from tests.interop.routers import Bgpd
from tests.interop.waiting import eventually

MESH_ASN, TOR_ASN = 64512, 65001
SUBNET: Final = "192.0.2.0/24"
NODES: Final = {"node1": "192.0.2.1", "node2": "192.0.2.2", "node3": "192.0.2.3"}
TOR: Final = "192.0.2.4"
WAY_OUT: Final = "198.51.100.0/24"

COMMON: Final = """\
[router]
asn = {asn}
[metrics]
listen = ""
[direct]
interfaces = []                   # the subnet all of them are in need not be announced
"""
BLOCK: Final = """
[[static]]
prefix = "{prefix}"
blackhole = true
"""
NEIGHBOR: Final = """
[[neighbors]]
name = "{name}"
address = "{address}"
asn = {asn}
connect_delay = 1
import = "all"
export = "all"
"""


def block(address: str) -> str:
    """Return the pod network of the node with this address."""
    return f"10.244.{address.rpartition('.')[2]}.0/26"


ROUTES: Final = {*map(block, NODES.values()), WAY_OUT}


def node_configuration(name: str) -> str:
    """Every other node and the ToR are neighbors; the node's own block is a blackhole, as Calico does."""
    text = COMMON.format(asn=MESH_ASN) + BLOCK.format(prefix=block(NODES[name]))
    for other, address in NODES.items():
        if other != name:
            text += NEIGHBOR.format(name=other, address=address, asn=MESH_ASN)
    return text + NEIGHBOR.format(name="tor1", address=TOR, asn=TOR_ASN)


def tor_configuration() -> str:
    """The ToR peers with every node and has the way out."""
    text = COMMON.format(asn=TOR_ASN) + BLOCK.format(prefix=WAY_OUT)
    for name, address in NODES.items():
        text += NEIGHBOR.format(name=name, address=address, asn=MESH_ASN)
    return text


def in_kernel(host: Host) -> set[str]:
    """Return the prefixes of the routes that bgpd wrote on a host."""
    rows = json.loads(host.ip("-json", "route", "show", "proto", "bird"))
    return {row["dst"] for row in rows}


def established(bgpd: Bgpd) -> int:
    """Count the sessions that are up."""
    return bgpd.client("show", "protocols").count("Established")


def show(host: Host, words: str, output: str) -> None:
    """Print a command and its output as on that host's terminal."""
    print(f"{host.name}$ {words}\n{output.rstrip()}\n", flush=True)


def run(lab: Lab) -> None:
    """Build the topology, wait until all agree, and show it."""
    hosts = [lab.host(name) for name in (*NODES, "tor")]
    lab.segment(*hosts, v4=SUBNET, v6=None)
    configurations = [*map(node_configuration, NODES), tor_configuration()]
    daemons = [Bgpd.with_file(host, text).start() for host, text in zip(hosts, configurations, strict=True)]
    print("three nodes and a ToR router are starting ...\n", flush=True)
    for daemon in daemons:
        eventually(partial(established, daemon), equals=3, within=60)
        eventually(partial(in_kernel, daemon.host), equals=ROUTES)
    for daemon in daemons:
        show(daemon.host, "bgpdcl show protocols", daemon.client("show", "protocols"))
        show(daemon.host, "bgpdcl show route", daemon.client("show", "route"))
        show(daemon.host, "ip route", daemon.host.ip("route"))
    sessions = sum(map(established, daemons))
    print(
        f"{sessions} of {3 * len(daemons)} session ends established, "
        f"{sum(len(in_kernel(host)) for host in hosts)} routes in {len(hosts)} kernels"
    )


def main() -> int:
    """Run the demo and return its exit status."""
    with Lab() as lab:
        run(lab)
    print("everything is taken down again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
