"""What protects the TCP connection: MD5 signatures (RFC 2385) and the TTL (RFC 5082), with each router."""

import signal
import time
from dataclasses import replace
from functools import partial

import pytest

from tests.interop.connections import kernel_counter
from tests.interop.lab import Lab
from tests.interop.routers import FOREIGN, Bgpd, Bird2, Router, RouterConfig, sessions
from tests.interop.star import OURS, Star
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop


def test_md5(lab: Lab) -> None:
    """A wrong key keeps the session down; the right one, given while the daemon runs, brings it up."""
    programs: tuple[type[Router], ...] = (*FOREIGN, Bgpd)
    star = Star.of(lab, programs, ours={"password": "wrong"}, theirs={"password": "first"}).start()
    for neighbor in star.neighbors:
        eventually(partial(star.info, neighbor), lambda info: "Connection timed out" in info)
    eventually(partial(kernel_counter, star.bgpd.host, "TCPMD5Failure"), lambda found: found > len(programs))
    assert "Established" not in star.states()
    star.bgpd.change_password("first")
    star.up()


def test_an_md5_key_changed_on_both_sides(lab: Lab) -> None:
    """Ours keeps the session; the others end theirs, and it comes back by itself."""
    fields = {"password": "first", "hold_time": 3}
    star = Star.of(lab, (*FOREIGN, Bgpd), ours=fields, theirs=fields).start()
    star.up()
    for router, _ in star.spokes:
        router.change_password("second")
    star.bgpd.config.neighbors = [replace(each, password="second") for each in star.neighbors]
    star.bgpd.write()
    star.bgpd.processes[0].signal(signal.SIGHUP)
    time.sleep(4)  # longer than the hold time: what is signed with another key is not heard
    for router, neighbor in star.spokes:
        if not isinstance(router, Bgpd):
            eventually(partial(star.established, neighbor), lambda times: times > 1)
    star.up()
    assert [star.established(neighbor) for router, neighbor in star.spokes if isinstance(router, Bgpd)] == [1]


def test_gtsm(lab: Lab) -> None:
    """Who is on the same link is accepted."""
    fields = {"ttl_security": True}
    star = Star.of(lab, FOREIGN, ours=fields, theirs=fields).start()
    star.up()


@pytest.mark.parametrize(("hops", "accepted"), [(1, False), (2, True)], ids=["too far", "near enough"])
def test_gtsm_at_a_distance(lab: Lab, hops: int, *, accepted: bool) -> None:
    """RFC 5082 §3: of a neighbor one hop too far nothing is read, not even what it says first."""
    Bird2.require()
    ours, theirs = lab.path(lab.host("bgpd"), lab.host("bird"))
    [to_bird], [to_bgpd] = sessions(ours, theirs, 65001), sessions(theirs, ours, OURS)
    near = [replace(to_bird, ttl_security=True, multihop=hops)]
    far = [replace(to_bgpd, multihop=255)]
    bgpd = Bgpd(ours.host, RouterConfig(asn=OURS, router_id=ours.v4, neighbors=near)).start()
    Bird2(theirs.host, RouterConfig(asn=65001, router_id=theirs.v4, neighbors=far)).start()
    if accepted:
        eventually(partial(bgpd.session_state, theirs.v4), equals="Established")
    else:
        eventually(partial(kernel_counter, ours.host, "TCPMinTTLDrop"), lambda count: count > 5)
        assert bgpd.session_state(theirs.v4) in {"Idle", "Connect", "Active"}
