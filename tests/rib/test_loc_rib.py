"""What a batch tells of all routes to a prefix, for those who follow more than the best one."""

import pytest

from messages.families import IPV4_UNICAST
from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from rib.loc_rib import Batch, LocRib, SlotChange
from rib.route import Refusal, Route, Source
from rib.slot import Path, entries_of, paths_of, routes_of, winner
from rib.table import Table
from tests.rib.building import attributes, key, neighbor, route

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")


def sources(count: int) -> list[Source]:
    return [neighbor(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(count)]


def telling_table() -> tuple[Table, LocRib]:
    table = Table("master", IPV4_UNICAST)
    table.tells_all = True
    return table, LocRib(table)


def test_a_route_that_cannot_win_is_told_to_those_who_follow_all() -> None:
    table, loc_rib = telling_table()
    best, worse = (
        route(source, attributes(*path)) for source, path in zip(sources(2), [(1,), (1, 2)], strict=True)
    )
    table.announce(best, [P, Q])
    loc_rib.run(10)
    version = table.version
    table.announce(worse, [P])
    batch = loc_rib.run(10)
    assert batch.changes == []
    assert batch.slot_changes == [SlotChange(best, (best, worse), [P])]
    assert table.version == version + 1
    table.withdraw(worse.source, [P])
    assert loc_rib.run(10).slot_changes == [SlotChange((best, worse), best, [P])]


def test_the_same_change_of_several_prefixes_is_told_once() -> None:
    table, loc_rib = telling_table()
    first, second = (route(source, attributes(1)) for source in sources(2))
    table.announce(second, [P, Q])
    loc_rib.run(10)
    table.announce(first, [P, Q])
    [change] = loc_rib.run(10).slot_changes
    assert change == SlotChange(second, (first, second), [P, Q])


def test_what_came_and_went_is_told_to_nobody() -> None:
    table, loc_rib = telling_table()
    first, second = (route(source, attributes(1)) for source in sources(2))
    table.announce(first, [P])
    loc_rib.run(10)
    version = table.version
    table.announce(second, [P])
    table.withdraw(second.source, [P])
    batch = loc_rib.run(10)
    assert not any(batch)
    assert table.version == version


def test_a_table_that_tells_only_of_the_best_has_no_other_changes() -> None:
    table, loc_rib = telling_table()
    table.tells_all = False
    table.announce(route(sources(1)[0], attributes(1)), [P])
    batch = loc_rib.run(10)
    assert len(batch.changes) == 1
    assert batch.slot_changes == []


@pytest.mark.parametrize(("recursive", "beside"), [(False, [P]), (True, [])])
def test_what_may_resolve_next_hops_beside_the_best_route_is_told(
    recursive: bool, beside: list[PrefixKey]
) -> None:
    """The best route does not, since its own next hop is found through others (RFC 4271 §9.1.2.1)."""
    table, loc_rib = telling_table()
    table.tells_all = False
    best, other, worse = sources(3)
    best.recursive, worse.recursive = True, recursive
    table.announce(route(best, attributes(1)), [P])
    loc_rib.run(10)
    for third in (False, True):
        table.announce(route(worse, attributes(1, 2, 3)), [P])
        assert loc_rib.run(10) == Batch([], beside, [])
        table.withdraw(worse, [P])
        assert loc_rib.run(10) == Batch([], beside, [])
        if not third:
            other.recursive = True
            table.announce(route(other, attributes(1, 2)), [P])
            assert loc_rib.run(10) == Batch([], [], [])


def test_a_winner_among_paths_comes_first() -> None:
    table, loc_rib = telling_table()
    [source] = sources(1)
    worse, best = route(source, attributes(1, 2)), route(source, attributes(1))
    for identifier, made in enumerate((worse, best)):
        table.announce_paths(made, [make_path(identifier, P)])
    [change] = loc_rib.run(10).changes
    assert change.new is best
    assert table.routes(P) == (best, worse)
    assert source.preferred == 1


def test_a_single_path_is_selected_as_a_single_route_is() -> None:
    table, loc_rib = telling_table()
    [source] = sources(1)
    only = route(source, attributes(1))
    table.announce_paths(only, [make_path(3, P)])
    assert loc_rib.run(10).changes == [(None, only, [P])]
    assert table.best(P) is only
    refused = route(source, attributes(1, 2), Refusal.AS_LOOP)
    table.announce_paths(refused, [make_path(3, P)])
    assert loc_rib.run(10).changes == [(only, None, [P])]
    assert table.best(P) is None
    assert source.preferred == 0


def test_the_forms_of_a_slot() -> None:
    """None, a bare entry, and a tuple of them."""
    [source] = sources(1)
    source.path_id = 7
    bare: Route = route(source, attributes(1))
    refused = Path(3, 4, route(source, attributes(1), Refusal.AS_LOOP))
    assert (entries_of(None), routes_of(None), paths_of(None), winner(None)) == ((), (), (), None)
    assert (entries_of(bare), routes_of(bare), paths_of(bare)) == ((bare,), (bare,), (Path(0, 7, bare),))
    assert (entries_of(refused), routes_of(refused)) == ((refused,), (refused.route,))
    assert winner(refused) is None
    assert winner((bare, refused)) is bare
    assert winner((refused, refused)) is None
    assert paths_of((bare, refused)) == (Path(0, 7, bare), refused)


@pytest.mark.parametrize(
    ("routes", "settled"),
    [(1, 100), (2, 100), (4, 50), (20, 10), (200, 1), (400, 1)],
)
def test_fewer_prefixes_are_settled_at_a_time_if_they_have_many_routes(routes: int, settled: int) -> None:
    """What one run costs does not grow with them."""
    table, loc_rib = telling_table()
    wanted = [key(f"10.{number}.0.0/16") for number in range(120)]
    for source in sources(min(routes, 250)):
        table.announce(route(source, attributes(1)), wanted)
    crowded = neighbor("crowded", address="198.51.100.1")
    for identifier in range(routes - 250):
        table.announce_paths(route(crowded, attributes(1)), [make_path(identifier, each) for each in wanted])
    [change] = loc_rib.run(100).changes
    assert change.keys == wanted[:settled]
    while table.unsettled:
        loc_rib.run(100)
    assert all(table.best(each) is not None for each in wanted)
