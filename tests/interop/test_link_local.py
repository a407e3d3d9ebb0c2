"""Sessions between link-local addresses, where no interface has any other (RFC 2545, RFC 4007)."""

from functools import partial
from typing import Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab, Port
from tests.interop.routers import Bgpd, Bird1, Bird2, Frr, Gobgp, Neighbor, Router, RouterConfig
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

PROGRAMS: Final[tuple[type[Router], ...]] = (Bird1, Bird2, Frr, Gobgp, Bgpd)
"""Not OpenBGPD 7.7: it takes the name of such a neighbor for a format of printf(3), and dies of it."""


def over_link_local(local: Port, remote: Port, asn: int) -> Neighbor:
    return Neighbor(
        address=f"{remote.link_local}%{local.interface}",
        asn=asn,
        local_address=local.link_local,
        families=("ipv6",),
    )


def test_routes_cross_between_link_local_addresses(lab: Lab) -> None:
    for program in PROGRAMS:
        program.require()
    hosts = [lab.host(f"{number}-{program.name}") for number, program in enumerate(PROGRAMS)]
    ours, *ports = lab.segment(lab.host("bgpd"), *hosts, v4=None, v6=None)
    theirs = {f"2001:db8:{number}::/48": port for number, port in enumerate(ports, 1)}
    neighbors = [over_link_local(ours, port, asn) for asn, port in enumerate(ports, 65001)]
    our_route = "2001:db8:ffff::/48"
    config = RouterConfig(
        asn=OURS, router_id="192.0.2.9", neighbors=neighbors, routes=[our_route], extra=NO_DIRECT
    )
    bgpd = Bgpd(ours.host, config).start()
    routers: list[Router] = []
    for number, (program, (route, port)) in enumerate(zip(PROGRAMS, theirs.items(), strict=True), 1):
        us = over_link_local(port, ours, OURS)
        router_config = RouterConfig(
            asn=65000 + number, router_id=f"192.0.2.{number}", neighbors=[us], routes=[route]
        )
        routers.append(program(port.host, router_config).start())

    for router in routers:
        received = eventually(partial(router.routes, "ipv6"), lambda routes: our_route in routes)
        assert received[our_route].next_hop == ours.link_local
    in_kernel = eventually(
        partial(kernel_routes, bgpd.host, "ipv6"), lambda found: found.keys() >= theirs.keys()
    )
    for route, port in theirs.items():
        assert (in_kernel[route]["gateway"], in_kernel[route]["dev"]) == (port.link_local, ours.interface)
    far = ports[-1]
    there = eventually(partial(kernel_routes, far.host, "ipv6"), lambda found: our_route in found)
    assert (there[our_route]["gateway"], there[our_route]["dev"]) == (ours.link_local, far.interface)
