"""Neighbors that hold the same prefixes, each with other attributes, and one that is told of the best."""

import socket
from collections.abc import Iterator, Sequence
from functools import cache, partial
from statistics import median
from typing import Final

from tests.bench.daemons import Neighbor, Program
from tests.bench.link import neighbor_address
from tests.bench.listener import Listener, listen
from tests.bench.running import Cost, Stillness, Stopwatch
from tests.bench.scenario import Column, Row, Scenario, Size
from tests.bench.speaker import sending
from tests.bench.stage import asn_of, external, stage
from tests.bench.table import announcements, prefixes
from tests.bench.turns import SIDE_BY_SIDE, compare

_STILL_SECONDS: Final = 0.5
"""A daemon that neither says nor does anything for so long has made up its mind."""


def sentinel_of(number: int) -> bytes:
    """Return the prefix that a feeder announces last, and nobody else does."""
    return bytes((32, 203, 0, 113, number))


@cache
def keys(count: int) -> list[bytes]:
    """Return the prefixes that all of them have."""
    return prefixes(count)


@cache
def feed(number: int, count: int) -> bytes:
    """Return the UPDATEs of one neighbor."""
    next_hop = socket.inet_aton(neighbor_address(number))
    made = announcements(keys(count), asn_of(number), next_hop, seed=2 + number, sentinel=sentinel_of(number))
    return b"".join(made)


def neighbors(feeders: int) -> Sequence[Neighbor]:
    """Return so many that are told nothing, and the one who listens."""
    return [*map(external, range(feeders)), external(feeders, is_told=True)]


def choose(program: Program, feeders: int, count: int) -> Cost:
    """Let all announce at once, until the listener knows which are the best."""
    loads = [feed(number, count) for number in range(feeders)]
    with stage(program, neighbors(feeders)) as scene:
        *senders, sink = scene.speakers
        watch = Stopwatch(scene.daemon)
        with sending(dict(zip(senders, loads, strict=True))):
            still = Stillness(scene.daemon, _STILL_SECONDS)
            finished = listen([Listener(sink)], count + feeders, program.name, still)
        return watch.stop(finished)


def _measure(size: Size) -> Iterator[Row]:
    for feeders in size.feeds:
        part = f"{feeders} x {size.prefixes:,} prefixes"
        for result in compare(size, part, partial(choose, feeders=feeders, count=size.prefixes)):
            seconds = median(cost.wall for cost in result.costs)
            yield Row(result.row.title, (*result.figures, feeders * size.prefixes / seconds))


FEEDS: Final = Scenario(
    "feeds",
    "neighbors announce the same prefixes at once, one listens",
    (*SIDE_BY_SIDE, Column("paths/s", ",.0f")),
    _measure,
)
