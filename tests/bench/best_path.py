"""What it costs to choose between neighbors that hold the same prefixes, and to tell another one."""

from collections.abc import Iterator

from tests.bench.daemon import SINK, Stopwatch, running_daemon, speaker
from tests.bench.feeds import FIRST, feed, feeders, sentinel_of
from tests.bench.scenario import COSTS, Column, Row, Scenario, Size
from tests.bench.speaker import Tally, check_held, sending


def measure(size: Size) -> Iterator[Row]:
    """Let all of them announce at once, until the sink knows that the last is through."""
    for count in size.neighbors:
        sink = speaker(SINK)
        numbers = range(FIRST, FIRST + count)
        loads = {
            each: feed(number, size.prefixes) for each, number in zip(feeders(count), numbers, strict=True)
        }
        with running_daemon([*loads, sink], told=[sink]) as daemon:
            watch = Stopwatch(daemon)
            with sending(loads):
                finished = sink.read_until(*map(sentinel_of, numbers), timeout=600)
            costs = watch.stop(finished)
        check_held(sink, size.prefixes + count)
        tally = Tally()
        tally.add(b"".join(sink.received))
        rate = count * size.prefixes / costs[0]
        yield Row(f"{count} x {size.prefixes:,} prefixes", (*costs, rate, tally.announced))


BEST_PATH = Scenario(
    "best-path",
    "several neighbors announce the same prefixes at once, one listens",
    (*COSTS, Column("paths/s", ",.0f"), Column("prefixes out", ",d")),
    measure,
)
