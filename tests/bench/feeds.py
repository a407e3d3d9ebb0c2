"""What several neighbors announce that hold the same prefixes, each with attributes of its own."""

import socket
from functools import cache
from typing import Final

from tests.bench.daemon import address_of, speaker
from tests.bench.speaker import Speaker
from tests.bench.table import announcements, prefixes

FIRST: Final = 2
"""The number of the first neighbor; theirs are the lowest addresses."""


def feeders(count: int) -> list[Speaker]:
    """Return so many neighbors that are not yet connected."""
    return [speaker(number) for number in range(FIRST, FIRST + count)]


def sentinel_of(number: int) -> bytes:
    """Return the prefix that a feeder announces last, and nobody else does."""
    return bytes((32, 203, 0, 113, number))


@cache
def keys(count: int) -> list[bytes]:
    """Return the prefixes that all of them have."""
    return prefixes(count)


@cache
def feed(number: int, count: int) -> bytes:
    """Return the UPDATEs of one neighbor."""
    next_hop = socket.inet_aton(address_of(number))
    asn = speaker(number).asn
    made = announcements(keys(count), asn, next_hop, seed=number, sentinel=sentinel_of(number))
    return b"".join(made)
