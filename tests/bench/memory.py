"""What the daemon's memory grows by with each route, and with each further path to the same prefixes."""

import socket
from collections.abc import Iterator
from typing import Final

from tests.bench.daemon import SINK, Daemon, running_daemon, speaker
from tests.bench.feeds import FIRST, feed, feeders, keys, sentinel_of
from tests.bench.scenario import Column, Figure, Row, Scenario, Size
from tests.bench.speaker import SENDS_PATHS, Speaker, sending
from tests.bench.table import SENTINEL_PREFIX, alike_announcements, announcements

_PATHS_EACH: Final = 4
"""Of a neighbor that sends several to each prefix."""
_RECEIVES_PATHS: Final = 'add_paths = "receive"'
_PATIENCE: Final = 300


class Scales:
    """The daemon's resident memory from one weighing to the next."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._before = daemon.resident

    def weigh(self, paths: int) -> tuple[Figure, ...]:
        """Return the figures of a row, if so many paths came since the last time."""
        now = self._daemon.resident
        grown, self._before = now - self._before, now
        return paths, now / (1 << 20), self._daemon.peak / (1 << 20), grown / paths


def measure(size: Size) -> Iterator[Row]:
    """Weigh routes that are alike, then those of more and more neighbors, then the paths of one neighbor."""
    yield from _alike(size)
    yield from _neighbors(size)
    yield from _paths(size)


def _alike(size: Size) -> Iterator[Row]:
    feeder, sink = speaker(FIRST), speaker(SINK)
    made = alike_announcements(keys(size.prefixes), feeder.asn, socket.inet_aton(feeder.local))
    with running_daemon([feeder, sink], told=[sink]) as daemon:
        scales = Scales(daemon)
        _give(sink, {feeder: b"".join(made)}, SENTINEL_PREFIX)
        yield Row("1 neighbor, one attribute set for all", scales.weigh(size.prefixes))


def _neighbors(size: Size) -> Iterator[Row]:
    sink = speaker(SINK)
    everybody = feeders(max(size.neighbors))
    with running_daemon([*everybody, sink], told=[sink]) as daemon:
        scales = Scales(daemon)
        said = 0
        for count in sorted({1, 2, *size.neighbors}):
            loads = {
                each: feed(FIRST + number, size.prefixes)
                for number, each in enumerate(everybody)
                if said <= number < count
            }
            _give(sink, loads, *(sentinel_of(FIRST + number) for number in range(said, count)))
            first, said = said + 1, count
            title = f"neighbor {count}" if first == count else f"neighbors {first} to {count}"
            yield Row(f"{title}, attribute sets of its own", scales.weigh(len(loads) * size.prefixes))


def _paths(size: Size) -> Iterator[Row]:
    feeder, sink = speaker(FIRST, capabilities=SENDS_PATHS), speaker(SINK)
    with running_daemon([feeder, sink], told=[sink], extra=_RECEIVES_PATHS) as daemon:
        scales = Scales(daemon)
        _give(sink, {feeder: _path_updates(feeder, size, 0)}, sentinel_of(1))
        yield Row("1 neighbor with ADD-PATH, 1 path each", scales.weigh(size.prefixes))
        rest = range(1, _PATHS_EACH)
        more = b"".join(_path_updates(feeder, size, number) for number in rest)
        _give(sink, {feeder: more}, *(sentinel_of(1 + number) for number in rest))
        yield Row(
            f"1 neighbor with ADD-PATH, paths 2 to {_PATHS_EACH}", scales.weigh(len(rest) * size.prefixes)
        )


def _path_updates(feeder: Speaker, size: Size, number: int) -> bytes:
    """Announce one more path to each prefix; no two prefixes share an identifier (RFC 7911 §3)."""
    table = keys(size.prefixes)
    paths = [(position * _PATHS_EACH + number + 1).to_bytes(4) + key for position, key in enumerate(table)]
    last = (1).to_bytes(4) + sentinel_of(1 + number)
    next_hop = socket.inet_aton(feeder.local)
    return b"".join(announcements(paths, feeder.asn, next_hop, seed=FIRST + number, sentinel=last))


def _give(sink: Speaker, loads: dict[Speaker, bytes], *sentinels: bytes) -> None:
    """Let the daemon have all of it, and wait until it is through."""
    with sending(loads):
        sink.read_until(*sentinels, timeout=_PATIENCE)


MEMORY = Scenario(
    "memory",
    "what the daemon grows by with what comes in, one neighbor being told of the best",
    (
        Column("paths", ",d"),
        Column("resident MB", ",.0f"),
        Column("peak MB", ",.0f"),
        Column("octets per path", ",.0f"),
    ),
    measure,
)
