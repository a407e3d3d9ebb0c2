"""How long a daemon takes to be there, and what it needs while it has nothing to do."""

import socket
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final, NamedTuple

from messages.iana import BGP_PORT
from tests.bench.daemons import BGPD, Program, Task, contestants
from tests.bench.daemons.bgpd import DefaultBgpd, PlainBgpd
from tests.bench.link import daemon_address, link
from tests.bench.running import Running
from tests.bench.scenario import Column, Row, Scenario, Size
from tests.bench.stage import external, started
from tests.interop.process import Process

_PATIENCE: Final = 30
_POLL_SECONDS: Final = 0.002


class Beginning(NamedTuple):
    """What one start has shown."""

    seconds: float
    """Until the daemon took connections on BGP's port."""
    cpu: float
    """Seconds, until then."""
    resident: int
    """Octets of memory, then."""
    later: int
    """Octets of memory after it has done nothing for a while."""


def _start(program: Program, idle_seconds: int) -> Beginning:
    """Start a daemon that has one neighbor, which never comes."""
    task = Task(daemon_address(), [external(0, is_told=True)])
    with link(1) as host:
        begun = time.monotonic()
        with started(program, task, host) as (process, folder):
            _await_listening(task.local, process)
            seconds = time.monotonic() - begun
            daemon = Running.of(program, process, folder)
            cpu, resident = daemon.cpu_seconds, daemon.resident
            time.sleep(idle_seconds)
            return Beginning(seconds, cpu, resident, daemon.resident)


def _await_listening(address: str, process: Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection((address, BGP_PORT), timeout=_PATIENCE).close()
        except OSError:
            process.require_running()
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _measure(size: Size) -> Iterator[Row]:
    programs: list[Program] = []
    for each in contestants(size.daemons):
        programs += [PlainBgpd(), DefaultBgpd()] if each is BGPD else [each]
    beginnings: dict[Program, list[Beginning]] = {each: [] for each in programs}
    for _ in range(size.rounds):
        for each in programs:
            beginnings[each].append(_start(each, size.idle_seconds))
    for each, its in beginnings.items():
        yield Row(each.name, _figures(its))


def _figures(beginnings: Sequence[Beginning]) -> tuple[float, ...]:
    seconds = [each.seconds for each in beginnings]
    return (
        *(median(seconds), min(seconds), max(seconds)),
        median(each.cpu for each in beginnings),
        median(each.resident for each in beginnings) / (1 << 20),
        median(each.later for each in beginnings) / (1 << 20),
    )


START: Final = Scenario(
    "start",
    "from the command until connections are taken, and what it needs then",
    (
        Column("wall s", ".3f"),
        Column("fastest", ".3f"),
        Column("slowest", ".3f"),
        Column("CPU s", ".3f"),
        Column("resident MB", ".1f"),
        Column("and later", ".1f"),
    ),
    _measure,
)
