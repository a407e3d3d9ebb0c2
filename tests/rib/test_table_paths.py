"""Several paths of one neighbor to a prefix (RFC 7911): they come, change and go by their identifiers."""

import pytest

from messages.families import IPV4_UNICAST
from messages.families.path import PathKey, make_path
from rib.loc_rib import LocRib
from rib.route import Refusal, Route, Source
from rib.slot import Path
from rib.table import Table
from rib.walk import Walk
from tests.rib.building import SOMEWHERE, attributes, key, neighbor, route

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
SHORT, LONG = attributes(65001), attributes(65001, 65002)


def fresh() -> tuple[Table, LocRib]:
    table = Table("master", IPV4_UNICAST)
    return table, LocRib(table)


def paths(*identifiers: int) -> list[PathKey]:
    return [make_path(identifier, P) for identifier in identifiers]


def sent(table: Table) -> dict[int, int]:
    """Return our identifier for each of a neighbor's, as it is after a batch."""
    LocRib(table).run(100)
    return {path.identifier: path.sent for path in table.paths(P)}


def test_a_neighbor_has_as_many_paths_as_it_says() -> None:
    table, loc_rib = fresh()
    source = neighbor("a")
    first, second = route(source, LONG), route(source, SHORT)
    table.announce_paths(first, paths(1, 2))
    table.announce_paths(second, paths(3))
    assert table.best(P) is None  # until the batch has run
    loc_rib.run(10)
    assert table.routes(P) == (second, first, first)
    assert {path.identifier for path in table.paths(P)} == {1, 2, 3}
    assert (source.routes, source.preferred) == (3, 1)
    assert (table.held_path(source, paths(3)[0]), table.held_path(source, paths(4)[0])) == (second, None)
    assert table.held_path(neighbor("b"), paths(3)[0]) is None
    table.withdraw_paths(source, paths(3, 4))
    [change] = loc_rib.run(10).changes
    assert (change.old, change.new, source.routes) == (second, first, 2)
    table.withdraw_paths(source, paths(1, 2))
    assert loc_rib.run(10).changes == [(first, None, [P])]
    assert (len(table), source.routes, source.preferred) == (0, 0, 0)


def test_another_route_takes_the_place_of_a_path_and_its_identifier() -> None:
    table, _ = fresh()
    source = neighbor("a")
    table.announce_paths(route(source, SHORT), paths(7))
    before = sent(table)
    table.announce_paths(route(source, LONG), paths(7))
    assert sent(table) == before
    assert source.routes == 1


def test_the_same_path_again_changes_nothing() -> None:
    table, loc_rib = fresh()
    source = neighbor("a")
    first = route(source, SHORT)
    table.announce_paths(first, paths(1, 2))
    loc_rib.run(10)
    table.announce_paths(route(source, SHORT), paths(1, 2))
    assert not table.unsettled
    assert table.routes(P) == (first, first)
    assert (source.routes, source.repeated) == (2, 2)


def test_neighbors_with_and_without_identifiers_share_a_prefix() -> None:
    """The identifier 0 of one is no path of the other."""
    table, loc_rib = fresh()
    many, one = neighbor("many", router_id=2), neighbor("one", router_id=1)
    table.announce_paths(route(many, SHORT), paths(0, 1))
    only = route(one, SHORT)
    table.announce(only, [P])
    loc_rib.run(10)
    assert table.best(P) is only
    assert table.held(one, P) is only
    assert table.held_path(one, paths(0)[0]) is None
    numbers = [path.sent for path in table.paths(P)]
    assert len({*numbers}) == 3
    table.withdraw_paths(one, paths(0))
    table.withdraw(one, [P])
    assert (one.routes, many.routes) == (0, 2)
    assert table.held(one, P) is None
    assert table.held(one, Q) is None


def test_each_table_numbers_those_who_send_no_identifiers() -> None:
    """From 1, below all that paths get."""
    table, _ = fresh()
    sources = [neighbor(f"n{number}", router_id=number) for number in range(3)]
    for source in sources:
        table.announce(route(source, SHORT), [P, Q])
    assert [source.path_id for source in sources] == [1, 2, 3]
    table.announce_paths(route(neighbor("many"), SHORT), paths(1))
    assert max(sent(table).values()) >= 1 << 31


def test_an_identifier_is_not_given_again_within_a_burst() -> None:
    """Otherwise those who are told of the new path would take it for the old one, and it may be theirs."""
    table, loc_rib = fresh()
    old, new = neighbor("old"), neighbor("new", router_id=2)
    table.announce_paths(route(old, SHORT), paths(1))
    [first] = sent(table).values()
    table.withdraw_paths(old, paths(1))
    table.announce_paths(route(new, SHORT), paths(1))
    [second] = sent(table).values()
    assert first != second
    table.withdraw_paths(new, paths(1))
    loc_rib.run(10)
    table.announce_paths(route(old, SHORT), paths(1))
    assert [*sent(table).values()] == [first]


