"""What is remembered of changes, and for how long."""

from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from rib.history import MOST_KEYS, MOST_ROUTES, Event, History
from rib.loc_rib import LocRib
from rib.route import Route, Source
from rib.table import Table
from tests.rib.building import attributes, key, neighbor, route

FIRST, SECOND, THIRD = map(key, ("10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"))


def fresh(source: Source, *path: int) -> Route:
    """Return a route of a neighbor."""
    return route(source, attributes(*path))


class Clock:
    """Unix time as the test has it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Followed:
    """A table that a history follows."""

    def __init__(self, most_keys: int = MOST_KEYS, most_routes: int = MOST_ROUTES) -> None:
        self.clock = Clock()
        self.table = Table("master", IPV4_UNICAST)
        self.history = History(self.clock, most_keys, most_routes)

    def settle(self) -> None:
        self.history.follow(LocRib(self.table).run(10_000))

    def events(self, *keys: PrefixKey) -> list[Event]:
        return [event for event in self.history.of(frozenset(keys)) if event is not None]


def test_the_newest_change_comes_first() -> None:
    followed = Followed()
    tor1 = neighbor("tor1")
    first, second = fresh(tor1, 65001), fresh(tor1, 65001, 65002)
    followed.table.announce(first, [FIRST, SECOND])
    followed.settle()
    followed.clock.now += 1
    followed.table.announce(second, [FIRST])
    followed.settle()
    followed.clock.now += 1
    followed.table.withdraw(tor1, [FIRST])
    followed.settle()
    assert followed.events(FIRST) == [
        Event(1002.0, FIRST, second, None),
        Event(1001.0, FIRST, first, second),
        Event(1000.0, FIRST, None, first),
    ]
    assert followed.events(SECOND) == [Event(1000.0, SECOND, None, first)]
    assert {event.key for event in followed.events(FIRST, SECOND)} == {FIRST, SECOND}
    assert followed.events(THIRD) == []


def test_what_changes_nothing_is_not_remembered() -> None:
    followed = Followed()
    followed.settle()
    followed.table.announce(fresh(neighbor("tor1")), [FIRST])
    followed.settle()
    followed.settle()
    assert len(followed.history) == 1
    assert followed.history.complete_since is None


def test_the_oldest_changes_are_forgotten() -> None:
    followed = Followed(most_keys=2)
    for each in (FIRST, SECOND, THIRD):
        followed.table.announce(fresh(neighbor("tor1")), [each])
        followed.settle()
        followed.clock.now += 1
    assert len(followed.history) == 2
    assert followed.events(FIRST) == []
    assert len(followed.events(SECOND, THIRD)) == 2
    assert followed.history.complete_since == 1001.0


def test_changes_that_keep_many_routes_are_forgotten_sooner() -> None:
    """Where containers come and go, each change has a route of its own: keys alone would not bound memory."""
    followed = Followed(most_routes=2)
    for each in (FIRST, SECOND):
        followed.table.announce(fresh(neighbor("tor1")), [each])
        followed.settle()
    followed.table.announce(fresh(neighbor("tor1")), [THIRD])
    followed.settle()
    assert followed.events(FIRST) == []
    assert len(followed.events(SECOND, THIRD)) == 2


def test_prefixes_that_share_a_route_count_as_one_against_its_bound() -> None:
    followed = Followed(most_routes=1)
    followed.table.announce(fresh(neighbor("tor1")), [FIRST, SECOND, THIRD])
    followed.settle()
    assert len(followed.history) == 3


def test_a_batch_beyond_the_bound_is_not_kept() -> None:
    followed = Followed(most_keys=2)
    followed.table.announce(fresh(neighbor("tor1")), [FIRST, SECOND, THIRD])
    followed.settle()
    assert len(followed.history) == 0
    assert followed.history.complete_since == 1000.0


def test_looking_back_makes_pauses() -> None:
    followed = Followed()
    for number in range(4):
        keys = [key(f"10.{number}.{third}.{fourth}/32") for third in range(2) for fourth in range(256)]
        followed.table.announce(fresh(neighbor("tor1")), keys)
        followed.settle()
    assert list(followed.history.of(frozenset({FIRST}))) == [None, None]


def test_a_change_while_somebody_looks_back_does_no_harm() -> None:
    followed = Followed(most_keys=2)
    for each in (FIRST, SECOND):
        followed.table.announce(fresh(neighbor("tor1")), [each])
        followed.settle()
    found = followed.history.of(frozenset({FIRST, SECOND}))
    latest = next(found)
    assert latest is not None
    assert latest.key == SECOND
    followed.table.announce(fresh(neighbor("tor1")), [THIRD])
    followed.settle()
    earlier = next(found)
    assert earlier is not None
    assert earlier.key == FIRST


def test_whoever_read_some_changes_is_told_those_after_them() -> None:
    followed = Followed()
    tor1 = neighbor("tor1")
    first, second = fresh(tor1, 65001), fresh(tor1, 65002)
    followed.table.announce(first, [FIRST, SECOND])
    followed.table.announce(second, [THIRD])
    followed.settle()
    followed.table.withdraw(tor1, [SECOND])
    followed.settle()
    every = [*followed.history.after(0)]
    assert sorted(event.key for event in every[:3] if event) == sorted([FIRST, SECOND, THIRD])
    assert every[3] == Event(1000.0, SECOND, first, None)
    assert followed.history.settled == 4
    for number in range(5):
        assert [*followed.history.after(number)] == every[number:]


def test_what_is_forgotten_counts() -> None:
    followed = Followed(most_keys=2)
    for each in (FIRST, SECOND, THIRD):
        followed.table.announce(fresh(neighbor("tor1")), [each])
        followed.settle()
    assert (followed.history.first, followed.history.settled) == (1, 3)
    assert [event.key for event in followed.history.after(0) if event] == [SECOND, THIRD]


def test_reading_many_changes_makes_pauses() -> None:
    followed = Followed()
    for number in range(4):
        keys = [key(f"10.{number}.{third}.{fourth}/32") for third in range(2) for fourth in range(256)]
        followed.table.announce(fresh(neighbor("tor1")), keys)
        followed.settle()
    found = [*followed.history.after(1)]
    assert (found.count(None), len(found)) == (2, 2 + 2047)
