"""One pass over a table that replaces or removes routes, in slices (architecture §4)."""

from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from rib.loc_rib import Change, LocRib
from rib.route import UNREACHABLE, Refusal, Route
from rib.table import Table
from rib.walk import Walk
from tests.rib.building import attributes, key, neighbor, route
from tests.rib.judging import is_long, itself

KEYS = [key("10.0.0.0/8"), key("10.1.0.0/16"), key("0.0.0.0/0")]
P = KEYS[0]
SHORT, LONG = attributes(65001), attributes(65002, 65003)
SOURCES = [neighbor(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(2)]


def fresh_table() -> tuple[Table, LocRib]:
    table = Table("master", IPV4_UNICAST)
    return table, LocRib(table)


def test_a_walk_that_replaces_nothing_marks_nothing() -> None:
    table, loc_rib = fresh_table()
    table.announce(route(SOURCES[0], SHORT), KEYS)
    loc_rib.run(10)
    assert Walk(table, lambda known, _key: known).step(10)
    assert not table.unsettled


def test_a_walk_puts_successors_in_place() -> None:
    table, loc_rib = fresh_table()
    old = route(neighbor("moved"), SHORT)
    new = old.leading_to(old.destination, Refusal.UNRESOLVABLE, 0)
    table.announce(old, KEYS)
    loc_rib.run(10)
    assert Walk(table, lambda _known, _key: new).step(10)
    assert loc_rib.run(10).changes == [Change(old, None, KEYS)]
    assert table.routes(P) == (new,)
    assert old.source.routes == len(KEYS)


def test_a_walk_takes_the_routes_of_a_lost_source_away() -> None:
    table, loc_rib = fresh_table()
    lost, other = route(neighbor("lost"), SHORT), route(SOURCES[1], LONG)
    table.announce(lost, KEYS)
    table.announce(other, [P])
    loc_rib.run(10)
    walk = Walk(table, lambda known, _key: None if known.source is lost.source else known)
    assert not walk.step(2)
    assert walk.step(2)
    assert loc_rib.run(10).changes == [Change(lost, other, [P]), Change(lost, None, KEYS[1:])]
    assert (lost.source.routes, lost.source.preferred) == (0, 0)


def test_a_successor_is_asked_for_once_per_route() -> None:
    table, _ = fresh_table()
    only = route(neighbor("a"), SHORT)
    table.announce(only, KEYS)
    asked: list[Route] = []

    def successor(known: Route, _key: PrefixKey) -> Route:
        asked.append(known)
        return known

    assert Walk(table, successor).step(10)
    assert asked == [only]


def test_routes_may_come_and_go_between_two_steps() -> None:
    table, _ = fresh_table()
    lost, other = route(neighbor("lost"), SHORT), route(SOURCES[1], LONG)
    table.announce(lost, KEYS[:2])
    walk = Walk(table, lambda known, _key: None if known.source is lost.source else known)
    assert not walk.step(1)
    table.withdraw(lost.source, KEYS[1:2])
    table.announce(other, KEYS[1:])
    assert walk.step(2)
    assert {*table.slots} == {*KEYS[1:]}


def told_apart(apart: Route, *others: Route) -> tuple[Table, list[tuple[Route, PrefixKey]]]:
    """Return a table with these routes to all prefixes, after a walk that tells those of the first apart."""
    table, loc_rib = fresh_table()
    for each in (apart, *others):
        table.announce(each, KEYS)
    asked: list[tuple[Route, PrefixKey]] = []

    def successor(route: Route, prefix: PrefixKey) -> Route | None:
        asked.append((route, prefix))
        if route.source is not apart.source:
            return route
        if prefix == KEYS[1]:
            return None
        return route.leading_to(UNREACHABLE, None, 0)

    assert Walk(table, successor, {apart.source: itself}).step(10)
    loc_rib.run(10)
    return table, asked


def test_where_a_filter_tells_prefixes_apart_each_has_its_successor() -> None:
    first, second = route(neighbor("a"), SHORT), route(SOURCES[1], LONG)
    table, asked = told_apart(first, second)
    assert asked == [(first, KEYS[0]), (second, KEYS[0]), (first, KEYS[1]), (first, KEYS[2])]
    assert [len(table.routes(each)) for each in KEYS] == [2, 1, 2]
    successors = [table.held(first.source, each) for each in (KEYS[0], KEYS[2])]
    assert {made.destination for made in successors if made is not None} == {UNREACHABLE}
    assert first.source.routes == 2


def test_prefixes_whose_successors_look_alike_share_one() -> None:
    """Else a filter that looks at each prefix would cost a route per prefix."""
    table, _ = told_apart(route(neighbor("a"), SHORT))
    successors = [table.routes(each) for each in (KEYS[0], KEYS[2])]
    assert successors[0][0] is successors[1][0]


def test_routes_of_one_kind_of_prefix_are_asked_about_once() -> None:
    table, _ = fresh_table()
    only = route(neighbor("a"), SHORT)
    table.announce(only, KEYS)
    asked: list[PrefixKey] = []

    def successor(known: Route, prefix: PrefixKey) -> Route:
        asked.append(prefix)
        return known

    assert Walk(table, successor, {only.source: is_long}).step(10)
    assert asked == [KEYS[0], KEYS[1]]
