"""The routing table of a real kernel, in a network namespace of each test's own (needs root)."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from errno import EMSGSIZE
from pathlib import Path
from time import sleep

import pytest
import pytest_asyncio

from kernel_sync.kernel import KernelTable
from kernel_sync.types import MAIN_TABLE, KernelRoute, NextHop, RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, make_key, parse_address, parse_prefix

Shell = Callable[[str], str]
Start = Callable[..., Awaitable[KernelTable]]

ROOT = Path(__file__).parents[2]


def key(prefix: str) -> PrefixKey:
    return parse_prefix(prefix)[1]


def via(*gateways: str, metric: int = 0, weights: tuple[int, ...] = ()) -> KernelRoute:
    """Return a route over the test's link."""
    index = socket.if_nametoindex("left")
    hops = [NextHop(parse_address(gateway), index) for gateway in gateways]
    weighted = [
        hop._replace(weight=weight) for hop, weight in zip(hops, weights or [1] * len(hops), strict=True)
    ]
    return KernelRoute(RouteKind.UNICAST, tuple(weighted), metric)


def shown(shell: Shell, family: str = "-4", table: str = "main") -> list[str]:
    """Return what ``ip route`` prints of proto bird, one route a line, without what is always the same."""
    text = shell(f"ip {family} route show table {table} proto bird").replace("\n\t", " ")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return sorted(line.replace(" pref medium", "").replace(" proto bird", "") for line in lines)


@pytest_asyncio.fixture
async def start(namespace: None) -> AsyncIterator[Start]:
    """Return a function that starts a table; it is closed when the test ends."""
    tables: list[KernelTable] = []

    async def started(family: Family = IPV4_UNICAST, table_id: int = MAIN_TABLE) -> KernelTable:
        table = KernelTable(family, table_id)
        tables.append(table)
        await table.start()
        return table

    yield started
    for table in tables:
        await table.stop(persist=True)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what the kernel does in its own time."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the kernel sets no event
            await asyncio.sleep(0.01)


async def test_ipv4_routes_are_added_replaced_and_removed(start: Start, shell: Shell, link: str) -> None:
    table = await start()
    table.set([key("10.1.0.0/16"), key("0.0.0.0/0")], via("10.0.0.2"))
    await table.settle()
    assert shown(shell) == ["10.1.0.0/16 via 10.0.0.2 dev left", "default via 10.0.0.2 dev left"]
    table.set([key("10.1.0.0/16")], via("10.0.0.3"))
    table.set([key("0.0.0.0/0")], None)
    await table.settle()
    assert shown(shell) == ["10.1.0.0/16 via 10.0.0.3 dev left"]


async def test_ipv6_routes_are_added_replaced_and_removed(start: Start, shell: Shell, link: str) -> None:
    table = await start(IPV6_UNICAST)
    table.set([key("2001:db8::/32"), key("::/0")], via("fd00::2"))
    await table.settle()
    assert shown(shell, "-6") == [
        "2001:db8::/32 via fd00::2 dev left metric 1024",
        "default via fd00::2 dev left metric 1024",
    ]
    table.set([key("2001:db8::/32")], via("fd00::3"))
    table.set([key("::/0")], None)
    await table.settle()
    assert shown(shell, "-6") == ["2001:db8::/32 via fd00::3 dev left metric 1024"]


