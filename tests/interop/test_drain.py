"""Graceful shutdown (RFC 8326): traffic is led away before the session ends."""

from functools import partial
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import FOREIGN, Router
from tests.interop.star import OURS, Star
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

ROUTE: Final = "10.0.0.0/24"
GRACEFUL_SHUTDOWN: Final = {"65535:0", "gracefulShutdown", "GRACEFUL_SHUTDOWN"}
"""How routers write the community."""


def is_last_choice(router: Router) -> bool:
    """Tell whether our route reaches a router marked, and inside our AS with the lowest preference."""
    view = router.routes("ipv4")[ROUTE]
    is_marked = bool(GRACEFUL_SHUTDOWN & set(view.communities))
    if router.config.asn == OURS:
        assert is_marked == (view.local_pref == 0), view
    return is_marked


def last_choice(star: Star, *, expected: bool) -> None:
    """Wait until our route is, or is not, the last choice of all routers."""
    for router, _ in star.spokes:
        eventually(partial(is_last_choice, router), equals=expected)


def test_drain(lab: Lab) -> None:
    """The routes are sent again as the last choice, and the session ends when all is quiet."""
    asns = [65001, 65002, 65003, 65004, 65005, *[OURS] * len(FOREIGN)]
    star = Star.of(lab, [*FOREIGN, *FOREIGN], asns=asns, routes=[ROUTE]).start()
    star.up()
    last_choice(star, expected=False)
    star.bgpd.ask('drain all "new optics"')
    last_choice(star, expected=True)
    star.bgpd.ask("undrain all")
    last_choice(star, expected=False)
    assert [star.established(neighbor) for neighbor in star.neighbors] == [1] * len(asns)

    star.bgpd.ask('drain all "new optics"')
    last_choice(star, expected=True)
    assert set(star.states()) == {"Established"}
    for router, neighbor in star.spokes:
        eventually(partial(star.info, neighbor), lambda info: "Established" not in info)
        router.await_log("new optics")
