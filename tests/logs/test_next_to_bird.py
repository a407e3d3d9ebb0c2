"""The log of ``bird`` next to that of BIRD 1.6.8, with the same configuration and the same neighbor."""

import re
import signal
import socket
from pathlib import Path
from typing import Final

import pytest

from tests.daemon.command import ENVIRONMENT
from tests.interop.lab import Host, Lab
from tests.interop.process import Process
from tests.interop.routers import bird_control
from tests.interop.waiting import eventually
from tests.programs.commands import ours, real

_NODE: Final = """
router id 10.10.0.1;
debug protocols all;
protocol device { scan time 5; }
protocol direct { interface "eth0"; }
filter outward { if net = 10.9.3.0/24 then reject; accept; }
protocol kernel { export filter { if net ~ 10.244.9.0/24 then reject; accept; }; }
protocol static {
  route 10.244.1.0/26 blackhole;
  route 10.9.2.0/24 multipath via 10.10.0.2 via 10.10.0.3;
  route 10.9.3.0/24 unreachable;
}
template bgp mesh {
  local as 64512; source address 10.10.0.1; multihop; connect delay time 1; connect retry time 60;
  error wait time 1, 2; export filter outward;
}
protocol bgp Mesh_2 from mesh {
  neighbor 10.10.0.2 as 64512;
  import filter { if net = 10.244.3.0/24 then reject; accept; };
}
protocol bgp Mesh_3 from mesh { neighbor 10.10.0.3 as 64512; passive on; }
"""
_NEIGHBOR: Final = """
router id {address};
listen bgp address {address};
protocol device {{}}
protocol static {{
  route 10.244.2.0/26 blackhole;
  route 10.244.3.0/24 blackhole;
  route 10.244.9.0/24 blackhole;
}}
protocol bgp node {{
  local as 64512; neighbor 10.10.0.1 as 64512; source address {address}; multihop; passive on;
  import all; export filter {{ bgp_med = {metric}; accept; }}; next hop self;
}}
"""
_CHANGED: Final = (
    _NODE.replace("10.244.1.0/26", "10.244.7.0/26").replace("passive on;", "passive on; add paths on;")
    + 'protocol static later { route 10.9.4.0/24 via "eth0"; }\n'
)

_STATES: Final = r"State changed to (feed|wait|stop|flush|down)|Initializing|Shutting down"
_KERNEL: Final = r"Scanning|Pruning|: seen$|: reinstalling|Flushing interfaces"
_INTERFACES: Final = r"< interface|< primary address"
_ABOUT_ROUTES: Final = re.compile(r"\w [<>] .* 10\.244\.2\.0/26 ")
_BY_CHANCE: Final = r"Connection lost \(Connection (refused|reset by peer)\)"
"""Said if the neighbor was not there yet, or not any more, or on its way out."""
_ONLY_BIRD: Final = re.compile(rf"bird: \w+: ({_STATES}|Down)$|{_KERNEL}|{_INTERFACES}|{_BY_CHANCE}")
"""What we leave out or do in other steps.

Our states have no feed, and a lost session does not take its protocol down; nothing is scanned.
"""


class Side:
    """One of two nodes that differ in the program only, with its neighbor."""

    def __init__(self, lab: Lab, name: str, program: list[str | Path]) -> None:
        self.node, self.around = lab.host(name), lab.host(f"{name}-around")
        self.node.ip(
            "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", self.around.namespace
        )
        for host, addresses in (
            (self.node, ("10.10.0.1",)),
            (self.around, ("10.10.0.2", "10.10.0.3", "10.10.0.9")),
        ):
            for address in addresses:
                host.ip("address", "add", f"{address}/24", "dev", "eth0")
            host.ip("link", "set", "eth0", "up")
        self.socket = self.node.directory / "ctl"
        self.file = self.node.directory / "node.cfg"
        self.file.write_text(_NODE)
        self.process = self.node.spawn(
            "node", [*program, "-d", "-c", self.file, "-s", self.socket], ENVIRONMENT
        )

    def meet_neighbor(self, number: int = 2, metric: int = 0) -> Process:
        name = f"neighbor{number}"
        file = self.around.directory / f"{name}.cfg"
        file.write_text(_NEIGHBOR.format(address=f"10.10.0.{number}", metric=metric))
        options = ("-f", "-c", file, "-s", self.around.directory / f"{name}.ctl")
        return self.around.spawn(name, real("bird", *options))

    def lines(self) -> list[str]:
        text = self.process.log.read_text().replace(str(self.file), "node.cfg")
        lines = re.sub(r"port \d+", "port 1234", text).splitlines()
        return [line for line in lines if not _ONLY_BIRD.search(line)]

    def wait_for(self, words: str) -> None:
        eventually(lambda: any(line.endswith(words) for line in self.lines()))


