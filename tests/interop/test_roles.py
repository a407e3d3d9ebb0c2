"""Roles and the attribute Only to Customer (RFC 9234) with BIRD 2 and FRR: no route is leaked."""

from functools import partial
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import Bgpd, Bird1, Bird2, Frr, Router
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

ROLES: Final = {"provider": "customer", "customer": "provider", "peer": "peer"}
"""What we are to a neighbor, by what it is to us."""
BOTH: Final[tuple[type[Router], ...]] = (Bird2, Frr)
OURS_TO_ALL: Final = "10.0.0.0/16"
ROLE_MISMATCH: Final = (2, 11)

Marks = dict[str, int | None]


def marks(router: Router, sender: Router) -> Marks:
    """Return the routes that a router has from another, each with its Only to Customer."""
    return {prefix: view.only_to_customer for prefix, view in router.routes("ipv4", address(sender)).items()}


def test_routes_go_to_those_who_may_have_them(lab: Lab) -> None:
    """RFC 9234 §5: what comes from a provider or a peer goes to customers only, and says so."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, OURS_TO_ALL, extra=NO_DIRECT)
    neighbors: list[tuple[str, Router, str]] = []
    for role in ROLES:
        for program in BOTH:
            number = len(neighbors) + 1
            prefix = f"10.{number}.0.0/16"
            router = net.add(program, 65000 + number, prefix)
            net.connect(bgpd, router, ours={"role": ROLES[role]}, theirs={"role": role})
            neighbors.append((role, router, prefix))
    net.start().up()
    for role, router, _ in neighbors:
        eventually(partial(marks, router, bgpd), equals=expected_marks(role, router, neighbors))
    for role, router, prefix in neighbors:
        [view] = bgpd.paths("ipv4", address(router))[prefix]
        assert view.only_to_customer == (None if role == "customer" else router.config.asn)


def expected_marks(role: str, receiver: Router, neighbors: list[tuple[str, Router, str]]) -> Marks:
    """Return what a neighbor with this role must have of the others, and of ours."""
    mark = None if role == "provider" else OURS
    from_customers: Marks = {prefix: mark for kind, _, prefix in neighbors if kind == "customer"}
    expected = {OURS_TO_ALL: mark, **from_customers}
    if role == "customer":
        expected |= {prefix: each.config.asn for kind, each, prefix in neighbors if kind != "customer"}
    return {prefix: mark for prefix, mark in expected.items() if prefix not in receiver.announcements}


@pytest.mark.parametrize("program", BOTH, ids=["BIRD", "FRR"])
def test_a_leaked_route_is_refused(lab: Lab, program: type[Router]) -> None:
    """A customer that knows no roles passes on to us what its other provider gave to it only."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=NO_DIRECT)
    provider = net.add(program, 65001, "10.1.0.0/16")
    leaking = net.add(Bird2, 65002, "10.2.0.0/16")
    net.connect(provider, leaking, ours={"role": "provider"})
    net.connect(leaking, bgpd, theirs={"role": "provider"})
    net.start().up()
    eventually(lambda: [row["prefix"] for row in bgpd.shown_routes("filtered")], equals=["10.1.0.0/16"])
    eventually(lambda: bgpd.routes("ipv4").keys(), equals={"10.2.0.0/16"})  # comes in an UPDATE of its own


def test_roles_that_do_not_fit(lab: Lab) -> None:
    """RFC 9234 §4.2: whoever sees it first refuses the session; with ``strict_role``, none does not fit."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=NO_DIRECT)
    for program, asn in ((Bird2, 65001), (Frr, 65002)):
        net.connect(bgpd, net.add(program, asn), ours={"role": "customer"}, theirs={"role": "peer"})
    strict = {"role": "customer", "extra": ("strict_role = true",)}
    net.connect(bgpd, net.add(Bird1, 65003), ours=strict)
    net.start()
    for neighbor in bgpd.config.neighbors:
        eventually(partial(notified, bgpd, neighbor.address), lambda codes: ROLE_MISMATCH in codes)


def notified(bgpd: Bgpd, neighbor: str) -> list[tuple[int, int]]:
    """Return code and subcode of the NOTIFICATION last sent, and of the one last received."""
    details = bgpd.protocol(neighbor)["details"]
    last = (details.get("last_sent"), details.get("last_received"))
    return [(each["code"], each["subcode"]) for each in last if each]
