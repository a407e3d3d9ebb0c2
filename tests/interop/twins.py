"""Hosts that cannot be told apart, each with one daemon and its neighbors: they must write the same.

On eth0 there are two neighbors; eth1 leads to a gateway. Names and addresses are the
same everywhere.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from tests.interop.kernel_rows import HERE, NEAR, OTHER, OWN, SECOND, Task
from tests.interop.lab import Host, Lab
from tests.interop.routers import FAMILIES, Bgpd, Bird1, Bird2, Family, RouterConfig
from tests.interop.twin_configurations import bird1, bird2, neighbor, ours

_BITS: Final[Mapping[Family, int]] = {"ipv4": 24, "ipv6": 64}
_MAIN: Final = 254


class Twin:
    """A host and its neighbors, which send what the task says."""

    def __init__(self, lab: Lab, name: str, task: Task) -> None:
        self.host, self._peer = lab.host(name), lab.host(f"{name}-peer")
        self._task = task
        self._link("eth0", HERE, NEAR, SECOND)
        self._link("eth1", OWN, OTHER)
        router = Bird2(self._peer, RouterConfig(asn=0, router_id=""))
        for neighbor_name in ("first", "second"):
            self._spawn(router, "usr/sbin/bird", neighbor_name, neighbor(task, neighbor_name))

    def _link(self, name: str, here: Mapping[Family, str], *there: Mapping[Family, str]) -> None:
        other_end = ("peer", "name", name, "netns", self._peer.namespace)
        self.host.ip("link", "add", name, "type", "veth", *other_end)
        ends: list[tuple[Host, Sequence[Mapping[Family, str]]]] = [(self.host, [here]), (self._peer, there)]
        for host, addresses in ends:
            for family in FAMILIES:
                for each in addresses:
                    host.ip("address", "add", f"{each[family]}/{_BITS[family]}", "dev", name)
            host.ip("link", "set", name, "up")

    def bird1(self) -> None:
        """Let BIRD 1.6 do the task, which is two processes."""
        router = Bird1(self.host, RouterConfig(asn=0, router_id=""))
        for family in FAMILIES:
            program = "usr/sbin/bird" if family == "ipv4" else "usr/sbin/bird6"
            self._spawn(router, program, family, bird1(self._task, family))

    def bird2(self) -> None:
        """Let BIRD 2.0 do the task."""
        router = Bird2(self.host, RouterConfig(asn=0, router_id=""))
        self._spawn(router, "usr/sbin/bird", "both", bird2(self._task))

    def _spawn(self, router: Bird1 | Bird2, program: str, name: str, text: str) -> None:
        router.require()
        configuration = router.directory / f"{name}.conf"
        configuration.write_text(text)
        socket = configuration.with_suffix(".ctl")
        router.spawn(router.program(program), "-f", "-c", configuration, "-s", socket)

    def bgpd(self) -> Bgpd:
        """Let our daemon do the task."""
        return Bgpd.with_file(self.host, ours(self._task)).start()

    def written(self, family: Family) -> dict[str, str]:
        """Return the routes in the table of the task."""
        return written(self.host, family, self._task.table)


def written(host: Host, family: Family, table: int = _MAIN) -> dict[str, str]:
    """Return what ``ip route`` prints of each route with ``proto bird``, but for the prefix."""
    text = host.ip("-4" if family == "ipv4" else "-6", "route", "show", "table", str(table))
    lines = text.replace("\n\t", " ").splitlines()
    return dict(_split(line) for line in lines if " proto bird " in line)


def _split(line: str) -> tuple[str, str]:
    """Return prefix and rest; the kind of a route that leads nowhere stands before the prefix."""
    first, second, *rest = line.split()
    if "/" in first:
        return first, " ".join((second, *rest))
    return second, " ".join((first, *rest))
