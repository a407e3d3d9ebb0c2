"""Route reflection (RFC 4456): bgpd reflects for BIRD 1.6, FRR and GoBGP, and each of them for bgpd."""

from functools import partial
from typing import Any, Final, NamedTuple

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import Bgpd, Bird1, Bird2, Frr, Gobgp, Router
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

CLIENT: Final[dict[str, Any]] = {"is_client": True}
PROGRAMS: Final[tuple[type[Router], ...]] = (Bird1, Frr, Gobgp)
NON_CLIENTS: Final[tuple[type[Router], ...]] = (Bird2, Frr)
CLUSTER: Final = "10.9.9.9"


class Reflected(NamedTuple):
    """What reflection must keep, and what it adds."""

    next_hop: str
    as_path: tuple[int, ...] = ()
    local_pref: int | None = 100
    originator_id: str | None = None
    cluster_list: tuple[str, ...] = ()


def reflected(origin: Router, *clusters: str) -> Reflected:
    """Return a route of this router as it is after these clusters, the last of which comes first."""
    return Reflected(address(origin), (), 100, address(origin), clusters[::-1])


def received(router: Router, sender: Router) -> dict[str, Reflected]:
    """Return what a router has from another, by prefix."""
    views = router.routes("ipv4", address(sender))
    return {
        prefix: Reflected(each.next_hop, each.as_path, each.local_pref, each.originator_id, each.cluster_list)
        for prefix, each in views.items()
    }


def has(router: Router, prefix: str) -> bool:
    """Tell whether a router has a route from its only neighbor."""
    return prefix in router.routes("ipv4")


def counts(bgpd: Bgpd, neighbor: Router) -> tuple[int, int]:
    """Return how many routes of a neighbor are in the table, and how many were refused."""
    [channel] = bgpd.protocol(address(neighbor))["channels"]
    return channel["routes"]["imported"], channel["routes"]["filtered"]


def gateways(bgpd: Bgpd) -> dict[str, str]:
    return {prefix: row.get("gateway", "") for prefix, row in kernel_routes(bgpd.host, "ipv4").items()}


def test_bgpd_reflects(lab: Lab) -> None:
    """RFC 4456 §6: from a client to all others, from a non-client to the clients; nothing is changed."""
    net = Segment(lab)
    reflector = net.add(Bgpd, OURS, "10.0.0.0/16", extra=NO_DIRECT)
    clients = [net.add(program, OURS, f"10.{number}.0.0/16") for number, program in enumerate(PROGRAMS, 1)]
    others = [net.add(program, OURS, f"10.{number}.0.0/16") for number, program in enumerate(NON_CLIENTS, 4)]
    outside = net.add(Bird2, 65001, "10.6.0.0/16")
    for client in clients:
        net.connect(reflector, client, ours=CLIENT)
    for other in (*others, outside):
        net.connect(reflector, other)
    net.start().up()
    for router in (*clients, *others):
        own = {
            "10.0.0.0/16": Reflected(address(reflector)),
            "10.6.0.0/16": Reflected(address(outside), (65001,)),
        }
        senders = [each for each in (clients if router in others else clients + others) if each is not router]
        passed_on = {
            prefix: reflected(sender, address(reflector))
            for sender in senders
            for prefix in sender.announcements
        }
        eventually(partial(received, router, reflector), equals=own | passed_on)
    every = {prefix: (OURS,) for router in (reflector, *clients, *others) for prefix in router.announcements}
    eventually(
        lambda: {prefix: view.as_path for prefix, view in outside.routes("ipv4").items()}, equals=every
    )
    for client in clients:
        [prefix] = client.announcements
        client.withdraw(prefix)
        for router in (*others, outside, *clients):
            eventually(partial(has, router, prefix), equals=False)


def test_bgpd_is_a_client(lab: Lab) -> None:
    """Of each reflector, with another client; what comes from one of them is not passed on to the others."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, "10.0.0.0/16", extra=NO_DIRECT)
    pairs = [
        (net.add(program, OURS), net.add(Bird2, OURS, f"10.{number}.0.0/16"))
        for number, program in enumerate(PROGRAMS, 1)
    ]
    for reflector, other in pairs:
        net.connect(reflector, bgpd, ours=CLIENT)
        net.connect(reflector, other, ours=CLIENT)
    net.start().up()
    for reflector, other in pairs:
        for receiver, origin in ((bgpd, other), (other, bgpd)):
            [prefix] = origin.announcements
            expected = {prefix: reflected(origin, address(reflector))}
            eventually(partial(received, receiver, reflector), equals=expected)
    ways = {prefix: address(other) for _, other in pairs for prefix in other.announcements}
    eventually(partial(gateways, bgpd), equals=ways | {"10.0.0.0/16": ""})


@pytest.mark.parametrize("clusters", [(CLUSTER, CLUSTER), ("", "")], ids=["same", "different"])
def test_two_reflectors(lab: Lab, clusters: tuple[str, str]) -> None:
    """RFC 4456 §7: of the same cluster, neither takes what the other has reflected; otherwise both do."""
    net = Segment(lab)
    first, second = (net.add(Bgpd, OURS, extra=NO_DIRECT, cluster_id=each) for each in clusters)
    one, two = net.add(Bird1, OURS, "10.1.0.0/16"), net.add(Frr, OURS, "10.2.0.0/16")
    for reflector in (first, second):
        for client in (one, two):
            net.connect(reflector, client, ours=CLIENT)
    net.connect(first, second)
    net.start().up()
    ids = {reflector: reflector.config.cluster_id or address(reflector) for reflector in (first, second)}
    is_same = ids[first] == ids[second]
    for reflector in (first, second):
        expected = {"10.1.0.0/16": reflected(one, ids[reflector])}
        eventually(partial(received, two, reflector), equals=expected)
    for reflector, other in ((first, second), (second, first)):
        eventually(partial(counts, reflector, other), equals=(0, 2) if is_same else (2, 0))
    one.disable(address(first), "maintenance")
    around = {} if is_same else {"10.1.0.0/16": reflected(one, ids[second], ids[first])}
    eventually(partial(received, two, first), equals=around)
    left = {"10.2.0.0/16": address(two)} | ({} if is_same else {"10.1.0.0/16": address(one)})
    eventually(partial(gateways, first), equals=left)
