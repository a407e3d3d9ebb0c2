"""A flow of numbered packets between hosts, in both directions, and which of them got lost.

Usage: ``python -m tests.restarts.flow PER_SECOND NAMESPACE ADDRESS NAMESPACE ADDRESS ...``: so many packets a
second from each host to each of the others, until standard input ends. Each line of input is answered with
a line of JSON about the packets since the one before. It is UDP, so that nobody sends a lost packet again,
and a process of its own, so that a test that is busy does not disturb it.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import IO, Final, NamedTuple, Self

from pyroute2 import netns

from tests.interop.lab import Host

PER_SECOND: Final = 1000
_MOST_AT_ONCE: Final = 40
"""What this process could not send in time, since it had no processor, it sends, but not all at once."""
_ON_THE_WAY: Final = 0.3
"""Seconds after which a packet that has not arrived is lost."""
_NUMBER_OCTETS: Final = 4


class Counts(NamedTuple):
    """The packets of one direction."""

    sent: int
    lost: int
    lost_for: float = 0.0
    """Seconds between the first and the last that was lost."""


class Direction:
    """One way of the flow."""

    def __init__(self, sender: socket.socket, receiver: socket.socket) -> None:
        self.receiver = receiver
        self._sender = sender
        self._destination = receiver.getsockname()
        self._next = 0
        self._first = 0
        self._missing: dict[int, float] = {}
        """When they were sent."""

    def send(self, now: float) -> None:
        """Send the next packet."""
        self._missing[self._next] = now
        self._sender.sendto(self._next.to_bytes(_NUMBER_OCTETS), self._destination)
        self._next += 1

    def receive(self) -> None:
        """Take what has come."""
        try:
            while True:
                self._missing.pop(int.from_bytes(self.receiver.recv(_NUMBER_OCTETS)), None)
        except BlockingIOError:
            return

    def take(self, end: int) -> Counts:
        """Count the packets with numbers below ``end`` that were not counted before."""
        lost = {number: self._missing.pop(number) for number in [*self._missing] if number < end}
        sent, self._first = end - self._first, end
        times = lost.values()
        return Counts(sent, len(lost), max(times) - min(times) if times else 0.0)

    @property
    def end(self) -> int:
        """The number of the next packet."""
        return self._next


class Flow:
    """The program that sends, in the hands of a test; a context manager."""

    def __init__(self, *ends: tuple[Host, str], per_second: int = PER_SECOND) -> None:
        words = [word for host, address in ends for word in (host.namespace, address)]
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.restarts.flow", str(per_second), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.communicate()

    def take(self) -> tuple[Counts, ...]:
        """Return what became of the packets of all directions since this was last asked for.

        First come those of the first host to each of the others, in their order.
        """
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        return tuple(Counts(*each) for each in json.loads(self._child.stdout.readline()))


def _socket(namespace: str, address: str) -> socket.socket:
    netns.pushns(namespace)
    try:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    finally:
        netns.popns()
    made.setblocking(False)
    made.bind((address, 0))
    return made


def _paces(interval: float, most: int) -> Iterator[int]:
    """Yield how many packets are due, time and again."""
    due = time.monotonic()
    while True:
        now = time.monotonic()
        number = min(int((now - due) / interval), most)
        due += number * interval
        yield number


class _Sender:
    """All directions, and the answers about them."""

    def __init__(self, directions: Sequence[Direction], interval: float, questions: IO[str]) -> None:
        self._directions = directions
        self._interval = interval
        self._questions = questions
        self._ends: list[int] = []
        """Which packets the next answer is about."""
        self._answer_at = 0.0
        self._selector = selectors.DefaultSelector()
        sources: list[socket.socket | IO[str]] = [*(each.receiver for each in directions), questions]
        for source in sources:
            self._selector.register(source, selectors.EVENT_READ)

    def run(self) -> None:
        """Send and receive until there are no more questions."""
        for number in _paces(self._interval, max(1, _MOST_AT_ONCE // len(self._directions))):
            now = time.monotonic()
            for each in [*self._directions] * number:
                each.send(now)
            ready = {key.fileobj for key, _ in self._selector.select(self._interval)}
            for each in self._directions:
                each.receive()
            if self._questions in ready and not self._ask(now):
                return
            if self._ends and now >= self._answer_at:
                self._answer()

    def _ask(self, now: float) -> bool:
        """Take a question; there is none at the end."""
        self._answer_at = now + _ON_THE_WAY
        self._ends = [each.end for each in self._directions]
        return bool(self._questions.readline())

    def _answer(self) -> None:
        counts = [each.take(end) for each, end in zip(self._directions, self._ends, strict=True)]
        self._ends.clear()
        print(json.dumps(counts), flush=True)


def main(per_second: str, *words: str) -> None:
    """Take the hosts from the command line."""
    ends = [*zip(words[::2], words[1::2], strict=True)]
    directions = []
    for one, other in permutations(ends, 2):
        directions.append(Direction(_socket(*one), _socket(*other)))
    _Sender(directions, 1 / int(per_second), sys.stdin).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
