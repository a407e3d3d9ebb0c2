"""One process that runs with BIRD's files of both families."""

import sys
from functools import partial
from pathlib import Path

import pytest

from tests.daemon.command import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop

FILE = """
router id 192.0.2.{number};
filter shared {{ if source = RTS_STATIC then krt_metric = {metric}; accept; }}
protocol device {{ }}
protocol direct {{ }}
protocol kernel {{ export filter shared; persist; }}
protocol static {{ route {prefix} blackhole; }}
protocol bgp mate {{ local as 64512; neighbor {neighbor} as 64512; source address {own}; connect delay time 1;
  connect retry time 1; export where source = RTS_STATIC; }}
"""


def test_files_of_both_families_in_one_process(lab: Lab) -> None:
    need_network_namespaces()
    ports = lab.link(lab.host("a"), lab.host("b"))
    routers = []
    for number, (own, other) in enumerate((ports, (ports[1], ports[0])), 1):
        router = Bgpd.with_file(own.host, "")
        files: list[str | Path] = []
        for name, prefix, metric, here, there in (
            ("bird.cfg", f"10.{number}.0.0/16", 40 + number, own.v4, other.v4),
            ("bird6.cfg", f"2001:db8:{number}::/48", 60 + number, own.v6, other.v6),
        ):
            file = router.directory / name
            file.write_text(
                FILE.format(number=number, prefix=prefix, metric=metric, own=here, neighbor=there)
            )
            files += ["-c", file]
        router.spawn(sys.executable, "-m", "bgpd", *files, "-s", router.socket)
        routers.append(router)
    wanted = {"10.1.0.0/16", "10.2.0.0/16", "2001:db8:1::/48", "2001:db8:2::/48"}
    for router in routers:
        eventually(partial(kernel_routes, router.host), equals=wanted)
        rows = [line.split()[:2] for line in router.ask("show protocols")]
        names = {row[0] for row in rows if row}
        assert {"mate", "mate_v6", "kernel1", "kernel1_v6", "static1", "static1_v6", "device1"} <= names
    first = routers[0].host
    assert "metric 41" in first.ip("-4", "route", "show", "proto", "bird")
    assert "metric 61" in first.ip("-6", "route", "show", "proto", "bird")
    second = routers[0].directory / "bird6.cfg"
    second.write_text(second.read_text().replace("2001:db8:1::/48", "2001:db8:9::/48"))
    routers[0].ask("configure")
    eventually(lambda: "2001:db8:9::/48" in kernel_routes(routers[1].host), equals=True)
