"""When the state file is written, and with what."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bgpd.config import build, load
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.surroundings import Surroundings
from bgpd.restart import remembering
from bgpd.restart.remembered import NOTHING, REFRESH, Remembered, RememberedNeighbor, Visitor
from bgpd.restart.remembered_file import RememberedFile
from bgpd.restart.remembering import Remembering, remembered_of
from kernel_sync.interfaces import InterfaceTable
from messages.families import IPV4_UNICAST
from rib.route import Route
from rib.table import Table
from tests.protocols.lone_neighbor import NOW, AtHome, neighbor, tables
from tests.rib.building import SOMEWHERE, attributes, key
from tests.rib.building import neighbor as source

FIRST = Remembered(at=1000.0, neighbors={"tor1": RememberedNeighbor()})


class Desk:
    """Somebody who remembers, and what is to be remembered."""

    def __init__(self, path: Path) -> None:
        self.now = FIRST
        self.file = RememberedFile(str(path))
        self.writes = 0
        self.remembering = Remembering(self.file, self._look, asyncio.get_running_loop())

    def _look(self) -> Remembered:
        return self.now

    async def until_written(self, expected: Remembered) -> None:
        async with asyncio.timeout(5):
            while self.file.read() != expected:  # noqa: ASYNC110 - nobody says when it is written
                await asyncio.sleep(0.01)


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(remembering, "_LOOK_SECONDS", 0.02)
    made = Desk(tmp_path / "state")
    made.remembering.begin()
    yield made
    await made.remembering.end(made.now, "withdraw")


async def test_changes_are_written_and_the_end_says_how(desk: Desk) -> None:
    await desk.until_written(FIRST)
    desk.now = replace(FIRST, at=1005.0, neighbors={"tor1": RememberedNeighbor(keeps=120)})
    await desk.until_written(desk.now)
    same = desk.now
    desk.now = replace(same, at=1010.0)
    await asyncio.sleep(0.1)
    assert desk.file.read() == same
    desk.now = replace(same, at=same.at + REFRESH)
    await desk.until_written(desk.now)
    await desk.remembering.end(desk.now, "graceful")
    assert desk.file.read() == replace(desk.now, ended="graceful")


async def test_what_was_before_is_shown(tmp_path: Path) -> None:
    surroundings = Surroundings(0x0A000001, InterfaceTable(), lambda: NOW)
    surroundings.remembered = Remembered(1.0, neighbors={"tor1": RememberedNeighbor(3, "Socket: Timeout")})
    protocol = neighbor(tmp_path, surroundings=surroundings)
    assert any("Before restart:" in line and "3 sessions lost" in line for line in protocol.details().lines())
    assert not any("Before" in line for line in neighbor(tmp_path).details().lines())


@pytest.mark.parametrize(
    ("visitors", "awaited"),
    [
        ([], {"tor1"}),
        ([Visitor("127.0.0.5", ""), Visitor("127.0.0.6", "")], {"tor1_127_0_0_5", "tor1_127_0_0_6"}),
        ([Visitor("127.0.0.5", ""), Visitor("192.0.2.1", "")], {"tor1_127_0_0_5"}),
        ([Visitor("192.0.2.1", "")], {"tor1"}),
    ],
)
async def test_neighbors_of_ranges_are_awaited_by_name(
    tmp_path: Path, visitors: list[Visitor], awaited: set[str]
) -> None:
    path = tmp_path / "bgpd.toml"
    path.write_text(
        '[router]\nid = "10.0.0.1"\n[[neighbors]]\nname = "tor1"\nrange = "127.0.0.0/8"\nasn = 65001\n'
    )
    (settings,) = build(load(path)).neighbors
    surroundings = Surroundings(0x0A000001, InterfaceTable(), lambda: NOW)
    surroundings.remembered = Remembered(1.0, visitors={"tor1": visitors})
    neighbors = NeighborRange(settings, tables(), surroundings, asyncio.get_running_loop())
    neighbors.start()
    assert {*surroundings.convergence.awaited} == awaited
    neighbors.end("")
    assert not surroundings.convergence.awaited


async def test_what_a_neighbor_leaves(tmp_path: Path) -> None:
    """What the former process knew counts on."""
    protocol = neighbor(tmp_path, "passive = true")
    former = Remembered(at=1.0, neighbors={"tor1": RememberedNeighbor(3, "Socket: Timeout", 0)})
    found = remembered_of([protocol], [], former, 2.0).neighbors["tor1"]
    assert found == RememberedNeighbor(3, "Socket: Timeout", 0)
    async with AtHome(protocol):
        assert remembered_of([protocol], [], NOTHING, 2.0).neighbors == {"tor1": RememberedNeighbor()}


def test_path_identifiers_outlive_the_process() -> None:
    """RFC 7911 §3: who has kept a path knows it by its identifier."""
    before = Table("master", IPV4_UNICAST)
    sources = {name: source(name, router_id=number) for number, name in enumerate(("a", "b", "c"), 1)}
    for each in sources.values():
        before.announce(Route(each, attributes(65001), SOMEWHERE, 0), [key("10.0.0.0/8")])
    before.withdraw(sources["a"], [key("10.0.0.0/8")])
    identifiers = remembered_of([], [before], NOTHING, 1.0).path_identifiers
    assert identifiers == {"master ipv4": {"b": 2, "c": 3}}
    after = Table("master", IPV4_UNICAST)
    after.remember_identifiers(identifiers["master ipv4"])
    again = {name: source(name, router_id=1) for name in ("new", "c", "b", "newer")}
    for each in again.values():
        after.announce(Route(each, attributes(65001), SOMEWHERE, 0), [key("10.0.0.0/8")])
    assert {name: each.path_id for name, each in again.items()} == {"new": 4, "c": 3, "b": 2, "newer": 5}
    late = source("b", router_id=1)
    after.announce(Route(late, attributes(65001), SOMEWHERE, 0), [key("10.0.0.0/8")])
    assert late.path_id == 6
