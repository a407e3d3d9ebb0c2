"""Neighbors that do more than to be there."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from tests.bench.table import announcements, prefixes, withdrawals
from tests.load.neighbor import Neighbor
from tests.load.plan import NEVER, Part

_DEAF_OCTETS: Final = 1 << 16
"""The receive buffer of those who do not read."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A table that looks like the Internet's, as octets that are ready to be sent."""

    announced: bytes
    withdrawn: bytes

    @classmethod
    def of(cls, routes: int, asn: int, next_hop: str) -> Self:
        """Make one with so many prefixes."""
        keys = prefixes(routes - 1)  # one more comes at the end
        announced = b"".join(announcements(keys, asn, socket.inet_aton(next_hop)))
        return cls(announced, b"".join(withdrawals(keys)))


class Feeder(Neighbor):
    """Announces a table and withdraws it, again and again, as fast as the daemon takes it."""

    def __init__(self, part: Part, watch: Callable[[Neighbor], None], feed: Feed, pause: float) -> None:
        super().__init__(part, watch)
        self.sweeps = 0
        """How often it announced or withdrew everything."""
        self._feed = feed
        self._pause = pause
        self._is_sweeping = False
        self._shall_rest = False
        self._not_before = NEVER

    @property
    def has_announced(self) -> bool:
        """Whether all of the table is announced and nothing of it withdrawn."""
        return not self._is_sweeping and self.sweeps % 2 == 1

    def rest(self) -> None:
        """Announce the table, if it is not announced, and leave it at that."""
        self._shall_rest = True

    def tick(self, now: float, daemon: tuple[str, int]) -> None:
        super().tick(now, daemon)
        if self.story.is_up and not self.is_writing and now >= self._not_before:
            self._sweep(now)

    def _drained(self, now: float) -> None:
        if not self._is_sweeping:
            return
        self._is_sweeping = False
        self.sweeps += 1
        self._not_before = now + self._pause
        if not self._pause:
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        if self._shall_rest and self.has_announced:
            return
        self._is_sweeping = True
        self._say(self._feed.withdrawn if self.sweeps % 2 else self._feed.announced, now)


class Keeper(Neighbor):
    """Remembers which prefixes it was told of."""

    keeps = True

    def __init__(self, part: Part, watch: Callable[[Neighbor], None]) -> None:
        super().__init__(part, watch)
        self._held: set[bytes] = set()

    def _keep(self, body: bytes) -> None:
        """Note the prefixes of an IPv4 UPDATE (RFC 4271 §4.3)."""
        withdrawn = 2 + (body[0] << 8 | body[1])
        attributes = withdrawn + 2 + (body[withdrawn] << 8 | body[withdrawn + 1])
        self._held.difference_update(_prefixes(body[2:withdrawn]))
        self._held.update(_prefixes(body[attributes:]))
        self.story.prefixes = len(self._held)


class Deaf(Neighbor):
    """Reads nothing while its session is established, until it is told to; its window is full soon."""

    def __init__(self, part: Part, watch: Callable[[Neighbor], None]) -> None:
        super().__init__(part, watch)
        self._hears = False

    @property
    def is_reading(self) -> bool:
        return self._hears or not self.story.is_up

    def hear(self) -> None:
        """Read from now on."""
        self._hears = True
        self._watch(self)

    def _new_socket(self) -> socket.socket:
        sock = super()._new_socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _DEAF_OCTETS)
        return sock


def _prefixes(field: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(field):
        stop = position + 1 + (field[position] + 7 >> 3)
        yield field[position:stop]
        position = stop
