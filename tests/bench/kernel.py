"""How fast a neighbor's routes come into the kernel and out of it, next to BIRD."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from tests.bench.daemons import BIRDS, Program, contestants
from tests.bench.kernel_feed import FEEDER, feed, feeder
from tests.bench.running import Cost, Stopwatch
from tests.bench.scenario import Row, Scenario, Size
from tests.bench.speaker import sending
from tests.bench.stage import stage
from tests.bench.turns import SIDE_BY_SIDE, side_by_side

_PATIENCE: Final = 300
_SHORTEST: Final = 0.002
_LONGEST: Final = 0.1
_PART: Final = 4
"""Of the time it has taken, and of what it seems to take yet: then the routes are counted again."""


def _measure(size: Size) -> Iterator[Row]:
    """Let each daemon have the same routes."""
    for version, routes, rounds in (
        (4, size.kernel_routes, size.rounds),
        (6, size.kernel_routes, size.rounds),
        (4, size.kernel_most, 1),
    ):
        turn = partial(_turn, version=version, routes=routes)
        for result in side_by_side(contestants(size.daemons, BIRDS), rounds, turn):
            yield result.row


def _turn(program: Program, version: int, routes: int) -> dict[str, Cost]:
    """Announce and withdraw the routes to a daemon that has just been started."""
    with stage(program, [feeder(version)], version=version, kernel=True) as scene:
        load = feed(version, routes)
        count = partial(scene.link.routes, version)
        before = count()
        costs = {}
        for way, octets, expected in (
            ("announced", load.up, before + routes),
            ("withdrawn", load.down, before),
        ):
            watch = Stopwatch(scene.daemon)
            with sending({scene.speakers[FEEDER]: octets}):
                finished = await_count(count, expected, program.name)
            costs[f"{routes:,} IPv{version} {way}"] = watch.stop(finished)
        return costs


def await_count(count: Callable[[], int], expected: int, who: str) -> float:
    """Wait until there are so many, and return the monotonic second at which they were counted.

    To count takes the second core some milliseconds, so it is done rarely as long as the end seems far.
    """
    started, first = time.monotonic(), count()
    while (now := count()) != expected:
        waited = time.monotonic() - started
        if waited > _PATIENCE:
            wrong = f"the kernel has {now:,} routes instead of {expected:,}"
            raise SystemExit(f"{who}: {wrong} after {_PATIENCE} s")
        rest = waited * abs(expected - now) / max(1, abs(now - first))
        time.sleep(min(max(min(rest, waited) / _PART, _SHORTEST), _LONGEST))
    return time.monotonic()


KERNEL: Final = Scenario(
    "kernel", "a table from one neighbor into the kernel, next to BIRD", SIDE_BY_SIDE, _measure
)
