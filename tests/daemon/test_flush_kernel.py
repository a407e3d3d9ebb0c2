"""``bgpd --flush-kernel`` on a host that a daemon left, and on one where a daemon runs."""

from pathlib import Path

import pytest

from tests.daemon.command import Ended, bgpd, inside, kernel_routes, outcome
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.requirements import skip_package_missing

pytestmark = pytest.mark.interop

LEFT = (
    "-4 route add 10.42.139.128/26 via {v4} dev {dev} onlink proto bird",
    "-4 route add blackhole 10.42.0.0/26 proto bird",
    "-4 route add 10.42.1.1 dev {dev} scope link proto bird",
    "-4 route add default via {v4} dev {dev} proto bird metric 4000 src {own} realm 5"
    " mtu lock 1400 advmss 1300",
    "-4 route add 10.42.2.0/26 via inet6 {v6} dev {dev} proto bird rtt 200ms hoplimit 9",
    "-4 route add 10.42.3.0/26 proto bird nexthop via {v4} dev {dev} weight 3 nexthop via 192.0.2.9 dev {dev}"
    " onlink weight 1",
    "-4 route add prohibit 10.42.5.0/26 proto bird",
    "-6 route add fd42:1::/64 via {v6} dev {dev} proto bird mtu 1400",
    "-6 route add default via {v6} dev {dev} proto bird metric 4000",
    "-6 route add fd42:2::/64 proto bird nexthop via {v6} dev {dev} weight 2 nexthop via fd99::9 dev {dev}"
    " weight 1 onlink",
    "-6 route add unreachable fd42:3::/64 proto bird",
    "-6 route add fd42:4::1 dev {dev} proto bird",
)
OTHERS = (
    "-4 route add 10.99.0.0/16 via {v4} dev {dev} proto static",
    "-4 route add blackhole 10.42.0.0/26 metric 5 proto 80",
    "-4 route add blackhole 10.42.0.0/26 table 100 proto bird",
    "-6 route add blackhole fd42:1::/64 metric 5 proto 80",
)


@pytest.fixture
def host(lab: Lab) -> Host:
    """Return a host with a link, on which a daemon left routes, and others have theirs."""
    here, there = lab.link(lab.host("node"), lab.host("peer"))
    words = {"dev": here.interface, "own": here.v4, "v4": there.v4, "v6": there.v6}
    for command in (*LEFT, *OTHERS):
        here.host.ip(*command.format(**words).split())
    return here.host


def flush(host: Host, *arguments: str | Path, wrapper: tuple[str, ...] = ()) -> Ended:
    socket = host.directory / "bgpd.ctl"
    command = bgpd("--flush-kernel", "-s", socket, *arguments)
    (ended,) = outcome(host.entering([*wrapper, *command]))
    assert "Traceback" not in ended.complaint
    return ended


def shown(host: Host, *words: str) -> list[str]:
    """Return what ``ip route`` says, a route a line, without what is always so."""
    text = "".join(host.ip(family, "route", "show", *words) for family in ("-4", "-6")).replace("\n\t", " ")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    kinds = ("blackhole", "unreachable", "prohibit")
    return [
        line.replace(" pref medium", "").replace(" dev lo", "" if line.startswith(kinds) else " dev lo")
        for line in lines
    ]


def left(host: Host) -> list[str]:
    """Return what is ours in the main table, as far as ``ip route`` can tell."""
    return [line for line in shown(host) if "proto bird" in line]


def everything(host: Host) -> set[str]:
    return {*shown(host, "table", "all")}


def test_exactly_the_routes_that_are_left_go(host: Host) -> None:
    expected, before = left(host), everything(host)
    assert len(expected) == len(LEFT)
    dry = flush(host, "--dry-run")
    assert dry.output.splitlines() == [*expected, "12 routes would be removed"]
    assert everything(host) == before
    done = flush(host)
    assert (done.status, done.output, done.complaint) == (0, dry.output.replace("would be ", ""), "")
    assert len(before - everything(host)) == len(LEFT)
    assert everything(host) < before
    again = flush(host)
    assert (again.status, again.output) == (0, "0 routes removed\n")


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["--table", "100"], ["blackhole 10.42.0.0/26 table 100 proto bird", "1 route removed"]),
        (
            ["--protocol", "80"],
            [
                "blackhole 10.42.0.0/26 proto 80 metric 5",
                "blackhole fd42:1::/64 proto 80 metric 5",
                "2 routes removed",
            ],
        ),
        (["--protocol", "81", "--table", "all"], ["0 routes removed"]),
    ],
    ids=["table", "protocol", "every table"],
)
def test_another_table_or_number(host: Host, arguments: list[str], lines: list[str]) -> None:
    before = everything(host)
    done = flush(host, *arguments)
    assert (done.status, done.output.splitlines()) == (0, lines)
    assert len(everything(host)) == len(before) - len(lines) + 1