KINDS = [
    (IPV4_UNICAST, lambda: KernelRoute(RouteKind.BLACKHOLE), "blackhole 10.1.0.0/16"),
    (IPV4_UNICAST, lambda: KernelRoute(RouteKind.UNREACHABLE), "unreachable 10.1.0.0/16"),
    (IPV4_UNICAST, lambda: KernelRoute(RouteKind.PROHIBIT), "prohibit 10.1.0.0/16"),
    (
        IPV4_UNICAST,
        lambda: via("10.0.0.2", "10.0.0.3", weights=(1, 3)),
        "10.1.0.0/16 nexthop via 10.0.0.3 dev left weight 3 nexthop via 10.0.0.2 dev left weight 1",
    ),
    (IPV4_UNICAST, lambda: via("10.0.0.2", metric=7), "10.1.0.0/16 via 10.0.0.2 dev left metric 7"),
    (
        IPV4_UNICAST,
        lambda: KernelRoute(RouteKind.UNICAST, (NextHop(b"", socket.if_nametoindex("left")),)),
        "10.1.0.0/16 dev left scope link",
    ),
    (
        IPV4_UNICAST,
        lambda: KernelRoute(
            RouteKind.UNICAST,
            (NextHop(parse_address("192.0.2.1"), socket.if_nametoindex("left"), onlink=True),),
            preferred_source=parse_address("10.0.0.1"),
        ),
        "10.1.0.0/16 via 192.0.2.1 dev left src 10.0.0.1 onlink",
    ),
    (
        IPV4_UNICAST,
        lambda: KernelRoute(RouteKind.UNICAST, (NextHop(parse_address("10.0.0.2"), 0),)),
        "10.1.0.0/16 via 10.0.0.2 dev left",
    ),
    (IPV4_UNICAST, lambda: via("fe80::2"), "10.1.0.0/16 via inet6 fe80::2 dev left"),
    (IPV6_UNICAST, lambda: KernelRoute(RouteKind.BLACKHOLE), "blackhole 2001:db8::/32 dev lo metric 1024"),
    (
        IPV6_UNICAST,
        lambda: KernelRoute(RouteKind.UNREACHABLE),
        "unreachable 2001:db8::/32 dev lo metric 1024",
    ),
    (IPV6_UNICAST, lambda: KernelRoute(RouteKind.PROHIBIT), "prohibit 2001:db8::/32 dev lo metric 1024"),
    (
        IPV6_UNICAST,
        lambda: via("fd00::2", "fd00::3", weights=(1, 3)),
        "2001:db8::/32 metric 1024 "
        "nexthop via fd00::3 dev left weight 3 nexthop via fd00::2 dev left weight 1",
    ),
    (
        IPV6_UNICAST,
        lambda: KernelRoute(
            RouteKind.UNICAST,
            (NextHop(parse_address("2001:db8:ffff::1"), socket.if_nametoindex("left"), onlink=True),),
            metric=7,
            preferred_source=parse_address("fd00::1"),
        ),
        "2001:db8::/32 via 2001:db8:ffff::1 dev left src fd00::1 metric 7 onlink",
    ),
    (
        IPV6_UNICAST,
        lambda: KernelRoute(RouteKind.UNICAST, (NextHop(b"", socket.if_nametoindex("left")),)),
        "2001:db8::/32 dev left metric 1024",
    ),
]


@pytest.mark.parametrize(("family", "make", "text"), KINDS, ids=[row[2] for row in KINDS])
async def test_each_kind_of_route_is_written_and_adopted_as_it_is(
    family: Family, make: Callable[[], KernelRoute], text: str, start: Start, shell: Shell, link: str
) -> None:
    prefix = key("10.1.0.0/16" if family is IPV4_UNICAST else "2001:db8::/32")
    table = await start(family)
    table.set([prefix], make())
    await table.settle()
    assert table.problem(prefix) is None
    assert shown(shell, "-4" if family is IPV4_UNICAST else "-6") == [text]
    await table.stop(persist=True)
    successor = await start(family)
    successor.set([prefix], make())
    successor.feed_complete()
    await successor.settle()
    assert successor.report().written == 0


@pytest.mark.parametrize("family", [IPV4_UNICAST, IPV6_UNICAST], ids=["ipv4", "ipv6"])
async def test_every_kind_of_route_replaces_every_other_in_one_step(
    family: Family, start: Start, shell: Shell, link: str
) -> None:
    prefix = key("10.1.0.0/16" if family is IPV4_UNICAST else "2001:db8::/32")
    network = "10.0.0." if family is IPV4_UNICAST else "fd00::"
    forms = [
        KernelRoute(RouteKind.BLACKHOLE),
        via(network + "2"),
        via(network + "2", network + "3"),
        via(network + "3", network + "4", network + "5"),
        KernelRoute(RouteKind.UNICAST, (NextHop(b"", socket.if_nametoindex(link)),)),
    ]
    table = await start(family)
    table.set([prefix], forms[0])
    await table.settle()
    steps = [form for first in forms for second in forms if first != second for form in (first, second)]
    written = table.report().written
    for previous, form in zip([forms[0], *steps], steps, strict=False):
        table.set([prefix], form)
        await table.settle()
        written += form != previous
        assert len(shown(shell, "-4" if family is IPV4_UNICAST else "-6")) == 1
        assert table.report().written == written
    await table.stop(persist=True)
    successor = await start(family)
    successor.set([prefix], steps[-1])
    await successor.settle()
    assert successor.report().written == 0


