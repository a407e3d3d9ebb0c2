"""Routers are killed and away for longer than a restart takes, ours and others (RFC 9494)."""

from functools import partial
from typing import Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.route_news import RouteNews
from tests.interop.routers import Announcement, Attributes, Bgpd, Bird1, Bird2, Frr, Router
from tests.interop.segment import Segment
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.test_graceful_restart import TAKE_UP, never_without
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

KERNEL: Final = ('stop = "graceful"', "[kernel.ipv4]", *NO_DIRECT)
FAR: Final = {f"10.2.{number}.0/24" for number in range(5)}
STALE: Final = {"65535:6", "llgrStale"}
"""LLGR_STALE, as the routers show it."""
NO_LLGR: Final = Attributes(communities=("65535:7",))
FULL: Final = {"graceful_restart": "full"}
HELPER: Final = {"graceful_restart": "helper"}
_OF_BIRD: Final = (
    "graceful restart time 1;",
    "long lived graceful restart on;",
    "long lived stale time 600;",
)
AWAY: Final[dict[type[Router], tuple[str, ...]]] = {
    Bird1: _OF_BIRD,
    Bird2: _OF_BIRD,
    Bgpd: (
        "graceful_restart_time = 1",
        'long_lived_graceful_restart = "full"',
        "long_lived_stale_time = 600",
    ),
}
"""How long others are asked to keep routes, in the language of a neighbor."""
Program = type[Bird1] | type[Bird2] | type[Frr] | type[Bgpd]


def extra(program: Program, asn: int, seconds: int = 1) -> tuple[str, ...]:
    """Return what a router is told besides; FRR's times hold for all neighbors."""
    of_frr = (
        f"router bgp {asn}",
        f" bgp graceful-restart restart-time {seconds}",
        " bgp long-lived-graceful-restart stale-time 600",
        "exit",
    )
    return {Frr: of_frr, Bgpd: NO_DIRECT}.get(program, ())


def told(router: Router) -> set[str]:
    """Return to which prefixes a router has received a route of its only neighbor."""
    return {*router.routes("ipv4")}


def stale(router: Router) -> set[str]:
    """Return to which of them it is a long-lived stale one."""
    return {prefix for prefix, view in router.routes("ipv4").items() if STALE & {*view.communities}}


def test_neighbors_are_away_for_long(lab: Lab) -> None:
    """RFC 9494 §4.2, §4.3: the kernel keeps their routes; others are told if they know what that means."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=KERNEL)
    programs: list[Program] = [Bird1, Bird2, Frr, Bgpd]
    nears: list[Router] = []
    kept, unwanted = set[str](), set[str]()
    for asn, program in enumerate(programs, 65001):
        prefixes = [f"10.{asn - 65000}.{number}.0/24" for number in range(6)]
        last = Announcement(prefixes.pop(), NO_LLGR)
        near = net.add(program, asn, *prefixes, last, extra=extra(program, asn))
        net.connect(bgpd, near, HELPER, FULL | {"extra": AWAY.get(program, ())})
        nears.append(near)
        kept.update(prefixes)
        unwanted.add(last.prefix)
    knowing, unknowing = net.add(Bird2, 65011), net.add(Bird2, 65012)
    net.connect(bgpd, knowing, HELPER, HELPER)
    net.connect(bgpd, unknowing, HELPER)
    net.start().up()

    def in_kernel() -> set[str]:
        return set(kernel_routes(bgpd.host, "ipv4"))

    eventually(in_kernel, equals=kept | unwanted)
    eventually(lambda: told(knowing) & told(unknowing), equals=kept | unwanted)
    with RouteNews(bgpd.host) as news, never_without(in_kernel, kept):
        for router in nears:
            router.kill()
        eventually(partial(stale, knowing), equals=kept)
        eventually(partial(told, unknowing), equals=set())
        eventually(partial(told, knowing), equals=kept)
        assert sum("LL stale timer" in line for line in bgpd.ask("show protocols all")) == len(nears)
        marks = ["(100s)" in line for line in bgpd.ask("show route") if "/24" in line]
        assert marks == [True] * len(kept)
        for router in nears:
            router.options = TAKE_UP.get(type(router), ())
            router.start()
        eventually(partial(told, unknowing), equals=kept | unwanted)
        eventually(partial(stale, knowing), equals=set())
        changed = set[str]()
        while some := news.take(0.5):
            changed.update(each.prefix for each in some)
        assert changed == unwanted


def test_we_are_away_for_long(lab: Lab) -> None:
    """RFC 9494 §4.2: neighbors keep what we said, and in the end have what there is."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=KERNEL)
    programs: list[Program] = [Bird1, Bird2, Frr]
    nears: list[Router] = []
    for asn, program in enumerate(programs, 65001):
        near = net.add(program, asn, extra=extra(program, asn, seconds=120))
        net.connect(bgpd, near, FULL | {"extra": AWAY[Bgpd]}, HELPER)
        nears.append(near)
    far = net.add(Bird2, 65011, *FAR)
    net.connect(bgpd, far)
    net.start().up()

    def told_all() -> set[str]:
        return set.intersection(*map(told, nears))

    def stale_somewhere() -> set[str]:
        return set.union(*map(stale, nears))

    eventually(told_all, equals=FAR)
    with never_without(told_all, FAR):
        bgpd.kill()
        eventually(lambda: set.intersection(*map(stale, nears)), equals=FAR)
        bgpd.start()
        net.up()
        eventually(stale_somewhere, equals=set())
    gone = min(FAR)
    far.withdraw(gone)
    eventually(lambda: set.union(*map(told, nears)), equals=FAR - {gone})
