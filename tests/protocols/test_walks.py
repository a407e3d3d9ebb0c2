"""Passes over a table: what causes them, how causes gather, and what a route becomes under several."""

from collections.abc import Callable, Hashable

import pytest

from bgpd.walks import Walks
from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES, MULTI_EXIT_DISC
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from messages.iana import WellKnownCommunity
from rib.admission import Admission
from rib.ingress import Ingress
from rib.long_lived_stale import is_long_lived_stale
from rib.next_hops import NextHops
from rib.policy import Policy, Reading
from rib.route import Refusal, Route, Source
from rib.slot import entries_of, route_of
from rib.table import Table
from tests.protocols.turns import Successors, keys
from tests.rib.building import SOMEWHERE, attributes, key, neighbor
from tests.rib.judging import Watched, itself, unchanged


def is_odd(prefix: PrefixKey) -> bool:
    """Tell every other prefix apart from the rest."""
    return bool(prefix[-1] & 1)


class House:
    """A table of a few routes, and the passes over it."""

    def __init__(self) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.next_hops = NextHops(self.table)
        self.next_hops.set_connected({key("192.0.2.0/24"): 2}, {2})
        self.walks = Walks(self.table, self.next_hops)
        self.done: list[str] = []

    def announce(self, source: Source, said: AttributeSet | None = None, count: int = 10) -> Route:
        resolution = self.next_hops.resolve(parse_address("192.0.2.254"), source)
        made = Route(source, said or attributes(65001), resolution.destination, 0)
        self.table.announce(made, keys(count))
        return made

    def lose(self, source: Source) -> None:
        self.walks.purge(source, lambda: self.done.append(source.name))

    def run(self) -> int:
        """Walk until nothing is due; return how many steps of four keys it took."""
        steps = 0
        while self.walks:
            self.walks.step(4)
            steps += 1
        return steps


def test_without_a_cause_there_is_no_walk() -> None:
    house = House()
    house.announce(neighbor("a"))
    assert not house.walks
    house.walks.step(4)
    assert not house.walks
    assert len(house.table) == 10


def test_all_causes_that_gather_make_one_walk() -> None:
    house = House()
    lost, also_lost, swept, renewed = (neighbor(f"n{number}", router_id=number) for number in range(4))
    for source in (lost, also_lost, swept, renewed):
        house.announce(source)
    swept.epoch = 1
    successor = Route(renewed, attributes(65009), SOMEWHERE, 0)
    house.lose(lost)
    house.lose(also_lost)
    house.walks.sweep(swept)
    house.walks.renew(renewed, Successors(lambda _route: successor))
    assert house.run() == 3
    assert {*house.table.slots.values()} == {successor}
    assert house.done == ["n0", "n1"]
    assert [source.routes for source in (lost, also_lost, swept, renewed)] == [0, 0, 0, 10]


def test_a_source_that_is_lost_is_not_renewed() -> None:
    house = House()
    source = neighbor("a")
    house.announce(source)
    house.walks.renew(source, Successors(lambda route: route))
    house.lose(source)
    house.run()
    assert not house.table.slots


def test_what_comes_during_a_walk_has_the_next() -> None:
    house = House()
    first, second = neighbor("first"), neighbor("second", router_id=2)
    house.announce(first)
    house.announce(second)
    house.lose(first)
    house.walks.step(4)
    house.lose(second)
    house.walks.step(4)
    assert house.done == []
    house.walks.step(4)
    assert house.done == ["first"]
    assert house.walks
    house.run()
    assert house.done == ["first", "second"]


def test_a_renewal_may_refuse_for_good() -> None:
    house = House()
    source = neighbor("a")
    house.announce(source)
    house.walks.renew(source, Successors(lambda _route: None))
    house.run()
    assert (len(house.table), source.routes) == (0, 0)


