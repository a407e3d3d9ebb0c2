"""Two nodes of ours behind a top-of-rack switch, each with a host behind it.

::

    a - node1 - ToR - node2 - b

The nodes originate a block each. In a ``mesh`` all three are in one AS, and everybody has a session with
everybody; otherwise the switch is in another AS and hands on what it is told. Whatever crosses the rack needs
the kernel routes of all three.
"""

import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from tests.interop.lab import Host, Lab, Port
from tests.interop.routers import Bgpd, Bird2, Frr, Neighbor, Router, RouterConfig
from tests.interop.routers.bgpd import ROOT
from tests.interop.star import NO_DIRECT
from tests.interop.waiting import eventually
from tests.restarts.flow import Flow

NODES: Final = 64512
TOR: Final = 65001
BLOCKS: Final = ("10.65.1.0/24", "10.65.2.0/24")
_LEGS: Final = ("192.0.2.0/30", "192.0.2.4/30")
_OWN_KERNEL: Final[dict[type[Router], tuple[str, ...]]] = {
    Bgpd: ("[kernel.ipv4]", *NO_DIRECT),
    Bird2: ("protocol kernel { ipv4 { export where source = RTS_BGP; }; }", "protocol direct { ipv4; }"),
    Frr: (),
}
"""What has a switch write its routes into its kernel."""
FILTERS: Final = """
[filters]
first = 'if net !~ [10.65.0.0/16+] then reject; bgp_local_pref = 150; accept;'
second = 'if net !~ [10.65.0.0/16+] then reject; bgp_local_pref = 250; bgp_community.add((64512, 7)); accept;'
"""
_PACKAGES: Final = ("bgpd", "fsm", "kernel_sync", "messages", "rib")


class Node(Bgpd):
    """Our daemon on a node; it can be that of another installed copy."""

    copy: Path = ROOT

    def start(self) -> Self:
        """Start the daemon of the copy, whatever the working directory has."""
        self.write()
        self.spawn(sys.executable, "-P", "-m", "bgpd", "-c", self.configuration, "-s", self.socket)
        eventually(lambda: self.ask("show status"))
        return self

    def upgrade(self, version: str) -> None:
        """Install another version of the program, beside the one that runs."""
        self.copy = self.directory / version
        for package in _PACKAGES:
            shutil.copytree(ROOT / package, self.copy / package)
        place = self.copy / "bgpd" / "version.py"
        text = place.read_text()
        old = next(line for line in text.splitlines() if line.startswith("VERSION"))
        place.write_text(text.replace(old, f'VERSION = "{version}"'))

    def leave_at_stop(self) -> None:
        """Read a file that has routes withdrawn when the daemon stops."""
        self.config.extra = tuple(line for line in self.config.extra if not line.startswith("stop"))
        self.reconfigure()

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.copy)}

    @property
    def version(self) -> str:
        """What the running daemon says it is."""
        return self.ask("show status")[0].rpartition("-")[2]


