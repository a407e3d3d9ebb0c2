"""What the daemon's memory grows by with each route, and with each further path to the same prefixes."""

import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tests.bench.daemons import BGPD
from tests.bench.feeds import feed, keys, neighbors, sentinel_of
from tests.bench.link import neighbor_address
from tests.bench.listener import Listener, listen
from tests.bench.running import Running
from tests.bench.scenario import Column, Figure, Row, Scenario, Size
from tests.bench.speaker import SENDS_PATHS, Speaker, sending
from tests.bench.stage import asn_of, external, stage
from tests.bench.table import alike_announcements, announcements
from tests.bench.transit import SINK
from tests.bench.transit import feed as transit_feed

_PATHS_EACH: Final = 4
"""Of a neighbor that sends several to each prefix."""
_RECEIVES_PATHS: Final = 'add_paths = "receive"'
_LARGE_TABLE: Final = 50_000
_RETURN_SECONDS: Final = 6.0
"""Until the daemon has looked for large tables that have become small."""
_FEEDER: Final = 0
_NEXT_HOP: Final = socket.inet_aton(neighbor_address(_FEEDER))


class Scales:
    """The daemon's resident memory from one weighing to the next."""

    def __init__(self, daemon: Running) -> None:
        self._daemon = daemon
        daemon.rest()
        self._before = daemon.resident

    def weigh(self, paths: int) -> tuple[Figure, ...]:
        """Return the figures of a row, if so many paths came since the last time."""
        self._daemon.rest()
        now = self._daemon.resident
        grown, self._before = now - self._before, now
        return paths, now / (1 << 20), self._daemon.peak / (1 << 20), grown / paths


def measure(size: Size) -> Iterator[Row]:
    """Weigh routes that are alike, then those of more and more neighbors, then the paths of one neighbor."""
    yield from _alike(size)
    yield from _neighbors(size)
    yield from _paths(size)
    yield from _gone(size)


def _alike(size: Size) -> Iterator[Row]:
    made = alike_announcements(keys(size.prefixes), asn_of(_FEEDER), _NEXT_HOP)
    with stage(BGPD, neighbors(1)) as scene:
        feeder, sink = scene.speakers
        scales = Scales(scene.daemon)
        _give(Listener(sink), {feeder: b"".join(made)}, size.prefixes + 1)
        yield Row("1 neighbor, one attribute set for all", scales.weigh(size.prefixes))


def _neighbors(size: Size) -> Iterator[Row]:
    with stage(BGPD, neighbors(max(size.neighbors))) as scene:
        *feeders, sink = scene.speakers
        listener, scales = Listener(sink), Scales(scene.daemon)
        said = 0
        for count in sorted({1, 2, *size.neighbors}):
            loads = {feeders[number]: feed(number, size.prefixes) for number in range(said, count)}
            _give(listener, loads, size.prefixes + count)
            first, said = said + 1, count
            title = f"neighbor {count}" if first == count else f"neighbors {first} to {count}"
            yield Row(f"{title}, attribute sets of its own", scales.weigh(len(loads) * size.prefixes))


def _paths(size: Size) -> Iterator[Row]:
    sends_paths = replace(external(_FEEDER), capabilities=SENDS_PATHS, extra=_RECEIVES_PATHS)
    with stage(BGPD, [sends_paths, *neighbors(1)[1:]]) as scene:
        feeder, sink = scene.speakers
        listener, scales = Listener(sink), Scales(scene.daemon)
        _give(listener, {feeder: _path_updates(size, 0)}, size.prefixes + 1)
        yield Row("1 neighbor with ADD-PATH, 1 path each", scales.weigh(size.prefixes))
        rest = range(1, _PATHS_EACH)
        more = b"".join(_path_updates(size, number) for number in rest)
        _give(listener, {feeder: more}, size.prefixes + _PATHS_EACH)
        yield Row(
            f"1 neighbor with ADD-PATH, paths 2 to {_PATHS_EACH}", scales.weigh(len(rest) * size.prefixes)
        )


def _gone(size: Size) -> Iterator[Row]:
    """Withdraw a table; octets below zero are those that went back to the system."""
    load = transit_feed(size.prefixes)
    with stage(BGPD, [external(_FEEDER, is_told=True), external(SINK, is_told=True)]) as scene:
        feeder, sink = scene.speakers
        listener, scales = Listener(sink), Scales(scene.daemon)
        _give(listener, {feeder: load.up}, load.prefixes)
        yield Row("1 neighbor, a table as in transit", scales.weigh(size.prefixes))
        _give(listener, {feeder: load.down}, 0)
        if size.prefixes >= _LARGE_TABLE:
            time.sleep(_RETURN_SECONDS)
        yield Row("1 neighbor, all of it withdrawn again", scales.weigh(size.prefixes))


def _path_updates(size: Size, number: int) -> bytes:
    """Announce one more path to each prefix; no two prefixes share an identifier (RFC 7911 §3)."""
    table = keys(size.prefixes)
    paths = [(position * _PATHS_EACH + number + 1).to_bytes(4) + key for position, key in enumerate(table)]
    last = (1).to_bytes(4) + sentinel_of(1 + number)
    made = announcements(paths, asn_of(_FEEDER), _NEXT_HOP, seed=2 + number, sentinel=last)
    return b"".join(made)


def _give(listener: Listener, loads: Mapping[Speaker, bytes], held: int) -> None:
    """Let the daemon have all of it, and wait until it is through."""
    with sending(loads):
        listen([listener], held, BGPD.name)


MEMORY: Final = Scenario(
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
