"""``show memory``: what the process uses, and about how much of it is for what."""

import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from bgpd.show.command import Arguments, Command, Line
from bgpd.show.view import Daemon
from rib.table import Table

_CODE: Final = 1018
_SLICE: Final = 20_000
"""Prefixes looked at between two pauses."""
_STATISTICS: Final = Path("/proc/self/statm")
_KIB: Final = 1024
_UNITS: Final = " kMG"
_SCALED_FROM: Final = 10_000
"""What is less is printed in the unit it is in, as BIRD does."""
_KEY: Final = sys.getsizeof(b"\0" * 5)
_ROUTE: Final = 250
"""Octets of a route with its attributes; prefixes share them."""
_ROA: Final = 3 * _KEY
_PROTOCOL: Final = 8 * _KIB


class _Memory(NamedTuple):
    """In octets. The total is what the system counts; the others are estimates."""

    routing_tables: int
    route_attributes: int
    roa_tables: int
    protocols: int
    total: int


def _request(daemon: Daemon, _arguments: Arguments) -> Daemon:
    return daemon


def _rows(daemon: Daemon) -> Iterator[_Memory | None]:
    routes = 0
    for table in daemon.tables:
        for count in _distinct(table):
            routes += count
            yield None
    yield _Memory(
        routing_tables=sum(sys.getsizeof(table.slots) + _KEY * len(table.slots) for table in daemon.tables),
        route_attributes=routes * _ROUTE,
        roa_tables=_ROA
        * sum(len(table.roas) for table in daemon.policies.program.symbols.roa_tables.values()),
        protocols=_PROTOCOL * len(daemon.protocols),
        total=int(_STATISTICS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
    )


def _distinct(table: Table) -> Iterator[int]:
    """Yield how many more slots there are that are not the same."""
    seen: set[int] = set()
    slots = iter(list(table.slots.values()))
    while some := {id(slot) for slot in islice(slots, _SLICE)}:
        yield len(some - seen)
        seen |= some


def _layout(_daemon: Daemon, row: _Memory) -> Iterator[Line]:
    yield Line(_CODE, "BIRD memory usage")
    for name, octets in (
        ("Routing tables:", row.routing_tables),
        ("Route attributes:", row.route_attributes),
        ("ROA tables:", row.roa_tables),
        ("Protocols:", row.protocols),
        ("Total:", row.total),
    ):
        yield Line(_CODE, f"{name:<17} {scaled(octets)}")


def scaled(octets: int) -> str:
    """Return a size in the unit in which it has four digits at most."""
    step = 0
    while octets >= _SCALED_FROM and step < len(_UNITS) - 1:
        octets, step = octets // _KIB, step + 1
    return f"{octets:>4} {_UNITS[step]}B"


COMMAND: Final[Command[Daemon, _Memory]] = Command(
    words="show memory",
    help="How much memory is used for what, as far as that is known",
    example="show memory",
    request=_request,
    rows=_rows,
    layout=_layout,
    is_single=lambda _daemon: True,
)
