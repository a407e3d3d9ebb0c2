"""The lab itself: topologies, and every foreign router against BIRD 2 through the common interface."""

import socket
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.interop.lab import CommandFailedError, Lab
from tests.interop.process import ProcessDiedError
from tests.interop.routers import (
    FAMILIES,
    FOREIGN,
    Announcement,
    Attributes,
    Bird2,
    Family,
    Router,
    RouterConfig,
    family_of,
    sessions,
)
from tests.interop.waiting import NotYetError, eventually

pytestmark = pytest.mark.interop

COUNT = 1000
Pair = tuple[Router, Router]


def prefixes(number: int, count: int = COUNT) -> list[str]:
    """Return ``count`` prefixes of each family that no other number has."""
    four = [f"10.{number}.{each >> 8}.{each & 255}/32" for each in range(count)]
    return four + [f"2001:db8:{number:x}:{each:x}::/64" for each in range(1, count + 1)]


def of(family: Family, routes: list[str]) -> set[str]:
    return {prefix for prefix in routes if family_of(prefix) == family}


def received(router: Router, count: int) -> None:
    """Wait until a router has this many routes of each family."""
    for family in FAMILIES:
        eventually(partial(router.count, family), equals=count)


@pytest.fixture(params=FOREIGN, ids=lambda program: program.name)
def pair(request: pytest.FixtureRequest, lab: Lab) -> Pair:
    """A router of each kind (AS 65001) and BIRD 2 (AS 65002) with a session for each family and routes."""
    program: type[Router] = request.param
    program.require()
    Bird2.require()
    on_a, on_b = lab.link(lab.host("a"), lab.host("b"))
    a = RouterConfig(
        asn=65001, router_id="192.0.2.1", neighbors=sessions(on_a, on_b, 65002), routes=prefixes(1)
    )
    b = RouterConfig(
        asn=65002, router_id="192.0.2.2", neighbors=sessions(on_b, on_a, 65001), routes=prefixes(2)
    )
    return program(on_a.host, a).start(), Bird2(on_b.host, b).start()


def test_routes_cross_both_ways(pair: Pair) -> None:
    router, bird = pair
    for neighbor in router.config.neighbors:
        eventually(partial(router.session_state, neighbor.address), equals="Established")
    for reader, writer, asn in ((router, bird, 65002), (bird, router, 65001)):
        received(reader, COUNT)
        for family in FAMILIES:
            routes = reader.routes(family)
            assert routes.keys() == of(family, list(writer.announcements))
            seen = {(view.next_hop, view.as_path, view.origin) for view in routes.values()}
            assert seen == {(reader.neighbor(family, None).address, (asn,), "igp")}


def test_routes_are_announced_and_withdrawn_at_run_time(pair: Pair) -> None:
    router, bird = pair
    received(bird, COUNT)
    gone = prefixes(1)[:5] + prefixes(1)[-5:]
    router.withdraw(*gone)
    received(bird, COUNT - 5)
    assert not of("ipv4", gone) & bird.routes("ipv4").keys()
    router.announce(*prefixes(3))
    received(bird, 2 * COUNT - 5)
    bird.withdraw(*prefixes(2))
    received(router, 0)


def test_attributes_of_announcements_are_seen(pair: Pair) -> None:
    marked = Attributes(med=7, communities=("65001:5", "65001:6"), prepend=2)
    for writer, reader in (pair, pair[::-1]):
        writer.announce(Announcement("198.51.100.0/24", marked), Announcement("2001:db8:ffff::/48", marked))
        received(reader, COUNT + 1)
        for prefix in ("198.51.100.0/24", "2001:db8:ffff::/48"):
            view = reader.routes(family_of(prefix))[prefix]
            expected = (7, marked.communities, (writer.config.asn,) * 3)
            assert (view.med, view.communities, view.as_path) == expected
        writer.withdraw("198.51.100.0/24", "2001:db8:ffff:0::/48")


def test_routes_of_a_killed_router_vanish_and_return(pair: Pair) -> None:
    router, bird = pair
    received(bird, COUNT)
    router.kill()
    received(bird, 0)
    router.start()
    received(bird, COUNT)
    received(router, COUNT)
    bird.kill()
    received(router, 0)
    bird.start()
    received(router, COUNT)


def test_hosts_of_a_segment_reach_each_other(lab: Lab) -> None:
    ports = lab.segment(lab.host("a"), lab.host("b"), lab.host("c"), v4="192.0.2.0/28", v6="2001:db8::/64")
    assert [port.v4 for port in ports] == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    with ports[0].host.entered():
        listener = socket.create_server((ports[0].v6, 179), family=socket.AF_INET6)
    with (
        listener,
        ports[2].host.entered(),
        socket.create_connection((ports[0].v6, 179), timeout=60) as connection,
    ):
        assert connection.getsockname()[0] == "2001:db8::3"


def test_a_lab_leaves_nothing_behind(lab: Lab) -> None:
    """Not even when the test inside it fails."""

    def fail(inner: Lab) -> None:
        host = inner.host("x")
        host.spawn("sleep", ["sleep", "1000"])
        inner.link(host, inner.host("y"))
        raise KeyboardInterrupt

    inner = Lab()
    with pytest.raises(KeyboardInterrupt), inner:
        fail(inner)
    existing = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True).stdout
    assert not any(host.namespace in existing for host in inner.hosts)
    assert not any(process.running for host in inner.hosts for process in host.processes)


def test_private_files_are_seen_by_one_daemon_only(lab: Lab, tmp_path: Path) -> None:
    host = lab.host("a")
    private = tmp_path / "private"
    private.write_text("private\n")
    process = host.spawn("cat", ["cat", "/etc/hostname"], binds={"/etc/hostname": private})
    assert eventually(process.log_tail) == "private"
    assert "private" not in host.run("cat", "/etc/hostname")


def test_a_daemon_that_dies_says_why(lab: Lab) -> None:
    process = lab.host("a").spawn("failing", ["sh", "-c", "echo no configuration; exit 3"])
    eventually(lambda: not process.running)
    with pytest.raises(ProcessDiedError, match="exit status 3; its log ends:\nno configuration"):
        process.require_running()


def test_a_failing_command_shows_its_complaint(lab: Lab) -> None:
    with pytest.raises(CommandFailedError, match="exit status 1: no such thing"):
        lab.host("a").run("sh", "-c", "echo no such thing >&2; exit 1")


def test_waiting_in_vain_shows_the_last_value() -> None:
    with pytest.raises(AssertionError, match="not within 0 s; last seen: 3; wanted: 4"):
        eventually(lambda: 3, equals=4, within=0)


def test_waiting_in_vain_shows_the_last_complaint() -> None:
    def read() -> int:
        raise NotYetError("the socket is not there")

    with pytest.raises(AssertionError, match="the socket is not there"):
        eventually(read, within=0)
