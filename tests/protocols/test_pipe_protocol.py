"""The pipe protocol: what is there when it starts, what comes later, and what is left when it ends."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bgpd.pipeline import Pipeline
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import ProtocolState
from bgpd.settings import PipeSettings
from messages.families import FAMILIES, IPV4_UNICAST, Family
from rib.route import Route, Source
from rib.table import Table
from tests.protocols.turns import Turns, keys
from tests.rib.building import SOMEWHERE, attributes, key, neighbor

TRANSPARENT = PipeSettings("pipe1", "blue", "master", "transparent", "all", "none", 70, (IPV4_UNICAST,))
"""``import`` from master to blue."""
SHORT, LONG = attributes(65001), attributes(65001, 65002)


class House:
    """Two tables of each family with a pipe between them, and a neighbor in either."""

    def __init__(self, settings: PipeSettings = TRANSPARENT) -> None:
        self.turns = Turns()
        self.blue, self.master = self._tables("blue"), self._tables("master")
        self.pipe = PipeProtocol(settings, self.blue, self.master, self.turns, lambda: 1000.0)
        self.a, self.b = neighbor("a", router_id=1), neighbor("b", router_id=2)

    def _tables(self, name: str) -> Mapping[Family, Pipeline]:
        made = {family: Pipeline(Table(name, family), self.turns) for family in FAMILIES.values()}
        made[IPV4_UNICAST].set_connected({key("192.0.2.0/24"): 2}, {2})
        return made

    def announce(self, pipelines: Mapping[Family, Pipeline], source: Source, count: int) -> Route:
        made = Route(source, SHORT, SOMEWHERE, 0)
        pipelines[IPV4_UNICAST].table.announce(made, keys(count))
        pipelines[IPV4_UNICAST].touched()
        return made

    def withdraw(self, pipelines: Mapping[Family, Pipeline], source: Source, count: int) -> None:
        pipelines[IPV4_UNICAST].table.withdraw(source, keys(count))
        pipelines[IPV4_UNICAST].touched()

    @staticmethod
    def names(pipelines: Mapping[Family, Pipeline]) -> list[str]:
        """Return whose route is the best for each prefix."""
        table = pipelines[IPV4_UNICAST].table
        best = [table.best(key) for key in table.slots]
        return [route.source.name for route in best if route is not None]


def test_it_carries_what_is_there_in_slices_and_then_what_comes() -> None:
    house = House()
    house.announce(house.master, house.a, 2500)
    house.turns.run()
    house.pipe.begin()
    assert len(house.blue[IPV4_UNICAST].table) == 1000
    house.turns.run()
    assert house.names(house.blue) == ["a"] * 2500
    house.announce(house.master, house.a, 2600)
    house.withdraw(house.master, house.a, 10)
    house.turns.run()
    assert len(house.names(house.blue)) == 2590


def test_what_changes_while_it_starts_is_not_brought_back() -> None:
    house = House()
    house.announce(house.master, house.a, 2500)
    house.turns.run()
    house.pipe.begin()
    house.withdraw(house.master, house.a, 2500)
    house.turns.run()
    assert house.names(house.blue) == []
    assert not house.blue[IPV4_UNICAST].table.slots


def test_a_route_that_comes_back_within_the_burst_in_which_it_starts_is_carried() -> None:
    """The batch sees the same route as before, so nobody is told of it."""
    house = House()
    house.announce(house.master, house.a, 1)
    house.turns.run()
    table = house.master[IPV4_UNICAST].table
    known = table.routes(keys(1)[0])[0]
    table.withdraw(house.a, keys(1))
    house.pipe.begin()
    table.announce(known, keys(1))
    house.master[IPV4_UNICAST].touched()
    house.turns.run()
    assert house.names(house.blue) == ["a"]


def test_it_takes_with_it_what_it_brought() -> None:
    house = House()
    house.announce(house.master, house.a, 20)
    house.announce(house.blue, house.b, 5)
    house.pipe.begin()
    house.turns.run()
    assert len(house.names(house.blue)) == 20
    house.pipe.end("disabled")
    house.turns.run()
    assert house.names(house.blue) == ["b"] * 5
    assert len(house.names(house.master)) == 20
    assert house.pipe.state is ProtocolState.DOWN
    house.announce(house.master, house.a, 30)
    house.turns.run()
    assert len(house.blue[IPV4_UNICAST].table) == 5


def test_one_that_ends_while_it_starts_carries_no_more() -> None:
    house = House()
    house.announce(house.master, house.a, 5000)
    house.turns.run()
    house.pipe.begin()
    house.pipe.end("disabled")
    house.turns.run()
    assert not house.blue[IPV4_UNICAST].table.slots


def test_it_can_start_again_before_all_that_it_brought_is_gone() -> None:
    house = House()
    house.announce(house.master, house.a, 3000)
    house.pipe.begin()
    house.turns.run()
    house.pipe.end("restart")
    house.pipe.begin()
    house.turns.run()
    table = house.blue[IPV4_UNICAST].table
    assert house.names(house.blue) == ["a"] * 3000
    assert all(len(table.routes(key)) == 1 for key in table.slots)


def test_it_works_both_ways_without_echo() -> None:
    house = House(replace(TRANSPARENT, export_filter="all"))
    house.pipe.begin()
    house.announce(house.master, house.a, 3)
    house.announce(house.blue, house.b, 5)
    house.turns.run()
    assert house.names(house.master) == house.names(house.blue) == ["a"] * 3 + ["b"] * 2
    house.pipe.end("disabled")
    house.turns.run()
    assert (house.names(house.master), house.names(house.blue)) == (["a"] * 3, ["b"] * 5)


@pytest.mark.parametrize(("mode", "preference"), [("transparent", 100), ("opaque", 71)])
def test_the_mode_decides_under_whose_name_routes_come(mode: str, preference: int) -> None:
    opaque = mode == "opaque"
    house = House(replace(TRANSPARENT, mode="opaque", preference=71) if opaque else TRANSPARENT)
    house.announce(house.master, house.a, 1)
    house.pipe.begin()
    house.turns.run()
    best = house.blue[IPV4_UNICAST].table.best(keys(1)[0])
    assert best is not None
    assert (best.source.name, best.preference) == ("pipe1" if opaque else "a", preference)
    assert house.master[IPV4_UNICAST].table.tells_all is not opaque


def test_it_is_shown_with_what_it_imports() -> None:
    house = House()
    house.announce(house.master, house.a, 4)
    house.pipe.begin()
    house.turns.run()
    [channel] = house.pipe.channels
    assert channel.source is not None
    assert (channel.source.routes, channel.source.preferred) == (4, 4)
    assert (house.pipe.info, house.pipe.table, house.pipe.kind) == ("=> master", "blue", "Pipe")
    assert house.pipe.exports[IPV4_UNICAST].routes == 0