def _stranger(host: Host) -> None:
    with host.entered(), socket.socket() as stranger:
        stranger.bind(("10.10.0.9", 0))
        stranger.connect(("10.10.0.1", 179))
        stranger.recv(99)


@pytest.fixture
def sides(lab: Lab) -> tuple[Side, Side]:
    real("bird")
    return Side(lab, "bird", real("bird")), Side(lab, "bgpd", ours("bird"))


def test_the_same_happens_and_is_said(sides: tuple[Side, Side]) -> None:
    """A session comes up, the configuration changes and breaks, strangers knock, the neighbor goes."""
    for side in sides:
        side.wait_for("bird: Started")
        neighbor = side.meet_neighbor()
        side.wait_for("Got END-OF-RIB")
        side.wait_for("Sending END-OF-RIB")
        _stranger(side.around)
        side.file.write_text(_CHANGED)
        side.process.signal(signal.SIGHUP)
        side.wait_for("bird: Reconfigured")
        side.wait_for("later > added [best] 10.9.4.0/24 dev eth0")
        side.wait_for("Mesh_2 < added 10.9.4.0/24 dev eth0")
        side.file.write_text("garbage")
        side.process.signal(signal.SIGHUP)
        side.wait_for("bird: node.cfg:1:1 syntax error")
        neighbor.stop()
        side.wait_for("BGP session closed")
        side.wait_for("kernel1 < removed 10.244.2.0/26 via 10.10.0.2 on eth0")
        side.wait_for("Mesh_2 > removed [sole] 10.244.9.0/24 via 10.10.0.2 on eth0")
    bird, found = ({*side.lines()} for side in sides)
    assert found == bird


def test_two_neighbors_with_one_prefix(sides: tuple[Side, Side]) -> None:
    """The later one is not the better one, says the same again, and stays when the better one goes."""
    for side in sides:
        side.file.write_text(_NODE.replace("64512; passive on; }", "64512; import all; }"))
        side.wait_for("bird: Started")
        side.process.signal(signal.SIGHUP)
        side.wait_for("bird: Reconfigured")
        first = side.meet_neighbor(2, metric=10)
        side.wait_for("Mesh_2: Got END-OF-RIB")
        second = side.meet_neighbor(3, metric=20)
        side.wait_for("Mesh_3: Got END-OF-RIB")
        side.wait_for("Mesh_3 > added 10.244.2.0/26 via 10.10.0.3 on eth0")
        bird_control.ask(side.socket, "reload in Mesh_3")
        side.wait_for("Mesh_3 > ignored 10.244.2.0/26 via 10.10.0.3 on eth0")
        first.stop()
        side.wait_for("kernel1 < replaced 10.244.2.0/26 via 10.10.0.3 on eth0")
        second.stop()
        side.wait_for("kernel1 < removed 10.244.2.0/26 via 10.10.0.3 on eth0")
    bird, found = ({line for line in side.lines() if _ABOUT_ROUTES.search(line)} for side in sides)
    assert found == bird


def test_the_end(sides: tuple[Side, Side]) -> None:
    """All that is needed is that it ends, and says so last."""
    for side in sides:
        side.wait_for("bird: Started")
        assert side.process.stop() == 0
        assert side.process.log_tail(1) == "bird: Shutdown completed"
        assert "bird: Shutting down" in side.process.log_tail(100).splitlines()
