"""Routes that other programs write are learned: the same ones as by BIRD 1.6.8."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import pytest

from tests.interop.kernel import batch, keeper
from tests.interop.lab import Host, Lab
from tests.interop.routers import FAMILIES, Bird1, Family, RouterConfig, bird_control
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

Learned = dict[str, tuple[str, ...]]
"""Destination and attribute lines of each prefix."""

_BIRD: Final = """
router id 192.0.2.1;
log stderr all;
protocol device { scan time 1; }
protocol kernel { learn; scan time 1; import all; export none; }
"""
_PROGRAMS: Final[Mapping[Family, str]] = {"ipv4": "usr/sbin/bird", "ipv6": "usr/sbin/bird6"}
_HEADING: Final = re.compile(r"(\S+/\d+) +(.*) \[kernel\d [^]]*\](.*)")

BEFORE: Final[Mapping[Family, Sequence[str]]] = {
    "ipv4": (
        "10.1.0.0/16 via 192.0.2.2 proto static",
        "10.2.0.0/16 dev eth0 proto static",
        "10.3.0.0/16 via 192.0.2.2 proto static metric 100 src 192.0.2.1 realm 7 mtu lock 1400 advmss 1360"
        " features ecn hoplimit 55 initcwnd 20 initrwnd 21 window 1000 rtt 50ms rttvar 20ms ssthresh 30"
        " cwnd lock 10 reordering 5 rto_min 200ms quickack 1",
        "10.4.0.0/16 dev eth0 scope host proto static",
        "10.5.0.0/16 dev eth0 scope site proto static",
        "blackhole 10.6.0.0/16 proto static",
        "prohibit 10.7.0.0/16",
        "unreachable 10.8.0.0/16 proto 80",
        "throw 10.9.0.0/16",
        "10.10.0.0/16 via 192.0.2.2 tos 4",
        "10.11.0.0/16 proto static nexthop via 192.0.2.2 weight 3 nexthop via 203.0.113.2",
        "10.12.0.0/16 via 192.0.2.2 realm 3/7 proto zebra mtu 1300",
        "10.13.0.0/16 via 172.31.1.1 dev eth0 onlink proto static",
        "10.15.0.0/16 via 192.0.2.2 metric 5 proto static",
        "10.15.0.0/16 via 192.0.2.3 metric 6 proto boot",
        "10.16.0.0/16 via 192.0.2.2 proto bird",
        "10.17.0.0/16 via 192.0.2.2 proto redirect",
        "10.18.0.0/16 via 192.0.2.2 proto kernel",
        "10.19.0.0/16 via 192.0.2.2 proto unspec",
        "10.20.0.0/16 dev lo proto static",
        "multicast 10.25.0.0/16 dev eth0",
        "10.26.1.2/32 dev eth1 proto 80",
        "default via 192.0.2.254 proto dhcp",
        "0.0.0.0/1 via 192.0.2.2",
        "128.0.0.0/1 via 192.0.2.2",
        "126.0.0.0/7 via 192.0.2.2",
        "127.5.0.0/16 via 192.0.2.2",
        "224.1.0.0/16 via 192.0.2.2",
        "255.255.255.255/32 via 192.0.2.2",
    ),
    "ipv6": (
        "2001:db8:1::/48 via fd00::2 proto static",
        "2001:db8:2::/48 dev eth0 proto static",
        "2001:db8:3::/48 via fd00::2 proto static metric 100 src fd00::1 mtu lock 1400 advmss 1360"
        " features ecn hoplimit 55",
        "2001:db8:4::/48 via fe80::2 dev eth0 proto ra",
        "blackhole 2001:db8:5::/48 proto static",
        "unreachable 2001:db8:6::/48",
        "prohibit 2001:db8:7::/48",
        "throw 2001:db8:8::/48",
        "2001:db8:9::/48 nexthop via fd00::2 weight 3 nexthop via fd01::2",
        "2001:db8:a::/48 via fd77::1 dev eth0 onlink",
        "2001:db8:e::/48 via fd00::2 metric 5",
        "2001:db8:e::/48 via fd00::3 metric 4 proto dhcp",
        "2001:db8:f::/48 via fd00::2 proto bird",
        "2001:db8:10::5/128 dev eth1 proto 80",
        "default via fe80::1 dev eth0 proto ra metric 1024 expires 600",
        "64:ff9b::/96 via fd00::2",
        "::/1 via fd00::2",
        "::1/128 via fd00::2",
        "fe90::/64 via fd00::2",
        "fec0::/64 via fd00::2",
        "ff05::/16 via fd00::2",
    ),
}
"""What is there when the daemons start."""

UNLIKE: Final[Mapping[Family, Mapping[str, str]]] = {
    "ipv4": {
        "10.14.0.0/16 via inet6 fe80::2 dev eth0": "BIRD 1.6 takes it for a route to the link",
        "10.21.0.0/16 nexthop dev eth0 nexthop via 203.0.113.2": "BIRD refuses next hops without a gateway",
        "10.30.0.0/16 via 172.31.1.9 dev eth0": "upstream refuses gateways beyond connected networks",
        "240.1.0.0/16 via 192.0.2.2": "upstream refuses it, Calico's fork does not",
    },
    "ipv6": {},
}
"""What we learn, and Linux forwards by, but BIRD 1.6.8 does not, or not as it is."""

NOT_BY_US: Final[Mapping[Family, Sequence[str]]] = {
    "ipv4": (
        "0.0.0.0/8 via 192.0.2.2",
        "0.0.0.0/32 via 192.0.2.2",
        "169.254.169.254/32 via 192.0.2.2",
    ),
    "ipv6": (
        "::/128 via fd00::2",
        "::ffff:10.0.0.0/104 via fd00::2",
        "2001:db8:d::/48 via fd00::2 from 2001:db8::/32",
    ),
}
"""Reserved prefixes that BIRD learns, and routes for some senders only."""

CHANGES: Final[Mapping[Family, Sequence[Sequence[str]]]] = {
    "ipv4": (
        ("add 10.40.0.0/16 via 192.0.2.2 proto static", "add 10.41.0.0/16 dev eth1 proto 80 metric 3"),
        ("replace 10.1.0.0/16 via 192.0.2.3 proto static", "del 10.15.0.0/16 via 192.0.2.2 metric 5"),
        ("replace blackhole 10.2.0.0/16 proto boot", "change default via 192.0.2.253 proto dhcp"),
        ("add 10.1.0.0/16 via 192.0.2.4 metric 20", "del 10.1.0.0/16 via 192.0.2.3"),
        ("del 10.11.0.0/16", "del blackhole 10.6.0.0/16", "replace 10.40.0.0/16 via 192.0.2.2 proto bird"),
        # What is marked as theirs has nobody who wants it, and is removed by both sooner or later.
        ("replace 10.40.0.0/16 via 192.0.2.5", "append 10.40.0.0/16 via 192.0.2.6 metric 9"),
    ),
    "ipv6": (
        ("add 2001:db8:40::/48 via fd00::2 proto static", "del 2001:db8:e::/48 metric 4"),
        ("append 2001:db8:1::/48 via fd00::3 proto static",),
        ("del 2001:db8:1::/48 via fd00::2", "replace 2001:db8:40::/48 via fd00::4 proto static"),
        ("del 2001:db8:9::/48 via fd00::2", "del blackhole 2001:db8:5::/48"),
        ("del 2001:db8:9::/48", "replace 2001:db8:40::/48 via fd00::2 proto bird"),
    ),
}
"""What happens then, step by step."""
MARK: Final[Mapping[Family, str]] = {"ipv4": "10.250.{}.0/24", "ipv6": "2001:db8:fff{}::/48"}


def learner(lab: Lab, name: str) -> Host:
    """Return a host with two links, 192.0.2.0/24 and 203.0.113.0/24."""
    host, other = lab.host(name), lab.host(f"{name}-far")
    for number, networks in enumerate((("192.0.2.1/24", "fd00::1/64"), ("203.0.113.1/24", "fd01::1/64"))):
        interface = f"eth{number}"
        host.ip("link", "add", interface, "type", "veth", "peer", "name", interface, "netns", other.namespace)
        for network in networks:
            host.ip("address", "add", network, "dev", interface)
        other.ip("link", "set", interface, "up")
        host.ip("link", "set", interface, "up")
    host.ip("route", "add", "172.31.1.9/32", "dev", "eth0")
    return host


def bird(host: Host, family: Family) -> partial[list[str]]:
    """Start BIRD 1.6.8 and return what asks it for its routes."""
    router = Bird1(host, RouterConfig(asn=0, router_id=""))
    router.require()
    configuration, socket = router.directory / f"{family}.conf", router.directory / f"{family}.ctl"
    configuration.write_text(_BIRD)
    router.spawn(router.program(_PROGRAMS[family]), "-f", "-c", configuration, "-s", socket)
    ask = partial(bird_control.ask, socket, "show route all")
    eventually(ask)
    return ask


def read(lines: Sequence[str], family: Family) -> Learned:
    """Return the routes of the kernel protocol without their age."""
    learned: Learned = {}
    prefix = None
    for line in lines:
        heading = _HEADING.match(line)
        if heading:
            prefix = heading[1]
            learned[prefix] = (heading[2] + heading[3],)
        elif prefix and line.startswith("\t") and not _is_left_out(line, family):
            learned[prefix] = (*learned[prefix], line.strip())
    return {prefix: rows for prefix, rows in learned.items() if (":" in prefix) == (family == "ipv6")}


def _is_left_out(line: str, family: Family) -> bool:
    """What only we say; and that BIRD tells of scopes where IPv6 has none."""
    return line.startswith("\tbgpd.") or (family == "ipv6" and line.startswith("\tKernel.scope"))


def prefixes(commands: Sequence[str]) -> set[str]:
    return {next(word for word in command.split() if "/" in word) for command in commands}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_routes_are_learned_as_by_bird(lab: Lab, family: Family) -> None:
    hosts = learner(lab, "theirs"), learner(lab, "ours")
    selector = "-4" if family == "ipv4" else "-6"

    def apply(number: int, commands: Sequence[str]) -> str:
        """Do the same on both; return the prefix of a last route that tells that all has been noticed."""
        last = MARK[family].format(number)
        for host in hosts:
            for command in (*commands, f"add {last} dev eth0"):
                host.ip(selector, "route", *command.split())
        return last

    last = apply(0, [f"add {route}" for route in (*BEFORE[family], *UNLIKE[family], *NOT_BY_US[family])])
    ask = bird(hosts[0], family)
    bgpd = keeper(hosts[1], kernel='learn = true\nexport = "none"').start()
    different = prefixes([*UNLIKE[family], *NOT_BY_US[family]])

    def same(last: str) -> Learned:
        theirs, ours = read(ask(), family), read(bgpd.ask("show route all"), family)
        assert last in theirs.keys() & ours.keys()
        assert {key: row for key, row in ours.items() if key not in different} == {
            key: row for key, row in theirs.items() if key not in different
        }
        return ours

    assert eventually(partial(same, last)).keys() & different == prefixes([*UNLIKE[family]])
    for number, commands in enumerate(CHANGES[family], 1):
        eventually(partial(same, apply(number, commands)))


def test_routes_beyond_connected_networks_lead_where_linux_sends_packets(lab: Lab) -> None:
    host = learner(lab, "ours")
    for route in UNLIKE["ipv4"]:
        host.ip("-4", "route", "add", *route.split())
    bgpd = keeper(host, kernel='learn = true\nexport = "none"').start()

    def shown() -> dict[str, str]:
        learned = read(bgpd.ask("show route all"), "ipv4").items()
        return {prefix: rows[0] for prefix, rows in learned if prefix in prefixes([*UNLIKE["ipv4"]])}

    eventually(
        shown,
        equals={
            "10.14.0.0/16": "via fe80::2 on eth0 * (10)",
            "10.21.0.0/16": "multipath * (10)",
            "10.30.0.0/16": "via 172.31.1.9 on eth0 * (10)",
            "240.1.0.0/16": "via 192.0.2.2 on eth0 * (10)",
        },
    )


def test_many_routes_are_learned(lab: Lab) -> None:
    """Those that are there at the start, and those that come and go at once."""
    host = learner(lab, "ours")
    many = [f"10.{number >> 8}.{number & 255}.0/24" for number in range(5000)]
    batch(host, [f"route add {prefix} dev eth0 proto 80" for prefix in many])
    bgpd = keeper(host, kernel='learn = true\nexport = "none"').start()

    def count() -> int:
        return int(bgpd.ask("show route count")[0].split()[0])

    eventually(count, equals=5001)
    batch(host, [f"route del {prefix} dev eth0" for prefix in many])
    eventually(count, equals=1)
    batch(host, [f"route add {prefix} dev eth1 metric 7" for prefix in many])
    eventually(count, equals=5001)