def test_a_path_that_returns_within_a_burst_is_another() -> None:
    table, _ = fresh()
    source = neighbor("a")
    table.announce_paths(route(source, SHORT), paths(1, 2))
    before = sent(table)
    table.withdraw_paths(source, paths(1))
    table.announce_paths(route(source, SHORT), paths(1))
    after = sent(table)
    assert after[2] == before[2]
    assert after[1] not in before.values()


def test_paths_said_again_in_a_new_epoch_tell_nobody() -> None:
    """RFC 7313 §4: alone at their prefix or not."""
    table, loc_rib = fresh()
    source = neighbor("a")
    table.announce_paths(route(source, SHORT), [*paths(1, 2), make_path(1, Q)])
    loc_rib.run(10)
    source.epoch += 1
    table.announce_paths(Route(source, SHORT, SOMEWHERE, 7), [*paths(2), make_path(1, Q)])
    assert not table.unsettled
    assert {path.identifier: path.route.epoch for path in table.paths(P)} == {1: 0, 2: 1}
    [alone] = table.paths(Q)
    assert (alone.route.epoch, alone.route.since) == (1, 0)
    swept = Walk(table, lambda known, _key: known if known.epoch == 1 else None)
    assert swept.step(10)
    loc_rib.run(10)
    assert [path.identifier for path in table.paths(P)] == [2]
    assert source.routes == 2


def test_a_neighbor_may_come_back_without_path_identifiers() -> None:
    """RFC 4724 §4.2: what it says again takes the place of a path, and is none; the others are swept."""
    table, loc_rib = fresh()
    source = neighbor("a")
    table.announce_paths(route(source, SHORT), [*paths(7, 8), make_path(7, Q)])
    loc_rib.run(10)
    source.epoch += 1
    table.announce(Route(source, SHORT, SOMEWHERE, 7), [P, Q])
    Walk(table, lambda known, _key: known if known.epoch == 1 else None).step(10)
    loc_rib.run(10)
    assert [path.identifier for prefix in (P, Q) for path in table.paths(prefix)] == [0, 0]
    assert source.routes == 2


def test_refused_paths_are_kept_counted_and_never_selected() -> None:
    table, loc_rib = fresh()
    source = neighbor("a")
    refused, good = route(source, SHORT, Refusal.AS_LOOP), route(source, LONG)
    table.announce_paths(refused, paths(1, 2))
    table.announce_paths(good, paths(3))
    loc_rib.run(10)
    assert table.routes(P) == (good, refused, refused)
    assert (source.routes, source.filtered) == (3, 2)
    table.announce_paths(good, paths(1))
    table.withdraw_paths(source, paths(2))
    assert (source.routes, source.filtered) == (2, 0)
    table.announce_paths(refused, paths(1))
    assert (source.routes, source.filtered) == (2, 1)


def test_a_walk_gives_paths_their_successors_and_leaves_them_their_identifiers() -> None:
    table, _ = fresh()
    source = neighbor("a")
    old = route(source, SHORT)
    lost = old.leading_to(old.destination, Refusal.UNRESOLVABLE, 0)
    table.announce_paths(old, [*paths(1, 2), make_path(9, Q)])
    before = sent(table)
    assert Walk(table, lambda _known, _key: lost).step(10)
    assert sent(table) == before
    assert [path.route for path in table.paths(P)] == [lost, lost]
    assert isinstance(table.slots[Q], Path)
    assert (source.routes, source.filtered, source.preferred) == (3, 0, 0)


def test_who_follows_all_routes_hears_of_paths_that_cannot_win() -> None:
    table, loc_rib = fresh()
    source = neighbor("a")
    table.announce_paths(route(source, SHORT), paths(1))
    loc_rib.run(10)
    table.announce_paths(route(source, LONG), paths(2))
    assert not table.unsettled
    table.tells_all = True
    table.announce_paths(route(source, attributes(65001, 65003)), paths(2))
    assert [*table.dirty] == [P]


def test_identifiers_are_the_neighbors_own() -> None:
    table, _ = fresh()
    sources: list[Source] = [neighbor("a"), neighbor("b", router_id=2)]
    for source in sources:
        table.announce_paths(route(source, SHORT), paths(5))
    LocRib(table).run(10)
    assert [path.identifier for path in table.paths(P)] == [5, 5]
    assert len({path.sent for path in table.paths(P)}) == 2
    table.withdraw_paths(sources[0], paths(5))
    assert table.held_path(sources[1], paths(5)[0]) is not None


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_neighbor_comes_back_without_identifiers(number: int) -> None:
    """What it says of a prefix takes the place of what it said in this session, and stale paths go."""
    table, loc_rib = fresh()
    source = neighbor("a")
    table.announce_paths(route(source, SHORT), paths(*range(number)))
    loc_rib.run(10)
    source.epoch += 1
    routes = [route(source, said) for said in (LONG, SHORT, LONG)]
    for each in routes:
        table.announce(each, [P])
        loc_rib.run(10)
        assert table.held(source, P) is each
    Walk(table, lambda each, _key: each if each.epoch == source.epoch else None).step(10)
    loc_rib.run(10)
    assert (table.routes(P), source.routes) == ((routes[-1],), 1)
    table.withdraw(source, [P])
    loc_rib.run(10)
    assert (len(table), source.routes) == (0, 0)
