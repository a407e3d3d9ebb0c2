"""A full table of the Internet through each daemon, as a route collector has captured it."""

import socket
import sys
from collections.abc import Iterator
from functools import cache, partial
from typing import Final, NamedTuple

from messages.iana import AttributeCode, MessageType
from tests.bench.daemons import LOCAL_ASN, Neighbor, Program
from tests.bench.holdings import Holdings
from tests.bench.link import neighbor_address
from tests.bench.listener import Listener, listen
from tests.bench.mrt import FULL_TABLE, read_messages
from tests.bench.running import Cost, Stopwatch
from tests.bench.scenario import Row, Scenario, Size
from tests.bench.speaker import sending
from tests.bench.stage import external, stage
from tests.bench.table import framed
from tests.bench.turns import SIDE_BY_SIDE, compare

_FEEDER: Final = 0
_SINK: Final = 1
_EXTENDED_LENGTH: Final = 0x10
_HEADER: Final = 19
_AS_0: Final = bytes(4)


class Captured(NamedTuple):
    """What was heard in the session, and the prefixes that are left when all is said."""

    octets: bytes
    prefixes: int


@cache
def captured_table(share: float = 1) -> Captured:
    """Return the table or the first part of it, as if all next hops were the neighbor that sends it.

    What no daemon may take is left out: a path through AS 0 (RFC 7607 §2).
    """
    next_hop = socket.inet_aton(neighbor_address(_FEEDER))
    messages = [each.message for each in read_messages(FULL_TABLE)]
    part = messages[: round(share * len(messages))]
    bodies = (message[_HEADER:] for message in part if message[_HEADER - 1] == MessageType.UPDATE)
    updates = [_with_next_hop(body, next_hop) for body in bodies if not _is_through_as_0(body)]
    holdings = Holdings()
    for each in updates:
        holdings.add(each)
    return Captured(b"".join(updates), len(holdings.held))


def _attributes(body: bytes) -> Iterator[tuple[int, slice]]:
    """Yield the path attributes of an UPDATE, each by its code and the place of its value."""
    position = 2 + int.from_bytes(body[:2])
    stop = position + 2 + int.from_bytes(body[position : position + 2])
    position += 2
    while position < stop:
        value = position + (4 if body[position] & _EXTENDED_LENGTH else 3)
        end = value + int.from_bytes(body[position + 2 : value])
        yield body[position + 1], slice(value, end)
        position = end


def _is_through_as_0(body: bytes) -> bool:
    """Tell whether AS_PATH, which has four octets for an AS here, has AS 0 in it."""
    path = next((body[place] for code, place in _attributes(body) if code == AttributeCode.AS_PATH), b"")
    while path:
        _, length, *_ = path
        if _AS_0 in (path[2 + at : 6 + at] for at in range(0, 4 * length, 4)):
            return True
        path = path[2 + 4 * length :]
    return False


def _with_next_hop(body: bytes, next_hop: bytes) -> bytes:
    """Return the UPDATE with another NEXT_HOP: the routers that the captured ones name are not here."""
    for code, place in _attributes(body):
        if code == AttributeCode.NEXT_HOP:
            body = body[: place.start] + next_hop + body[place.stop :]
    return framed(body)


def _pass_on(program: Program, load: Captured) -> Cost:
    """The session was an internal one, and is again; the listener is external."""
    feeder = Neighbor(neighbor_address(_FEEDER), LOCAL_ASN)
    with stage(program, [feeder, external(_SINK, is_told=True)]) as scene:
        sender, sink = scene.speakers
        watch = Stopwatch(scene.daemon)
        with sending({sender: load.octets}):
            finished = listen([Listener(sink)], load.prefixes, program.name)
        return watch.stop(finished)


def _measure(size: Size) -> Iterator[Row]:
    if not FULL_TABLE.exists():
        print(f"  there is no table in {FULL_TABLE}", file=sys.stderr)
        return
    load = captured_table(size.share)
    for result in compare(size, f"{load.prefixes:,} prefixes", partial(_pass_on, load=load)):
        yield result.row


REAL: Final = Scenario(
    "real",
    "a full table of the Internet from an internal neighbor to an external one",
    SIDE_BY_SIDE,
    _measure,
)
