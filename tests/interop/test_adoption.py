"""What becomes of the routes of a daemon that is gone: the next one misses none, and none stays too long."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import pytest

from tests.interop.kernel import keeper, kernel_routes, static
from tests.interop.lab import Lab
from tests.interop.route_news import News, RouteNews
from tests.interop.routers import Bgpd, Bird2, Frr, Router
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

BY_HAND: Final = "203.0.113.0/24"
SHARED: Final = 3
"""Routes of each upstream router that there is another way for."""
PATIENCE: Final = 16.0
"""Seconds that a neighbor has for a session: its ``connect_delay`` of one, and fifteen more."""


def prefixes(number: int, count: int) -> list[str]:
    return [f"10.{number}.{each >> 8}.{each & 255}/32" for each in range(count)]


class Restart:
    """Our daemon and two upstream routers with different routes; a third one has some of both."""

    def __init__(self, lab: Lab, count: int, *lines: str, third: type[Router] = Frr) -> None:
        self.net = Segment(lab)
        extra = ("[kernel.ipv4]", *lines, *NO_DIRECT)
        self.bgpd = self.net.add(Bgpd, OURS, extra=extra)
        self.routes = [prefixes(number, count) for number in (1, 2)]
        both = [each for routes in self.routes for each in routes[:SHARED]]
        self.upstream: list[Router] = [
            self.net.add(Bird2, 65001, *self.routes[0]),
            self.net.add(Bird2, 65002, *self.routes[1]),
            self.net.add(third, 65003, *both),
        ]
        for router in self.upstream:
            self.net.connect(self.bgpd, router)
        self.net.start().up()
        eventually(self.in_kernel, equals={*self.routes[0], *self.routes[1]})

    def in_kernel(self) -> set[str]:
        return set(kernel_routes(self.bgpd.host, "ipv4"))

    def die(self) -> None:
        """Kill the daemon, and leave a route in the kernel that it never had."""
        before = self.in_kernel()
        self.bgpd.kill()
        self.bgpd.host.ip("route", "add", BY_HAND, "via", address(self.upstream[0]), "proto", "bird")
        assert self.in_kernel() == before | {BY_HAND}

    @contextmanager
    def started_again(self) -> Iterator[RouteNews]:
        """Start the next daemon under the eyes of somebody who notes every change of the kernel's routes."""
        with RouteNews(self.bgpd.host) as news:
            self.bgpd.start()
            yield news

    def has_session(self, router: Router) -> None:
        eventually(partial(self.bgpd.session_state, address(router)), equals="Established")

    def said(self, *words: str) -> str:
        """Return the last line of the daemon's log that has these words."""
        lines = [line for line in self.bgpd.log().splitlines() if all(word in line for word in words)]
        assert lines, self.bgpd.log()[-2000:]
        return lines[-1]


def changes(news: RouteNews) -> list[tuple[str, str]]:
    """Return everything that has changed so far, event and prefix."""
    seen: list[News] = []
    while some := news.take(0.5):
        seen += some
    return [(each.event, each.prefix) for each in seen]


@pytest.mark.soak
def test_killed_and_started_again(lab: Lab, soaking: bool) -> None:
    """What is still wanted is not touched; the rest goes when the last neighbor has spoken, not before."""
    scene = Restart(lab, 5000 if soaking else 1000)
    first, last, _ = scene.upstream
    scene.die()
    withdrawn = scene.routes[0][-100:]
    last.kill()
    first.withdraw(*withdrawn)
    with scene.started_again() as news:
        scene.has_session(first)
        wanted = {*scene.routes[0], *scene.routes[1]} - {*withdrawn}
        eventually(partial(scene.bgpd.ask, f"show route {scene.routes[0][0]}"))
        line = eventually(partial(scene.said, "kernel1", "of an earlier process stay"))
        assert f"{2 * len(scene.routes[0]) + 1} routes" in line
        assert address(last).replace(".", "_") in line
        detour = {("replaced", prefix) for prefix in scene.routes[1][:SHARED]}
        assert {*changes(news)} <= detour
        last.start()
        gone = {*withdrawn, BY_HAND}
        eventually(scene.in_kernel, equals=wanted)
        heard = [change for change in changes(news) if change not in detour]
    assert sorted(heard) == sorted(("deleted", prefix) for prefix in gone)
    assert f"{len(gone)} routes that nobody wants go" in scene.said("kernel1: converged")


def test_a_neighbor_that_stays_away_is_not_waited_for_long(lab: Lab) -> None:
    """Its routes, and the other strays, go when its patience is over, however long ``adopt_wait`` is."""
    scene = Restart(lab, 10, "adopt_wait = 240")
    dead = scene.upstream[1]
    scene.die()
    dead.kill()
    with scene.started_again() as news:
        scene.has_session(scene.upstream[0])
        left = {*scene.routes[0], *scene.routes[1][:SHARED]}
        detour = {("replaced", prefix) for prefix in scene.routes[1][:SHARED]}
        assert {*changes(news)} <= detour
        eventually(scene.in_kernel, equals=left, within=2 * PATIENCE)
        heard = {*changes(news)} - detour
    assert heard == {("deleted", prefix) for prefix in (BY_HAND, *scene.routes[1][SHARED:])}
    assert "without to_" in scene.said("kernel1: converged")


def test_no_route_stays_longer_than_was_allowed(lab: Lab) -> None:
    scene = Restart(lab, 10, "adopt_wait = 3")
    scene.die()
    scene.upstream[1].kill()
    with scene.started_again():
        eventually(scene.in_kernel, equals={*scene.routes[0], *scene.routes[1][:SHARED]})
    assert "(adopt_wait), still waiting for to_" in scene.said("kernel1: after 3 s")


@pytest.mark.parametrize("persist", [True, False])
def test_what_stays_when_the_daemon_is_stopped(lab: Lab, persist: bool) -> None:
    """What stays is adopted by the next daemon without being written again."""
    host = lab.host("node")
    routes = prefixes(1, 5)
    sections = [static(prefix, blackhole=True) for prefix in routes]
    bgpd = keeper(host, *sections, kernel=f"persist = {str(persist).lower()}").start()

    def in_kernel() -> set[str]:
        return set(kernel_routes(host, "ipv4"))

    eventually(in_kernel, equals={*routes})
    bgpd.stop()
    assert in_kernel() == ({*routes} if persist else set())
    with RouteNews(host) as news:
        bgpd.start()
        eventually(in_kernel, equals={*routes})
        heard = changes(news)
    assert sorted(heard) == ([] if persist else [("added", prefix) for prefix in routes])


def test_the_operator_need_not_wait(lab: Lab) -> None:
    """A kernel protocol that is restarted goes on waiting; without the neighbor there is no need to."""
    ours, theirs = lab.link(lab.host("node"), lab.host("nobody"), v6=None)
    wanted = "10.1.0.0/16"
    peer = (
        f'[[neighbors]]\nname = "tor1"\naddress = "{theirs.v4}"\nasn = 65001\nimport = "all"\nexport = "all"'
    )
    bgpd = keeper(ours.host, static(wanted, blackhole=True), peer, kernel="persist = true")

    def in_kernel() -> set[str]:
        return set(kernel_routes(ours.host, "ipv4"))

    ours.host.ip("route", "add", BY_HAND, "via", theirs.v4, "proto", "bird")
    bgpd.start()
    eventually(in_kernel, equals={wanted, BY_HAND})
    with RouteNews(ours.host) as news:
        bgpd.ask("restart kernel1")
        assert changes(news) == []
    bgpd.ask("disable tor1")
    eventually(in_kernel, equals={wanted}, within=PATIENCE / 2)
