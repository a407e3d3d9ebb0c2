"""Three daemons read another mode one after the other: no kernel loses any route meanwhile."""

import signal
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

import pytest

from tests.interop.lab import Lab, Port
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

REFLECTOR: Final = 2
PAUSE: Final = 4.0
_FILE: Final = """
[metrics]
listen = ""
[cluster]
mode = "{mode}"
handover = 60
nodes = [{nodes}]
{blocks}
"""


class Trio:
    """Two nodes, and one that is a reflector in one of the modes."""

    def __init__(self, lab: Lab) -> None:
        self.ports = lab.segment(*(lab.host(f"node{number}") for number in range(3)))
        self.daemons = [Bgpd.with_file(port.host, self.text("mesh")) for port in self.ports]
        self.monitors = [
            port.host.spawn("routes", ["ip", "-o", "-4", "monitor", "route"]) for port in self.ports
        ]

    def text(self, mode: str) -> str:
        nodes = ", ".join(map(self._node, range(3)))
        blocks = "".join(f'[[blocks]]\nprefix = "{block(n)}"\nnode = "node{n}"\n' for n in range(3))
        return _FILE.format(mode=mode, nodes=nodes, blocks=blocks)

    def _node(self, number: int) -> str:
        cluster_id = ', cluster_id = "244.0.0.1"' if number == REFLECTOR else ""
        return f'{{ name = "node{number}", address = "{self.ports[number].v4}"{cluster_id} }}'

    def read(self, mode: str, order: Sequence[int]) -> None:
        """Let the nodes read the file in this order, with time between them."""
        for number in order:
            daemon = self.daemons[number]
            daemon.text = self.text(mode)
            daemon.write()
            daemon.processes[0].signal(signal.SIGHUP)
            time.sleep(PAUSE)

    def lost(self) -> list[str]:
        """Return what kernels no longer had of the others' blocks, be it for a moment."""
        return [
            f"node{number}: {line}"
            for number, monitor in enumerate(self.monitors)
            for line in monitor.log.read_text().splitlines()
            if line.startswith("Deleted") and any(block(other) in line for other in range(3))
        ]


def block(number: int) -> str:
    return f"10.244.{number}.0/26"


def name(kind: str, port: Port) -> str:
    return f"{kind}_{port.v4.replace('.', '_')}"


def neighbors(daemon: Bgpd) -> dict[str, str]:
    rows = (line.split() for line in daemon.ask("show protocols"))
    return {row[0]: row[3] for row in rows if row[1:2] == ["BGP"]}


def blocks(port: Port) -> list[str]:
    return [number for number in map(block, range(3)) if number in port.host.ip("route", "show", number)]


def expected(trio: Trio, kind: str, number: int) -> dict[str, str]:
    is_star = kind == "Node" and number != REFLECTOR
    others = [REFLECTOR] if is_star else [each for each in range(3) if each != number]
    return {name(kind, trio.ports[each]): "up" for each in others}


def settle(trio: Trio, kind: str) -> None:
    for number, daemon in enumerate(trio.daemons):
        eventually(partial(neighbors, daemon), equals=expected(trio, kind, number), within=90)
        eventually(partial(blocks, trio.ports[number]), equals=[*map(block, range(3))], within=90)


def test_no_order_costs_a_route(lab: Lab) -> None:
    """The reflector is the last to read, and then the first."""
    trio = Trio(lab)
    for daemon in trio.daemons:
        daemon.start()
    settle(trio, "Mesh")
    for order in ((0, 1, REFLECTOR), (REFLECTOR, 1, 0)):
        trio.read("route-reflector", order)
        settle(trio, "Node")
        assert not trio.lost(), f"to the reflector: {order}"
        trio.read("mesh", order)
        settle(trio, "Mesh")
        assert not trio.lost(), f"to the mesh: {order}"


def test_who_waits_says_for_what(lab: Lab) -> None:
    """The reflector never reads: the other node stays until the handover is over, and the log says why."""
    trio = Trio(lab)
    for daemon in trio.daemons:
        daemon.start()
    settle(trio, "Mesh")
    trio.read("route-reflector", [0])
    daemon, other = trio.daemons[0], trio.ports[1]
    held = f"{name('Mesh', other)} stays until 1 prefix ({block(1)}) is known from others"
    eventually(daemon.log, lambda log: held in log)
    assert set(neighbors(daemon)) == {name("Mesh", other), name("Node", trio.ports[REFLECTOR])}
    assert not trio.lost()
    eventually(partial(neighbors, daemon), equals=expected(trio, "Node", 0), within=120)
    assert f"{name('Mesh', other)} goes after 60 s, though 1 prefix ({block(1)}) is not known" in daemon.log()
