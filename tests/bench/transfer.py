"""How fast a table moves through the daemon, from one neighbor to another."""

import socket
from collections.abc import Iterator

from tests.bench.daemon import SINK, Stopwatch, running_daemon, speaker
from tests.bench.feeds import FIRST, keys
from tests.bench.scenario import COSTS, Column, Row, Scenario, Size
from tests.bench.speaker import Tally, check_held, sending
from tests.bench.table import SENTINEL_PREFIX, announcements, withdrawals


def measure(size: Size) -> Iterator[Row]:
    """Announce a table, then withdraw it."""
    feeder, sink = speaker(FIRST), speaker(SINK)
    table = keys(size.prefixes)
    up = b"".join(announcements(table, feeder.asn, socket.inet_aton(feeder.local)))
    down = b"".join(withdrawals(table))
    with running_daemon([feeder, sink], told=[feeder, sink]) as daemon:
        for title, data, held in (("announced", up, size.prefixes + 1), ("withdrawn", down, 0)):
            watch = Stopwatch(daemon)
            before = len(sink.received)
            with sending({feeder: data}):
                finished = sink.read_until(SENTINEL_PREFIX, timeout=300)
            costs = watch.stop(finished)
            tally = Tally()
            tally.add(b"".join(sink.received[before:]))
            check_held(sink, held)
            yield Row(f"{size.prefixes:,} prefixes {title}", (*costs, tally.updates))


TRANSFER = Scenario(
    "transfer",
    "a table from one neighbor to another",
    (*COSTS, Column("UPDATEs out", ",d")),
    measure,
)
