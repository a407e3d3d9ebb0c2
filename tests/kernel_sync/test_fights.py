"""Fights over a route: put back, then left alone, then tried again."""

from kernel_sync.fib import Fib
from kernel_sync.fights import FIRST_REST, LONGEST_REST, MINUTE, Fights
from kernel_sync.observer import Notification, Observer
from kernel_sync.operations import OperationKind
from kernel_sync.standing import Standing, states
from kernel_sync.types import PROTOCOL_BIRD, KernelRoute, NextHop, ObservedRoute, RouteKind
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_prefix

KEY = parse_prefix("10.0.0.0/8")[1]
OTHER = parse_prefix("11.0.0.0/8")[1]
STATIC = 4
OURS = KernelRoute(RouteKind.BLACKHOLE).canonical(IPV4_UNICAST)
THEIRS = KernelRoute(RouteKind.UNICAST, (NextHop(bytes((10, 0, 0, 1)), 2),)).canonical(IPV4_UNICAST)


class House:
    """A table with two routes, and somebody who takes out one of them."""

    def __init__(self, limit: int = 3) -> None:
        self.fib = Fib(IPV4_UNICAST, restore_limit=limit)
        self.observer = Observer(self.fib)
        self.now = 1000.0
        self.fib.set([KEY, OTHER], OURS)
        self.flush()

    def flush(self) -> list[OperationKind]:
        operations = self.fib.pending(10)
        self.fib.done(operations, {})
        return [operation.kind for operation in operations]

    def removed(self, port: int = 4711) -> list[OperationKind]:
        gone = Notification(KEY, ObservedRoute(OURS, PROTOCOL_BIRD), present=False, port=port)
        self.observer.observe(gone, self.now)
        return self.flush()

    def replaced(self) -> None:
        there = ObservedRoute(THEIRS, STATIC)
        self.observer.observe(Notification(KEY, there, present=True, replaced=True, port=4711), self.now)
        self.flush()
        self.observer.observe(Notification(KEY, there, present=False, port=4711), self.now)
        self.flush()

    def pass_time(self, seconds: float) -> list[OperationKind]:
        self.now += seconds
        self.fib.end_rests(self.now)
        return self.flush()


def test_a_route_is_put_back_so_many_times_a_minute() -> None:
    house = House()
    for _ in range(3):
        assert house.removed() == [OperationKind.ADD]
    assert house.removed() == []
    assert house.observer.restored == 3
    assert house.fib.problem(KEY) == (
        "fought over: netlink port 4711 removed it 4 times within a minute; the next attempt is in 60 s"
    )
    assert house.fib.reported == [KEY]
    assert not house.fib.is_written(KEY)
    assert house.fib.is_written(OTHER)
    assert {state.key: state.standing for state in states(house.fib)} == {
        KEY: Standing.FOUGHT,
        OTHER: Standing.INSTALLED,
    }


def test_the_other_sides_protocol_is_named() -> None:
    house = House(limit=1)
    house.replaced()
    house.replaced()
    assert house.fib.problem(KEY) == (
        "fought over: proto static (4) replaced it 2 times within a minute; the next attempt is in 60 s"
    )


def test_it_is_tried_again_after_a_rest_that_doubles() -> None:
    house = House(limit=1)
    rests = []
    for _ in range(6):
        while house.removed():
            pass
        due = house.fib.fights.next_attempt
        assert due is not None
        rests.append(due - house.now)
        assert house.pass_time(due - house.now - 1) == []
        assert house.pass_time(1) == [OperationKind.ADD]
        assert house.fib.problem(KEY) is None
        assert house.fib.fights.next_attempt is None
    assert rests == [60, 120, 240, 480, LONGEST_REST, LONGEST_REST]


def test_who_takes_out_a_route_now_and_then_is_no_fighter() -> None:
    house = House(limit=2)
    for _ in range(20):
        assert house.removed() == [OperationKind.ADD]
        house.pass_time(MINUTE / 2 + 1)


def test_what_the_kernel_itself_removes_is_no_fight() -> None:
    """An interface that flaps takes its routes along each time."""
    house = House(limit=1)
    for _ in range(20):
        assert house.removed(port=0) == [OperationKind.ADD]


def test_a_rest_ends_when_the_route_is_no_longer_wanted() -> None:
    house = House(limit=1)
    while house.removed():
        pass
    house.fib.set([KEY], None)
    assert house.flush() == []
    assert house.fib.problem(KEY) is None
    house.fib.set([KEY], OURS)
    assert house.flush() == [OperationKind.ADD]


def test_another_route_to_a_prefix_that_rests_waits_as_well() -> None:
    house = House(limit=1)
    while house.removed():
        pass
    house.fib.set([KEY], THEIRS)
    assert house.flush() == []
    assert house.pass_time(FIRST_REST) == [OperationKind.ADD]


def test_a_rest_ends_when_somebody_puts_the_route_there() -> None:
    house = House(limit=1)
    while house.removed():
        pass
    ours = ObservedRoute(OURS, PROTOCOL_BIRD)
    house.observer.observe(Notification(KEY, ours, present=True, port=4711), house.now)
    assert house.fib.is_written(KEY)
    assert house.fib.fights.next_attempt is None


def test_what_rests_goes_at_the_end_as_well() -> None:
    house = House(limit=1)
    changed = ObservedRoute(THEIRS, PROTOCOL_BIRD)
    for _ in range(3):
        house.observer.observe(Notification(KEY, changed, present=True, replaced=True, port=4711), house.now)
        house.flush()
    assert KEY in house.fib.fights.resting
    house.fib.clear()
    assert house.flush() == [OperationKind.DELETE, OperationKind.DELETE]


def test_a_table_that_is_emptied_again_and_again_takes_no_endless_memory() -> None:
    fights = Fights(limit=1000)
    for number in range(250_000):
        fights.disturbed(parse_prefix(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}/32")[1], 0.0)
    assert len(fights._rounds) <= 100_000
