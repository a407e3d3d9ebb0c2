"""What would be lost with some sources: their prefixes that nobody else has."""

from collections.abc import Iterator, Mapping

import pytest

from messages.attributes import CLUSTER_LIST
from messages.families import IPV4_UNICAST
from messages.families.path import PathKey
from rib import coverage
from rib.coverage import Share, shares
from rib.route import UNREACHABLE, Refusal, Route, Source, SourceKind
from rib.table import Table
from tests.rib.building import attributes, key, neighbor, route

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
PLAIN = attributes(65001)
REFLECTED = attributes(65001, rows={CLUSTER_LIST: (7,)})


@pytest.fixture
def table() -> Table:
    return Table("master", IPV4_UNICAST)


@pytest.fixture
def leaving() -> Source:
    return neighbor("leaving", address="192.0.2.1")


@pytest.fixture
def other() -> Source:
    return neighbor("other", address="192.0.2.2")


def looked_at(table: Table, leaving: Source, *staying: Source) -> Share:
    *_, found = shares(table, [leaving], staying)
    assert found is not None
    return found[leaving]


def test_a_prefix_that_nobody_else_has_is_missing(table: Table, leaving: Source, other: Source) -> None:
    table.announce(route(leaving, PLAIN), [P, Q])
    table.announce(route(other, PLAIN), [Q])
    table.announce(route(neighbor("third", address="192.0.2.3"), PLAIN), [key("10.2.0.0/16"), Q])
    table.announce(route(other, PLAIN), [key("10.2.0.0/16")])
    assert looked_at(table, leaving, other) == Share(2, 1, P)


def test_who_leaves_as_well_is_nobody(table: Table, leaving: Source, other: Source) -> None:
    table.announce(route(leaving, PLAIN), [P])
    table.announce(route(other, PLAIN), [P])
    assert looked_at(table, leaving) == Share(1, 1, P)


def test_somebody_may_stay_and_be_asked_about(table: Table, leaving: Source, other: Source) -> None:
    table.announce(route(leaving, PLAIN), [P])
    assert looked_at(table, leaving, leaving, other) == Share(1, 1, P)


def refused(source: Source) -> Route:
    known = route(source, PLAIN)
    return known.leading_to(known.destination, Refusal.CLUSTER_LOOP, 0)


def unresolvable(source: Source) -> Route:
    return route(source, PLAIN).leading_to(UNREACHABLE, None, 0)


def stale(source: Source) -> Route:
    known = route(source, PLAIN)
    source.epoch += 1
    return known


@pytest.mark.parametrize("useless", [refused, unresolvable, stale])
def test_what_is_of_no_use_covers_nothing(
    table: Table, leaving: Source, other: Source, useless: object
) -> None:
    assert callable(useless)
    table.announce(route(leaving, PLAIN), [P])
    table.announce(useless(other), [P])
    assert looked_at(table, leaving, other) == Share(1, 1, P)


def test_what_was_refused_on_arrival_is_not_brought(table: Table, leaving: Source) -> None:
    known = route(leaving, PLAIN)
    table.announce(Route(leaving, PLAIN, known.destination, 0, Refusal.IMPORT_FILTER), [P])
    assert looked_at(table, leaving) == Share()


def test_what_has_no_way_for_the_time_being_is(table: Table, leaving: Source) -> None:
    known = route(leaving, PLAIN)
    table.announce(known.leading_to(known.destination, Refusal.UNRESOLVABLE, 0), [P])
    assert looked_at(table, leaving) == Share(1, 1, P)


def test_a_prefix_of_our_own_needs_nobody(table: Table, leaving: Source) -> None:
    table.announce(route(leaving, PLAIN), [P])
    table.announce(route(Source("static1", SourceKind.STATIC), PLAIN), [P])
    assert looked_at(table, leaving) == Share()


@pytest.mark.parametrize(("said", "is_reflected"), [(PLAIN, False), (REFLECTED, True)])
def test_a_reflected_route_is_told_from_the_neighbors_own(
    table: Table, leaving: Source, other: Source, said: object, is_reflected: bool
) -> None:
    table.announce(route(leaving, PLAIN), [P, Q])
    table.announce(route(other, said), [P, Q])  # type: ignore[arg-type]  # one of the two above
    assert looked_at(table, leaving, other) == Share(2, is_reflected=is_reflected)


def test_several_paths_of_one_neighbor_are_one_prefix(table: Table, leaving: Source, other: Source) -> None:
    """RFC 7911."""
    paths = [PathKey(number.to_bytes(4, "big") + P) for number in (1, 2)]
    table.announce_paths(route(leaving, PLAIN), paths)
    assert looked_at(table, leaving) == Share(1, 1, P)
    table.announce_paths(route(other, REFLECTED), paths[:1])
    assert looked_at(table, leaving, other) == Share(1, is_reflected=True)


def test_others_have_their_turns_and_routes_may_go_meanwhile(
    table: Table, leaving: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "SLICE", 1)
    table.announce(route(leaving, PLAIN), [P, Q])
    steps: Iterator[Mapping[Source, Share] | None] = shares(table, [leaving], [])
    assert next(steps) is None
    table.withdraw(leaving, [Q])
    assert [*steps] == [None, {leaving: Share(1, 1, P)}]
