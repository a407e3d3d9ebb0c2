"""The metrics page of a running daemon, read as Prometheus reads it."""

import os
import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bgpd.version import VERSION
from tests.daemon.command import kernel_routes
from tests.daemon.conversation import Conversation
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

CONFIGURATION = """
[router]
id = "192.0.2.1"
asn = 64512
{metrics}
[direct]
interfaces = []
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
[[static]]
prefix = "2001:db8:1::/48"
blackhole = true
[[neighbors]]
name = "up"
description = 'a "switch" \\ München'
address = "192.0.2.2"
asn = 65002
families = ["ipv4", "ipv6"]
passive = true
import = "all"
export = "all"
[[neighbors]]
name = "down"
address = "192.0.2.3"
asn = 64512
passive = true
"""

Labels = frozenset[tuple[str, str]]


@dataclass(slots=True)
class Metered:
    """A daemon whose figures are read."""

    daemon: Bgpd
    host: Host
    neighbor: Host

    def get(self, path: str, address: str = "127.0.0.1") -> tuple[int, str, str]:
        """Return status, content type and body."""
        response, body = request(self.host, address, "GET", path)
        return response.status, response.headers["Content-Type"], body

    def figures(self) -> dict[tuple[str, Labels], float]:
        """Return all figures by name and labels; a name that is there twice would be lost, so none may be."""
        status, content_type, body = self.get("/metrics")
        assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
        samples = [sample for family in text_string_to_metric_families(body) for sample in family.samples]
        figures = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
        assert len(figures) == len(samples)
        return figures

    def figure(self, name: str, **labels: str) -> float:
        return self.figures()[name, frozenset(labels.items())]


