"""One of two worlds that cannot be told apart but by the program that runs on the node."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.interop.drop_in.node import Node
from tests.interop.drop_in.normalized import routes_in_order
from tests.interop.drop_in.places import PLACES, placed
from tests.interop.drop_in.programs import Program
from tests.interop.drop_in.scenario import Peer, Scenario
from tests.interop.lab import Host, Lab
from tests.interop.routers import Bird2, RouterConfig, bird_control
from tests.interop.routers.router import FAMILIES, Family
from tests.interop.waiting import NotYetError

_ON_ETH0: Final = ("peer2", "peer3", "peer4", "tor")
_BITS: Final = {"ipv4": 24, "ipv6": 64}


class Side:
    """The node on its host; each neighbor is a BIRD 2.0 with an address of its own on another host.

    On eth0 there are nodes and a ToR, on eth1 another ToR; ``far`` is an address behind the first. The links
    cali1 and cali2 lead to workloads, tunl0 is no tunnel but has the name of one.
    """

    def __init__(self, lab: Lab, program: Program, scenario: Scenario, name: str = "") -> None:
        Bird2.require()
        self.program, self.scenario = program, scenario
        name = name or program.name
        self.node, self.around = Node(lab.host(name), program), lab.host(f"{name}-around")
        self._peers = Bird2(self.around, RouterConfig(asn=0, router_id=""))
        self._lay_cables()

    def _lay_cables(self) -> None:
        self._link("eth0", "node", *_ON_ETH0)
        self._link("eth1", "second_node", "second_tor")
        for number, name in enumerate(("cali1", "cali2", "tunl0"), 16):
            self._cable(name, number)
        for family in FAMILIES:
            bits = PLACES[family]["bits"]
            self.around.ip("address", "add", f"{PLACES[family]['far']}/{bits}", "dev", "lo")
        self.ip(self.node.host, *self.scenario.kernel)

    def _link(self, name: str, here: str, *there: str) -> None:
        self._cable(name, int(name.removeprefix("eth")))
        for host, places in ((self.node.host, (here,)), (self.around, there)):
            for family in FAMILIES:
                for place in places:
                    host.ip("address", "add", f"{PLACES[family][place]}/{_BITS[family]}", "dev", name)

    def _cable(self, name: str, number: int) -> None:
        """Connect the hosts; the hardware addresses are set, since link-local addresses are made of them."""
        ours, theirs = (f"02:00:00:00:0{end}:{number:02x}" for end in (1, 2))
        other_end = ("peer", "name", name, "address", theirs, "netns", self.around.namespace)
        self.node.host.ip("link", "add", name, "address", ours, "type", "veth", *other_end)
        for host in (self.node.host, self.around):
            host.ip("link", "set", name, "up")

    def ip(self, host: Host, *commands: str) -> None:
        """Run commands of ``ip``; those that name places are run for each family."""
        for command in commands:
            for family in FAMILIES if "$" in command else FAMILIES[:1]:
                option = ["-6"] if "$" in command and family == "ipv6" else []
                host.ip(*option, *placed(command, family).split())

    # The programs

    def start(self) -> None:
        """Start the neighbors and the node."""
        self.start_neighbors()
        self.start_node()

    def start_neighbors(self) -> None:
        """Let the neighbors run."""
        for peer in self.scenario.peers:
            configuration = self._peers.directory / f"{peer.name}.conf"
            configuration.write_text(peer_file(peer, self.scenario.families))
            program = self._peers.program("usr/sbin/bird")
            self._peers.spawn(program, "-f", "-c", configuration, "-s", self._socket_of(peer.name))

    def lose_neighbors(self) -> None:
        """Let the neighbors die."""
        self._peers.kill()

    def start_node(self, *options: str) -> None:
        """Start the daemons of the scenario's families."""
        for family in self.scenario.families:
            self.node.start(family, self.scenario.file(family), *options)

    # What they say

    def is_up(self) -> bool:
        """Tell whether all sessions are up."""
        for family in self.scenario.families:
            text = "\n".join(line.text for line in self.node.ask(family, "show protocols"))
            for name in self.scenario.sessions(family):
                row = next((line for line in text.splitlines() if line.startswith(f"{name} ")), "")
                if not row.rstrip().endswith("Established"):
                    raise NotYetError(row or f"{self.program.name}: no protocol {name} in {family}")
        return True

    def received(self, peer: str, family: Family) -> list[str]:
        """Return what a neighbor has from the node; which route is best is not the node's affair."""
        lines = bird_control.ask(self._socket_of(peer), f"show route protocol {family}_node all")
        return routes_in_order(line.replace("] * (", "] (") for line in lines if line)

    def _socket_of(self, peer: str) -> Path:
        return self._peers.directory / f"{peer}.ctl"


def peer_file(peer: Peer, families: Iterable[Family]) -> str:
    """Return the file of a neighbor."""
    router_id = PLACES["ipv4"][peer.name]
    lines = [f"router id {router_id};", "log stderr all;", "protocol device { scan time 60; }"]
    return "\n".join([*lines, *(placed(_session(peer, family), family) for family in families), ""])


def _session(peer: Peer, family: Family) -> str:
    routes = " ".join(f"route ${network} blackhole;" for network in peer.routes)
    return f"""
protocol static {{ {family}; {routes} {peer.statics} }}
protocol bgp {family}_node {{
  local ${peer.name} as {peer.asn}; neighbor ${peer.node} as 64512;
  strict bind; graceful restart off; connect delay time 1; connect retry time 1; error wait time 1, 2;
  {peer.session}
  {family} {{ import all; {peer.channel} export filter {{
    if source != RTS_STATIC then reject;
    {peer.export}
    accept;
  }}; }};
}}"""
