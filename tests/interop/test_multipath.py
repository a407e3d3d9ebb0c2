"""Routes that are as good as each other share the traffic: one route in the kernel with several next hops."""

from functools import partial
from typing import Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import Announcement, Attributes, Bgpd, Bird2, Frr
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

PREFIX: Final = "198.51.100.0/24"
MERGED: Final = ("[kernel.ipv4]", "merge_paths = 4", *NO_DIRECT)
Hops = list[tuple[str, int]]


def hops(bgpd: Bgpd) -> Hops:
    """Return the gateways of the route in the kernel and their weights in their order, the heavier first."""
    row = kernel_routes(bgpd.host, "ipv4").get(PREFIX, {})
    return [(hop["gateway"], hop.get("weight", 1)) for hop in row.get("nexthops", [row] if row else [])]


def test_four_ways_share_the_traffic(lab: Lab) -> None:
    """They are in the order of their addresses; a worse one joins in when all of them are lost."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=MERGED)
    equals = [net.add(Bird2, asn, PREFIX) for asn in (65004, 65003, 65002, 65001)]
    worse = net.add(Bird2, 65005, Announcement(PREFIX, Attributes(prepend=1)))
    for router in (*equals[::-1], worse):
        net.connect(bgpd, router)
    net.start()
    left = [(address(router), 1) for router in equals]
    eventually(partial(hops, bgpd), equals=left)
    shown = {row["next_hops"][0]["gateway"] for row in bgpd.shown_routes(PREFIX) if "multipath" in row}
    assert shown == {address(router) for router in equals}
    while left:
        number = len(left) // 2
        equals.pop(number).kill()
        left.pop(number)
        eventually(partial(hops, bgpd), equals=left or [(address(worse), 1)])


def test_no_more_than_the_limit(lab: Lab) -> None:
    """The ones that the decision process would choose first; a lost one is replaced by the next."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=("[kernel.ipv4]", "merge_paths = 2", *NO_DIRECT))
    routers = [net.add(Bird2, OURS, PREFIX) for _ in range(3)]
    for router in routers:
        net.connect(bgpd, router)
    net.start()
    first, second, third = ((address(router), 1) for router in routers)
    eventually(partial(hops, bgpd), equals=[first, second])
    routers[0].kill()
    eventually(partial(hops, bgpd), equals=[second, third])


def test_bandwidth_of_a_link_is_its_weight(lab: Lab) -> None:
    """The link bandwidth extended community, as FRR sends it: 300 and 100 Mbit/s, about 3 to 1."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=MERGED)
    routers = {}
    for bandwidth in (100, 300):
        rules = ("route-map BANDWIDTH permit 10", f"set extcommunity bandwidth {bandwidth}")
        routers[bandwidth] = net.add(Frr, OURS, PREFIX, extra=rules)
        out = (f"neighbor {address(bgpd)} route-map BANDWIDTH out",)
        net.connect(bgpd, routers[bandwidth], theirs={"extra": out})
    net.start()
    (first, large), (second, small) = eventually(
        partial(hops, bgpd),
        lambda found: len(found) == 2 and {weight for _, weight in found} != {1},
    )
    assert (first, second) == (address(routers[300]), address(routers[100]))
    assert round(large / small, 1) == 3
