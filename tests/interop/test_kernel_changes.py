"""What others do to our routes and to what they go through: all is as it should be as soon as it can be.

The daemon does not check its tables here (``keeper``), so it acts on what the kernel tells it.
"""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

import pytest

from tests.interop.kernel import (
    AT_ONCE,
    batch,
    best_routes,
    in_step,
    keeper,
    kernel_routes,
    problem,
    report,
    static,
)
from tests.interop.lab import Lab, Port
from tests.interop.route_news import RouteNews
from tests.interop.routers import FAMILIES, Bgpd, Family
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

SINGLE: Final[dict[Family, str]] = {"ipv4": "10.1.0.0/16", "ipv6": "2001:db8:1::/48"}
SHARED: Final[dict[Family, str]] = {"ipv4": "10.2.0.0/16", "ipv6": "2001:db8:2::/48"}
NOWHERE: Final[dict[Family, str]] = {"ipv4": "10.3.0.0/16", "ipv6": "2001:db8:3::/48"}
STRAY: Final[dict[Family, str]] = {"ipv4": "10.4.0.0/16", "ipv6": "2001:db8:4::/48"}


@dataclass
class TwoWays:
    """Our daemon with a route through the left gateway, one through both, and one to nowhere."""

    bgpd: Bgpd
    left: Port
    gateway: Port
    """At the other end of the left link."""
    right: Port

    @classmethod
    def of(cls, lab: Lab, check_interval: int = 0) -> Self:
        host = lab.host("bgpd")
        left, gateway = lab.link(host, lab.host("left"))
        right, other = lab.link(host, lab.host("right"))
        ways: dict[Family, list[str]] = {"ipv4": [gateway.v4, other.v4], "ipv6": [gateway.v6, other.v6]}
        routes: list[str] = []
        for family, addresses in ways.items():
            routes += [
                static(SINGLE[family], via=addresses[0]),
                static(SHARED[family], nexthops=[{"via": address} for address in addresses]),
                static(NOWHERE[family], blackhole=True),
            ]
        net = cls(keeper(host, *routes, check_interval=check_interval).start(), left, gateway, right)
        eventually(net.is_complete)
        return net

    def is_complete(self) -> bool:
        """Tell whether all routes are in the kernel, with all their next hops alive."""
        for family in FAMILIES:
            rows = kernel_routes(self.bgpd.host, family)
            assert rows.keys() == {SINGLE[family], SHARED[family], NOWHERE[family]}
            assert [hop["flags"] for hop in rows[SHARED[family]]["nexthops"]] == [[], []]
            assert in_step(self.bgpd, family)
        return True

    def ours(self, family: Family) -> list[str]:
        """Return our routes as lines of ``ip route``."""
        selector = "-4" if family == "ipv4" else "-6"
        return sorted(self.bgpd.host.ip(selector, "route", "show", "proto", "bird").splitlines())


# Our routes


