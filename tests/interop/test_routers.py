"""bgpd between BIRD 2, which brings routes with attributes, and each router, external and internal.

The session over IPv4 is opened by bgpd and the one over IPv6 by the router, so both ways of coming up
are seen.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import (
    FAMILIES,
    FOREIGN,
    Announcement,
    Attributes,
    Bgpd,
    Bird2,
    Family,
    Neighbor,
    Router,
    RouterConfig,
    family_of,
    sessions,
)
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop

OURS, SOURCE, EXTERNAL = 64512, 65100, 65001
COUNT = 10_000 if os.environ.get("BGPD_SOAK") else 1000
NO_DIRECT = ("[direct]", "interfaces = []")
"""The networks of the lab itself stay out of the routes that are counted."""
MARKED = Attributes(med=7, communities=("65100:5", "65100:6"), prepend=1)


def prefixes(number: int, count: int = COUNT) -> list[str]:
    """Return ``count`` prefixes of each family that no other number has."""
    four = [f"10.{number}.{each >> 8}.{each & 255}/32" for each in range(count)]
    return four + [f"2001:db8:{number:x}:{each:x}::/64" for each in range(1, count + 1)]


def of(family: Family, routes: list[str]) -> set[str]:
    return {prefix for prefix in routes if family_of(prefix) == family}


def passive_over(family: Family, neighbors: list[Neighbor]) -> list[Neighbor]:
    return [replace(each, passive=family_of(each.address) == family) for each in neighbors]


@dataclass
class Scene:
    """The daemon under test and its two neighbors, all on one segment."""

    bgpd: Bgpd
    source: Router
    router: Router
    internal: bool

    def up(self) -> None:
        """Wait until every session is established, seen from both sides."""
        for one, other in ((self.bgpd, self.source), (self.bgpd, self.router)):
            for neighbor in one.config.neighbors:
                eventually(partial(one.session_state, neighbor.address), equals="Established")
            for neighbor in other.config.neighbors:
                eventually(partial(other.session_state, neighbor.address), equals="Established")


@pytest.fixture(scope="module", params=["external", "internal"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=FOREIGN, ids=lambda program: program.name)
def scene(request: pytest.FixtureRequest, kind: str) -> Iterator[Scene]:
    need_network_namespaces()
    program: type[Router] = request.param
    program.require()
    Bird2.require()
    failed = request.session.testsfailed
    with Lab() as lab:
        yield build(lab, program, internal=kind == "internal")
        lab.failed = request.session.testsfailed > failed


def build(lab: Lab, program: type[Router], *, internal: bool) -> Scene:
    """Start the three of them and wait until they talk."""
    hosts = [lab.host(name) for name in ("bgpd", "source", "router")]
    ours, source, router = lab.segment(*hosts, v4="192.0.2.0/24", v6="2001:db8:0:1::/64")
    asn = OURS if internal else EXTERNAL
    to_source = sessions(ours, source, SOURCE)
    to_router = passive_over("ipv6", sessions(ours, router, asn))
    ours_config = RouterConfig(asn=OURS, router_id=ours.v4, neighbors=to_source + to_router, extra=NO_DIRECT)
    bgpd = Bgpd(ours.host, ours_config)
    marked = [Announcement(prefix, MARKED) for prefix in prefixes(2)]
    bird = Bird2(
        source.host,
        RouterConfig(asn=SOURCE, router_id=source.v4, neighbors=sessions(source, ours, OURS), routes=marked),
    )
    config = RouterConfig(
        asn=asn,
        router_id=router.v4,
        neighbors=passive_over("ipv4", sessions(router, ours, OURS)),
        routes=prefixes(1),
    )
    scene = Scene(bgpd.start(), bird.start(), program(router.host, config).start(), internal)
    scene.up()
    return scene


def winners(bgpd: Bgpd, family: Family) -> dict[str, str]:
    """Return the gateway of each best route; all of them are from neighbors."""
    rows = bgpd.answer("show route primary")
    return {
        row["prefix"]: row["next_hops"][0]["gateway"] for row in rows if family_of(row["prefix"]) == family
    }


def kernel_equals_winners(scene: Scene, count: int) -> None:
    """The kernel's table is the RIB's winners, gateway by gateway."""
    for family in FAMILIES:
        best = eventually(partial(winners, scene.bgpd, family), lambda found: len(found) == count)
        written = eventually(
            partial(kernel_routes, scene.bgpd.host, family), lambda found: len(found) == count
        )
        assert {prefix: row["gateway"] for prefix, row in written.items()} == best


def received(router: Router, count: int) -> None:
    for family in FAMILIES:
        eventually(partial(router.count, family), equals=count)


def test_the_passive_side_was_connected_to(scene: Scene) -> None:
    for theirs in scene.router.config.neighbors:
        [ours] = [each for each in scene.bgpd.config.neighbors if each.address == theirs.local_address]
        [row] = scene.bgpd.answer(f"show protocols all {ours.name}")
        assert (ours.passive, theirs.passive) in {(True, False), (False, True)}
        assert row["details"]["session"]["initiator"] == ("remote" if ours.passive else "local")


@pytest.mark.soak
def test_a_thousand_routes_cross_each_way_with_their_attributes(scene: Scene) -> None:
    received(scene.router, COUNT)
    for family in FAMILIES:
        routes = scene.router.routes(family)
        assert routes.keys() == of(family, prefixes(2))
        origin = scene.source.neighbor(family, None).local_address
        path = (SOURCE, SOURCE) if scene.internal else (OURS, SOURCE, SOURCE)
        for view in routes.values():
            assert view.as_path == path
            assert view.communities == MARKED.communities
            assert view.origin == "igp"
            assert (view.med or None) == (MARKED.med if scene.internal else None)  # OpenBGPD shows none as 0
            assert view.next_hop == origin  # all are on one link (RFC 4271 §5.1.3)
            if scene.internal:
                assert view.local_pref == 100


@pytest.mark.soak
def test_the_routers_routes_are_passed_on(scene: Scene) -> None:
    received(scene.source, COUNT)
    for family in FAMILIES:
        routes = scene.source.routes(family)
        assert routes.keys() == of(family, prefixes(1))
        path = (OURS,) if scene.internal else (OURS, EXTERNAL)
        assert {view.as_path for view in routes.values()} == {path}


@pytest.mark.soak
def test_the_kernel_has_the_winners(scene: Scene) -> None:
    kernel_equals_winners(scene, 2 * COUNT)


@pytest.mark.soak
def test_withdrawals_cross_each_way(scene: Scene) -> None:
    """GoBGP withdraws one by one, which takes long, so the short form has fewer of the router's routes go."""
    few = COUNT // 33
    gone = [*prefixes(1)[:few], *prefixes(1)[-few:]]
    scene.router.withdraw(*gone)
    received(scene.source, COUNT - few)
    scene.source.withdraw(*prefixes(2)[:400], *prefixes(2)[-400:])
    received(scene.router, COUNT - 400)
    kernel_equals_winners(scene, 2 * COUNT - few - 400)
    scene.router.announce(*gone)
    received(scene.source, COUNT)


@pytest.mark.soak
def test_a_killed_neighbors_routes_go_and_come_back_with_it(scene: Scene) -> None:
    def in_kernel(family: Family) -> int:
        return len(of(family, prefixes(1)) & kernel_routes(scene.bgpd.host, family).keys())

    scene.router.kill()
    for family in FAMILIES:
        eventually(partial(in_kernel, family), equals=0)
        eventually(partial(scene.source.count, family), equals=0)
    scene.router.start()
    scene.up()
    received(scene.source, COUNT)
    for family in FAMILIES:
        eventually(partial(in_kernel, family), equals=COUNT)
