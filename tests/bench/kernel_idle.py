"""What a full table in the kernel costs while nothing happens, next to BIRD."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Final

from tests.bench.daemons import BIRDS, contestants
from tests.bench.kernel import await_count
from tests.bench.kernel_feed import FEEDER, feed, feeder
from tests.bench.running import Running
from tests.bench.scenario import Column, Row, Scenario, Size
from tests.bench.speaker import sending
from tests.bench.stage import stage


def _measure(size: Size) -> Iterator[Row]:
    """Give each its table, then leave all of them alone at once."""
    seconds = size.kernel_idle_seconds
    with ExitStack() as stack:
        daemons: dict[str, Running] = {}
        for number, each in enumerate(contestants(size.daemons, BIRDS)):
            scene = stack.enter_context(stage(each, [feeder(4, number)], kernel=True, number=number))
            expected = scene.link.routes(4) + size.kernel_routes
            daemons[each.name] = scene.daemon
            with sending({scene.speakers[FEEDER]: feed(4, size.kernel_routes, number).up}):
                await_count(partial(scene.link.routes, 4), expected, each.name)
        for daemon in daemons.values():
            daemon.rest()
        resident = {name: daemon.resident for name, daemon in daemons.items()}
        before = {name: daemon.cpu_seconds for name, daemon in daemons.items()}
        time.sleep(seconds)
        for name, daemon in daemons.items():
            cpu = daemon.cpu_seconds - before[name]
            figures = (resident[name] / (1 << 20), seconds, cpu, 100 * cpu / seconds)
            yield Row(f"{size.kernel_routes:,} IPv4 routes: {name}", figures)


KERNEL_IDLE: Final = Scenario(
    "kernel-idle",
    "what a table in the kernel costs while nothing happens, next to BIRD",
    (Column("resident MB", ",.0f"), Column("seconds", ",d"), Column("CPU s"), Column("CPU %")),
    _measure,
)