DEEDS: Final = {
    "removes a route": "route delete {single}",
    "removes a route with several next hops": "route delete {shared}",
    "removes a blackhole": "route delete blackhole {nowhere}",
    "leads a route another way": "route replace {single} dev {right} proto bird",
    "makes another kind of route of it": "route replace prohibit {single} proto bird",
    "leaves one next hop": "route replace {shared} dev {right} proto bird",
    "adds a route in our name": "route add blackhole {stray} proto bird",
    "adds a route beside ours": "route add {single} dev {right} metric 7777 proto bird",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_others_do_to_our_routes_is_undone(lab: Lab, family: Family) -> None:
    net = TwoWays.of(lab)
    names = {"single": SINGLE, "shared": SHARED, "nowhere": NOWHERE, "stray": STRAY}
    words = {name: prefixes[family] for name, prefixes in names.items()}
    before = net.ours(family)
    for deed in DEEDS.values():
        selector = "-4" if family == "ipv4" else "-6"
        net.bgpd.host.ip(selector, *deed.format(**words, right=net.right.interface).split())
        eventually(partial(net.ours, family), equals=before, within=AT_ONCE)
    eventually(lambda: set(best_routes(net.bgpd).values()), equals={None})


@pytest.mark.parametrize("family", FAMILIES)
def test_a_second_route_of_the_same_metric_goes(lab: Lab, family: Family) -> None:
    """``ip route append`` puts another one behind ours, which stays when ours is replaced."""
    net = TwoWays.of(lab)
    before = net.ours(family)
    net.bgpd.host.ip("route", "append", SINGLE[family], "dev", net.right.interface, "proto", "bird")
    eventually(partial(net.ours, family), equals=before, within=AT_ONCE)


def test_neighbors_on_the_links_come_and_go_without_a_write(lab: Lab) -> None:
    """ARP and neighbor discovery are not our business (RFC 826, RFC 4861)."""
    net = TwoWays.of(lab)
    device = f"dev {net.left.interface}"
    written = [report(net.bgpd, family)["written"] for family in FAMILIES]
    addresses = [*(f"10.255.1.{host}" for host in range(100, 200)), net.gateway.v4, net.gateway.v6]
    with RouteNews(net.bgpd.host) as news:
        for octet in range(3):
            link = f"lladdr 02:00:00:00:00:{octet:02x} {device} nud reachable"
            batch(net.bgpd.host, [f"neigh replace {address} {link}" for address in addresses])
            batch(net.bgpd.host, [f"neigh change {net.gateway.v4} {device} nud stale"])
            net.bgpd.host.ip("neigh", "flush", *device.split())
        net.bgpd.host.ip("route", "add", STRAY["ipv4"], "dev", net.left.interface)
        heard = news.until(lambda each: each.prefix == STRAY["ipv4"])
    assert [each.prefix for each in heard] == [STRAY["ipv4"]]
    eventually(net.is_complete)
    assert [report(net.bgpd, family)["written"] for family in FAMILIES] == written


def test_a_check_writes_nothing_where_all_is_right(lab: Lab) -> None:
    net = TwoWays.of(lab, check_interval=1)
    with RouteNews(net.bgpd.host) as news:
        eventually(lambda: min(report(net.bgpd, family)["checks"] for family in FAMILIES) >= 2)
        assert news.take() == []
    eventually(net.is_complete)
    assert [report(net.bgpd, family)["written"] for family in FAMILIES] == [3, 3]


# What our routes go through


def losses(net: TwoWays) -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    """Return what is taken away, and how it is given back, as commands of ``ip``."""
    name, left = net.left.interface, net.left
    addresses = [f"address add {address} dev {name}" for address in (f"{left.v4}/24", f"{left.v6}/64 nodad")]
    up = [f"link set {name} up", *addresses[1:]]
    peer = f"peer name {net.gateway.interface} netns {net.gateway.host.namespace}"
    return {
        "the link goes down": ([f"link set {name} down"], up),
        "its addresses are removed": ([f"address flush dev {name} scope global"], addresses),
        "it is deleted": ([f"link delete {name}"], [f"link add {name} type veth {peer}", up[0], *addresses]),
    }


@pytest.mark.parametrize("loss", ["the link goes down", "its addresses are removed", "it is deleted"])
@pytest.mark.parametrize("is_short", [False, True], ids=["noticed", "over at once"])
def test_routes_are_back_when_their_link_is(lab: Lab, loss: str, *, is_short: bool) -> None:
    """The kernel drops routes of IPv4 without a word; it must not matter how long the link is away."""
    net = TwoWays.of(lab)
    host, gone = net.bgpd.host, partial(lost, net)
    before = net.ours("ipv4"), net.ours("ipv6")
    taken, given = losses(net)[loss]
    if is_short:
        batch(host, [*taken, *given])
    else:
        batch(host, taken)
        eventually(gone)
        batch(host, given)
    net.gateway.host.ip("link", "set", net.gateway.interface, "up")
    eventually(net.is_complete)
    eventually(lambda: (net.ours("ipv4"), net.ours("ipv6")), equals=before)


def lost(net: TwoWays) -> bool:
    """Tell whether the routes go by the right link only, and the daemon says so."""
    for family in FAMILIES:
        rows = kernel_routes(net.bgpd.host, family)
        assert rows.keys() == {SHARED[family], NOWHERE[family]}
        assert rows[SHARED[family]].get("dev") == net.right.interface
        assert in_step(net.bgpd, family)
    return True


def test_a_lost_carrier_changes_nothing(lab: Lab) -> None:
    """The kernel keeps routes through a link without carrier, and so do we."""
    net = TwoWays.of(lab)
    before = net.ours("ipv4"), net.ours("ipv6")
    net.gateway.host.ip("link", "set", net.gateway.interface, "down")
    eventually(lambda: "linkdown" in net.ours("ipv4")[0])
    eventually(lambda: all(in_step(net.bgpd, family) for family in FAMILIES))
    net.gateway.host.ip("link", "set", net.gateway.interface, "up")
    eventually(lambda: (net.ours("ipv4"), net.ours("ipv6")), equals=before)


def test_a_preferred_source_is_waited_for(lab: Lab) -> None:
    """The kernel takes no route, and keeps none, whose source is no address of the host."""
    host = lab.host("bgpd")
    left, gateway = lab.link(host, lab.host("left"))
    prefix, source = SINGLE["ipv4"], "10.9.9.9"
    route = static(prefix, via=gateway.v4, set=f"krt_prefsrc = {source};")
    bgpd = keeper(host, route).start()
    address = (f"{source}/32", "dev", left.interface)
    for _ in range(2):
        assert eventually(partial(problem, bgpd, prefix))
        assert kernel_routes(host, "ipv4") == {}
        host.ip("address", "add", *address)
        row: dict[str, Any] = eventually(lambda: kernel_routes(host, "ipv4").get(prefix, {}), within=AT_ONCE)
        assert row["prefsrc"] == source
        assert eventually(partial(problem, bgpd, prefix), equals=None) is None
        host.ip("address", "delete", *address)


# More news than anybody can hear


def test_lost_notifications(lab: Lab) -> None:
    """The receive buffer overflows (ENOBUFS, netlink(7)) while everything is changed behind our back."""
    net = TwoWays.of(lab)
    host = net.bgpd.host
    before = net.ours("ipv4")
    [process] = net.bgpd.processes
    process.signal(signal.SIGSTOP)
    batch(
        host,
        [
            *(
                f"route add 172.{16 + (n >> 16)}.{n >> 8 & 255}.{n & 255} dev lo proto static"
                for n in range(60_000)
            ),
            f"route delete {SHARED['ipv4']}",
            f"route replace {SINGLE['ipv4']} dev {net.right.interface} proto bird",
            f"route delete blackhole {NOWHERE['ipv4']}",
            f"route add {NOWHERE['ipv4']} dev lo proto static",
            f"route add {STRAY['ipv4']} dev lo proto bird",
        ],
    )
    process.signal(signal.SIGCONT)
    conflict = "File exists: an alien route, proto static"
    eventually(partial(problem, net.bgpd, NOWHERE["ipv4"]), equals=conflict)
    assert report(net.bgpd, "ipv4")["lost_notifications"] > 0
    eventually(partial(in_step, net.bgpd, "ipv4"))
    host.ip("route", "delete", NOWHERE["ipv4"], "proto", "static")
    eventually(partial(net.ours, "ipv4"), equals=before)
