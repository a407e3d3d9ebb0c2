"""A route reflector (RFC 4456): what each client announces is told to all others, encoded once for all."""

import socket
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Final, NamedTuple

from tests.bench.daemons import LOCAL_ASN, Neighbor, Program
from tests.bench.link import neighbor_address
from tests.bench.listener import Listener, listen
from tests.bench.running import Cost, Groups, Stopwatch
from tests.bench.scenario import Column, Figure, Row, Scenario, Size
from tests.bench.stage import stage
from tests.bench.table import prefixes, single_announcements
from tests.bench.turns import SIDE_BY_SIDE, compare

_FEED_ASN: Final = 65_000


class Client(NamedTuple):
    """What one client announces."""

    keys: Sequence[bytes]
    octets: bytes


@cache
def _clients(count: int, routes: int) -> Sequence[Client]:
    """Return clients with a next hop of their own, and no two routes with the same attributes."""
    keys = prefixes(count * routes)
    clients = []
    for number in range(count):
        own = keys[number * routes : (number + 1) * routes]
        next_hop = socket.inet_aton(neighbor_address(number))
        updates = single_announcements(own, _FEED_ASN, next_hop, seed=2 + number)
        clients.append(Client(own, b"".join(updates)))
    return clients


def reflect(program: Program, count: int, routes: int, groups: dict[Program, Groups | None]) -> Cost:
    """Let all clients announce at once, and wait until each has the routes of all others.

    What the update groups have done is left in ``groups``.
    """
    clients = _clients(count, routes)
    everybody = [
        Neighbor(neighbor_address(number), LOCAL_ASN, is_told=True, is_client=True) for number in range(count)
    ]
    with stage(program, everybody) as scene:
        pairs = [*zip(scene.speakers, clients, strict=True)]
        listeners = [Listener(speaker, client.keys) for speaker, client in pairs]
        watch = Stopwatch(scene.daemon)
        for speaker, client in pairs:
            speaker.send(client.octets)  # so little that no socket is ever full
        finished = listen(listeners, (count - 1) * routes, program.name)
        cost = watch.stop(finished)
        groups[program] = scene.daemon.groups
        return cost


def _measure(size: Size) -> Iterator[Row]:
    for clients, routes in size.reflections:
        groups: dict[Program, Groups | None] = {}
        turn = partial(reflect, count=clients, routes=routes, groups=groups)
        for result in compare(size, f"{clients} clients x {routes} routes", turn):
            saved = _saved(groups[result.program], clients * routes * (clients - 1))
            yield Row(result.row.title, (*result.figures, *saved))


def _saved(groups: Groups | None, alone: int) -> tuple[Figure, ...]:
    """Return the encodings, and the share of those without groups that is saved."""
    if groups is None:
        return None, None, None
    return groups.number, groups.encodings, 100 * (1 - groups.encodings / alone)


REFLECTION: Final = Scenario(
    "reflection",
    "each client is told of what all others announce",
    (*SIDE_BY_SIDE, Column("groups", "d"), Column("encodings", ",d"), Column("saved %", ".1f")),
    _measure,
)
