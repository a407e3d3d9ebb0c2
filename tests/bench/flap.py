"""One neighbor withdraws its table and announces it again, over and over; another is told."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.bench.daemon import SINK, Stopwatch, running_daemon, speaker
from tests.bench.feeds import FIRST, keys, sentinel_of
from tests.bench.scenario import COSTS, Column, Row, Scenario, Size
from tests.bench.speaker import Speaker, Tally, check_held, sending
from tests.bench.table import SENTINEL_PREFIX, announcements, attribute_set, update, withdrawals

_END: Final = sentinel_of(FIRST)
_PATIENCE: Final = 300


@dataclass(frozen=True, slots=True)
class Flapping:
    """A neighbor that flaps, and one that is told."""

    feeder: Speaker
    sink: Speaker
    up: bytes
    down: bytes
    end: bytes
    """One more route, after which all is said."""
    flaps: int

    def announce(self) -> None:
        """Announce everything for the first time."""
        self._say(self.up)

    def flap_awaited(self) -> float:
        """Wait before each sweep until the one before has come through."""
        for _ in range(self.flaps):
            self._say(self.down)
            self._say(self.up)
        return self._say(self.end, _END)

    def flap_unawaited(self) -> float:
        """Flap as fast as the daemon reads."""
        return self._say((self.down + self.up) * self.flaps + self.end, _END)

    def _say(self, data: bytes, sentinel: bytes = SENTINEL_PREFIX) -> float:
        with sending({self.feeder: data}):
            return self.sink.read_until(sentinel, timeout=_PATIENCE)


def measure(size: Size) -> Iterator[Row]:
    """Flap in lockstep with the one who is told, then without."""
    yield _measured(size, f"{size.flaps} flaps, each awaited", Flapping.flap_awaited)
    yield _measured(size, f"{size.flaps} flaps, as fast as it reads", Flapping.flap_unawaited)


def _measured(size: Size, title: str, flap: Callable[[Flapping], float]) -> Row:
    flapping = _flapping(size)
    sink = flapping.sink
    with running_daemon([flapping.feeder, sink], told=[sink]) as daemon:
        flapping.announce()
        watch = Stopwatch(daemon)
        before = len(sink.received)
        costs = watch.stop(flap(flapping))
    check_held(sink, size.flapping + 2)
    tally = Tally()
    tally.add(b"".join(sink.received[before:]))
    changes = 2 * size.flaps * size.flapping
    return Row(title, (*costs, changes / costs[0], 100 * (tally.announced + tally.withdrawn) / changes))


def _flapping(size: Size) -> Flapping:
    feeder = speaker(FIRST)
    next_hop = socket.inet_aton(feeder.local)
    table = keys(size.flapping)
    up = b"".join(announcements(table, feeder.asn, next_hop))
    end = update(b"", attribute_set(feeder.asn, next_hop, Random(1)), _END)
    return Flapping(feeder, speaker(SINK), up, b"".join(withdrawals(table)), end, size.flaps)


FLAP = Scenario(
    "flap",
    "one neighbor withdraws its routes and announces them again, another is told",
    (*COSTS, Column("changes/s", ",.0f"), Column("passed on %", ".0f")),
    measure,
)
