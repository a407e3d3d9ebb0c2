"""Neighbors that nobody has listed: whoever connects from a range of addresses, up to a limit."""

from functools import partial
from typing import Final

import pytest

from tests.interop.connections import kernel_counter
from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab, Port
from tests.interop.routers import Bgpd, Bird1, Bird2, Frr, Gobgp, Neighbor, Openbgpd, Router, RouterConfig
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

ASN, PASSWORD = 65001, "for-all-of-them"
ADMITTED: Final[tuple[type[Router], ...]] = (Bird1, Frr, Gobgp, Openbgpd)
RANGE: Final = (
    "[[neighbors]]",
    'name = "tor"',
    'range = "192.0.2.0/24"',
    f"limit = {len(ADMITTED)}",
    f"asn = {ASN}",
    f'password = "{PASSWORD}"',
    'import = "all"',
    'export = "all"',
)


def router(program: type[Router], port: Port, ours: Port, password: str) -> Router:
    """Return a started router that originates a route of its own."""
    us = Neighbor(address=ours.v4, asn=OURS, local_address=port.v4, password=password)
    route = f"10.{port.v4.rpartition('.')[2]}.0.0/16"
    config = RouterConfig(asn=ASN, router_id=port.v4, neighbors=[us], routes=[route])
    return program(port.host, config).start()


def established(bgpd: Bgpd) -> set[str]:
    """Return the names of the neighbors with a session."""
    rows = bgpd.answer("show protocols")
    return {row["name"] for row in rows if row["info"] == "Established"}


def test_dynamic_neighbors(lab: Lab) -> None:
    """As many as the limit allows; one more when one of them has gone."""
    programs: tuple[type[Router], ...] = (*ADMITTED, Bird2)
    for program in programs:
        program.require()
    hosts = [lab.host(program.name) for program in programs]
    ours, *ports, last = lab.segment(lab.host("bgpd"), *hosts, v4="192.0.2.0/24", v6=None)
    config = RouterConfig(asn=OURS, router_id=ours.v4, extra=(*RANGE, *NO_DIRECT))
    bgpd = Bgpd(ours.host, config).start()
    first, *_ = [router(program, port, ours, PASSWORD) for program, port in zip(ADMITTED, ports, strict=True)]
    names = {f"tor_{port.v4.replace('.', '_')}" for port in ports}
    eventually(partial(established, bgpd), equals=names)
    eventually(lambda: len(kernel_routes(ours.host, "ipv4")) == len(names))

    latecomer = router(Bird2, last, ours, "something-else")
    eventually(partial(kernel_counter, ours.host, "TCPMD5Failure"))
    assert "which is its limit" not in bgpd.log()
    latecomer.change_password(PASSWORD)
    eventually(lambda: f"tor has {len(names)} neighbors, which is its limit" in bgpd.log())
    assert established(bgpd) == names

    first.stop()
    eventually(partial(latecomer.session_state, ours.v4), equals="Established")
    eventually(lambda: f"10.{last.v4.rpartition('.')[2]}.0.0/16" in kernel_routes(ours.host, "ipv4"))
    eventually(lambda: len(established(bgpd)) == len(names))
