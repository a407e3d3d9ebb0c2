"""What is done about memory once a table has become small."""

import gc
import sys
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from typing import cast
from weakref import ref

import pytest

from bgpd.health.interpreter import FULL_PASS_AFTER, MOST_OLD, empty_free_lists
from bgpd.health.memory import Reclaimer, keep_large_blocks_apart, return_free_memory
from bgpd.pipeline import Pipeline
from messages.families import IPV4_UNICAST
from rib.member import Member
from rib.route import Route
from rib.slot import routes_of
from rib.table import Table
from tests.protocols.turns import Turns, keys
from tests.protocols.virtual_time import VirtualTime
from tests.rib.building import SOMEWHERE, attributes, group_key, key, neighbor

MANY = 120_000
LATER = 10.0


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Leave the collector as it was."""
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture
def young() -> None:
    """Let nothing be old, and garbage be looked for only when somebody asks."""
    gc.disable()
    gc.collect()
    gc.freeze()


class Circle:
    """Something that refers to itself, as a connection of asyncio does."""

    def __init__(self) -> None:
        self.itself = self


def grow_old() -> None:
    """Look through the young, again and again."""
    for _ in range(FULL_PASS_AFTER):
        gc.collect(1)


def full_passes() -> int:
    return int(gc.get_stats()[2]["collections"])


class World:
    """A table behind a pipeline, and the one that looks at it."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.time = VirtualTime()
        self.pipeline = Pipeline(Table("master", IPV4_UNICAST), self.turns)
        self.pipeline.set_connected({key("192.0.2.0/24"): 2}, {2})
        self.reclaimer = Reclaimer([self.pipeline], cast(AbstractEventLoop, self.time))
        self.source = neighbor("a")
        self.turns.run()

    @property
    def room(self) -> int:
        """Octets of the dictionary."""
        return sys.getsizeof(self.pipeline.table.slots)

    def announce(self, route: Route) -> None:
        self.pipeline.table.announce(route, keys(MANY))
        self.pipeline.touched()

    def withdraw(self) -> None:
        self.pipeline.table.withdraw(self.source, keys(MANY))
        self.pipeline.touched()

    def new_route(self) -> Route:
        return Route(self.source, attributes(65001), SOMEWHERE, 0)


def test_a_table_is_looked_at_again_and_again() -> None:
    world = World()
    world.reclaimer.begin()
    for _ in range(2):
        world.announce(world.new_route())
        world.turns.run()
        world.time.pass_by(LATER)
        grown = world.room
        assert grown > MANY * 16
        world.withdraw()
        world.turns.run()
        assert world.room == grown
        world.time.pass_by(LATER)
        assert world.room < grown / 4


def test_nothing_happens_while_there_is_something_to_do() -> None:
    world = World()
    world.reclaimer.begin()
    world.announce(world.new_route())
    world.turns.run()
    grown = world.room
    world.withdraw()
    world.time.pass_by(LATER)
    assert world.room == grown


def test_groups_let_go_of_the_routes() -> None:
    world = World()
    world.reclaimer.begin()
    world.pipeline.join(group_key(), Member(neighbor("b"), lambda _messages: True))
    world.turns.run()
    world.announce(world.new_route())
    (slot,) = {*world.pipeline.table.slots.values()}
    remembered = ref(routes_of(slot)[0].received)
    del slot
    world.turns.run()
    world.withdraw()
    world.turns.run()
    world.time.pass_by(LATER)
    gc.collect()
    assert remembered() is None


def test_after_the_end_nobody_looks() -> None:
    world = World()
    world.reclaimer.begin()
    assert world.time.appointments == 1
    world.reclaimer.stop()
    assert world.time.appointments == 0


def test_the_c_library_can_be_asked() -> None:
    """These are wishes; what comes of them is measured by the benchmark called memory."""
    keep_large_blocks_apart()
    return_free_memory()


@pytest.mark.usefixtures("young")
def test_garbage_that_was_old_before_does_not_stay() -> None:
    world = World()
    world.reclaimer.begin()
    circle = Circle()
    gone = ref(circle)
    grow_old()
    del circle
    grow_old()
    assert gone() is not None
    world.time.pass_by(LATER)
    assert gone() is None


@pytest.mark.usefixtures("young")
def test_the_old_are_not_looked_through_for_nothing() -> None:
    world = World()
    world.reclaimer.begin()
    before = full_passes()
    world.time.pass_by(10 * LATER)
    assert full_passes() == before


@pytest.mark.usefixtures("young")
def test_the_old_are_not_looked_through_while_there_is_something_to_do() -> None:
    world = World()
    world.reclaimer.begin()
    grow_old()
    world.announce(world.new_route())
    before = full_passes()
    world.time.pass_by(LATER)
    assert full_passes() == before


@pytest.mark.usefixtures("young")
def test_a_full_table_is_left_alone() -> None:
    """A look at it would take longer than a callback may."""
    world = World()
    world.reclaimer.begin()
    many: list[list[object]] = [[] for _ in range(MOST_OLD + 1)]
    grow_old()
    before, frozen = full_passes(), gc.get_freeze_count()
    world.time.pass_by(LATER)
    assert full_passes() == before
    assert gc.get_freeze_count() > frozen + MOST_OLD
    circle = Circle()
    gone = ref(circle)
    grow_old()
    del circle
    world.time.pass_by(LATER)
    assert gone() is None
    assert many


def test_free_lists_are_emptied_without_a_look_at_what_lives() -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    gc.collect()
    frozen, full = gc.get_freeze_count(), gc.get_stats()[2]["collections"]
    empty_free_lists()
    assert gc.get_freeze_count() > frozen
    assert gc.get_stats()[2]["collections"] == full + 1
    assert cycle[0] is cycle