@pytest.mark.parametrize(
    ("reading", "kind_of", "times"),
    [(Reading.ROUTE, None, 1), (Reading.KINDS, is_odd, 2), (Reading.PREFIX, itself, 10)],
)
def test_a_renewal_is_asked_for_each_kind_of_prefix(
    reading: Reading, kind_of: Callable[[PrefixKey], Hashable] | None, times: int
) -> None:
    """As the filter tells them apart that the neighbor has now; others' routes are not its business."""
    house = House()
    ours, theirs = neighbor("a"), neighbor("b", router_id=2)
    unwanted = keys(10)[3]
    watched = Watched(reading, lambda *said: None if said[2] == unwanted else unchanged(*said))
    policy = Policy("watched", watched.policy.judge, reading, kind_of)
    house.announce(ours)
    house.announce(theirs)
    admission = Admission(64512, 1, policy, frozenset(), keep_refused=False)
    house.walks.renew(ours, Ingress(ours, admission, house.next_hops))
    house.run()
    assert len(watched.asked) == len(watched.aloud) == times
    assert {route.source for route, _ in watched.aloud} == {ours}
    refused = [prefix for prefix in keys(10) if house.table.held(ours, prefix) is None]
    assert refused == ([unwanted] if reading is Reading.PREFIX else [])
    assert (ours.routes, theirs.routes) == (10 - len(refused), 10)


def test_routes_follow_their_next_hops_and_those_are_remembered_that_are_in_use() -> None:
    house = House()
    house.announce(neighbor("a"))
    for number in range(1500):
        house.next_hops.resolve(number.to_bytes(4), neighbor("b"))
    house.next_hops.set_connected({}, set())
    house.next_hops.recheck(10_000)
    house.walks.follow_next_hops()
    assert house.run() == 3
    assert all(
        route.refusal is Refusal.UNRESOLVABLE for key_ in keys(10) for route in house.table.routes(key_)
    )
    assert not house.next_hops.has_too_many


def test_too_many_next_hops_are_a_cause_by_themselves() -> None:
    house = House()
    only = house.announce(neighbor("a"))
    for number in range(1500):
        house.next_hops.resolve(number.to_bytes(4), neighbor("b"))
    assert house.walks
    assert house.run() == 3
    assert not house.walks
    assert {*house.table.slots.values()} == {only}


STALE, UNWANTED = WellKnownCommunity.LLGR_STALE, WellKnownCommunity.NO_LLGR


def test_what_was_said_grows_stale_and_what_is_said_later_does_not() -> None:
    """RFC 9494 §4.2: and what must not be kept for long goes."""
    house = House()
    away, other = neighbor("away"), neighbor("other", router_id=2)
    kept, gone = keys(8)[:5], keys(8)[5:]
    for said, prefixes in ((attributes(1), kept), (attributes(2, rows={COMMUNITIES: (UNWANTED,)}), gone)):
        house.table.announce(Route(away, said, SOMEWHERE, 0), prefixes)
    house.announce(other, attributes(3), count=2)
    house.walks.grow_stale(away)
    assert house.run() == 3
    assert away.routes == 5
    assert {*house.table.slots} == {*kept}
    marks = [
        {entry.source.name: is_long_lived_stale(route_of(entry).attributes) for entry in entries_of(slot)}
        for slot in map(house.table.slots.get, kept)
    ]
    assert marks == [{"away": True, "other": False}] * 2 + [{"away": True}] * 3
    away.epoch += 1
    house.announce(away, attributes(1), count=1)
    house.walks.follow_next_hops()
    house.run()
    held = [house.table.held(away, prefix) for prefix in kept]
    assert [route is not None and is_long_lived_stale(route.attributes) for route in held] == [0, 1, 1, 1, 1]


def test_no_import_filter_takes_the_mark_away() -> None:
    """Whatever is changed while the neighbor is away, or before it has said everything again."""
    house = House()
    away = neighbor("away")
    house.announce(away, attributes(1))
    house.walks.grow_stale(away)
    house.run()
    bare = Route(away, attributes(1), SOMEWHERE, 0)
    house.walks.renew(away, Successors(lambda _route: bare))
    house.run()
    routes = [route_of(entry) for slot in house.table.slots.values() for entry in entries_of(slot)]
    assert [is_long_lived_stale(route.attributes) for route in routes] == [True] * 10


def test_a_filter_that_changes_as_the_neighbor_is_lost_is_not_forgotten() -> None:
    house = House()
    away = neighbor("away")
    house.announce(away, attributes(1))
    changed = Route(away, attributes(1, med=7), SOMEWHERE, 0)
    house.walks.renew(away, Successors(lambda _route: changed))
    house.walks.grow_stale(away)
    house.run()
    (found,) = {*house.table.slots.values()}
    assert isinstance(found, Route)
    assert (found.attributes.get(MULTI_EXIT_DISC), found.attributes.get(COMMUNITIES)) == (7, (STALE,))
