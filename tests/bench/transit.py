"""A table from one external neighbor to another: how fast it comes through, and how fast it is gone."""

import socket
from collections.abc import Iterator
from functools import cache, partial
from typing import Final, NamedTuple

from tests.bench.daemons import Program
from tests.bench.link import neighbor_address
from tests.bench.listener import Listener, listen
from tests.bench.running import Cost, Stopwatch
from tests.bench.scenario import Row, Scenario, Size
from tests.bench.speaker import sending
from tests.bench.stage import asn_of, external, stage
from tests.bench.table import announcements, prefixes, withdrawals
from tests.bench.turns import SIDE_BY_SIDE, compare

FEEDER: Final = 0
SINK: Final = 1


class Feed(NamedTuple):
    """The octets that the neighbor sends."""

    up: bytes
    down: bytes
    prefixes: int


@cache
def feed(count: int) -> Feed:
    """Return a feed of so many prefixes; one of them is announced last, and withdrawn last."""
    keys = prefixes(count - 1)
    up = announcements(keys, asn_of(FEEDER), socket.inet_aton(neighbor_address(FEEDER)))
    return Feed(b"".join(up), b"".join(withdrawals(keys)), count)


def announce(program: Program, load: Feed) -> Cost:
    """Let a table come through."""
    with stage(program, [external(FEEDER, is_told=True), external(SINK, is_told=True)]) as scene:
        feeder, sink = scene.speakers
        watch = Stopwatch(scene.daemon)
        with sending({feeder: load.up}):
            finished = listen([Listener(sink)], load.prefixes, program.name)
        return watch.stop(finished)


def withdraw(program: Program, load: Feed) -> Cost:
    """Let a table come through, and then be gone again: that is what counts."""
    with stage(program, [external(FEEDER, is_told=True), external(SINK, is_told=True)]) as scene:
        feeder, sink = scene.speakers
        listener = Listener(sink)
        with sending({feeder: load.up}):
            listen([listener], load.prefixes, program.name)
        scene.daemon.rest()
        watch = Stopwatch(scene.daemon)
        with sending({feeder: load.down}):
            finished = listen([listener], 0, program.name)
        return watch.stop(finished)


def _transit(size: Size) -> Iterator[Row]:
    for count in size.transits:
        for result in compare(size, f"{count:,} prefixes", partial(announce, load=feed(count))):
            yield result.row


def _withdrawal(size: Size) -> Iterator[Row]:
    load = feed(size.withdrawn)
    for result in compare(size, f"{size.withdrawn:,} prefixes", partial(withdraw, load=load)):
        yield result.row


TRANSIT: Final = Scenario("transit", "a table from one external neighbor to another", SIDE_BY_SIDE, _transit)
WITHDRAWAL: Final = Scenario(
    "withdrawal", "the same table is withdrawn, until the other neighbor knows", SIDE_BY_SIDE, _withdrawal
)