@pytest.mark.parametrize("table_id", [100, 1000])
async def test_another_table_is_used_and_the_main_one_is_not(
    table_id: int, start: Start, shell: Shell
) -> None:
    table = await start(table_id=table_id)
    table.set([key("10.1.0.0/16")], KernelRoute(RouteKind.BLACKHOLE, metric=32))
    await table.settle()
    assert shown(shell, table=str(table_id)) == ["blackhole 10.1.0.0/16 metric 32"]
    assert shown(shell) == []
    await table.stop(persist=False)
    assert shown(shell, table=str(table_id)) == []


@pytest.mark.parametrize(
    ("family", "prefix", "alien"),
    [
        (IPV4_UNICAST, "10.1.0.0/16", "ip route add 10.1.0.0/16 dev left proto static"),
        (IPV6_UNICAST, "2001:db8::/32", "ip -6 route add 2001:db8::/32 dev left proto static"),
    ],
    ids=["ipv4", "ipv6"],
)
async def test_an_alien_route_blocks_ours_until_it_goes(
    family: Family, prefix: str, alien: str, start: Start, shell: Shell, link: str
) -> None:
    shell(alien)
    table = await start(family)
    problems: list[tuple[PrefixKey, str]] = []
    table.news.on_problem = lambda *problem: problems.append(problem)
    table.set([key(prefix)], KernelRoute(RouteKind.BLACKHOLE))
    table.feed_complete()
    await table.settle()
    text = "File exists: an alien route, proto static"
    assert (table.problem(key(prefix)), problems) == (text, [(key(prefix), text)])
    shell(alien.replace("add", "del"))
    await until(lambda: len(shown(shell, "-4" if family is IPV4_UNICAST else "-6")) == 1)
    assert table.problem(key(prefix)) is None


async def test_an_alien_route_that_comes_while_we_run_blocks_too(
    start: Start, shell: Shell, link: str
) -> None:
    table = await start()
    shell("ip route add 10.1.0.0/16 dev left proto static")
    table.set([key("10.1.0.0/16")], KernelRoute(RouteKind.BLACKHOLE))
    await table.settle()
    assert table.problem(key("10.1.0.0/16")) == "File exists: an alien route, proto static"


async def test_a_route_that_an_alien_took_over_is_left_to_it(start: Start, shell: Shell, link: str) -> None:
    """As Felix does; neither a change nor a removal of ours may touch it."""
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await table.settle()
    shell("ip route replace 10.1.0.0/16 dev left proto 80")
    await until(lambda: table.problem(key("10.1.0.0/16")) is not None)
    table.set([key("10.1.0.0/16")], via("10.0.0.3"))
    await table.settle()
    assert table.problem(key("10.1.0.0/16")) == "File exists: an alien route, proto 80"
    table.set([key("10.1.0.0/16")], None)
    await table.stop(persist=False)
    assert "10.1.0.0/16 proto 80 scope link" in " ".join(shell("ip route show dev left").split())


async def test_that_an_alien_went_is_told_whoever_took_its_place(
    start: Start, shell: Shell, link: str
) -> None:
    """Also if it was replaced in our name, which nobody wants and which goes, too."""
    table = await start()
    told: list[set[PrefixKey]] = []
    table.on_aliens = told.append
    for step in ("add 10.1.0.0/16 dev left proto static", "replace 10.1.0.0/16 dev left proto bird"):
        told.clear()
        shell(f"ip route {step}")
        await until(lambda: {key("10.1.0.0/16")} in told)
    assert table.fib.aliens.learned(key("10.1.0.0/16")) is None


