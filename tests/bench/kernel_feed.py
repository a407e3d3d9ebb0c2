"""What a daemon is to bring into the kernel, and to take out again: UPDATEs of one neighbor."""

import socket
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple

from tests.bench import ipv6_table, table
from tests.bench.daemons import Neighbor
from tests.bench.link import neighbor_address
from tests.bench.stage import asn_of, external

FEEDER: Final = 0


class Feed(NamedTuple):
    """The octets that the neighbor sends."""

    up: bytes
    down: bytes


def feeder(version: int, link: int = 0) -> Neighbor:
    """Return the neighbor that sends a feed of this family."""
    capabilities = ipv6_table.CAPABILITY if version == 6 else b""
    return replace(external(FEEDER, version=version, link=link), capabilities=capabilities)


@cache
def feed(version: int, routes: int, link: int = 0) -> Feed:
    """Return a feed of so many routes."""
    next_hop, asn = neighbor_address(FEEDER, version, link), asn_of(FEEDER)
    if version == 6:
        keys = ipv6_table.prefixes(routes)
        up = [
            *ipv6_table.announcements(keys, asn, socket.inet_pton(socket.AF_INET6, next_hop)),
            ipv6_table.end_of_rib(),
        ]
        return Feed(b"".join(up), b"".join(ipv6_table.withdrawals(keys)))
    keys = table.prefixes(routes - 1)  # one more comes at the end
    up = [*table.announcements(keys, asn, socket.inet_aton(next_hop)), table.update(b"", b"", b"")]
    return Feed(b"".join(up), b"".join(table.withdrawals(keys)))
