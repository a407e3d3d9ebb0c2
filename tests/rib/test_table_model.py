"""A table of single routes and paths beside a dictionary of what was said, over random bursts."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet
from messages.families import IPV4_UNICAST
from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from messages.iana import Origin
from rib.loc_rib import LocRib
from rib.route import Refusal, Route, Source
from rib.slot import Slot, paths_of, routes_of
from rib.table import Table
from rib.walk import Walk
from tests.rib.building import SOMEWHERE, attributes, key, neighbor
from tests.rib.oracle import select_as_the_rfc_words_it

KEYS = [key("10.0.0.0/8"), key("10.1.0.0/16")]
SETS = [
    attributes(65001),
    attributes(65001, med=10),
    attributes(65002, med=99),
    attributes(65002, 65003),
    attributes(65002, 65003, origin=Origin.EGP),
    attributes(65002, 65003, 65004),
    attributes(65002, 65003, 65004, 65005),
]
Named = tuple[Source, int]
"""A path is named by its source and that one's identifier, 0 for those that send none."""
SOURCES = 6
BARE = 4
"""So many of the sources send no identifiers."""

numbers, identifiers, some_keys = (
    st.integers(0, SOURCES - 1),
    st.integers(1, 4),
    st.lists(st.sampled_from(KEYS), min_size=1, unique=True),
)
announcements = st.tuples(
    st.just("announce"),
    numbers,
    identifiers,
    st.sampled_from(SETS),
    some_keys,
    st.sampled_from([None, None, None, Refusal.AS_LOOP]),
)
withdrawals = st.tuples(st.just("withdraw"), numbers, identifiers, some_keys)
events = st.lists(
    st.one_of(
        *[announcements] * 5,
        *[withdrawals] * 2,
        st.tuples(st.just("run"), st.integers(1, 2)),
        st.tuples(st.just("lose"), numbers),
        st.tuples(st.just("begin_epoch"), numbers),
        st.tuples(st.just("sweep"), numbers),
    ),
    min_size=30,
    max_size=80,
)


def named(route: Route | None) -> tuple[Source, AttributeSet] | None:
    """Return what is the same in all epochs."""
    return None if route is None else (route.source, route.received)


class Model:
    """What was said, and what followers made of the batches: of all routes, if the table tells all."""

    def __init__(self, *, tells_all: bool) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.table.tells_all = tells_all
        self.loc_rib = LocRib(self.table)
        self.sources = [
            neighbor(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(SOURCES)
        ]
        self.said: dict[PrefixKey, dict[Named, tuple[AttributeSet, Refusal | None, int]]] = {
            key: {} for key in KEYS
        }
        self.sources[BARE - 1].recursive = True
        self.best: dict[PrefixKey, Route] = {}
        self.followed: dict[PrefixKey, Slot | None] = {}
        self.sent: dict[PrefixKey, dict[Named, int]] = {key: {} for key in KEYS}

    def named(self, number: int, identifier: int) -> Named:
        """The first neighbors send no identifiers."""
        return self.sources[number], identifier if number >= BARE else 0

    def announce(
        self, number: int, identifier: int, said: AttributeSet, keys: list[PrefixKey], refusal: Refusal | None
    ) -> None:
        source, identifier = name = self.named(number, identifier)
        route = Route(source, said, SOMEWHERE, 0, refusal)
        if identifier:
            self.table.announce_paths(route, [make_path(identifier, key) for key in keys])
        else:
            self.table.announce(route, keys)
        for announced in keys:
            before = self.said[announced].get(name)
            if before is None or before[0] is not said or before[2] != source.epoch:
                self.said[announced][name] = said, refusal, source.epoch

    def withdraw(self, number: int, identifier: int, keys: list[PrefixKey]) -> None:
        source, identifier = name = self.named(number, identifier)
        if identifier:
            self.table.withdraw_paths(source, [make_path(identifier, key) for key in keys])
        else:
            self.table.withdraw(source, keys)
        for withdrawn in keys:
            self.said[withdrawn].pop(name, None)

    def lose(self, number: int) -> None:
        self._remove(self.sources[number], before=1_000_000)

    def begin_epoch(self, number: int) -> None:
        self.sources[number].epoch += 1

    def sweep(self, number: int) -> None:
        source = self.sources[number]
        self._remove(source, before=source.epoch)

    def _remove(self, source: Source, before: int) -> None:
        def successor(route: Route, _key: PrefixKey) -> Route | None:
            return None if route.source is source and route.epoch < before else route

        walk = Walk(self.table, successor)
        while not walk.step(1):
            pass
        for said in self.said.values():
            for name in [name for name in said if name[0] is source and said[name][2] < before]:
                del said[name]

    def run(self, limit: int) -> None:
        batch = self.loc_rib.run(limit)
        for old, new, keys in batch.changes:
            for changed in keys:
                assert named(self.best.pop(changed, None)) == named(old)
                if new is not None:
                    self.best[changed] = new
        for before, now, keys in batch.slot_changes:
            for changed in keys:
                followed = routes_of(self.followed.get(changed))
                assert [route.received for route in followed] == [
                    route.received for route in routes_of(before)
                ]
                self.followed[changed] = now
                self._check_identifiers(changed, now)

    def check_order(self) -> None:
        """The lowest degree is first, and nothing stands between those that have it."""
        degree = self.table.decision.degree
        for slot in self.table.slots.values():
            degrees = [degree(route) for route in routes_of(slot)]
            lowest = degrees.count(min(degrees))
            assert {*degrees[:lowest]} == {min(degrees)}

    def _check_identifiers(self, key: PrefixKey, slot: Slot | None) -> None:
        """Each names one path, and a path keeps its own as long as it lives."""
        now = {(path.route.source, path.identifier): path.sent for path in paths_of(slot)}
        assert len({*now.values()}) == len(now)
        before = self.sent[key]
        by_number = {sent: name for name, sent in before.items()}
        for name, sent in now.items():
            assert by_number.get(sent, name) == name  # never passed on to another at once
        self.sent[key] = now


@given(events, st.booleans())
def test_the_table_holds_what_was_said_and_the_best_is_the_rfcs(
    happenings: list[tuple[Any, ...]], tells_all: bool
) -> None:
    model = Model(tells_all=tells_all)
    for name, *arguments in happenings:
        getattr(model, name)(*arguments)
        model.check_order()
    while model.table.unsettled:
        model.run(2)
    for key_, said in model.said.items():
        paths = model.table.paths(key_)
        assert {(path.route.source, path.identifier) for path in paths} == {*said}
        for path in paths:
            route = path.route
            assert said[route.source, path.identifier] == (route.received, route.refusal, route.epoch)
        assert model.table.best(key_) is select_as_the_rfc_words_it(model.table.routes(key_))
        assert named(model.table.best(key_)) == named(model.best.get(key_))
    for source in model.sources:
        held = [
            refusal
            for said in model.said.values()
            for name, (_, refusal, _) in said.items()
            if name[0] is source
        ]
        assert source.routes == len(held)
        assert source.filtered == sum(refusal is not None for refusal in held)
        winners = [model.table.best(key_) for key_ in KEYS]
        assert source.preferred == sum(best is not None and best.source is source for best in winners)
