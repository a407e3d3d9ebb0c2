"""Several paths to a prefix in a session, both ways (RFC 7911)."""

import asyncio
from pathlib import Path

import pytest

from bgpd.pipeline import Pipeline
from messages.attribute_set import AttributeSetTable
from messages.capabilities import ADD_PATH, FOUR_OCTET_AS, MULTIPROTOCOL, AddPath, Capabilities
from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.path import PathKey, make_path
from messages.iana import AddPathDirection, MessageType
from messages.open import Open, encode_open
from messages.update import decode_update, encode_attributes, pack_announcements, pack_withdrawals
from rib.loc_rib import Batch
from rib.route import Destination, DestinationKind, NextHop, Route
from tests.protocols import lone_neighbor
from tests.protocols.lone_neighbor import AtHome, tables
from tests.rib.building import attributes, key
from tests.rib.building import neighbor as source
from tests.sessions.speakers import Puppet

P = key("10.0.0.0/8")
PATHS = Context(add_path_send=frozenset({IPV4_UNICAST}), add_path_receive=frozenset({IPV4_UNICAST}))
OPEN = encode_open(
    Open(
        4,
        65001,
        90,
        0x0A000002,
        Capabilities.of(
            (MULTIPROTOCOL, IPV4_UNICAST),
            (FOUR_OCTET_AS, 65001),
            (ADD_PATH, (AddPath(IPV4_UNICAST, AddPathDirection.RECEIVE_AND_SEND),)),
        ),
    )
)
LINES = ("passive = true", 'import = "all"', 'export = "all"', 'next_hop = "keep"', 'add_paths = "both"')


def announcement(*identifiers: int) -> bytes:
    """Return an UPDATE of the neighbor with these paths to the prefix."""
    encoded = encode_attributes(attributes(65001), IPV4_UNICAST, PATHS)
    paths = [make_path(identifier, P) for identifier in identifiers]
    [message] = pack_announcements(IPV4_UNICAST, encoded, paths, PATHS)
    return message


def withdrawal(*identifiers: int) -> bytes:
    [message] = pack_withdrawals(IPV4_UNICAST, [make_path(each, P) for each in identifiers], PATHS)
    return message


class Watch:
    """Follows a table, and knows when there are certain paths."""

    follows_all = True

    def __init__(self, pipeline: Pipeline) -> None:
        self._table = pipeline.table
        self._changed = asyncio.Event()
        pipeline.attach(self)

    def follow(self, batch: Batch) -> None:
        self._changed.set()

    async def until(self, *identifiers: int) -> None:
        """Wait until these are the neighbor's paths."""
        async with asyncio.timeout(20):
            while {path.identifier for path in self._table.paths(P)} != {*identifiers}:
                self._changed.clear()
                await self._changed.wait()


async def test_the_neighbors_paths_come_and_go(tmp_path: Path) -> None:
    pipelines = tables()
    protocol = lone_neighbor.neighbor(tmp_path, *LINES, pipelines=pipelines)
    watch = Watch(pipelines[IPV4_UNICAST])
    async with AtHome(protocol) as home:
        async with await home.establish(OPEN) as puppet:
            puppet.send(announcement(1, 2, 7))
            await watch.until(1, 2, 7)
            puppet.send(withdrawal(2, 5))
            await watch.until(1, 7)
        await watch.until()


async def test_paths_beyond_the_limit_are_not_taken(tmp_path: Path) -> None:
    pipelines = tables()
    limit = 'max_prefixes = { import = 3, action = "block" }'
    protocol = lone_neighbor.neighbor(tmp_path, *LINES, limit, pipelines=pipelines)
    watch = Watch(pipelines[IPV4_UNICAST])
    async with AtHome(protocol) as home, await home.establish(OPEN) as puppet:
        puppet.send(announcement(1, 2, 3, 4, 5), withdrawal(1), announcement(6, 7))
        await watch.until(2, 3, 6)


async def next_paths(puppet: Puppet) -> list[PathKey]:
    """Return the paths of the next UPDATE."""
    message = await puppet.read_message()
    assert message is not None
    assert message[0] == MessageType.UPDATE
    update = decode_update(message[1], AttributeSetTable(PATHS))
    assert not update.errors
    return [path for _, _, paths in update.announced_paths for path in paths]


@pytest.mark.parametrize("most", ["2", '"all"'])
async def test_the_neighbor_is_sent_paths(tmp_path: Path, most: str) -> None:
    pipelines = tables()
    protocol = lone_neighbor.neighbor(tmp_path, *LINES, f"send_paths = {most}", pipelines=pipelines)
    pipeline = pipelines[IPV4_UNICAST]
    others = [source(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(3)]
    async with AtHome(protocol) as home, await home.establish(OPEN) as puppet:
        somewhere = Destination(DestinationKind.UNICAST, (NextHop(b"", 2),))
        for other in others:
            pipeline.table.announce(Route(other, attributes(65002), somewhere, 0), [P])
        pipeline.touched()
        sent = [await next_paths(puppet) for _ in range(2 if most == "2" else 3)]
    assert sorted(sent) == [[make_path(other.path_id, P)] for other in others[: len(sent)]]
