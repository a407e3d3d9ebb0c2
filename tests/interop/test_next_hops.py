"""Whose address the next hop is, and what happens when the way to it is lost."""

from functools import partial
from typing import Any, Final

import pytest

from tests.interop.kernel import AT_ONCE, kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import (
    FAMILIES,
    Announcement,
    Attributes,
    Bgpd,
    Bird2,
    Frr,
    Neighbor,
    Router,
    RouterConfig,
    sessions,
)
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

PREFIX: Final = "198.51.100.0/24"
ANY_FIRST_AS: Final[dict[str, Any]] = {"extra": ("no bgp enforce-first-as",)}
"""FRR then takes a path that does not begin with the AS of who sends it."""


def next_hops(router: Router, sender: str) -> dict[str, str]:
    """Return the next hop of each route that a router has from a neighbor with this address."""
    return {prefix: view.next_hop for prefix, view in router.routes("ipv4", sender).items()}


def gateway(bgpd: Bgpd) -> str | None:
    row: dict[str, Any] = kernel_routes(bgpd.host, "ipv4").get(PREFIX, {})
    return row.get("gateway")


def test_a_route_server_is_not_seen_in_the_routes(lab: Lab) -> None:
    """RFC 7947 §2.2: AS_PATH, NEXT_HOP and MED come through as the other client has sent them."""
    net = Segment(lab)
    server = net.add(Bgpd, OURS, extra=NO_DIRECT)
    marked = Attributes(med=7)
    bird = net.add(Bird2, 65001, Announcement("10.1.0.0/16", marked))
    frr = net.add(Frr, 65002, Announcement("10.2.0.0/16", marked))
    client = {"extra": ("route_server_client = true",)}
    net.connect(server, bird, ours=client)
    net.connect(server, frr, ours=client, theirs=ANY_FIRST_AS)
    net.start().up()
    for receiver, sender in ((bird, frr), (frr, bird)):
        [(prefix, view)] = eventually(partial(receiver.routes, "ipv4")).items()
        assert prefix in sender.announcements
        assert (view.as_path, view.next_hop, view.med) == ((sender.config.asn,), address(sender), 7)


def test_a_next_hop_on_the_same_link_is_passed_on(lab: Lab) -> None:
    """RFC 4271 §5.1.3: packets of those on the link go straight to it, others come through us."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=NO_DIRECT)
    origin = net.add(Bird2, 65001, PREFIX)
    near = [net.add(Bird2, 65002), net.add(Frr, 65003)]
    for router in (origin, *near):
        net.connect(bgpd, router)
    ours, theirs = lab.link(bgpd.host, lab.host("far"), v6=None)
    bgpd.config.neighbors += sessions(ours, theirs, 65004)
    far = Bird2(
        theirs.host, RouterConfig(asn=65004, router_id=theirs.v4, neighbors=sessions(theirs, ours, OURS))
    )
    net.start()
    far.start()
    for router in near:
        eventually(partial(next_hops, router, address(bgpd)), equals={PREFIX: address(origin)})
    eventually(partial(next_hops, far, ours.v4), equals={PREFIX: ours.v4})


@pytest.mark.parametrize("program", [Bird2, Frr], ids=["BIRD", "FRR"])
def test_ipv4_over_a_link_without_ipv4(lab: Lab, program: type[Router]) -> None:
    """RFC 8950: the next hops of routes of IPv4 are addresses of IPv6, in the kernel, too."""
    program.require()
    ours, theirs = lab.link(lab.host("bgpd"), lab.host("router"), v4=None)
    both: dict[str, Any] = {"families": FAMILIES, "extended_next_hop": True}
    us, them = (
        Neighbor(address=there.v6, local_address=here.v6, asn=asn, **both)
        for here, there, asn in ((theirs, ours, OURS), (ours, theirs, 65001))
    )
    bgpd = Bgpd(
        ours.host,
        RouterConfig(
            asn=OURS, router_id="192.0.2.1", neighbors=[them], routes=["10.1.0.0/16"], extra=NO_DIRECT
        ),
    ).start()
    config = RouterConfig(asn=65001, router_id="192.0.2.2", neighbors=[us], routes=[PREFIX])
    router = program(theirs.host, config).start()
    eventually(partial(next_hops, router, ours.v6), equals={"10.1.0.0/16": ours.v6})
    row = eventually(lambda: kernel_routes(bgpd.host, "ipv4").get(PREFIX))
    assert row is not None
    assert row["via"]["host"] in {theirs.v6, theirs.link_local}


def test_a_lost_interface_moves_what_goes_through_it(lab: Lab) -> None:
    """A next hop far away is resolved through static routes: the better one, or the other at once."""
    host = lab.host("bgpd")
    left_here, left = lab.link(host, lab.host("left"), v6=None)
    right_here, right = lab.link(host, lab.host("right"), v6=None)
    ours, theirs = lab.link(host, lab.host("bird"), v6=None)
    _, far_away = lab.link(theirs.host, lab.host("beyond"), v4="10.9.9.0/24", v6=None)
    beyond = f"protocol static {{ ipv4; route {PREFIX} via {far_away.v4}; }}"
    ways = (
        *("[[static]]", 'prefix = "10.9.9.0/24"', f'via = "{left.v4}"'),
        *("[[static]]", 'prefix = "10.9.0.0/16"', f'via = "{right.v4}"'),
    )
    Bird2.require()
    bird = RouterConfig(
        asn=OURS, router_id=theirs.v4, neighbors=sessions(theirs, ours, OURS), extra=(beyond,)
    )
    Bird2(theirs.host, bird).start()
    config = RouterConfig(
        asn=OURS, router_id=ours.v4, neighbors=sessions(ours, theirs, OURS), extra=(*ways, *NO_DIRECT)
    )
    bgpd = Bgpd(host, config).start()
    eventually(partial(gateway, bgpd), equals=left.v4)
    assert bgpd.routes("ipv4")[PREFIX].next_hop == far_away.v4
    host.ip("link", "set", left_here.interface, "down")
    eventually(partial(gateway, bgpd), equals=right.v4, within=AT_ONCE)
    host.ip("link", "set", right_here.interface, "down")
    eventually(partial(gateway, bgpd), equals=None, within=AT_ONCE)
    assert "unreachable" in bgpd.client("show", "route", PREFIX)
    host.ip("link", "set", left_here.interface, "up")
    eventually(partial(gateway, bgpd), equals=left.v4)
    assert bgpd.log().count("BGP session established") == 1
