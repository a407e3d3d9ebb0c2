"""Three daemons with one file, in both families: a mesh, routes through a tunnel or not, then a reflector."""

import signal
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Host, Lab, Port
from tests.interop.routers import FAMILIES
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

REFLECTOR: Final = 3
NUMBERS: Final = (1, 2, REFLECTOR)
FILE: Final = """
[metrics]
listen = ""
[cluster]
mode = "{mode}"
nodes = [{nodes}]
[[pools]]
prefix = "10.244.0.0/16"
encapsulation = "always"
[[pools]]
prefix = "fd00:244::/48"
{blocks}
"""
PLAIN: Final = "10.199.{}.0/24"
"""A route of each host beside its block."""


class Cluster:
    """Three hosts on one segment; a bridge stands in for the tunnel device of each."""

    def __init__(self, lab: Lab) -> None:
        self.ports = lab.segment(*(lab.host(f"node{number}") for number in NUMBERS))
        for port in self.ports:
            if "tunl0" not in port.host.ip("-oneline", "link"):  # a kernel with IPIP gives every host one
                port.host.ip("link", "add", "tunl0", "type", "bridge")
            port.host.ip("link", "set", "tunl0", "up")
        self.daemons = [
            Bgpd.with_file(port.host, self.text("mesh", number)) for number, port in self.numbered
        ]

    @property
    def numbered(self) -> list[tuple[int, Port]]:
        return [*zip(NUMBERS, self.ports, strict=True)]

    def text(self, mode: str, number: int) -> str:
        """Return the file, the same for all; only the static route behind it is the host's own."""
        nodes = ", ".join(
            f'{{ name = "node{number}", address = "{port.v4}", address6 = "{port.v6}"'
            f"{', cluster_id = 7' if number == REFLECTOR else ''} }}"
            for number, port in self.numbered
        )
        blocks = "".join(
            f'[[blocks]]\nprefix = "{prefix}"\nnode = "node{number}"\n'
            for number in NUMBERS
            for prefix in blocks_of(number)
        )
        static = f'[[static]]\nprefix = "{PLAIN.format(number)}"\nblackhole = true\n'
        return FILE.format(mode=mode, nodes=nodes, blocks=blocks) + static

    def switch(self, mode: str) -> None:
        for number, daemon in zip(NUMBERS, self.daemons, strict=True):
            daemon.text = self.text(mode, number)
            daemon.write()
            daemon.processes[0].signal(signal.SIGHUP)


def blocks_of(number: int) -> tuple[str, str]:
    return f"10.244.{number}.0/26", f"fd00:244:0:{number}::/122"


def states(daemon: Bgpd) -> dict[str, str]:
    rows = (line.split() for line in daemon.ask("show protocols"))
    return {row[0]: row[3] for row in rows if row[1:2] == ["BGP"]}


def sessions(daemon: Bgpd) -> int:
    """Return how many there have been."""
    return daemon.log().count("BGP session established")


def routes(host: Host) -> dict[str, tuple[str, str]]:
    """Return where the kernel sends packets: the gateway, or the kind of route, and the device."""
    every: Mapping[str, Any] = {**kernel_routes(host, "ipv4"), **kernel_routes(host, "ipv6")}
    return {
        prefix: (row["gateway"], row["dev"]) if "gateway" in row else (row["type"], "")
        for prefix, row in every.items()
    }


def wanted(cluster: Cluster, own: int) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for number, port in cluster.numbered:
        here = cluster.ports[NUMBERS.index(own)]
        ipv4, ipv6 = blocks_of(number)
        found |= {
            ipv4: (port.v4, "tunl0"),
            ipv6: (port.v6, here.interface),
            PLAIN.format(number): (port.v4, here.interface),
        }
        if number == own:
            found |= dict.fromkeys((ipv4, ipv6, PLAIN.format(number)), ("blackhole", ""))
    return found


def names(kind: str, ports: list[Port]) -> dict[str, str]:
    addresses = [address for port in ports for address in (port.v4, port.v6)]
    return {f"{kind}_{address.replace('.', '_').replace(':', '_')}": "up" for address in addresses}


def test_a_mesh_becomes_a_star_and_the_sessions_with_the_reflector_stay(lab: Lab) -> None:
    cluster = Cluster(lab)
    for daemon in cluster.daemons:
        daemon.start()
    for number, daemon in zip(NUMBERS, cluster.daemons, strict=True):
        others = [port for each, port in cluster.numbered if each != number]
        eventually(partial(states, daemon), equals=names("Mesh", others))
        eventually(partial(routes, daemon.host), equals=wanted(cluster, number))
        assert sessions(daemon) == len(others) * len(FAMILIES)

    cluster.switch("route-reflector")
    for number, daemon in zip(NUMBERS, cluster.daemons, strict=True):
        reflectors = number == REFLECTOR
        others = [
            port for each, port in cluster.numbered if each != number and reflectors != (each == REFLECTOR)
        ]
        eventually(partial(states, daemon), equals=names("Node", others))
        eventually(partial(routes, daemon.host), equals=wanted(cluster, number))
    for daemon in cluster.daemons:
        assert sessions(daemon) == (len(NUMBERS) - 1) * len(FAMILIES)
    (shown,) = [row for row in cluster.daemons[0].shown_routes("10.244.2.0/26") if row.get("best", True)]
    assert cluster.ports[1].v4 in str(shown)
    assert cluster.ports[2].v4 in str(shown)
