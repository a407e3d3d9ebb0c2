"""Routes of one protocol number, found and removed in a real kernel (needs root)."""

import subprocess
from collections.abc import Callable
from ipaddress import ip_network

import pytest

from kernel_sync.flush import MarkedRoute, MarkedRoutes
from kernel_sync.netlink import NetlinkSocket
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.route_messages import RoutePacker
from kernel_sync.types import ALL_TABLES, KernelRoute, RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import parse_prefix, render_prefix
from tests.kernel_sync.conftest import run

Shell = Callable[[str], str]

OURS = (
    "10.1.0.0/16 via 10.0.0.2 dev left",
    "default via 10.0.0.2 dev left metric 50",
    "10.1.0.0/16 via 10.0.0.3 dev left metric 7",
    "10.1.0.0/16 via 10.0.0.4 dev left metric 8 src 10.0.0.1 mtu 1400",
    "10.2.0.0/16 dev left scope link",
    "10.3.0.0/16 proto bird nexthop via 10.0.0.2 dev left weight 2 nexthop via 10.0.0.3 dev left",
    "10.4.0.0/16 via 192.0.2.1 dev left onlink",
    "10.5.0.0/16 via inet6 fd00::2 dev left",
    "blackhole 10.6.0.0/16",
    "unreachable 10.7.0.0/16 metric 4294967295",
    "prohibit 10.8.0.1/32",
)
OURS_6 = (
    "2001:db8:1::/48 via fd00::2 dev left",
    "default via fd00::2 dev left metric 50",
    "2001:db8:1::/48 via fd00::3 dev left metric 7",
    "2001:db8:2::/48 dev left",
    "2001:db8:3::/48 proto bird nexthop via fd00::2 dev left nexthop via fd00::3 dev left",
    "blackhole 2001:db8:6::/48",
    "unreachable 2001:db8:7::/48",
    "prohibit 2001:db8:8::1/128",
)
BESIDE_OURS = (
    "-4 route add 10.1.0.0/16 via 10.0.0.9 dev left metric 9 proto static",
    "-4 route append 10.1.0.0/16 via 10.0.0.9 dev left proto static",
    "-4 route append blackhole 10.6.0.0/16 metric 1 proto 80",
    "-4 route add 10.1.0.0/16 via 10.0.0.9 dev left tos 0x10 proto bird",
    "-6 route add 2001:db8:1::/48 via fd00::9 dev left metric 9 proto static",
    "-6 route add 2001:db8:9::/48 via fd00::9 dev left proto 80",
    "-4 route add 10.1.0.0/16 via 10.0.0.9 dev left table 100 proto bird",
)
"""What stays; among it a route for one type of service, which we never write."""


def flushed(family: Family = IPV4_UNICAST, table: int = 254, protocol: int = 12) -> list[MarkedRoute]:
    """Remove everything; return what is gone."""
    with MarkedRoutes(family, table, protocol) as routes:
        removals = [removal for some in routes.flush() for removal in some]
    assert [removal for removal in removals if removal.failure is not None] == []
    return [removal.marked for removal in removals]


def everything(shell: Shell) -> set[str]:
    """Return all routes but those of link-local addresses, which appear when nobody else has them."""
    lines = [line for family in "46" for line in shell(f"ip -{family} route show table all").splitlines()]
    return {line for line in lines if "fe80::" not in line}


@pytest.mark.parametrize(("family", "flag", "ours"), [(IPV4_UNICAST, 4, OURS), (IPV6_UNICAST, 6, OURS_6)])
def test_every_form_is_removed_and_nothing_else(
    shell: Shell, link: str, family: Family, flag: int, ours: tuple[str, ...]
) -> None:
    for i, route in enumerate(ours):
        mark = "" if "proto" in route else " proto bird"
        shell(f"ip -{flag} route add {route}{mark}")
        if not i:
            for command in BESIDE_OURS:
                shell(f"ip {command}")
    before = everything(shell)
    gone = flushed(family)
    assert len(gone) == len(ours)
    left = everything(shell)
    assert left < before
    lost = {line for line in before - left if not line.startswith("\t")}
    assert len(lost) == len(ours)
    assert all("proto bird" in line and "table" not in line and "tos" not in line for line in lost)
    assert flushed(family) == []


def test_a_route_says_where_it_was(shell: Shell, link: str) -> None:
    shell("ip route add blackhole 10.6.0.0/16 metric 7 table 1000 proto 99")
    key = parse_prefix("10.6.0.0/16")[1]
    (marked,) = flushed(table=1000, protocol=99)
    assert marked == MarkedRoute(
        IPV4_UNICAST, 1000, key, KernelRoute(RouteKind.BLACKHOLE, metric=7).canonical(IPV4_UNICAST)
    )


