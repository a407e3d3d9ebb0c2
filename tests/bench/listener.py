"""Neighbors that are told, and find out what they hold while nothing comes."""

import selectors
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.bench.holdings import Holdings
from tests.bench.speaker import Speaker

PATIENCE: Final = 120
"""Seconds without an octet, after which something is wrong."""
_PAUSE: Final = 0.02
_READ_OCTETS: Final = 1 << 16


@dataclass(slots=True)
class Listener:
    """One neighbor that is told.

    What it reads is kept as raw bytes and looked at a piece at a time, whenever nothing comes: so the daemon
    never waits for it, and the clock shows when the last octet was there and not when it was understood.
    """

    speaker: Speaker
    own: Collection[bytes] = ()
    """What it has announced itself: it does not matter whether that is sent back (RFC 4456 §8)."""
    holdings: Holdings = field(default_factory=Holdings)
    _unread: deque[bytes] = field(default_factory=deque)

    @property
    def count(self) -> int:
        """The prefixes it holds."""
        held = self.holdings.held
        return len(held) - sum(key in held for key in self.own)

    def read(self) -> None:
        """Keep what has come."""
        data = self.speaker.socket.recv(_READ_OCTETS)
        if not data:
            raise ConnectionError(f"the daemon closed the session with {self.speaker.local}")
        self._unread.append(data)

    def understand(self) -> bool:
        """Look at the next piece of what was kept; return whether there was one."""
        if not self._unread:
            return False
        self.holdings.add(self._unread.popleft())
        return True


def _always() -> bool:
    return True


def listen(
    listeners: Sequence[Listener],
    expected: int,
    who: str,
    is_still: Callable[[], bool] = _always,
    patience: float = PATIENCE,
) -> float:
    """Read until each holds so many prefixes; return the monotonic second of the last octet.

    ``who`` tells them. Where it may change its mind, it must have nothing more to do then.
    """
    finished = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for each in listeners:
            selector.register(each.speaker.socket, selectors.EVENT_READ, each)
        busy = False
        while True:
            if ready := selector.select(0 if busy else _PAUSE):
                for key, _ in ready:
                    key.data.read()
                finished, busy = time.monotonic(), False
                continue
            busy = any(each.understand() for each in listeners)
            if not busy and _all_hold(listeners, expected) and is_still():
                return finished
            if time.monotonic() - finished > patience:
                raise SystemExit(_missing(listeners, expected, who))


def _all_hold(listeners: Sequence[Listener], expected: int) -> bool:
    return all(each.count == expected for each in listeners)


def _missing(listeners: Sequence[Listener], expected: int, who: str) -> str:
    wrong = next((each for each in listeners if each.count != expected), listeners[0])
    return f"{who}: the neighbor {wrong.speaker.local} holds {wrong.count:,} prefixes instead of {expected:,}"