async def test_aliens_of_another_metric_and_beside_ours_are_untouched(
    start: Start, shell: Shell, link: str
) -> None:
    shell("ip route add 10.1.0.0/16 dev left proto static metric 5")
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await table.settle()
    shell("ip route prepend 10.1.0.0/16 via 10.0.0.9 proto static")
    shell("ip route append 10.1.0.0/16 via 10.0.0.8 proto static")
    table.set([key("10.1.0.0/16")], via("10.0.0.3"))
    await until(lambda: table.problem(key("10.1.0.0/16")) is not None)
    await table.stop(persist=False)
    assert len(shell("ip route show proto static").splitlines()) == 3
    assert shown(shell) == []


async def test_routes_of_a_previous_process_are_adopted_replaced_and_removed(
    start: Start, shell: Shell, link: str
) -> None:
    for prefix, metric in (("10.1", 0), ("10.2", 0), ("10.3", 0), ("10.1", 7)):
        shell(f"ip route add {prefix}.0.0/16 via 10.0.0.2 proto bird metric {metric}")
    shell("ip route add 10.4.0.0/16 via 10.0.0.2 proto static")
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    table.set([key("10.2.0.0/16")], via("10.0.0.3"))
    await table.settle()
    assert "10.3.0.0/16 via 10.0.0.2 dev left" in shown(shell)
    table.feed_complete()
    await table.settle()
    assert shown(shell) == ["10.1.0.0/16 via 10.0.0.2 dev left", "10.2.0.0/16 via 10.0.0.3 dev left"]
    assert "10.4.0.0/16" in shell("ip route show proto static")
    assert table.report().written == 3


@pytest.mark.parametrize(
    ("family", "meddling"),
    [
        (IPV4_UNICAST, "ip route del 10.1.0.0/16"),
        (IPV4_UNICAST, "ip route change 10.1.0.0/16 via 10.0.0.9 proto bird"),
        (IPV4_UNICAST, "ip route flush proto bird"),
        (IPV6_UNICAST, "ip -6 route del 2001:db8::/32"),
        (IPV6_UNICAST, "ip -6 route del 2001:db8::/32 via fd00::3"),
        (IPV6_UNICAST, "ip -6 route append 2001:db8::/32 via fd00::9 proto bird"),
    ],
)
async def test_what_somebody_changes_is_put_back(
    family: Family, meddling: str, start: Start, shell: Shell, link: str
) -> None:
    prefix, version = (("10.1.0.0/16", "-4"), ("2001:db8::/32", "-6"))[family is IPV6_UNICAST]
    network = "10.0.0." if family is IPV4_UNICAST else "fd00::"
    table = await start(family)
    table.set([key(prefix)], via(network + "2", network + "3"))
    await table.settle()
    before, written = shown(shell, version), table.report().written
    shell(meddling)
    await until(lambda: table.report().written > written)
    await table.settle()
    assert shown(shell, version) == before


async def test_what_somebody_adds_in_our_name_is_removed(start: Start, shell: Shell, link: str) -> None:
    table = await start()
    table.feed_complete()
    shell("ip route add 10.1.0.0/16 via 10.0.0.2 proto bird")
    await until(lambda: shown(shell) == [])


@pytest.mark.parametrize("family", [IPV4_UNICAST, IPV6_UNICAST], ids=["ipv4", "ipv6"])
async def test_routes_come_back_with_their_interface(
    family: Family, start: Start, shell: Shell, link: str
) -> None:
    """IPv4 drops them without a notification."""
    prefix, version = (("10.1.0.0/16", "-4"), ("2001:db8::/32", "-6"))[family is IPV6_UNICAST]
    gateway = "10.0.0.2" if family is IPV4_UNICAST else "fd00::2"
    table = await start(family)
    table.set([key(prefix)], via(gateway))
    await table.settle()
    shell("ip link set left down")
    await until(lambda: table.problem(key(prefix)) is not None)
    assert shown(shell, version) == []
    assert table.routes() == {}
    shell("ip link set left up")
    shell("ip -6 address replace fd00::1/64 dev left nodad")
    await until(lambda: len(shown(shell, version)) == 1)
    await until(lambda: table.problem(key(prefix)) is None)


