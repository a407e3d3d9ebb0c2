"""Routes sent again because one side asks for them (RFC 2918), between marks if both know them (RFC 7313)."""

from functools import partial
from typing import Any, Final

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import Announcement, Bird1, Bird2, Frr, Gobgp, Neighbor, Openbgpd, Router
from tests.interop.star import Star
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

COUNT: Final = 20
OURS: Final = [f"10.0.{number}.0/24" for number in range(COUNT)]
MARKS: Final[dict[type[Router], int]] = {Bird1: 2, Bird2: 2, Frr: 2, Gobgp: 0, Openbgpd: 0}
"""How many marks are around the answer: who knows enhanced route refresh."""


def star_with_routes(lab: Lab, *programs: type[Router], **ours: Any) -> Star:
    """Return an established star; our daemon and each router originate as many routes."""
    star = Star.of(lab, programs, ours=ours, routes=OURS)
    for number, (router, _) in enumerate(star.spokes, 1):
        routes = [Announcement(f"10.{number}.{each}.0/24") for each in range(COUNT)]
        router.announcements = {route.prefix: route for route in routes}
    star.start().up()
    for router, _ in star.spokes:
        eventually(partial(router.count, "ipv4"), equals=COUNT * len(programs))
    return star


def is_complete(before: int, now: int) -> bool:
    """Tell whether everything was received once more."""
    return now >= before + COUNT


def refreshes(star: Star, neighbor: Neighbor) -> tuple[int, int]:
    """Return how many ROUTE-REFRESH messages our daemon has received and sent."""
    counted = star.details(neighbor)["messages"]["ROUTE-REFRESH"]
    return counted["received"], counted["sent"]


def test_a_router_asks(lab: Lab) -> None:
    """It is sent everything again, and has the same afterwards; GoBGP has nothing to ask with."""
    star = star_with_routes(lab, Bird1, Bird2, Frr, Openbgpd)
    for router, neighbor in star.spokes:
        routes = router.routes("ipv4")
        before = router.updates_received(star.address)
        router.refresh(star.address)
        eventually(partial(router.updates_received, star.address), partial(is_complete, before))
        eventually(partial(refreshes, star, neighbor), equals=(1, MARKS[type(router)]))
        assert router.routes("ipv4") == routes


@pytest.mark.parametrize(
    ("enhanced", "programs"), [("true", (Bird1, Bird2, Gobgp)), ("false", (Bird1, Bird2, Frr))]
)
def test_our_daemon_asks(lab: Lab, enhanced: str, programs: tuple[type[Router], ...]) -> None:
    """For want of refused routes that it has kept.

    With marks FRR 8.4 first wants to have sent an End-of-RIB, which it only sends for graceful restart.
    OpenBGPD 7.7 answers nobody: it takes the family for one that was not negotiated.
    """
    extra = ("keep_filtered = false", f"enhanced_route_refresh = {enhanced}")
    star = star_with_routes(lab, *programs, extra=extra)
    for router, neighbor in star.spokes:
        before = star.bgpd.updates_received(neighbor.address)
        star.bgpd.refresh(neighbor.address)
        eventually(partial(star.bgpd.updates_received, neighbor.address), partial(is_complete, before))
        marks = MARKS[type(router)] if enhanced == "true" else 0
        eventually(partial(refreshes, star, neighbor), equals=(marks, 1))
        assert len(star.bgpd.routes("ipv4", neighbor.address)) == COUNT