def test_all_tables(shell: Shell, link: str) -> None:
    for table in (254, 253, 100, 70_000):
        shell(f"ip route add blackhole 10.6.0.0/16 table {table} proto bird")
        shell(f"ip -6 route add blackhole 2001:db8:6::/48 table {table} proto bird")
        shell(f"ip route add blackhole 10.7.0.0/16 table {table} proto static")
    with MarkedRoutes(IPV4_UNICAST, ALL_TABLES, 12, spared={100, 254}) as routes:
        assert {marked.table_id for some in routes.find() for marked in some} == {253, 70_000}
    for family in (IPV4_UNICAST, IPV6_UNICAST):
        assert sorted(marked.table_id for marked in flushed(family, ALL_TABLES)) == [100, 253, 254, 70_000]
    assert "bird" not in "".join(everything(shell))
    assert sum("10.7.0.0" in line for line in everything(shell)) == 4


@pytest.mark.parametrize("family", [IPV4_UNICAST, IPV6_UNICAST])
def test_a_table_that_does_not_exist_has_no_routes(namespace: None, family: Family) -> None:
    assert flushed(family, 4321) == []


def test_several_ipv6_routes_of_one_metric(shell: Shell, link: str) -> None:
    """Routes without a gateway are no multipath route together, and each deletion takes one of them."""
    shell("ip link add other type veth peer name another")
    shell("ip link set other up")
    for name in ("left", "other"):
        shell(f"ip -6 route append 2001:db8:2::/48 dev {name} proto bird")
    assert len(flushed(IPV6_UNICAST)) == 2
    assert "bird" not in "".join(everything(shell))


def many(family: Family, count: int) -> list[str]:
    net = ip_network("10.0.0.0/8" if family is IPV4_UNICAST else "2001:db8::/40")
    subnets = net.subnets(new_prefix=26 if family is IPV4_UNICAST else 64)
    return [str(next(subnets)) for _ in range(count)]


def write(family: Family, prefixes: list[str]) -> None:
    packer, route = RoutePacker(family, 254), KernelRoute(RouteKind.BLACKHOLE)
    netlink = NetlinkSocket()
    operations = [Operation(parse_prefix(text)[1], OperationKind.ADD, route) for text in prefixes]
    for start in range(0, len(operations), 1000):
        batch = operations[start : start + 1000]
        netlink.send(b"".join(packer.pack(batch, len(batch))))
        assert len([*netlink.receive(10)]) == 1
    netlink.close()


@pytest.mark.parametrize("family", [IPV4_UNICAST, IPV6_UNICAST])
def test_thousands_of_routes_go_in_slices(namespace: None, family: Family) -> None:
    prefixes = many(family, 5000)
    write(family, prefixes)
    with MarkedRoutes(family, 254, 12) as routes:
        slices = [list(some) for some in routes.flush()]
    assert max(map(len, slices)) <= 1000
    assert sorted(render_prefix(one.marked.key, family) for some in slices for one in some) == sorted(
        prefixes
    )
    assert flushed(family) == []


def test_what_another_program_removes_meanwhile_is_not_counted(shell: Shell, link: str) -> None:
    for i in range(3):
        shell(f"ip route add blackhole 10.{i}.0.0/16 proto bird")
    with MarkedRoutes(IPV4_UNICAST, 254, 12) as routes:
        slices = routes.flush()
        assert next(slices) == ()  # it has found them
        shell("ip route del blackhole 10.1.0.0/16")
        gone = [removal.marked.key for some in slices for removal in some]
    assert [render_prefix(key, IPV4_UNICAST) for key in gone] == ["10.0.0.0/16", "10.2.0.0/16"]


def test_who_may_not_write_is_told(namespace: None) -> None:
    """The kernel asks for CAP_NET_ADMIN in the namespace; a thread can give it up for itself."""
    run("ip route add blackhole 10.6.0.0/16 proto bird")
    code = (
        "from kernel_sync.flush import MarkedRoutes\n"
        "from kernel_sync.netlink import KernelPermissionError\n"
        "from messages.families import IPV4_UNICAST\n"
        "with MarkedRoutes(IPV4_UNICAST, 254, 12) as routes:\n"
        "    try:\n"
        "        print([*routes.flush()])\n"
        "    except KernelPermissionError as error:\n"
        "        print(error.strerror)\n"
    )
    command = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", "python3", "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "CAP_NET_ADMIN is missing" in done.stdout
    assert "10.6.0.0/16" in run("ip route show proto bird")
