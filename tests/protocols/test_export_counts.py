"""How many routes a neighbor is told of, asked for while the table is large and changes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bgpd.export_counts import PATIENCE, ExportCounts
from bgpd.protocols.bgp import BgpProtocol
from bgpd.settings import DecisionSettings
from bgpd.tables import MASTER, RoutingTables
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from rib.census import SLICE
from rib.route import Route
from tests.protocols.lone_neighbor import AtHome, neighbor
from tests.protocols.virtual_time import VirtualTime
from tests.rib.building import SOMEWHERE, attributes
from tests.rib.building import neighbor as source
from tests.sessions.speakers import puppet_open

OPEN = ('import = "all"', 'export = "all"', "passive = true")
OTHER = source("other", router_id=7, address="192.0.2.7")
MANY = 2 * SLICE + 1
"""Prefixes that are counted in three slices."""


class Counting:
    """A table of which an established neighbor is told, and who counts, at a time the test sets."""

    def __init__(self, routing: RoutingTables, protocol: BgpProtocol) -> None:
        self.time = VirtualTime()
        self._pipeline = routing[MASTER][IPV4_UNICAST]
        self._counts = ExportCounts(routing, {"tor1": protocol}, self.time)

    async def announce(self, numbers: range) -> None:
        """Let as many prefixes be in the table."""
        keys = [PrefixKey(b"\x20" + number.to_bytes(4)) for number in numbers]
        self._pipeline.table.announce(Route(OTHER, attributes(65007), SOMEWHERE, 0), keys)
        self._pipeline.touched()
        for _ in range(100):
            await asyncio.sleep(0)
        assert not self._pipeline.table.unsettled

    def ask(self) -> Iterator[int | None]:
        """Yield None after each slice, at last the number."""
        return self._counts.exported("tor1", IPV4_UNICAST)

    def latest(self) -> int | None:
        """Return what was counted last."""
        return self._counts.exported_lately("tor1", IPV4_UNICAST)

    def number(self) -> int | None:
        """Return the number at once."""
        [*_, number] = self.ask()
        return number


@pytest.fixture
async def counting(tmp_path: Path) -> AsyncIterator[Counting]:
    decision = DecisionSettings(
        path_metric=True, med_metric=False, igp_metric=True, prefer_older=False, relaxed_paths=False
    )
    routing = RoutingTables([MASTER], decision, asyncio.get_running_loop())
    protocol = neighbor(tmp_path, *OPEN, pipelines=routing[MASTER])
    async with AtHome(protocol) as home, await home.establish(puppet_open()):
        here = Counting(routing, protocol)
        await here.announce(range(MANY))
        yield here


async def test_all_are_counted_and_the_next_one_is_told_at_once(counting: Counting) -> None:
    assert [*counting.ask()] == [None, None, None, None, MANY]
    assert [*counting.ask()] == [MANY]


async def test_who_has_waited_for_long_is_told_of_the_last_time(counting: Counting) -> None:
    counting.number()
    await counting.announce(range(MANY, MANY + 100))
    asked = counting.ask()
    assert next(asked) is None
    counting.time.pass_by(2 * PATIENCE)
    assert [*asked] == [MANY]
    counting.time.pass_by()
    assert [*counting.ask()] == [MANY + 100]


async def test_the_first_one_is_told_what_was_counted_so_far(counting: Counting) -> None:
    asked = counting.ask()
    assert next(asked) is None
    counting.time.pass_by(2 * PATIENCE)
    assert [*asked] == [SLICE]
    counting.time.pass_by()
    assert [*counting.ask()] == [MANY]


async def test_what_somebody_began_to_count_serves_others(counting: Counting) -> None:
    """The table may have changed meanwhile: it is one count behind at most."""
    first = counting.ask()
    assert next(first) is None
    await counting.announce(range(MANY, MANY + 100))
    assert counting.number() == MANY
    assert [*first] == [MANY]
    assert counting.number() == MANY + 100


async def test_the_counting_goes_on_when_nobody_waits(counting: Counting) -> None:
    asked = counting.ask()
    assert next(asked) is None
    del asked
    counting.time.pass_by()
    assert [*counting.ask()] == [MANY]
    assert counting.time.appointments == 0


async def test_the_latest_number_costs_no_count_and_has_one_follow(counting: Counting) -> None:
    assert counting.latest() is None
    for _ in range(10):
        counting.time.pass_by(1)
    assert counting.latest() == MANY
    assert counting.time.appointments == 0
    await counting.announce(range(MANY, MANY + 100))
    assert counting.latest() == MANY
    for _ in range(10):
        counting.time.pass_by(1)
    assert counting.latest() == MANY + 100