async def test_routes_survive_the_loss_of_an_interface_they_do_not_use(
    start: Start, shell: Shell, link: str
) -> None:
    shell("ip link add other type bridge")
    shell("ip link set other up")
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await table.settle()
    shell("ip link del other")
    shell("ip link set lo down")
    await asyncio.sleep(0.1)
    await table.settle()
    assert table.report().dumps == 1


async def test_routes_come_back_with_the_last_address_of_their_interface(
    start: Start, shell: Shell, link: str
) -> None:
    """IPv4 ends on an interface without addresses, and its routes go without a notification."""
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await table.settle()
    shell("ip address del 10.0.0.1/24 dev left")
    await until(lambda: table.problem(key("10.1.0.0/16")) is not None)
    shell("ip address add 10.0.0.1/24 dev left")
    await until(lambda: len(shown(shell)) == 1)


async def test_a_lost_preferred_source_is_noticed(start: Start, shell: Shell, link: str) -> None:
    """Linux drops the routes of a source address that goes; old ones do not tell."""
    shell("ip address add 10.5.5.5/32 dev lo")
    table = await start()
    route = via("10.0.0.2")._replace(preferred_source=parse_address("10.5.5.5"))
    table.set([key("10.1.0.0/16")], route)
    await table.settle()
    shell("ip address del 10.5.5.5/32 dev lo")
    await until(lambda: table.problem(key("10.1.0.0/16")) is not None)
    shell("ip address add 10.5.5.5/32 dev lo")
    await until(lambda: table.problem(key("10.1.0.0/16")) is None)
    assert shown(shell) == ["10.1.0.0/16 via 10.0.0.2 dev left src 10.5.5.5"]


async def test_an_unreachable_gateway_is_a_problem_in_the_kernels_words(start: Start, link: str) -> None:
    table = await start()
    table.set([key("10.1.0.0/16")], via("192.0.2.1"))
    await table.settle()
    assert table.problem(key("10.1.0.0/16")) == "Network is unreachable: Nexthop has invalid gateway"


@pytest.mark.parametrize("persist", [True, False])
async def test_stop_leaves_or_removes_our_routes(
    persist: bool, start: Start, shell: Shell, link: str
) -> None:
    shell("ip route add 10.2.0.0/16 via 10.0.0.2 proto bird")
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await table.settle()
    await table.stop(persist=persist)
    assert len(shown(shell)) == (2 if persist else 0)


async def test_all_file_descriptors_are_closed(start: Start, shell: Shell) -> None:
    before = open_files()
    table = await start()
    assert open_files() == before + 1
    await table.stop(persist=False)
    assert open_files() == before