def test_every_table(host: Host) -> None:
    assert flush(host, "--table", "all").output.endswith("\n13 routes removed\n")
    assert kernel_routes(host) == set()


def test_the_tables_of_a_configuration(host: Host) -> None:
    configuration = host.directory / "bgpd.toml"
    configuration.write_text('[kernel.ipv4]\ntable = 100\n[kernels.felix]\nfamily = "ipv6"\nprotocol = 80\n')
    done = flush(host, "-c", configuration)
    assert done.output.splitlines() == [
        "blackhole 10.42.0.0/26 table 100 proto bird",
        "blackhole fd42:1::/64 proto 80 metric 5",
        "2 routes removed",
    ]


def test_without_the_right_nothing_happens_but_a_look(host: Host) -> None:
    if not Path("/usr/bin/setpriv").exists():
        skip_package_missing("util-linux")
    wrapper = ("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin")
    done = flush(host, wrapper=wrapper)
    assert (done.status, done.output) == (1, "")
    assert done.complaint.startswith(
        "bgpd: a capability is missing: CAP_NET_ADMIN, which it takes to write routes into the kernel; "
    )
    assert flush(host, "--dry-run", wrapper=wrapper).output.endswith("12 routes would be removed\n")
    user_namespace = ("unshare", "--user", "--map-root-user")
    assert "CAP_NET_ADMIN" in flush(host, wrapper=user_namespace).complaint
    assert len(left(host)) == len(LEFT)


CONFIGURATION = """
[router]
id = "192.0.2.1"
listen = []
[metrics]
listen = ""
[kernel.ipv4]
persist = true
[kernel.ipv6]
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
"""


def test_a_daemon_is_not_robbed(host: Host) -> None:
    daemon = Bgpd.with_file(host, CONFIGURATION).start()
    eventually(lambda: "blackhole 198.51.100.0/24 proto bird" in left(host))
    done = flush(host, "-s", daemon.socket)
    assert (done.status, done.output) == (1, "")
    assert done.complaint == (
        f"bgpd: the bgpd that answers on {daemon.socket} writes these routes;\n"
        "bgpdcl kernel flush removes what it does not want; to remove all of them, stop it first\n"
    )
    assert flush(host, "-s", daemon.socket, "--table", "all").status == 1
    assert flush(host, "-s", daemon.socket, "--table", "100").output.endswith("1 route removed\n")
    assert "blackhole 198.51.100.0/24 proto bird" in left(host)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--flush-kernel", "--table", "nine"], "nine is no table of the kernel"),
        (["--flush-kernel", "--table", "0"], "0 is no table of the kernel"),
        (["--flush-kernel", "--protocol", "2"], "2 marks no routes of a program: 3 to 255 do"),
        (["--dry-run"], "--protocol, --table and --dry-run go with --flush-kernel"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    ended = inside(*arguments)
    assert (ended.status, ended.output) == (2, "")
    assert words in ended.complaint


def test_a_running_daemon_flushes_what_it_does_not_want(host: Host) -> None:
    daemon = Bgpd.with_file(host, CONFIGURATION).start()
    eventually(lambda: left(host), equals=["blackhole 198.51.100.0/24 proto bird"])
    host.ip("route", "add", "blackhole", "10.50.0.0/16", "metric", "9", "proto", "bird")
    assert daemon.client("kernel", "flush", "--table", "100", "--dry-run").splitlines() == [
        "blackhole 10.42.0.0/26 table 100 proto bird",
        "1 route would be removed",
    ]
    assert daemon.client("kernel", "flush", "--protocol", "80").splitlines()[-1] == "2 routes removed"
    assert "proto 80" not in str(everything(host))
    daemon.client("kernel", "flush")
    eventually(lambda: left(host), equals=["blackhole 198.51.100.0/24 proto bird"])
    assert "kernel1: ipv4, table 254 (main), proto 12 (bird), up" in daemon.client("show", "kernel")
    eventually(lambda: daemon.client("kernel", "diff"), equals="1 route, all as wanted\n")
    daemon.client("disable", "kernel1")
    assert daemon.client("kernel", "flush").splitlines()[-1] == "1 route removed"
    assert left(host) == []
    assert "blackhole 10.42.0.0/26 table 100 proto bird" in everything(host)