def request(host: Host, address: str, method: str, path: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(address, 9179, timeout=60)
    with host.entered():
        connection.connect()
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


def metered(lab: Lab, metrics: str = "") -> Metered:
    router, neighbor = lab.host("router"), lab.host("neighbor")
    lab.link(router, neighbor, v4="192.0.2.0/24")
    daemon = Bgpd.with_file(router, CONFIGURATION.format(metrics=metrics)).start()
    # The control socket answers first of all.
    eventually(lambda: "Started" in daemon.processes[0].log.read_text())
    return Metered(daemon, router, neighbor)


def test_the_figures_are_those_of_the_daemon(lab: Lab) -> None:
    world = metered(lab)
    assert world.figure("bgpd_neighbor_up", neighbor="up") == 0
    with Conversation(world.neighbor, "192.0.2.2", "192.0.2.1") as peer:
        peer.establish(65002)
        peer.announce(65002, "203.0.113.0/24", "10.1.0.0/16", "198.51.100.0/24")
        for protocol, family, count in (("kernel1", "ipv4", 3), ("kernel2", "ipv6", 1)):
            installed = partial(
                world.figure, "bgpd_kernel_routes_installed", protocol=protocol, family=family
            )
            eventually(installed, equals=count)
        assert len(kernel_routes(world.host)) == 4
        figures = world.figures()

    def figure(name: str, **labels: str) -> float:
        return figures[name, frozenset(labels.items())]

    assert figure("bgpd_build_info", version=VERSION) == 1
    assert figure("bgpd_neighbor_up", neighbor="up") == 1
    assert figure("bgpd_neighbor_up", neighbor="down") == 0
    assert figure("bgpd_neighbor_state", neighbor="up", state="Established") == 1
    assert figure("bgpd_neighbor_state", neighbor="up", state="Idle") == 0
    assert figure("bgpd_neighbor_state", neighbor="down", state="Active") == 1
    established = figure("bgpd_neighbor_established_timestamp_seconds", neighbor="up")
    assert figure("process_start_time_seconds") - 2 < established
    assert (
        figure(
            "bgpd_neighbor_info",
            neighbor="up",
            description='a "switch" \\ München',
            address="192.0.2.2",
            asn="65002",
            local_asn="64512",
        )
        == 1
    )
    for direction, kind, count in (
        ("received", "open", 1),
        ("received", "update", 1),
        ("received", "keepalive", 1),
        ("received", "notification", 0),
        ("sent", "open", 1),
    ):
        assert figure("bgpd_messages_total", neighbor="up", direction=direction, type=kind) == count
    assert figure("bgpd_routes", protocol="up", family="ipv4") == 3
    assert figure("bgpd_routes", protocol="static1", family="ipv6") == 1
    assert figure("bgpd_routes_preferred", protocol="up", family="ipv4") == 2
    assert figure("bgpd_table_prefixes", table="master", family="ipv4") == 3
    assert figure("bgpd_kernel_routes", protocol="kernel1", family="ipv4") == 3
    assert figure("bgpd_kernel_routes", protocol="kernel2", family="ipv6") == 1
    assert figure("bgpd_kernel_routes_pending", protocol="kernel1", family="ipv4") == 0
    assert figure("bgpd_kernel_problems", protocol="kernel1", family="ipv4") == 0
    assert figure("bgpd_kernel_routes_installed", protocol="kernel1", family="ipv4") == 3
    assert figure("bgpd_kernel_messages_total", protocol="kernel1", family="ipv4") == 3
    assert figure("bgpd_kernel_dumps_total", protocol="kernel2", family="ipv6") == 1
    for name in ("strays", "refusals_total", "restored_total", "displaced_total", "notifications_lost_total"):
        assert figure(f"bgpd_kernel_{name}", protocol="kernel1", family="ipv4") == 0
    for clock in ("cpu", "wall"):
        name = f"bgpd_event_loop_longest_callback_{clock}_seconds"
        assert figure(name, period="all") >= figure(name, period="recent") > 0
    assert figure("bgpd_event_loop_slow_callbacks_total") >= 0
    assert figure("process_resident_memory_bytes") > 1 << 20
    assert figure("bgpd_event_loop_callback_duration_seconds_count") > 0
    assert figure("bgpd_neighbor_flaps_total", neighbor="up") == 0
    assert figure("bgpd_import_updates_accepted_total", protocol="up", family="ipv4") == 3
    eventually(lambda: world.figure("bgpd_neighbor_up", neighbor="up"), equals=0)
    assert world.figure("bgpd_neighbor_flaps_total", neighbor="up") == 1


def test_ready_is_who_waits_for_nobody(lab: Lab) -> None:
    """A neighbor that does not come is waited for, but not for ever."""
    world = metered(lab)
    status, _, text = world.get("/readyz")
    assert (status, text) == (200, "ok\n") or (status == 503 and "waiting for up (no session)" in text)
    eventually(lambda: world.get("/readyz")[::2], equals=(200, "ok\n"), within=180)
    assert world.figure("bgpd_ready") == 1


def test_a_route_the_kernel_does_not_take_is_counted(lab: Lab) -> None:
    world = metered(lab)
    world.host.ip("route", "add", "blackhole", "203.0.113.0/24", "proto", "static")
    with Conversation(world.neighbor, "192.0.2.2", "192.0.2.1") as peer:
        peer.establish(65002)
        peer.announce(65002, "203.0.113.0/24")
        eventually(lambda: world.figure("bgpd_kernel_problems", protocol="kernel1", family="ipv4"), equals=1)
        assert world.figure("bgpd_kernel_routes_pending", protocol="kernel1", family="ipv4") == 1
        world.host.ip("route", "delete", "blackhole", "203.0.113.0/24", "proto", "static")
        eventually(lambda: world.figure("bgpd_kernel_problems", protocol="kernel1", family="ipv4"), equals=0)


def test_the_sign_of_life(lab: Lab) -> None:
    world = metered(lab, '[metrics]\nlisten = "[::1]:9179"')
    assert world.get("/healthz", "::1") == (200, "text/plain; charset=utf-8", "ok\n")
    assert world.get("/", "::1")[0] == 404
    assert world.daemon.processes[0].stop() == 0
    with pytest.raises(ConnectionRefusedError):
        world.get("/healthz", "::1")


def test_no_metrics_when_none_are_wanted(lab: Lab) -> None:
    world = metered(lab, '[metrics]\nlisten = ""')
    with pytest.raises(ConnectionRefusedError):
        world.get("/metrics")


def test_who_only_connects_costs_little(lab: Lab) -> None:
    world = metered(lab)
    files = Path(f"/proc/{world.daemon.processes[0].pid}/fd")
    before = len(os.listdir(files))
    with ExitStack() as connections:
        for number in range(200):
            with world.host.entered():
                client = connections.enter_context(socket.create_connection(("127.0.0.1", 9179), 60))
            with suppress(ConnectionError):
                client.sendall(b"GET /metrics HTTP/1.1\r\n" if number % 2 else os.urandom(20_000))
        eventually(lambda: len(os.listdir(files)), lambda count: count <= before + 32)
        assert world.get("/healthz")[0] == 200
    # One or two may come and go: an attempt to connect to a neighbor is a descriptor as well.
    eventually(lambda: len(os.listdir(files)), lambda count: count <= before + 2)
    assert "Traceback" not in world.daemon.processes[0].log.read_text()
