"""A route reflector (RFC 4456): what each client announces is told to all others, encoded once for all."""

import selectors
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.bench.daemon import LOCAL_ASN, Stopwatch, address_of, running_daemon, speaker
from tests.bench.feeds import FIRST, keys
from tests.bench.scenario import COSTS, Column, Row, Scenario, Size
from tests.bench.speaker import Speaker, Tally
from tests.bench.table import announcements

_CLIENT: Final = 'route_reflector_client = true\nnext_hop = "keep"'
_PATIENCE: Final = 120
_QUIET: Final = 0.1


def measure(size: Size) -> Iterator[Row]:
    """Let all clients announce at once, and wait until each has the routes of all others."""
    numbers = range(FIRST, FIRST + size.clients)
    clients = [speaker(number, LOCAL_ASN) for number in numbers]
    loads = {client: _updates(size, number) for client, number in zip(clients, numbers, strict=True)}
    with running_daemon(clients, told=clients, extra=_CLIENT) as daemon:
        watch = Stopwatch(daemon)
        for client, messages in loads.items():
            client.send(b"".join(messages))  # so little that no socket is ever full
        finished = _read_all(clients, (size.clients - 1) * size.client_routes)
        costs = watch.stop(finished)
        groups = daemon.groups
    routes = sum(map(len, loads.values()))
    alone = routes * (size.clients - 1)
    saved = 100 * (1 - groups.encodings / alone)
    title = f"{size.clients} clients x {size.client_routes} prefixes, {routes:,} routes"
    yield Row(title, (*costs, groups.number, groups.encodings, alone, saved))


def _updates(size: Size, number: int) -> list[bytes]:
    """Return the UPDATEs of one client; each makes one route, since its prefixes share their attributes."""
    begin = (number - FIRST) * size.client_routes
    *own, last = keys(size.clients * size.client_routes)[begin : begin + size.client_routes]
    next_hop = socket.inet_aton(address_of(number))
    return [*announcements(own, 65_000, next_hop, seed=number, sentinel=last, is_internal=True)]


def _read_all(clients: Sequence[Speaker], expected: int) -> float:
    """Read until every client was told of so many prefixes; return the monotonic second of the last octet.

    They count only while nothing comes, so that nobody has to wait for them.
    """
    tallies = {client: Tally() for client in clients}
    finished = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        while any(tally.announced < expected for tally in tallies.values()):
            if not selector.select(_PATIENCE):
                raise SystemExit(_missing(tallies, expected))
            while ready := selector.select(_QUIET):
                for key, _ in ready:
                    reader: Speaker = key.data
                    reader.read()
                finished = time.monotonic()
            for client, tally in tallies.items():
                tally.add(b"".join(client.received))
                client.received.clear()
    if any(tally.announced != expected or tally.withdrawn for tally in tallies.values()):
        raise SystemExit(_missing(tallies, expected))
    return finished


def _missing(tallies: Mapping[Speaker, Tally], expected: int) -> str:
    client, tally = next((each, tally) for each, tally in tallies.items() if tally.announced != expected)
    return (
        f"client {client.local} was told of {tally.announced:,} prefixes instead of {expected:,}, "
        f"and that {tally.withdrawn:,} are gone"
    )


REFLECTION = Scenario(
    "reflection",
    "each client is told of what all others announce; encodings with groups, and without",
    (
        *COSTS,
        Column("groups", "d"),
        Column("encodings", ",d"),
        Column("without", ",d"),
        Column("saved %", ".1f"),
    ),
    measure,
)
