"""What can be done to the port of BGP, by strangers and by a neighbor."""

import os
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Final

from tests.bench.speaker import MARKER, open_message
from tests.hostile.victim import STRANGER, Victim

FOE: Final = "192.0.2.3"


@contextmanager
def _all_say(number: int, local: str, octets: bytes, victim: Victim) -> Iterator[None]:
    """Connect so often from an address, and say this."""
    with ExitStack() as connections:
        for _ in range(number):
            with suppress(OSError):
                connections.enter_context(victim.bgp(local)).sendall(octets)
        yield


_OPEN: Final = open_message(65003, FOE, hold_time=240)
ATTACKS: Final[Mapping[str, Callable[[Victim], object]]] = {
    "strangers that say nothing": partial(_all_say, 1000, STRANGER, b""),
    "strangers with a lot to say": partial(_all_say, 100, STRANGER, os.urandom(1_000_000)),
    "strangers with an OPEN": partial(_all_say, 100, STRANGER, _OPEN),
    "a neighbor that says nothing, often": partial(_all_say, 200, FOE, b""),
    "a neighbor with binary": partial(_all_say, 20, FOE, os.urandom(100_000)),
    "a neighbor with the greatest length": partial(_all_say, 20, FOE, MARKER + struct.pack("!HB", 65535, 1)),
    "a neighbor with many an OPEN": partial(_all_say, 20, FOE, _OPEN * 1000),
    "a neighbor with HTTP": partial(_all_say, 20, FOE, b"GET / HTTP/1.1\r\n\r\n" * 1000),
}
