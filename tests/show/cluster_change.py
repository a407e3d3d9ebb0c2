"""One file of a cluster and the next one, read on a node, and what the second would mean for it."""

import tomllib
from typing import Any

from bgpd.cluster.identity import Host
from bgpd.config import build, validate
from bgpd.reconfiguration.consequences import Consequences
from bgpd.reconfiguration.handover import Handover
from bgpd.reconfiguration.plan import plan
from bgpd.settings import DaemonSettings
from tests.show.world import NOW, StillDaemon

NODES = """
  { name = "rr1", address = "10.0.0.1", cluster_id = "244.0.0.1" },
  { name = "rr2", address = "10.0.0.2" SECOND },
  { name = "node1", address = "10.0.0.11" },
  { name = "node2", address = "10.0.0.12" },
  { name = "node3", address = "10.0.0.13" },
"""
TOR = """
[[neighbors]]
name = "tor1"
address = "10.0.255.1"
asn = 65001
import = "all"
export = "all"
"""


def file(mode: str = "mesh", *lines: str, is_second: bool = False, more: str = "") -> str:
    """Return a file of five nodes; the second one reflects only if it says so."""
    second = ', cluster_id = "244.0.0.2"' if is_second else ""
    cluster = "\n".join((f'mode = "{mode}"', *lines, f"nodes = [{NODES.replace('SECOND', second)}]"))
    return f'[router]\nid = "10.0.0.9"\n[cluster]\nasn = 64512\n{cluster}\n{more}'


def read(text: str, node: str) -> DaemonSettings:
    """Return what a file comes to on a node."""
    data: dict[str, Any] = tomllib.loads(text)
    return build(validate(data, "bgpd.toml", host=lambda: Host(node, node, ())))


def between(before: str, after: str, node: str = "node1") -> StillDaemon:
    """Return a daemon with the first file that is asked about the second."""
    daemon = StillDaemon()
    old, new = read(before, node), read(after, node)
    found = plan(old, new)
    held = Handover().towards(new, found, old, 0.0).held(float(NOW))
    daemon.settings, daemon.consequences = old, Consequences(old, found, held)
    return daemon