async def test_lost_notifications_are_made_up_for_by_a_dump(
    start: Start, shell: Shell, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ENOBUFS: the kernel had more to tell than the receive buffer holds."""
    monkeypatch.setattr("kernel_sync.netlink._RECEIVE_BUFFER", 10_000)
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await table.settle()
    for number in range(40):
        shell(f"ip route add 11.{number}.0.0/16 dev left")
    shell("ip route del 10.1.0.0/16")
    await until(lambda: table.report().dumps > 1)
    await table.settle()
    assert shown(shell) == ["10.1.0.0/16 via 10.0.0.2 dev left"]
    assert len(table.fib.aliens) == 41


@pytest.mark.parametrize("family", [IPV4_UNICAST, IPV6_UNICAST], ids=["ipv4", "ipv6"])
async def test_fifty_thousand_routes_go_in_and_out(
    family: Family, start: Start, shell: Shell, link: str
) -> None:
    count, version = 50_000, "-4" if family is IPV4_UNICAST else "-6"
    first = 0x0B000000 << family.max_bits - 32
    numbers = (first + (number << family.max_bits - 24) for number in range(count))
    keys = [make_key(number.to_bytes(family.address_octets, "big"), 24) for number in numbers]
    table = await start(family)
    table.set(keys, via("10.0.0.2" if family is IPV4_UNICAST else "fd00::2"))
    await table.settle()
    assert len(shell(f"ip {version} route show proto bird").splitlines()) == count
    assert (table.report().written, table.report().refused) == (count, 0)
    await table.stop(persist=False)
    assert shell(f"ip {version} route show proto bird") == ""


def test_a_missing_capability_is_said_clearly(namespace: None) -> None:
    program = (
        "import asyncio, os; from kernel_sync.kernel import KernelTable; "
        "from messages.families import IPV4_UNICAST; os.setuid(65534); "
        "asyncio.run(KernelTable(IPV4_UNICAST).start())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert (
        "PermissionError: [Errno 1] cannot change kernel routes: the capability CAP_NET_ADMIN" in done.stderr
    )


class SlowKernel:
    """Takes its time with each batch, so that something can happen meanwhile."""

    def __init__(self, table: KernelTable) -> None:
        assert table._sender is not None
        self._send = table._sender._send
        table._sender._send = self.send

    def send(self, datagram: bytes) -> None:
        sleep(0.2)
        self._send(datagram)


async def test_a_dump_waits_for_the_batch_that_is_under_way(start: Start, shell: Shell, link: str) -> None:
    """It would show what was, and hide what is about to be."""
    table = await start()
    keys = [key(f"10.{number}.0.0/16") for number in range(1, 21)]
    table.set(keys, via("10.0.0.2"))
    await table.settle()
    SlowKernel(table)
    table.set(keys, None)
    await asyncio.sleep(0.05)
    shell("ip address add 10.0.0.77/32 dev left")
    shell("ip address delete 10.0.0.77/32 dev left")
    await until(lambda: table.report().dumps == 2)
    table.set(keys, via("10.0.0.2"))
    await table.settle()
    assert len(shown(shell)) == len(keys)
    assert all(map(table.is_written, keys))
    assert table.report().refused == 0


async def test_lost_answers_are_made_up_for_by_a_dump(
    start: Start, shell: Shell, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receive buffer overflows while a batch is under way, and its end is lost with the rest."""
    monkeypatch.setattr("kernel_sync.netlink._RECEIVE_BUFFER", 10_000)
    table = await start()
    keys = [key(f"10.{number}.0.0/16") for number in range(1, 21)]
    SlowKernel(table)
    table.set(keys, via("10.0.0.2"))
    await asyncio.sleep(0.05)
    for number in range(40):
        shell(f"ip route add 11.{number}.0.0/16 dev left")
    shell("sleep 0.5")  # the answer comes while nobody listens
    await until(lambda: table.report().dumps > 1)
    await table.settle()
    assert table.report().lost_notifications > 0
    assert len(shown(shell)) == len(keys)
    assert all(map(table.is_written, keys))


async def test_what_the_kernel_does_not_take_is_tried_again(start: Start, shell: Shell, link: str) -> None:
    table = await start()
    said: list[str] = []
    table.news.on_failure = said.append
    assert table._sender is not None
    send, refusals = table._sender._send, [OSError(EMSGSIZE, "Message too long")]

    def refusing(datagram: bytes) -> None:
        if refusals:
            raise refusals.pop()
        send(datagram)

    table._sender._send = refusing
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await until(lambda: shown(shell) != [])
    assert said == ["the kernel took no messages: Message too long"]


async def test_an_alien_that_goes_with_its_nexthop_object_makes_room(
    start: Start, shell: Shell, link: str
) -> None:
    """Of the routes that go with it the kernel says nothing."""
    shell("ip nexthop add id 5 via 10.0.0.9 dev left")
    shell("ip route add 10.1.0.0/16 nhid 5 proto static")
    table = await start()
    table.set([key("10.1.0.0/16")], via("10.0.0.2"))
    await table.settle()
    assert table.problem(key("10.1.0.0/16")) == "File exists: an alien route, proto static"
    shell("ip nexthop delete id 5")
    await until(lambda: shown(shell) == ["10.1.0.0/16 via 10.0.0.2 dev left"])
