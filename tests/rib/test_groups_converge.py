"""Whatever happens, what every member holds in the end is what its group shows it (architecture §6)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH
from messages.attributes.as_path import AsPath
from messages.families import IPV4_UNICAST
from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from rib.egress import GroupKey, Withheld, egress
from rib.outgoing import NlriKey
from rib.route import Refusal, Route, Source
from rib.slot import Path
from rib.walk import Walk
from tests.rib.building import SOMEWHERE, group_key
from tests.rib.judging import by_attributes, by_length, by_prefix, stamped
from tests.rib.oracle import select_as_the_rfc_words_it
from tests.rib.world import ALL_PATHS_KEY, KEY, KEYS, PATHS, SETS, World


def _without_65003(attributes: AttributeSet) -> AttributeSet | None:
    return None if attributes.get(AS_PATH, AsPath.EMPTY).count(65003) else attributes


BEST_TWO = group_key(context=PATHS, paths=2)
PICKY = by_attributes("no 65003", _without_65003)
PICKY_ABOUT_LONG_ONES = by_length("no 65003 on long ones", _without_65003)
STAMPING = by_prefix("stamped", stamped)
PICKY_TWO, STAMPING_TWO = (replace(BEST_TWO, policy=policy) for policy in (PICKY_ABOUT_LONG_ONES, STAMPING))
KINDS: dict[str, tuple[GroupKey, GroupKey]] = {
    "best": (KEY, group_key(policy=PICKY)),
    "all paths": (ALL_PATHS_KEY, group_key(context=PATHS, paths=0, policy=PICKY)),
    "two paths": (BEST_TWO, group_key(context=PATHS, paths=2, policy=PICKY)),
    "fewer paths": (ALL_PATHS_KEY, BEST_TWO),
    "best by length": (group_key(policy=PICKY), group_key(policy=PICKY_ABOUT_LONG_ONES)),
    "best by prefix": (group_key(policy=PICKY_ABOUT_LONG_ONES), group_key(policy=STAMPING)),
    "all paths by length": (replace(ALL_PATHS_KEY, policy=PICKY_ABOUT_LONG_ONES), ALL_PATHS_KEY),
    "two paths by prefix": (
        replace(BEST_TWO, policy=PICKY_ABOUT_LONG_ONES),
        replace(BEST_TWO, policy=STAMPING),
    ),
}
"""The groups between which members move. All can be members; two of them send several paths themselves."""

sources = st.integers(0, 3)
members = st.integers(0, 2)
some_keys = st.lists(st.sampled_from(KEYS[:2]), min_size=1, unique=True)
identifiers = st.integers(1, 3)
events = st.lists(
    st.one_of(
        st.tuples(
            st.just("announce"),
            sources,
            identifiers,
            st.sampled_from(SETS),
            some_keys,
            st.sampled_from([None, None, None, Refusal.AS_LOOP]),
        ),
        st.tuples(st.just("withdraw"), sources, identifiers, some_keys),
        st.tuples(st.just("run"), st.integers(1, 4)),
        st.tuples(st.just("lose"), sources),
        st.tuples(st.just("say_again"), sources),
        st.tuples(st.just("give_room"), members, st.booleans()),
        st.tuples(st.just("drain"), members, st.integers(1, 3)),
        st.tuples(st.just("refresh"), members),
        st.tuples(st.just("move"), members, st.integers(0, 1)),
        st.tuples(st.just("rejoin"), members),
    ),
    min_size=12,  # short ones are what hypothesis would mostly try
    max_size=40,
)


class Busy(World):
    """A world in which events happen."""

    def __init__(self, kind: str) -> None:
        group, other = KINDS[kind]
        super().__init__(members=3, group=group)
        self.add_group(other)

    def sends_paths(self, source: Source) -> bool:
        return source in self.sources[2:]

    def _announce(
        self, number: int, identifier: int, said: AttributeSet, keys: list[PrefixKey], refusal: Refusal | None
    ) -> None:
        source = self.sources[number]
        route = Route(source, said, SOMEWHERE, 0, refusal)
        if self.sends_paths(source):
            self.table.announce_paths(route, [make_path(identifier, key) for key in keys])
        else:
            self.table.announce(route, keys)

    def _withdraw(self, number: int, identifier: int, keys: list[PrefixKey]) -> None:
        source = self.sources[number]
        if self.sends_paths(source):
            self.table.withdraw_paths(source, [make_path(identifier, key) for key in keys])
        else:
            self.table.withdraw(source, keys)

    def _lose(self, number: int) -> None:
        lost = self.sources[number]
        assert Walk(self.table, lambda route, _key: None if route.source is lost else route).step(100)

    def _say_again(self, number: int) -> None:
        """In a new epoch, all that it said before."""
        source = self.sources[number]
        source.epoch += 1
        for key in list(self.table.slots):
            for path in self.table.paths(key):
                if path.route.source is source and path.route.refusal is None:
                    self._announce(number, path.identifier, path.route.received, [key], None)

    def _give_room(self, number: int, has_room: bool) -> None:
        self.receivers[self.sources[number]].has_room = has_room

    def _drain(self, number: int, limit: int) -> None:
        source = self.sources[number]
        if self.receivers[source].has_room:
            self.group_of(source).drain(self.member(source), self.table, limit)

    def _refresh(self, number: int) -> None:
        source = self.sources[number]
        self.member(source).start_over(self.table, self.group_of(source))

    def _move(self, number: int, group: int) -> None:
        self.move(self.sources[number], self.groups[group])

    def _rejoin(self, number: int) -> None:
        self.join(self.sources[number])

    def happen(self, event: tuple[Any, ...]) -> None:
        name, *arguments = event
        if name == "run":
            self.run(*arguments)
        else:
            getattr(self, f"_{name}")(*arguments)

    def should_hold(self, source: Source) -> dict[NlriKey, bytes]:
        group = self.group_of(source)
        if not group.follows_all:
            return super().should_hold(source)
        wanted: dict[NlriKey, bytes] = {}
        for key in self.table.slots:
            for path, wire in self._shown(group.key, key):
                if path.route.source is not source:
                    wanted[make_path(path.sent, key)] = wire
        return wanted

    def _shown(self, group: GroupKey, key: PrefixKey) -> list[tuple[Path, bytes]]:
        """Every path that is not withheld, or the best of them, as their order is in RFC 4271."""
        able: list[tuple[Path, bytes]] = []
        for path in self.table.paths(key):
            outcome = egress(group, path.route, key)
            if path.route.refusal is None and not isinstance(outcome, Withheld):
                able.append((path, outcome.wire))
        shown: list[tuple[Path, bytes]] = []
        while able and len(shown) < (group.paths or len(able) + len(shown)):
            best = select_as_the_rfc_words_it(path.route for path, _ in able)
            chosen = next(each for each in able if each[0].route is best)
            able.remove(chosen)
            shown.append(chosen)
        return shown


@pytest.mark.parametrize("kind", KINDS)
@given(events)
def test_every_member_ends_up_with_what_the_group_shows_it(
    kind: str, happenings: list[tuple[Any, ...]]
) -> None:
    world = Busy(kind)
    for event in happenings:
        world.happen(event)
    world.settle(lambda: world.run(2))
    for source, receiver in world.receivers.items():
        assert receiver.holds == world.should_hold(source)
        assert receiver.ends == [IPV4_UNICAST]
        if world.group.follows_all:
            assert not receiver.unfounded
