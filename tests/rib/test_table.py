"""The table and its batches, against an oracle that keeps every route of every source."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from rib.loc_rib import Change, LocRib
from rib.route import Refusal, Route, Source
from rib.table import Table
from rib.walk import Walk
from tests.rib.building import SOMEWHERE, attributes, key, neighbor, route
from tests.rib.oracle import select_as_the_rfc_words_it

SOURCES = [neighbor(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(4)]
SETS = [
    attributes(65001),
    attributes(65001, med=10),
    attributes(65001, med=20),
    attributes(65002, med=99),
    attributes(65002, 65003),
]
KEYS = [key("10.0.0.0/8"), key("10.1.0.0/16"), key("0.0.0.0/0")]
P = KEYS[0]


def fresh_table() -> tuple[Table, LocRib]:
    table = Table("master", IPV4_UNICAST)
    return table, LocRib(table)


def test_one_route_becomes_the_best() -> None:
    table, loc_rib = fresh_table()
    only = route(SOURCES[0], SETS[0])
    table.announce(only, [P])
    assert table.best(P) is None  # until the batch has run
    assert loc_rib.run(10).changes == [Change(None, only, [P])]
    assert table.best(P) is only


def test_announcing_the_same_again_changes_nothing() -> None:
    table, loc_rib = fresh_table()
    first = route(SOURCES[0], SETS[0])
    table.announce(first, [P])
    loc_rib.run(10)
    table.announce(route(SOURCES[0], SETS[0]), [P])
    assert loc_rib.run(10).changes == []
    assert table.best(P) is first


def test_the_same_attributes_with_other_notes_are_something_new() -> None:
    """As a pipe brings them once the filter before it notes another ``krt_metric``."""
    table, loc_rib = fresh_table()
    for metric in (10, 20):
        table.announce(route(SOURCES[0], SETS[0].annotated({"krt_metric": metric})), [P])
        loc_rib.run(10)
        assert [each.notes["krt_metric"] for each in table.routes(P)] == [metric]


def test_a_source_that_says_the_same_in_a_new_epoch_tells_nobody() -> None:
    """But its routes are those of the new epoch, alone at their prefix or not (RFC 7313 §4)."""
    table, loc_rib = fresh_table()
    source, other = neighbor("a", router_id=1), neighbor("b", router_id=2)
    table.announce(route(source, SETS[0]), KEYS)
    table.announce(route(other, SETS[0]), [P])
    loc_rib.run(10)
    source.epoch += 1
    table.announce(Route(source, SETS[0], SOMEWHERE, 7), [P, KEYS[1]])
    assert loc_rib.run(10).changes == []
    said, silent = table.best(P), table.best(KEYS[2])
    assert said is not None
    assert silent is not None
    assert said is table.best(KEYS[1])
    assert (said.epoch, silent.epoch) == (1, 0)
    assert said.since == 0  # when it was said first
    assert (source.routes, source.preferred, other.routes) == (3, 3, 1)


def test_what_looks_otherwise_in_a_new_epoch_is_a_change() -> None:
    table, loc_rib = fresh_table()
    source, other = neighbor("a", router_id=1), neighbor("b", router_id=2)
    first, rival = route(source, SETS[0]), route(other, SETS[0])
    table.announce(first, [P, KEYS[1]])
    table.announce(rival, [P])
    loc_rib.run(10)
    source.epoch += 1
    marked = route(source, SETS[0])
    marked.meant = SETS[1]
    table.announce(marked, [P, KEYS[1]])
    changes = loc_rib.run(10).changes
    assert Change(first, marked, [KEYS[1]]) in changes
    assert Change(first, rival, [P]) in changes  # which has no MED


def test_refused_routes_are_counted() -> None:
    table, _ = fresh_table()
    source, other = neighbor("a", router_id=1), neighbor("b", router_id=2)
    good, looped = route(source, SETS[0]), route(source, SETS[1], Refusal.AS_LOOP)
    table.announce(looped, KEYS)
    assert (source.routes, source.filtered) == (3, 3)
    table.announce(good, [P])
    assert (source.routes, source.filtered) == (3, 2)
    table.announce(route(other, SETS[0]), KEYS)
    table.announce(looped, [P])
    assert (source.routes, source.filtered) == (3, 3)
    table.announce(good, KEYS[:2])
    assert (source.routes, source.filtered) == (3, 1)
    walk = Walk(table, lambda each, _key: looped if each is good else each)
    assert walk.step(10)
    assert (source.routes, source.filtered) == (3, 3)
    table.withdraw(other, [P])
    table.withdraw(source, [P, KEYS[1]])
    assert (source.routes, source.filtered) == (1, 1)
    assert Walk(table, lambda each, _key: None).step(10)
    assert (source.routes, source.filtered, other.routes) == (0, 0, 0)


def test_coming_and_going_within_a_burst_is_no_change() -> None:
    table, loc_rib = fresh_table()
    table.announce(route(SOURCES[0], SETS[0]), [P])
    table.withdraw(SOURCES[0], [P])
    assert loc_rib.run(10).changes == []
    assert not table.slots


def test_losing_the_best_brings_the_second() -> None:
    table, loc_rib = fresh_table()
    best, second = route(SOURCES[0], SETS[0]), route(SOURCES[1], SETS[4])
    table.announce(second, [P])
    table.announce(best, [P])
    loc_rib.run(10)
    assert table.routes(P) == (best, second)
    table.withdraw(SOURCES[0], [P])
    assert loc_rib.run(10).changes == [Change(best, second, [P])]


def test_a_refused_route_is_kept_but_never_selected() -> None:
    table, loc_rib = fresh_table()
    refused = route(SOURCES[0], SETS[0], Refusal.AS_LOOP)
    table.announce(refused, [P])
    assert loc_rib.run(10).changes == []
    assert table.routes(P) == (refused,)
    assert table.best(P) is None
    accepted = route(SOURCES[1], SETS[4])
    table.announce(accepted, [P])
    loc_rib.run(10)
    assert table.routes(P) == (accepted, refused)


def test_a_redundant_route_that_cannot_matter_marks_nothing() -> None:
    table, loc_rib = fresh_table()
    table.announce(route(SOURCES[0], SETS[0]), [P])
    loc_rib.run(10)
    table.announce(route(SOURCES[1], SETS[4]), [P])
    assert not table.unsettled
    assert len(table.routes(P)) == 2


def test_who_begins_to_follow_needs_what_the_burst_has_emptied_as_well() -> None:
    """If its routes come back, nothing will be said of it."""
    table, loc_rib = fresh_table()
    table.announce(route(SOURCES[0], SETS[0]), KEYS[:2])
    loc_rib.run(10)
    table.withdraw(SOURCES[0], KEYS[:1])
    table.announce(route(SOURCES[1], SETS[0]), KEYS[1:])
    assert sorted(table.known()) == sorted(KEYS)
    loc_rib.run(10)
    assert sorted(table.known()) == sorted(KEYS[1:])


def test_a_batch_takes_the_oldest_keys_first() -> None:
    table, loc_rib = fresh_table()
    only = route(SOURCES[0], SETS[0])
    table.announce(only, KEYS)
    assert loc_rib.run(2).changes == [Change(None, only, KEYS[:2])]
    assert loc_rib.run(2).changes == [Change(None, only, KEYS[2:])]


def test_where_all_routes_are_refused_none_is_the_best() -> None:
    table, loc_rib = fresh_table()
    refused = [route(source, SETS[0], Refusal.AS_LOOP) for source in SOURCES[:2]]
    for each in refused:
        table.announce(each, [P])
    assert loc_rib.run(10).changes == []
    assert table.best(P) is None
    assert table.routes(P) == tuple(refused)
    assert repr(refused[0].source) == "<Source n0>"


def test_the_same_route_again_and_a_withdrawal_of_nothing_change_nothing() -> None:
    table, loc_rib = fresh_table()
    first, second = route(SOURCES[0], SETS[0]), route(SOURCES[1], SETS[4])
    table.announce(first, [P])
    table.announce(second, [P])
    loc_rib.run(10)
    table.announce(first, [P])
    table.announce(route(SOURCES[1], SETS[4]), [P])
    table.withdraw(SOURCES[2], KEYS)
    assert not table.unsettled
    assert table.routes(P) == (first, second)
    assert len(table) == 1


def test_what_is_said_again_is_counted_whether_it_has_rivals_or_not() -> None:
    table, loc_rib = fresh_table()
    source, other = neighbor("a", router_id=1), neighbor("b", router_id=2)
    table.announce(route(source, SETS[0]), KEYS)
    table.announce(route(other, SETS[0]), [P])
    loc_rib.run(10)
    table.announce(route(source, SETS[0]), KEYS)
    assert (source.repeated, other.repeated) == (len(KEYS), 0)
    table.announce(route(source, SETS[1]), [P])
    assert source.repeated == len(KEYS)
    assert table.sources == {source, other}


def test_the_same_route_again_as_the_only_one_changes_nothing() -> None:
    table, loc_rib = fresh_table()
    only = route(SOURCES[0], SETS[0])
    table.announce(only, [P])
    loc_rib.run(10)
    table.announce(only, [P])
    table.withdraw(SOURCES[1], [P])
    assert not table.unsettled


events = st.lists(
    st.one_of(
        st.tuples(
            st.just("announce"),
            st.sampled_from(SOURCES),
            st.sampled_from(SETS),
            st.sets(st.sampled_from(KEYS), min_size=1),
            st.sampled_from([None, None, None, Refusal.AS_LOOP]),
        ),
        st.tuples(st.just("withdraw"), st.sampled_from(SOURCES), st.sets(st.sampled_from(KEYS), min_size=1)),
        st.tuples(st.just("run"), st.integers(1, 3)),
        st.tuples(st.just("lose"), st.sampled_from(SOURCES)),
    ),
    max_size=30,
)


class Comparison:
    """A table beside an oracle that keeps every route of every source, and a follower of the changes."""

    def __init__(self) -> None:
        self.table, self.loc_rib = fresh_table()
        self.routes: dict[PrefixKey, dict[Source, Route]] = {key: {} for key in KEYS}
        self.followed: dict[PrefixKey, Route | None] = {}
        for source in SOURCES:
            source.routes = source.preferred = 0

    def announce(
        self, source: Source, received: AttributeSet, keys: set[PrefixKey], refusal: Refusal | None
    ) -> None:
        new = Route(source, received, SOMEWHERE, 0, refusal)
        self.table.announce(new, [*keys])
        for announced in keys:
            before = self.routes[announced].get(source)
            if before is None or before.received is not received:
                self.routes[announced][source] = new

    def withdraw(self, source: Source, keys: set[PrefixKey]) -> None:
        self.table.withdraw(source, keys)
        for withdrawn in keys:
            self.routes[withdrawn].pop(source, None)

    def lose(self, source: Source) -> None:
        walk = Walk(self.table, lambda known, _key: None if known.source is source else known)
        while not walk.step(1):
            pass
        for routes in self.routes.values():
            routes.pop(source, None)

    def run(self, limit: int) -> None:
        for old, new, keys in self.loc_rib.run(limit).changes:
            for changed in keys:
                assert self.followed.get(changed) is old
                self.followed[changed] = new

    def best(self, wanted: PrefixKey) -> Route | None:
        return select_as_the_rfc_words_it(self.routes[wanted].values())


@given(events)
def test_whatever_happens_the_best_route_is_the_rfcs(events: list[tuple[str, Any]]) -> None:
    compared = Comparison()
    for name, *arguments in events:
        getattr(compared, name)(*arguments)
    compared.run(100)
    for wanted in KEYS:
        expected = compared.best(wanted)
        assert compared.table.best(wanted) is expected
        assert compared.followed.get(wanted) is expected
        assert set(compared.table.routes(wanted)) == set(compared.routes[wanted].values())
    for source in SOURCES:
        assert source.routes == sum(source in routes for routes in compared.routes.values())
        preferred = [best for best in map(compared.best, KEYS) if best is not None and best.source is source]
        assert source.preferred == len(preferred)
