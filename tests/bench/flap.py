"""One neighbor withdraws its table and announces it again, over and over; another is told."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.bench.daemons import BGPD
from tests.bench.feeds import sentinel_of
from tests.bench.link import neighbor_address
from tests.bench.listener import Listener, listen
from tests.bench.running import Stopwatch
from tests.bench.scenario import COSTS, Column, Row, Scenario, Size
from tests.bench.speaker import Speaker, sending
from tests.bench.stage import asn_of, external, stage
from tests.bench.table import attribute_set, update
from tests.bench.transit import FEEDER, SINK, Feed, feed


@dataclass(frozen=True, slots=True)
class Flapping:
    """A neighbor that flaps, and one that is told."""

    feeder: Speaker
    listener: Listener
    load: Feed
    flaps: int

    def announce(self) -> None:
        """Announce everything for the first time."""
        self._say(self.load.up, self.load.prefixes)

    def flap_awaited(self) -> float:
        """Wait after each sweep until it has come through; return the seconds that all of them took."""
        seconds = 0.0
        for _ in range(self.flaps):
            seconds += self._say(self.load.down, 0)
            seconds += self._say(self.load.up, self.load.prefixes)
        return seconds

    def flap_unawaited(self) -> float:
        """Flap as fast as the daemon reads, with one more route at the end; return the seconds."""
        attributes = attribute_set(asn_of(FEEDER), socket.inet_aton(neighbor_address(FEEDER)), Random(1))
        end = update(b"", attributes, sentinel_of(FEEDER))
        return self._say((self.load.down + self.load.up) * self.flaps + end, self.load.prefixes + 1)

    def _say(self, data: bytes, held: int) -> float:
        """Say something, and return the seconds until the other one knew."""
        started = time.monotonic()
        with sending({self.feeder: data}):
            return listen([self.listener], held, BGPD.name) - started


def _measure(size: Size) -> Iterator[Row]:
    """Flap in lockstep with the one who is told, then without."""
    yield _measured(size, f"{size.flaps} flaps, each awaited", Flapping.flap_awaited)
    yield _measured(size, f"{size.flaps} flaps, as fast as it reads", Flapping.flap_unawaited)


def _measured(size: Size, title: str, flap: Callable[[Flapping], float]) -> Row:
    with stage(BGPD, [external(FEEDER), external(SINK, is_told=True)]) as scene:
        feeder, sink = scene.speakers
        listener = Listener(sink)
        flapping = Flapping(feeder, listener, feed(size.flapping), size.flaps)
        flapping.announce()
        told = listener.holdings
        before = told.announced + told.withdrawn
        watch = Stopwatch(scene.daemon)
        cost = watch.stop(watch.started + flap(flapping))
    changes = 2 * size.flaps * size.flapping
    passed_on = told.announced + told.withdrawn - before
    return Row(title, (*cost.figures, changes / cost.wall, 100 * passed_on / changes))


FLAP: Final = Scenario(
    "flap",
    "one neighbor withdraws its routes and announces them again, another is told",
    (*COSTS, Column("changes/s", ",.0f"), Column("passed on %", ".0f")),
    _measure,
)
