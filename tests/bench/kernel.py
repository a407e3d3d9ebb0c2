"""How fast a neighbor's routes come into the kernel and out of it, next to BIRD.

The daemons take turns, so that a bad hour of the machine is bad for all of them.
"""

import time
from collections.abc import Iterator, Sequence
from functools import partial
from statistics import median
from typing import Final, NamedTuple, TypeAlias

from tests.bench.daemon import Daemon, Running
from tests.bench.kernel_daemons import BIRD2, Contestant, contestants, running
from tests.bench.kernel_feed import feed
from tests.bench.kernel_link import await_count, link
from tests.bench.scenario import Column, Figure, Row, Scenario, Size
from tests.bench.speaker import sending


class Cost(NamedTuple):
    """What all routes cost a daemon, one way."""

    wall: float
    cpu: float
    peak: int
    callback: float


Costs: TypeAlias = dict[Contestant, list[Cost]]
"""A cost for each turn."""


def measure(size: Size) -> Iterator[Row]:
    """Let each daemon have the same routes."""
    yield from _rows(4, size.kernel_routes, size.kernel_rounds)
    yield from _rows(6, size.kernel_routes, size.kernel_rounds)
    yield from _rows(4, size.kernel_most, 1)


def _rows(version: int, routes: int, rounds: int) -> Iterator[Row]:
    order = contestants()
    up: Costs = {each: [] for each in order}
    down: Costs = {each: [] for each in order}
    for _ in range(rounds):
        for each in order:
            there, back = _turn(each, version, routes)
            up[each].append(there)
            down[each].append(back)
        order.reverse()
    for way, costs in (("announced", up), ("withdrawn", down)):
        for each, its in costs.items():
            yield Row(f"{routes:,} IPv{version} {way}: {each.name}", _figures(its, costs.get(BIRD2, its)))


def _turn(contestant: Contestant, version: int, routes: int) -> tuple[Cost, Cost]:
    """Announce and withdraw the routes to a daemon that has just been started."""
    with link() as there, running(contestant, there, version) as (daemon, feeder):
        load = feed(there.feeder_address(version), routes)
        count = partial(there.routes, version)
        before = count()
        costs = []
        for octets, expected in ((load.up, before + load.routes), (load.down, before)):
            _longest_callback(daemon)
            cpu, started = daemon.cpu_seconds, time.monotonic()
            with sending({feeder: octets}):
                finished = await_count(count, expected)
            cpu = daemon.cpu_seconds - cpu
            costs.append(Cost(finished - started, cpu, daemon.peak, _longest_callback(daemon)))
        return costs[0], costs[1]


def _longest_callback(daemon: Running) -> float:
    """Return the CPU seconds of the longest callback since the last time; BIRD does not tell."""
    return float(daemon.told()["cpu"]) if isinstance(daemon, Daemon) else 0


def _figures(costs: Sequence[Cost], others: Sequence[Cost]) -> Sequence[Figure]:
    walls = [cost.wall for cost in costs]
    return (
        median(walls),
        min(walls),
        max(walls),
        median(cost.cpu for cost in costs),
        max(cost.peak for cost in costs) / (1 << 20),
        max(cost.callback for cost in costs) * 1000,
        median(cost.wall / other.wall for cost, other in zip(costs, others, strict=True)),
    )


KERNEL: Final = Scenario(
    "kernel",
    "a table from one neighbor into the kernel, next to BIRD",
    (
        Column("wall s"),
        Column("fastest"),
        Column("slowest"),
        Column("CPU s"),
        Column("peak MB", ",.0f"),
        Column("callback CPU ms", ",.0f"),
        Column("to BIRD 2.0"),
    ),
    measure,
)
