"""Routers are killed and started again, ours and others, and nobody loses a route (RFC 4724).

There is one scene for all, since that of each would take its time to begin: our daemon between four routers
with graceful restart and one without. Both sides of each session connect, so connections race whenever
somebody comes back; the one that loses is not taken for another restart.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Event, Thread
from typing import Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.route_news import RouteNews
from tests.interop.routers import Bgpd, Bird1, Bird2, Frr, Gobgp, Router
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop

FULL: Final = {"graceful_restart": "full"}
TAKE_UP: Final[dict[type[Router], tuple[str, ...]]] = {Bird1: ("-R",), Bird2: ("-R",), Gobgp: ("-r",)}
"""What tells a daemon that it was killed."""
NEAR: Final[list[type[Router]]] = [Bird1, Bird2, Frr, Gobgp]
KERNEL: Final = ('stop = "graceful"', "[kernel.ipv4]", *NO_DIRECT)
FAR: Final = [f"10.9.{number}.0/24" for number in range(10)]


def routes_of(number: int) -> list[str]:
    return [f"10.{number}.{subnet}.0/24" for subnet in range(10)]


class Scene:
    """Our daemon between routers near to it, with graceful restart, and a far one without."""

    def __init__(self, lab: Lab) -> None:
        self.net = Segment(lab)
        self.bgpd = self.net.add(Bgpd, OURS, extra=KERNEL)
        self.near = [
            self.net.add(program, 65000 + number, *routes_of(number))
            for number, program in enumerate(NEAR, 1)
        ]
        self.far = self.net.add(Bird2, 65009, *FAR)
        for router in self.near:
            self.net.connect(self.bgpd, router, FULL, FULL)
        self.net.connect(self.bgpd, self.far)
        self.net.start()
        self.at_rest()

    def routes(self, router: Router) -> set[str]:
        """Return what a router announces at present."""
        return {*router.announcements}

    @property
    def everything(self) -> set[str]:
        return set().union(*(self.routes(router) for router in (*self.near, self.far)))

    def in_kernel(self) -> set[str]:
        return set(kernel_routes(self.bgpd.host, "ipv4"))

    def told(self, router: Router) -> set[str]:
        """Return what a router was told by us."""
        if isinstance(router, Gobgp):
            return router.prefixes("ipv4") - self.routes(router)
        return set(router.routes("ipv4"))

    def at_rest(self) -> None:
        """Wait until everybody has what the others announce."""
        self.net.up()
        eventually(self.in_kernel, equals=self.everything, within=60)
        for router in (*self.near, self.far):
            others = self.everything - self.routes(router)
            eventually(partial(self.told, router), equals=others, within=60)

    def shown(self, router: Router) -> str:
        return "\n".join(self.bgpd.ask(f"show protocols all to_{address(router).replace('.', '_')}"))

    @property
    def times_done(self) -> int:
        """How often we have restarted, and said so."""
        return self.bgpd.log().count("Graceful restart done")

    def sessions_lost(self) -> list[int]:
        return [self.bgpd.protocol(address(router))["details"]["sessions_lost"] for router in self.near]


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    need_network_namespaces()
    with Lab() as lab:
        yield Scene(lab)


@contextmanager
def never_without(read: Callable[[], set[str]], wanted: set[str]) -> Iterator[None]:
    """Look all the time whether all of these are there."""
    over, missed = Event(), set[str]()

    def look() -> None:
        while not over.is_set():
            missed.update(wanted - read())
            time.sleep(0.1)

    thread = Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert not missed


def changes(news: RouteNews) -> set[tuple[str, str]]:
    """Return what has happened to which prefix, when nothing happens any more."""
    seen: set[tuple[str, str]] = set()
    while some := news.take(0.5):
        seen |= {(each.event, each.prefix) for each in some}
    return seen


@pytest.mark.soak
def test_neighbors_are_killed_and_started_again(scene: Scene, soaking: bool) -> None:
    """RFC 4724 §4.2: the kernel and other neighbors notice nothing but what has really changed.

    GoBGP gets its routes after it has started, and sends End-of-RIB before that: only while it is away do
    its routes stay.
    """
    for number in range(9 if soaking else 1):
        _kill_all(scene, 9 - number)


def _kill_all(scene: Scene, subnet: int) -> None:
    gone = {f"10.{number}.{subnet}.0/24" for number in (1, 2, 3)}
    of_gobgp = {*routes_of(4)}
    before, lost = scene.in_kernel(), scene.sessions_lost()
    updates = scene.far.updates_received(address(scene.bgpd))
    with RouteNews(scene.bgpd.host) as news:
        for router in scene.near:
            router.kill()
            eventually(partial(scene.shown, router), lambda text: "graceful restart active" in text)
        assert scene.in_kernel() == before
        assert not changes(news)
        for router in scene.near:
            router.options = TAKE_UP.get(type(router), ())
            for prefix in gone & scene.routes(router):
                del router.announcements[prefix]
            router.start()
        for router in scene.near:
            eventually(
                partial(scene.shown, router), lambda text: "graceful restart active" not in text, within=60
            )
        eventually(scene.in_kernel, equals=before - gone, within=60)
        seen = changes(news)
    assert {each for each in seen if each[1] not in of_gobgp} == {("deleted", prefix) for prefix in gone}
    scene.at_rest()
    assert scene.far.updates_received(address(scene.bgpd)) <= updates + len(of_gobgp)
    assert scene.sessions_lost() == [number + 1 for number in lost]


@pytest.mark.soak
@pytest.mark.parametrize("end", [Router.kill, Router.stop], ids=["killed", "told to stop"])
def test_we_end_and_are_started_again(scene: Scene, end: Callable[[Router], None], soaking: bool) -> None:
    """RFC 4724 §4.1: End-of-RIB comes when we know what everybody has, and not before."""
    for _ in range(10 if soaking else 1):
        _restart(scene, end)


def _restart(scene: Scene, end: Callable[[Router], None]) -> None:
    with RouteNews(scene.bgpd.host) as news, ExitStack() as watches:
        for router in scene.near:
            others = scene.everything - scene.routes(router)
            watches.enter_context(never_without(partial(scene.told, router), others))
        before = scene.times_done
        end(scene.bgpd)
        scene.bgpd.start()
        eventually(lambda: scene.times_done > before)
        scene.at_rest()
        shown = scene.bgpd.ask("show protocols")
        assert not [line for line in shown if " wait " in line]
        assert not changes(news)


def test_what_is_gone_meanwhile_is_taken_back(scene: Scene) -> None:
    """And who is dead is waited for only for some seconds, which are less than the restart time of 120."""
    scene.bgpd.kill()
    scene.far.kill()
    scene.bgpd.start()
    for router in scene.near:
        eventually(partial(scene.told, router), lambda told: told.isdisjoint(FAR))
    scene.far.start()
    scene.at_rest()