class Rack:
    """The hosts, their routers, and what they say to each other."""

    def __init__(self, lab: Lab, program: type[Router], *, mesh: bool, reflects: bool = False) -> None:
        """``reflects``: the switch is a reflector from the beginning."""
        program.require()
        self.is_mesh = mesh
        self._lab = lab
        self._hosts = [lab.host(name) for name in ("a", "node1", "tor", "node2", "b")]
        a, first, tor, second, b = self._hosts
        for host in (first, tor, second):
            host.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        self._ends = [self._leaf(node, host, block) for node, host, block in ((first, a, 1), (second, b, 2))]
        legs = [lab.link(tor, node, v4=leg, v6=None) for node, leg in ((first, _LEGS[0]), (second, _LEGS[1]))]
        self.nodes = [self._node(number, *legs[number]) for number in (0, 1)]
        asn = NODES if mesh else TOR
        self.tor = program(tor, RouterConfig(asn=asn, router_id=legs[0][0].v4, extra=_OWN_KERNEL[program]))
        for on_tor, on_node in legs:
            number = NODES if mesh else NODES + legs.index((on_tor, on_node))
            client = {"is_client": True} if reflects else {}
            self.tor.config.neighbors.append(_session(on_tor, on_node, number, **client))
        if mesh:
            for node, other in (self.nodes, self.nodes[::-1]):
                node.config.neighbors.append(
                    Neighbor(
                        address=other.config.router_id,
                        asn=NODES,
                        local_address=node.config.router_id,
                        graceful_restart="full",
                        multihop=2,
                        extra=_through("first"),
                    )
                )

    def _leaf(self, node: Host, host: Host, number: int) -> tuple[Host, str]:
        """Connect a host to its node."""
        on_node, on_host = self._lab.link(node, host, v4=f"10.65.{number}.0/26", v6=None)
        host.ip("route", "add", "default", "via", on_node.v4)
        return host, on_host.v4

    def _node(self, number: int, on_tor: Port, on_node: Port) -> Node:
        asn = NODES if self.is_mesh else NODES + number
        far = f'[[static]]\nprefix = "{_LEGS[1 - number]}"\nvia = "{on_tor.v4}"'
        config = RouterConfig(
            asn=asn,
            router_id=on_node.v4,
            neighbors=[_session(on_node, on_tor, NODES if self.is_mesh else TOR, extra=_through("first"))],
            routes=[BLOCKS[number]],
            extra=('stop = "graceful"', far, "[kernel.ipv4]", *NO_DIRECT, *FILTERS.splitlines()),
        )
        return Node(on_node.host, config)

    # Its life

    def start(self) -> Self:
        """Start the routers and wait until packets get through."""
        for router in self.routers:
            router.start()
        self.settle()
        return self

    @property
    def routers(self) -> list[Router]:
        return [self.tor, *self.nodes]

    def settle(self) -> None:
        """Wait until every session is there, all routers have both blocks, and no restart is under way."""
        for node in self.nodes:
            for neighbor in node.config.neighbors:
                eventually(partial(node.session_state, neighbor.address), equals="Established")
        for node, block in zip(self.nodes, reversed(BLOCKS), strict=True):
            eventually(partial(_has, node.host, block))
            eventually(partial(_has, self.tor.host, block))
            eventually(partial(_is_calm, node))

    def flow(self) -> Flow:
        """Begin to send between the hosts."""
        return Flow(self._ends[0], self._ends[1])

    def without_switch(self) -> None:
        """Take the sessions with the switch away; its host knows the way to the blocks without them."""
        self._to_tor = [node.config.neighbors[:1] for node in self.nodes]
        for node, block in zip(self.nodes, BLOCKS, strict=True):
            self.tor.host.ip("route", "replace", block, "via", node.config.router_id)
            del node.config.neighbors[0]
            node.reconfigure()

    def switch_for_mesh(self) -> None:
        """Put the sessions with the switch in the place of those between the nodes."""
        for node, neighbors in zip(self.nodes, self._to_tor, strict=True):
            node.config.neighbors = neighbors

    def without_mesh(self) -> None:
        """Take the sessions between the nodes out of their files."""
        for node, other in (self.nodes, self.nodes[::-1]):
            node.config.neighbors = [
                each for each in node.config.neighbors if each.address != other.config.router_id
            ]

    def all_reflected(self) -> None:
        """Make the nodes clients in the file of the switch."""
        self.tor.config.neighbors = [replace(each, is_client=True) for each in self.tor.config.neighbors]


def with_filters(node: Node, name: str) -> None:
    """Give all neighbors of a node other filters, for what comes and for what goes."""
    node.config.neighbors = [replace(each, extra=_through(name)) for each in node.config.neighbors]


def _session(local: Port, remote: Port, asn: int, **fields: Any) -> Neighbor:
    return Neighbor(address=remote.v4, asn=asn, local_address=local.v4, graceful_restart="full", **fields)


def _is_calm(node: Node) -> bool:
    """Tell whether a restart is over for a node: its own, and that of a neighbor."""
    lines = [*node.ask("show protocols all"), *node.ask("show protocols")]
    return not any("restart active" in line or " wait " in line for line in lines)


def _through(name: str) -> tuple[str, str]:
    return f'import = "{name}"', f'export = "{name}"'


def _has(host: Host, block: str) -> bool:
    return bool(host.ip("route", "show", "exact", block))
