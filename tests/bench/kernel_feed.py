"""What a daemon is to bring into the kernel, and to take out again: UPDATEs of one neighbor."""

import socket
from functools import cache
from typing import Final, NamedTuple

from tests.bench import ipv6_table, table
from tests.bench.kernel_daemons import FEEDER_ASN

_LOOPBACK: Final = 127
"""No route to what begins so is taken in by BIRD."""


class Feed(NamedTuple):
    """The octets that the neighbor sends."""

    routes: int
    up: bytes
    down: bytes


@cache
def feed(next_hop: str, routes: int) -> Feed:
    """Return a feed of the family of its next hop."""
    if ":" in next_hop:
        keys = ipv6_table.prefixes(routes)
        up = [
            *ipv6_table.announcements(keys, FEEDER_ASN, socket.inet_pton(socket.AF_INET6, next_hop)),
            ipv6_table.end_of_rib(),
        ]
        return Feed(routes, b"".join(up), b"".join(ipv6_table.withdrawals(keys)))
    keys = [key for key in table.prefixes(routes) if key[1] != _LOOPBACK]
    up = [*table.announcements(keys, FEEDER_ASN, socket.inet_aton(next_hop)), table.update(b"", b"", b"")]
    return Feed(len(keys) + 1, b"".join(up), b"".join(table.withdrawals(keys)))
