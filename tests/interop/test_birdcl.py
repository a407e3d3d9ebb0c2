"""The real birdcl of Debian's bird2 talks to our control socket."""

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import Bgpd, Bird2, RouterConfig, sessions
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop


def test_birdcl_prints_protocols_and_routes(lab: Lab) -> None:
    Bird2.require()
    ours, theirs = lab.link(lab.host("bgpd"), lab.host("bird"))
    config = RouterConfig(
        asn=65001, router_id=theirs.v4, neighbors=sessions(theirs, ours, 64512), routes=["198.51.100.0/24"]
    )
    bird = Bird2(theirs.host, config).start()
    bgpd = Bgpd(
        ours.host,
        RouterConfig(
            asn=64512, router_id=ours.v4, neighbors=sessions(ours, theirs, 65001), routes=["10.42.139.128/26"]
        ),
    ).start()

    def birdcl(words: str) -> str:
        return bird.run(bird.program("usr/sbin/birdcl"), "-s", bgpd.socket, *words.split())

    routes = eventually(lambda: birdcl("show route"), lambda text: "198.51.100.0/24" in text)
    assert routes.startswith("BIRD bgpd-")
    assert f"198.51.100.0/24    via {theirs.v4} on {ours.interface} [to_10_255" in routes
    assert "10.42.139.128/26   blackhole [static1" in routes
    protocols = birdcl("show protocols")
    assert "name     proto    table    state  since       info" in protocols
    assert "Established" in protocols
    assert "kernel1  Kernel   master   up" in protocols
    assert "Neighbor address:" in birdcl("show protocols all")
    assert "BGP.as_path: 65001" in birdcl("show route for 198.51.100.1 all")
    assert "Daemon is up and running" in birdcl("show status")
    assert ours.interface in birdcl("show interfaces")
