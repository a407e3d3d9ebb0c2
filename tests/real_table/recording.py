"""What route collectors recorded, read in the plainest way (RFC 6396 §4.4).

``tests/bench/mrt.py`` reads the same files for what has to be fast. Here it matters who said what, and
nothing of the daemon is used: what is found here is what the daemon is held to.
"""

import gzip
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from struct import unpack_from
from typing import Final, NamedTuple

from tests.bench.mrt import SHARED
from tests.requirements import skip_data_elsewhere

_BGP4MP, _BGP4MP_ET = 16, 17
_STATE_CHANGE_AS4, _MESSAGE_AS4 = 5, 4
_ESTABLISHED = 6
_IPV4 = 1
_UPDATE = 2
_MESSAGE_HEADER: Final = 19


class Peer(NamedTuple):
    """The far end of a session of the collector."""

    address: str
    asn: int
    local_address: str
    local_asn: int

    @property
    def is_ipv6(self) -> bool:
        """Whether the session runs over IPv6."""
        return ":" in self.address


class Event(NamedTuple):
    """What a peer did: it sent an UPDATE, or its session was lost."""

    peer: Peer
    update: bytes
    """The whole message; empty if the session was lost."""


def read_recording(name: str) -> Iterator[Event]:
    """Yield the events of a file in their order, or skip the test if the file is not there."""
    path = SHARED / name
    if not path.exists():
        skip_data_elsewhere(name)
    return _events(path)


def _events(path: Path) -> Iterator[Event]:
    with gzip.open(path) as file:
        data = file.read()
    position = 0
    while position < len(data):
        _, kind, subtype, octets = unpack_from("!IHHI", data, position)
        position += 12
        microseconds = 4 if kind == _BGP4MP_ET else 0
        if kind in (_BGP4MP, _BGP4MP_ET) and subtype in (_STATE_CHANGE_AS4, _MESSAGE_AS4):
            yield from _record(subtype, data[position + microseconds : position + octets])
        position += octets


def _record(subtype: int, body: bytes) -> Iterator[Event]:
    """Yield what a record of a session with 4-octet AS numbers says, unless that changes no route."""
    asn, local_asn, _, family = unpack_from("!IIHH", body)
    size = 4 if family == _IPV4 else 16
    address, local_address = body[12 : 12 + size], body[12 + size : 12 + 2 * size]
    rest = body[12 + 2 * size :]
    peer = Peer(str(ip_address(address)), asn, str(ip_address(local_address)), local_asn)
    if subtype == _MESSAGE_AS4:
        if rest[_MESSAGE_HEADER - 1] == _UPDATE:
            yield Event(peer, rest)
    elif unpack_from("!H", rest)[0] == _ESTABLISHED:
        yield Event(peer, b"")
