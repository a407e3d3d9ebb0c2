"""What a full table in the kernel costs while nothing happens, next to BIRD."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Final

from tests.bench.daemon import Running
from tests.bench.kernel_daemons import contestants, running
from tests.bench.kernel_feed import feed
from tests.bench.kernel_link import await_count, link
from tests.bench.scenario import Column, Row, Scenario, Size
from tests.bench.speaker import sending


def measure(size: Size) -> Iterator[Row]:
    """Give each its table, then leave all of them alone at once."""
    with ExitStack() as stack:
        daemons: dict[str, Running] = {}
        for number, each in enumerate(contestants()):
            there = stack.enter_context(link(number))
            load = feed(there.feeder_address(4), size.kernel_routes)
            expected = there.routes(4) + load.routes
            daemons[each.name], feeder = stack.enter_context(running(each, there, 4))
            with sending({feeder: load.up}):
                await_count(partial(there.routes, 4), expected)
        resident = {name: daemon.resident for name, daemon in daemons.items()}
        before = {name: daemon.cpu_seconds for name, daemon in daemons.items()}
        time.sleep(size.idle_seconds)
        for name, daemon in daemons.items():
            cpu = daemon.cpu_seconds - before[name]
            figures = (resident[name] / (1 << 20), size.idle_seconds, cpu, 100 * cpu / size.idle_seconds)
            yield Row(f"{size.kernel_routes:,} IPv4 routes: {name}", figures)


KERNEL_IDLE: Final = Scenario(
    "kernel-idle",
    "what a table in the kernel costs while nothing happens, next to BIRD",
    (Column("resident MB", ",.0f"), Column("seconds", ",d"), Column("CPU s"), Column("CPU %")),
    measure,
)
