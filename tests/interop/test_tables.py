"""More than one routing table: a pipe between two of them, of which the kernel follows one."""

from functools import partial

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import Bgpd, Bird2, Router
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

RED, BLUE = "10.1.0.0/16", "10.2.0.0/16"


def configuration(into_blue: str, out_of_blue: str) -> tuple[str, ...]:
    """Return the lines about the table, the pipe and the kernel."""
    pipe = ("[[pipes]]", 'peer_table = "blue"', f'export = "{into_blue}"', f'import = "{out_of_blue}"')
    return ('tables = ["blue"]', *pipe, "[kernel.ipv4]", 'rib_table = "blue"', *NO_DIRECT)


def table(bgpd: Bgpd, name: str) -> set[str]:
    return {row["prefix"] for row in bgpd.shown_routes("table", name)}


def paths(router: Router) -> dict[str, tuple[int, ...]]:
    """Return the path of each route that a router has from us."""
    return {prefix: view.as_path for prefix, view in router.routes("ipv4").items()}


def gateways(bgpd: Bgpd) -> dict[str, str]:
    return {prefix: row["gateway"] for prefix, row in kernel_routes(bgpd.host, "ipv4").items()}


@pytest.mark.parametrize(
    ("pipe", "in_red", "in_blue"),
    [
        (("none", "none"), {RED}, {BLUE}),
        (("all", "none"), {RED}, {RED, BLUE}),
        (("none", "all"), {RED, BLUE}, {BLUE}),
        (("all", "all"), {RED, BLUE}, {RED, BLUE}),
    ],
    ids=["closed", "into blue", "out of blue", "open"],
)
def test_a_pipe_between_two_tables(
    lab: Lab, pipe: tuple[str, str], in_red: set[str], in_blue: set[str]
) -> None:
    """Each table has a neighbor, which is told of what is in it; the kernel has what is in blue."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, extra=configuration(*pipe))
    red, blue = net.add(Bird2, 65001, RED), net.add(Bird2, 65002, BLUE)
    net.connect(bgpd, red)
    net.connect(bgpd, blue, ours={"extra": ('table = "blue"',)})
    net.start().up()
    origins = {RED: red, BLUE: blue}
    for name, neighbor, prefixes in (("master", red, in_red), ("blue", blue, in_blue)):
        eventually(partial(table, bgpd, name), equals=prefixes)
        told = {prefix: (OURS, router.config.asn) for prefix, router in origins.items() if prefix in prefixes}
        told = {prefix: path for prefix, path in told.items() if prefix not in neighbor.announcements}
        eventually(partial(paths, neighbor), equals=told)
    eventually(partial(gateways, bgpd), equals={prefix: address(origins[prefix]) for prefix in in_blue})
    red.withdraw(RED)
    eventually(partial(table, bgpd, "blue"), equals=in_blue - {RED})
    eventually(partial(gateways, bgpd), equals={prefix: address(blue) for prefix in in_blue - {RED}})
    eventually(lambda: RED not in paths(blue))
