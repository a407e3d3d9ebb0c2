"""After a restart everything is back within ten seconds, whoever does not answer (RFC 4724 §4.1)."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import Bgpd, Bird2, Neighbor, Router
from tests.interop.segment import Segment
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

SECONDS: Final = 10.0
COUNT: Final = 50
GOOD: Final[list[type[Router]]] = [Bgpd, Bird2, Bird2]
FULL: Final = {"graceful_restart": "full"}
KERNEL: Final = ('stop = "graceful"', "[kernel.ipv4]", *NO_DIRECT)
DEAD: Final = {
    "unreachable": "192.0.2.101",
    "silent": "192.0.2.102",
    "refuses": "192.0.2.103",
    "shut down": "192.0.2.104",
}
"""Nobody has the first address; the second one is somebody's who drops everything; the third is a host
without a daemon; the fourth is one that we are told not to speak to."""


class AsInstalled(Bgpd):
    """Our daemon with the times to wait that it has by itself."""

    def _lines(self) -> Iterator[str]:
        written = ("connect_delay", "connect_retry", "error_wait")
        return (line for line in super()._lines() if not line.startswith(written))


class Scene:
    """Our daemon, three routers with routes, and neighbors that were never there."""

    def __init__(self, lab: Lab) -> None:
        self.net = Segment(lab)
        self.bgpd = self.net.add(AsInstalled, OURS, extra=KERNEL)
        self.good = [
            self.net.add(program, 65001 + number, *routes(number), extra=NO_DIRECT if program is Bgpd else ())
            for number, program in enumerate(GOOD)
        ]
        for router in self.good:
            self.net.connect(self.bgpd, router, FULL, FULL)
        self.net.start().up()
        self.seconds_until_all_is_known(0.0)
        for kind in DEAD:
            self._bury(kind)

    def _bury(self, kind: str) -> None:
        """Write one more neighbor into the file, for the next start."""
        where, (ours, theirs, *_) = DEAD[kind], self.net.ports
        neighbor = Neighbor(address=where, asn=65100, local_address=ours.v4, graceful_restart="full")
        if kind == "shut down":
            neighbor = replace(neighbor, extra=('shutdown = "until Monday"',))
        elif kind == "silent":
            nobody = ("lladdr", "02:00:00:00:00:66", "dev", ours.interface, "nud", "permanent")
            ours.host.ip("neigh", "replace", where, *nobody)
        elif kind == "refuses":
            theirs.host.ip("address", "add", f"{where}/24", "dev", theirs.interface)
        self.bgpd.config.neighbors.append(neighbor)

    def change(self, number: int) -> None:
        """Let a route go, and another one come."""
        first, second, _ = self.good
        second.withdraw(next(iter(second.announcements)))
        first.announce(f"10.99.{number}.0/24")

    def seconds_until_all_is_known(self, begun: float) -> tuple[float, float]:
        """Return when the kernel had all that there is, and when every neighbor knew it and nothing else."""
        everything = {prefix for router in self.good for prefix in router.announcements}
        eventually(lambda: everything <= set(kernel_routes(self.bgpd.host, "ipv4")))
        in_kernel = time.monotonic() - begun
        for router in self.good:
            others = everything - {*router.announcements}
            eventually(partial(_prefixes, router), equals=others)
        return in_kernel, time.monotonic() - begun


def _prefixes(router: Router) -> set[str]:
    return set(router.routes("ipv4"))


def routes(number: int) -> list[str]:
    return [f"10.{number + 1}.{each}.0/24" for each in range(COUNT)]


@pytest.mark.soak
def test_all_is_back_within_ten_seconds(lab: Lab, soaking: bool) -> None:
    """Those who helped us learn what has changed meanwhile, with the times to wait that everybody has."""
    scene = Scene(lab)
    for attempt in range(6 if soaking else 1):
        if attempt % 2:
            scene.bgpd.stop()
        else:
            scene.bgpd.kill()
        scene.change(attempt)
        scene.bgpd.start()
        begun = time.monotonic()
        in_kernel, everywhere = scene.seconds_until_all_is_known(begun)
        print(f"in the kernel after {in_kernel:.1f} s, everywhere after {everywhere:.1f} s")
        assert max(in_kernel, everywhere) < SECONDS
