"""Two ways to a prefix: the best one is in the kernel, both are shown, losing it switches to the other."""

from functools import partial
from typing import Any

import pytest

from tests.interop.kernel import AT_ONCE, kernel_routes
from tests.interop.lab import Lab, Port
from tests.interop.routers import Announcement, Attributes, Bgpd, Bird2, Router, RouterConfig, sessions
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

OURS = 64512
PREFIX, PREFIX6 = "198.51.100.0/24", "2001:db8:ffff::/48"
LONGER = Attributes(prepend=2)


def gateway(bgpd: Bgpd, prefix: str) -> str | None:
    row: dict[str, Any] = kernel_routes(bgpd.host, "ipv6" if ":" in prefix else "ipv4").get(prefix, {})
    return row.get("gateway")


def bird(here: Port, ours: Port, asn: int, *routes: str | Announcement) -> Router:
    neighbors = sessions(here, ours, OURS)
    config = RouterConfig(asn=asn, router_id=here.v4, neighbors=neighbors, routes=routes)
    return Bird2(here.host, config).start()


def test_the_best_of_two_paths_is_used_and_the_other_takes_over(lab: Lab) -> None:
    Bird2.require()
    ours, near, far = lab.segment(
        lab.host("bgpd"), lab.host("near"), lab.host("far"), v4="192.0.2.0/24", v6=None
    )
    config = RouterConfig(
        asn=OURS, router_id=ours.v4, neighbors=sessions(ours, near, 65001) + sessions(ours, far, 65002)
    )
    bgpd = Bgpd(ours.host, config).start()
    best = bird(near, ours, 65001, PREFIX)
    bird(far, ours, 65002, Announcement(PREFIX, LONGER))
    both = eventually(
        partial(bgpd.client, "show", "route", "for", PREFIX, "all"),
        lambda text: text.count("via") == 2 and "shorter AS_PATH" in text,  # why the second lost
    )
    first, second = [line for line in both.splitlines() if " via " in line]
    assert first.startswith(PREFIX)
    assert f"via {near.v4} on {ours.interface} [to_192_0_2_2" in first
    assert "] * (100) [AS65001i]" in first
    assert f"via {far.v4}" in second
    assert "*" not in second
    assert "BGP.as_path: 65002 65002 65002" in both
    eventually(partial(gateway, bgpd, PREFIX), equals=near.v4)

    best.withdraw(PREFIX)
    eventually(partial(gateway, bgpd, PREFIX), equals=far.v4)
    assert bgpd.client("show", "route", "for", PREFIX).count(" via ") == 1

    best.announce(PREFIX)
    eventually(partial(gateway, bgpd, PREFIX), equals=near.v4)
    best.kill()
    eventually(partial(gateway, bgpd, PREFIX), equals=far.v4)


def test_a_lost_link_moves_the_traffic_at_once(lab: Lab) -> None:
    """The session would live on until its hold timer expires; the next hop can't be reached any more."""
    Bird2.require()
    host = lab.host("bgpd")
    ours_near, near = lab.link(host, lab.host("near"))
    ours_far, far = lab.link(host, lab.host("far"))
    config = RouterConfig(
        asn=OURS,
        router_id="192.0.2.1",
        neighbors=sessions(ours_near, near, 65001) + sessions(ours_far, far, 65002),
    )
    bgpd = Bgpd(host, config).start()
    bird(near, ours_near, 65001, PREFIX, PREFIX6)
    bird(far, ours_far, 65002, Announcement(PREFIX, LONGER), Announcement(PREFIX6, LONGER))
    eventually(partial(bgpd.client, "show", "route", "for", PREFIX), lambda text: text.count("via") == 2)
    eventually(partial(bgpd.client, "show", "route", "for", PREFIX6), lambda text: text.count("via") == 2)
    eventually(partial(gateway, bgpd, PREFIX), equals=near.v4)
    host.ip("link", "set", ours_near.interface, "down")
    eventually(partial(gateway, bgpd, PREFIX), equals=far.v4, within=AT_ONCE)
    eventually(
        lambda: kernel_routes(host, "ipv6").get(PREFIX6, {}).get("dev") == ours_far.interface, within=AT_ONCE
    )
    shown = bgpd.client("show", "route", "for", PREFIX)
    assert "unreachable" in shown
    assert "(100/-)" in shown
    host.ip("link", "set", ours_near.interface, "up")
    eventually(partial(gateway, bgpd, PREFIX), equals=near.v4)
