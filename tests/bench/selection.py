"""What the table and the decision process alone take of feeds: no sockets, no codec, nobody is told."""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Final

from bgpd.pipeline import ROUND_KEYS
from messages.attribute_set import AttributeSetTable
from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from messages.framing import Framer
from messages.update import decode_announcements, decode_update
from rib.ingress import Said
from rib.loc_rib import LocRib
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind
from rib.table import Table
from tests.bench.cpu_clock import collector_off
from tests.bench.feeds import feed
from tests.bench.link import neighbor_address
from tests.bench.scenario import Column, Row, Scenario, Size

_LINK: Final = 1
_NOW: Final = 1_441_756_800


@dataclass(slots=True)
class Spent:
    """CPU seconds, and what came of them."""

    announcing: float = 0.0
    settling: float = 0.0
    changes: int = 0
    """How often a prefix got another best route."""


def measure(size: Size) -> Iterator[Row]:
    """Fill a table as the pipeline does: a round of selection whenever enough keys are dirty."""
    for count in size.neighbors:
        spent = _select(count, size.prefixes)
        paths = count * size.prefixes
        announcing, settling = (seconds / paths * 1e9 for seconds in (spent.announcing, spent.settling))
        figures = (
            spent.announcing + spent.settling,
            announcing,
            settling,
            announcing + settling,
            spent.changes,
        )
        yield Row(f"{count} x {size.prefixes:,} prefixes", figures)


def _select(neighbors: int, prefixes: int) -> Spent:
    table = Table("master", IPV4_UNICAST)
    loc_rib = LocRib(table)
    spent = Spent()
    sets = AttributeSetTable(Context())
    with collector_off():
        for number in range(neighbors):
            _announce(loc_rib, [*_routes(sets, number, prefixes)], spent)
    return spent


def _announce(loc_rib: LocRib, routes: Sequence[tuple[Route, list[PrefixKey]]], spent: Spent) -> None:
    table = loc_rib.table
    started = thread_time()
    for route, keys in routes:
        table.announce(route, keys)
        if table.unsettled >= ROUND_KEYS:
            started = _settle(loc_rib, started, spent)
    _settle(loc_rib, started, spent)


def _settle(loc_rib: LocRib, started: float, spent: Spent) -> float:
    """Settle what is dirty, and note the time since ``started`` as that of announcing; return the time."""
    before = thread_time()
    batch = loc_rib.run(2 * ROUND_KEYS)
    after = thread_time()
    spent.announcing += before - started
    spent.settling += after - before
    spent.changes += sum(len(change.keys) for change in batch.changes)
    return thread_time()


def _routes(sets: AttributeSetTable, number: int, prefixes: int) -> Iterator[tuple[Route, list[PrefixKey]]]:
    """Yield what the session of a neighbor would make of its UPDATEs, each of which announces."""
    address = socket.inet_aton(neighbor_address(number))
    source = Source(f"bgp{number}", SourceKind.BGP)
    source.external = True
    source.router_id, source.address = int.from_bytes(address), address
    destination = Destination(DestinationKind.UNICAST, (NextHop(address, _LINK),))
    bodies = [body for _, body in Framer().feed(feed(number, prefixes))]
    position = 0
    while position < len(bodies):
        found: Sequence[tuple[Said, list[PrefixKey]]] = decode_announcements(bodies, position, sets)
        if not found:  # it is not plain
            found = [said[1:] for said in decode_update(bodies[position], sets).announced]
            assert len(found) == 1
        position += len(found)
        for attributes, keys in found:
            yield Route(source, attributes, destination, _NOW), keys


SELECTION = Scenario(
    "selection",
    "the same in process, table and decision alone: per prefix and neighbor",
    (
        Column("CPU s"),
        Column("announce ns", ",.0f"),
        Column("settle ns", ",.0f"),
        Column("both ns", ",.0f"),
        Column("changes", ",d"),
    ),
    measure,
)
