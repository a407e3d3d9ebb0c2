"""Interfaces of containers come and go: each costs the same, however many there are, and leaves nothing."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.interop.kernel import batch, report
from tests.interop.lab import Host, Lab
from tests.interop.routers import FAMILIES, Bgpd
from tests.interop.waiting import eventually

pytestmark = [pytest.mark.interop, pytest.mark.soak]

LONG, SHORT = 2000, 100
BURST: Final = 20
"""Pairs of links that the daemon hears of at once."""
CONFIGURATION: Final = """
[router]
id = "192.0.2.1"
[metrics]
listen = ""
[direct]
interfaces = ["-stay*", "*"]
[kernel.ipv6]
[kernel.ipv4]
learn = true
[[static]]
prefix = "198.51.100.0/24"
via = "192.0.2.254"
"""
GROWTH: Final = 3072
"""KB that the memory may grow by, however many interfaces there were: allocators keep what they once had."""
TICKS: Final = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """What interfaces that came and went took from the daemon."""

    seconds: float
    """Of CPU time, for 1,000 of them."""
    memory: int
    """KB that are in use afterwards."""


def coming(numbers: Iterable[int]) -> Iterator[str]:
    """Yield commands: pairs of links come and get addresses, and routes as Calico's Felix gives them."""
    for number in numbers:
        octets = f"{number >> 8}.{number & 255}"
        yield f"link add cali{number} type veth peer name pod{number}"
        yield f"link set cali{number} up"
        yield f"link set pod{number} up"
        yield f"address add 10.{octets}.1/32 dev cali{number}"
        yield f"route add 172.16.{octets}/32 dev cali{number} scope link proto 80"


def going(numbers: Iterable[int]) -> Iterator[str]:
    return (f"link del cali{number}" for number in numbers)


def staying(count: int) -> Iterator[str]:
    """Yield commands that make interfaces: their addresses are all the same, as with some network plugins."""
    for number in range(count):
        yield f"link add stay{number} type bridge"
        yield f"link set stay{number} up"
        yield f"address add 169.254.1.1/32 dev stay{number}"


def order(host: Host, commands: Iterable[str]) -> None:
    """Run many commands; the kernel takes its time to forget an interface."""
    left = iter(commands)
    while part := [*islice(left, 500)]:
        batch(host, part)


def burst(daemon: Bgpd, commands: Iterable[str]) -> None:
    """Run commands of which the daemon learns all at once.

    The more interfaces there are, the longer the kernel takes for each, and a daemon that is woken for every
    single message needs twice the time for it. That is true, but it is the kernel's doing.
    """
    process = daemon.processes[0].pid
    os.kill(process, signal.SIGSTOP)
    try:
        batch(daemon.host, commands)
    finally:
        os.kill(process, signal.SIGCONT)
    eventually(partial(unread, process), equals=0)


def cost(daemon: Bgpd, count: int, others: int) -> Cost:
    """Let interfaces come and go; ``others`` is how many there are when all is over."""
    pid = daemon.processes[0].pid
    before = cpu_seconds(pid)
    for first in range(0, count, BURST):
        numbers = range(first, min(first + BURST, count))
        burst(daemon, coming(numbers))
        burst(daemon, going(numbers))
    daemon.ask("show status")
    spent = cpu_seconds(pid) - before
    eventually(partial(interfaces, daemon), equals=others, within=60)
    return Cost(spent * 1000 / count, memory(pid))


@contextmanager
def crowd(host: Host, daemon: Bgpd, count: int) -> Iterator[None]:
    """Have more interfaces inside the block."""
    order(host, staying(count))
    eventually(partial(interfaces, daemon), equals=2 + count, within=60)
    yield
    order(host, (f"link del stay{number}" for number in range(count)))
    eventually(partial(interfaces, daemon), equals=2, within=60)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def unread(pid: int) -> int:
    """Return how many octets of notifications wait for a process, and whoever shares its namespace."""
    rows = Path(f"/proc/{pid}/net/netlink").read_text().splitlines()
    return sum(int(row.split()[4]) for row in rows[1:])


def memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def interfaces(daemon: Bgpd) -> int:
    return sum(line.split()[:1] != [] for line in daemon.ask("show interfaces summary")) - 1


def originated(daemon: Bgpd) -> tuple[int, int]:
    """Return how many routes there are of interfaces' own networks, and learned ones."""
    return len(daemon.shown_routes("protocol", "direct1")), len(daemon.shown_routes("protocol", "kernel1"))


def test_interfaces_that_come_and_go(lab: Lab, soaking: bool, capsys: pytest.CaptureFixture[str]) -> None:
    count = LONG if soaking else SHORT
    host = lab.host("node")
    batch(host, ["link add eth0 type bridge", "link set eth0 up", "address add 192.0.2.1/24 dev eth0"])
    daemon = Bgpd.with_file(host, CONFIGURATION).start()
    burst(daemon, coming(range(BURST)))
    eventually(partial(originated, daemon), equals=(1 + BURST, BURST))
    burst(daemon, going(range(BURST)))
    eventually(partial(originated, daemon), equals=(1, 0))
    with crowd(host, daemon, count):
        cost(daemon, count, others=2 + count)  # Python makes room for itself, and the history fills
    alone = cost(daemon, count, others=2)
    with crowd(host, daemon, count):
        crowded = cost(daemon, count, others=2 + count)
    after = cost(daemon, count, others=2)
    with capsys.disabled():
        print(f"\n{count} pairs of links came and went: {alone}")
        print(f"beside {count} others: {crowded}\nafter these went: {after}")
    assert originated(daemon) == (1, 0)
    assert len(daemon.shown_routes("protocol", "static1")) == 1
    assert [report(daemon, family)["dumps"] for family in FAMILIES] == [1, 1]
    assert after.memory - alone.memory < GROWTH
    if soaking:  # which has the machine for itself: elsewhere a time proves nothing
        assert max(crowded.seconds, after.seconds) < 1.5 * alone.seconds
