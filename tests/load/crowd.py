"""Many neighbors of one daemon, played by one process that leaves the machine to the daemon.

Usage: python -m tests.load.crowd PLAN REPORT

Both are files, see ``plan.py``; the report is renewed twice a second. On SIGUSR1 feeders announce their table
for the last time and rest, on SIGUSR2 the deaf read again, on SIGTERM the process and all sessions end.
"""

import resource
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Final

from messages.iana import BGP_PORT
from tests.load.conducts import Deaf, Feed, Feeder, Keeper
from tests.load.neighbor import Neighbor
from tests.load.plan import Conduct, Part, Plan, Report

_TICK: Final = 0.1
_REPORT: Final = 0.5
_BACKLOG: Final = 1024


class Crowd:
    """All neighbors of one plan, and the loop that serves them."""

    def __init__(self, plan: Plan, report: Path) -> None:
        self._plan = plan
        self._report = report
        self._selector = selectors.EpollSelector()
        self._listening = socket.socket()
        self._watched: dict[Neighbor, tuple[socket.socket, int]] = {}
        """What each neighbor waits for, and on which socket."""
        self._neighbors = {part.address: self._neighbor(part) for part in plan.parts}
        self._is_ended = False

    def end(self, *_: object) -> None:
        """Write the last report and return from ``run``."""
        self._is_ended = True

    def rest(self, *_: object) -> None:
        """Let the tables of the feeders stay announced."""
        for feeder in self._feeders:
            feeder.rest()

    def hear(self, *_: object) -> None:
        """Let the deaf read."""
        for neighbor in self._neighbors.values():
            if isinstance(neighbor, Deaf):
                neighbor.hear()

    def run(self) -> None:
        """Play until told to end."""
        if any(part.waits for part in self._plan.parts):
            self._listen()
        daemon = (self._plan.daemon, BGP_PORT)
        report_at = 0.0
        while not self._is_ended:
            self._serve()
            now = time.monotonic()
            for neighbor in self._neighbors.values():
                neighbor.tick(now, daemon)
            if now >= report_at:
                self._write_report()
                report_at = now + _REPORT
        self._write_report()

    @property
    def _feeders(self) -> list[Feeder]:
        return [neighbor for neighbor in self._neighbors.values() if isinstance(neighbor, Feeder)]

    def _neighbor(self, part: Part) -> Neighbor:
        match part.conduct:
            case Conduct.FEEDS:
                feed = Feed.of(self._plan.routes, part.asn, part.address)
                return Feeder(part, self._watch, feed, self._plan.pause)
            case Conduct.KEEPS:
                return Keeper(part, self._watch)
            case Conduct.DEAF:
                return Deaf(part, self._watch)
            case _:
                return Neighbor(part, self._watch)

    def _serve(self) -> None:
        """Serve whoever is ready, up to the next tick."""
        now = time.monotonic()
        until = now + _TICK
        while now < until and not self._is_ended:
            ready = self._selector.select(until - now)
            now = time.monotonic()
            for key, events in ready:
                if key.data is None:
                    self._accept()
                else:
                    _serve_neighbor(key, events, now)

    def _accept(self) -> None:
        sock, _ = self._listening.accept()
        sock.setblocking(False)
        self._neighbors[sock.getsockname()[0]].adopt(sock)

    def _listen(self) -> None:
        """Open the one socket at which the daemon finds all those who wait for it."""
        listening = self._listening
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("0.0.0.0", self._plan.port))
        listening.listen(_BACKLOG)
        listening.setblocking(False)
        self._selector.register(listening, selectors.EVENT_READ)

    def _watch(self, neighbor: Neighbor) -> None:
        """Tell the kernel what a neighbor waits for, if that is new."""
        sock = neighbor.socket
        events = neighbor.is_reading * selectors.EVENT_READ | neighbor.is_writing * selectors.EVENT_WRITE
        known, known_events = self._watched.pop(neighbor, (None, 0))
        if known is not None and known is sock and events:
            if events != known_events:
                self._selector.modify(sock, events, neighbor)
        else:
            if known is not None:
                self._selector.unregister(known)
            if sock is not None and events:
                self._selector.register(sock, events, neighbor)
        if sock is not None and events:
            self._watched[neighbor] = sock, events

    def _write_report(self) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        report = Report(
            stories={address: neighbor.story for address, neighbor in self._neighbors.items()},
            sweeps=sum(feeder.sweeps for feeder in self._feeders),
            has_announced=all(feeder.has_announced for feeder in self._feeders),
            cpu_seconds=usage.ru_utime + usage.ru_stime,
        )
        report.write(self._report)


def _serve_neighbor(key: selectors.SelectorKey, events: int, now: float) -> None:
    """Let a neighbor read and write; either may cost it its connection."""
    neighbor: Neighbor = key.data
    if events & selectors.EVENT_READ and neighbor.socket is key.fileobj:
        neighbor.readable(now)
    if events & selectors.EVENT_WRITE and neighbor.socket is key.fileobj and neighbor.is_writing:
        neighbor.writable(now)


if __name__ == "__main__":
    crowd = Crowd(Plan.read(Path(sys.argv[1])), Path(sys.argv[2]))
    signal.signal(signal.SIGTERM, crowd.end)
    signal.signal(signal.SIGUSR1, crowd.rest)
    signal.signal(signal.SIGUSR2, crowd.hear)
    crowd.run()
