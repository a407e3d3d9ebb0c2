"""Sessions that nobody touches stay, whichever router is at the other end; one that falls silent ends."""

import signal
import time
from functools import partial

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import FOREIGN, Bgpd, Bird2, Neighbor, Router, RouterConfig, sessions
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

OURS = 64512
HOLD_TIME = 3
NO_DIRECT = ("[direct]", "interfaces = []")


def established_since(bgpd: Bgpd) -> dict[str, str]:
    """Return since when each session is established."""
    rows = bgpd.answer("show protocols")
    return {row["name"]: row["since"] for row in rows if row["info"].startswith("Established")}


@pytest.mark.soak
def test_sessions_survive_three_hold_times_in_silence(lab: Lab, soaking: bool) -> None:
    """Ten sessions, external and internal with each router, and a hold time of three seconds.

    The long form waits for a hundred hold times.
    """
    programs = [(program, asn) for program in FOREIGN for asn in (65001, OURS)]
    for program, _ in programs:
        program.require()
    hosts = [lab.host("bgpd"), *(lab.host(f"{program.name}-{asn}") for program, asn in programs)]
    ours, *ports = lab.segment(*hosts, v4="192.0.2.0/24", v6=None)
    neighbors: list[Neighbor] = []
    routers: list[Router] = []
    for (program, asn), port in zip(programs, ports, strict=True):
        neighbors += sessions(ours, port, asn, hold_time=HOLD_TIME)
        config = RouterConfig(
            asn=asn, router_id=port.v4, neighbors=sessions(port, ours, OURS, hold_time=HOLD_TIME)
        )
        routers.append(program(port.host, config).start())
    bgpd = Bgpd(ours.host, RouterConfig(asn=OURS, router_id=ours.v4, neighbors=neighbors)).start()
    up = eventually(partial(established_since, bgpd), lambda found: len(found) == len(programs))
    time.sleep((100 if soaking else 3) * HOLD_TIME + 1)  # it is the passing of time that is tested
    assert established_since(bgpd) == up
    for router in routers:
        assert router.session_state(ours.v4) == "Established"


def test_a_neighbor_that_falls_silent_loses_its_routes_within_the_hold_time(lab: Lab) -> None:
    """RFC 4271 §6.5; and the NOTIFICATION and the reason are shown."""
    Bird2.require()
    ours, theirs = lab.link(lab.host("bgpd"), lab.host("bird"), v6=None)
    bird = Bird2(
        theirs.host,
        RouterConfig(
            asn=65001,
            router_id=theirs.v4,
            neighbors=sessions(theirs, ours, OURS, hold_time=HOLD_TIME),
            routes=["198.51.100.0/24"],
        ),
    ).start()
    config = RouterConfig(
        asn=OURS, router_id=ours.v4, neighbors=sessions(ours, theirs, 65001, hold_time=HOLD_TIME)
    )
    bgpd = Bgpd(ours.host, config).start()
    eventually(lambda: "198.51.100.0/24" in kernel_routes(ours.host, "ipv4"))
    bird.processes[0].signal(signal.SIGSTOP)
    stopped = time.monotonic()
    eventually(lambda: not kernel_routes(ours.host, "ipv4"), within=10 * HOLD_TIME)  # not the 90 s of others
    assert time.monotonic() - stopped > 1  # not before the timer could have expired
    assert "BGP Error: Hold timer expired" in bgpd.client("show", "protocols")
    bird.processes[0].signal(signal.SIGCONT)
    eventually(lambda: "198.51.100.0/24" in kernel_routes(ours.host, "ipv4"))
