"""Export filters that look at the prefix: what members are sent, and how often a filter is asked."""

from collections.abc import Iterable
from dataclasses import replace
from weakref import ref

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES, LOCAL_PREF
from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from messages.framing import Framer
from rib.census import exported
from rib.egress import GroupKey
from rib.outgoing import NlriKey
from rib.policy import Accepted, Policy, Reading
from tests.rib.building import SOMEWHERE, attributes, group_key, group_of, route
from tests.rib.judging import (
    Watched,
    by_length,
    by_prefix,
    is_long,
    of_all_readings,
    refused,
    stamped,
)
from tests.rib.world import ALL_PATHS_KEY, KEY, KEYS, PATHS, SETS, Receiver, World

BEST_TWO = group_key(context=PATHS, paths=2)
SHORT_KEYS, LONG_KEYS = [KEYS[0], KEYS[2]], [KEYS[1], KEYS[3]]
TIMES = [(Reading.ROUTE, 1), (Reading.KINDS, 2), (Reading.PREFIX, 4)]
"""How often a filter is asked about one route to all of KEYS."""
both_kinds = pytest.mark.parametrize("group", [KEY, ALL_PATHS_KEY], ids=["best", "all paths"])


def world(group: GroupKey, policy: Policy, members: int = 1) -> World:
    return World(members, group=replace(group, policy=policy))


def held(receiver: Receiver, keys: Iterable[PrefixKey] = KEYS) -> dict[PrefixKey, int]:
    """Return how many routes, or paths, a neighbor has to each prefix."""
    return {key: sum(nlri[-len(key) :] == key for nlri in receiver.holds) for key in keys}


@both_kinds
@pytest.mark.parametrize(("reading", "times"), TIMES, ids=str)
def test_the_filter_is_asked_aloud_once_for_what_it_treats_alike(
    group: GroupKey, reading: Reading, times: int
) -> None:
    """And about what was sent before only silently: what it prints is printed once."""
    watched = Watched(reading)
    here = world(group, watched.policy, members=3)
    first = here.announce(here.sources[3], SETS[0], *KEYS)
    here.run()
    assert [asked for asked, _ in watched.aloud] == [first] * times
    watched.asked.clear()
    second = here.announce(here.sources[3], SETS[3], *KEYS)
    here.run()
    assert [asked for asked, _ in watched.aloud] == [second] * times
    watched.asked.clear()
    here.table.withdraw(here.sources[3], KEYS)
    here.run()
    assert watched.aloud == []
    if reading is not Reading.PREFIX:
        assert watched.asked == []
    assert all(receiver.holds == {} for receiver in here.receivers.values())


@both_kinds
@pytest.mark.parametrize(("reading", "times"), TIMES, ids=str)
def test_the_filter_is_given_the_prefix_and_what_would_be_sent(
    group: GroupKey, reading: Reading, times: int
) -> None:
    watched = Watched(reading)
    here = world(group, watched.policy)
    here.announce(here.sources[3], SETS[1], *KEYS)
    here.run()
    asked = {asked.key for asked in watched.asked}
    if reading is Reading.PREFIX:
        assert asked == {*KEYS}
    else:
        assert len({is_long(key) for key in asked}) == times
    sent = watched.asked[0].attributes
    assert sent.get(LOCAL_PREF) == 100  # which an external neighbor is not sent
    assert sent.replace({LOCAL_PREF: None}).wire == next(iter(here.receivers[here.sources[0]].holds.values()))


@both_kinds
def test_the_filter_is_not_asked_again_about_paths_that_were_there(group: GroupKey) -> None:
    watched = Watched(Reading.PREFIX)
    here = world(group, watched.policy)
    here.announce(here.sources[1], SETS[0], *KEYS)
    here.run()
    watched.asked.clear()
    second = here.announce(here.sources[2], SETS[3], KEYS[0])
    here.run()
    assert watched.aloud == ([(second, KEYS[0])] if here.group.follows_all else [])


@both_kinds
def test_prefixes_of_a_kind_are_encoded_once_and_sent_together(group: GroupKey) -> None:
    here = world(group, by_length("stamped", lambda said: said.replace({COMMUNITIES: (7,)})))
    receiver = here.receivers[here.sources[0]]
    before = len(receiver.received)
    here.announce(here.sources[3], SETS[0], *KEYS)
    here.run()
    assert here.group.views.encodings == 2
    assert len([*Framer().feed(b"".join(receiver.received[before:]))]) == 2
    assert len({*receiver.holds.values()}) == 2


@both_kinds
def test_prefixes_that_come_to_the_same_are_sent_together(group: GroupKey) -> None:
    """Though the filter looks at each of them."""
    here = world(group, Watched(Reading.PREFIX).policy)
    receiver = here.receivers[here.sources[0]]
    before = len(receiver.received)
    here.announce(here.sources[3], SETS[0], *KEYS)
    here.run()
    assert len(receiver.received) == before + 1
    assert held(receiver) == dict.fromkeys(KEYS, 1)


@both_kinds
@pytest.mark.parametrize("policy", of_all_readings(refused), ids=lambda policy: policy.name)
def test_what_is_refused_for_some_prefixes_is_not_sent_for_them(group: GroupKey, policy: Policy) -> None:
    here = world(group, policy)
    here.announce(here.sources[3], SETS[0], *KEYS)
    here.run()
    receiver = here.receivers[here.sources[0]]
    kept = {"all": set(), "long ones": {*SHORT_KEYS}, "/16": {*KEYS} - {KEYS[1]}}[policy.name]
    assert held(receiver) == {key: int(key in kept) for key in KEYS}
    *_pauses, counts = exported(here.table, here.group)
    assert counts == ({here.sources[3]: len(kept)} if kept else {})
    here.table.withdraw(here.sources[3], KEYS)
    here.run()
    assert receiver.holds == {}
    assert receiver.unfounded == []


@both_kinds
@pytest.mark.parametrize("policy", of_all_readings(lambda said: said), ids=lambda policy: policy.name)
def test_a_change_that_is_not_shown_sends_nothing(group: GroupKey, policy: Policy) -> None:
    """MED is not sent to external neighbors."""
    here = world(group, policy)
    receiver = here.receivers[here.sources[0]]
    here.announce(here.sources[3], SETS[0], *KEYS)
    here.run()
    before = len(receiver.received)
    here.announce(here.sources[3], SETS[1], *KEYS)
    here.run()
    assert len(receiver.received) == before


@pytest.mark.parametrize(
    "policy",
    [by_length("no long 65001", lambda said: None if said.wire.find(b"\xfd\xe9") >= 0 else said)],
)
def test_a_change_of_route_is_worked_out_for_each_kind_by_itself(policy: Policy) -> None:
    """For one kind it is an announcement, for the other a change."""
    here = world(KEY, policy)
    receiver, counters = here.receivers[here.sources[0]], here.member(here.sources[0]).sent
    here.announce(here.sources[3], SETS[0], *KEYS)
    here.run()
    assert held(receiver) == {key: int(key in SHORT_KEYS) for key in KEYS}
    here.announce(here.sources[3], SETS[2], *KEYS)
    here.run()
    assert held(receiver) == dict.fromkeys(KEYS, 1)
    here.announce(here.sources[3], SETS[0], *KEYS)
    here.run()
    assert held(receiver) == {key: int(key in SHORT_KEYS) for key in KEYS}
    assert (counters.announced, counters.withdrawn) == (8, 2)


def test_the_new_source_loses_only_what_it_was_sent() -> None:
    """It is not sent its own route back, and never had what the filter refused."""
    here = world(KEY, by_length("no long ones", refused), members=2)
    first, second = here.sources[:2]
    here.announce(first, SETS[3], *KEYS)
    here.run()
    here.announce(second, SETS[2], *KEYS)
    here.run()
    assert here.receivers[second].holds == {}
    assert here.receivers[second].unfounded == []
    assert held(here.receivers[first]) == {key: int(key in SHORT_KEYS) for key in KEYS}


def test_paths_that_a_filter_refuses_for_a_prefix_take_no_place_there() -> None:
    """RFC 7911: of three paths two are sent; which ones depends on the prefix."""

    def not_from_65002(said: AttributeSet, key: PrefixKey) -> AttributeSet | None:
        return None if key == KEYS[1] and b"\xfd\xea" in said.wire else said

    here = world(BEST_TWO, by_prefix("not from 65002", not_from_65002))
    for source, said in zip(here.sources[1:], (SETS[2], SETS[0], attributes(65001, 65007)), strict=True):
        here.announce(source, said, KEYS[0], KEYS[1])
    here.run()
    _, first, second, third = (source.path_id for source in here.sources)
    holds: set[NlriKey] = {*here.receivers[here.sources[0]].holds}
    wanted = {KEYS[0]: (first, second), KEYS[1]: (second, third)}
    assert holds == {make_path(number, key) for key, numbers in wanted.items() for number in numbers}


@both_kinds
def test_the_census_asks_silently(group: GroupKey) -> None:
    watched = Watched(Reading.PREFIX, lambda _route, said, key: None if key == KEYS[0] else _as_it_is(said))
    here = world(group, watched.policy)
    for number in (1, 2):
        here.announce(here.sources[number], SETS[0], *KEYS)
    here.run()
    watched.asked.clear()
    *pauses, counts = exported(here.table, here.group)
    paths = 2 if here.group.follows_all else 1
    assert counts == dict.fromkeys(here.sources[1 : 1 + paths], 3)
    assert pauses == [None]
    assert watched.asked
    assert watched.aloud == []


def _as_it_is(said: AttributeSet) -> Accepted:
    return Accepted(said, 100, SOMEWHERE)


@both_kinds
@pytest.mark.parametrize("reading", [Reading.KINDS, Reading.PREFIX], ids=str)
def test_who_is_behind_is_told_aloud_and_what_it_was_told_is_worked_out_silently(
    group: GroupKey, reading: Reading
) -> None:
    """It was shown the long ones by the first group and is shown the short ones by the second."""
    before = Watched(reading, lambda _route, said, key: _as_it_is(said) if is_long(key) else None)
    here = world(group, before.policy)
    moving, other = here.sources[:2]
    after = Watched(reading, lambda _route, said, key: None if is_long(key) else _as_it_is(said))
    second = here.add_group(replace(group, policy=after.policy))
    here.announce(other, SETS[0], *KEYS)
    here.run()
    receiver = here.receivers[moving]
    assert held(receiver) == {key: int(key in LONG_KEYS) for key in KEYS}
    before.asked.clear()
    after.asked.clear()
    here.move(moving, second)
    here.table.withdraw(other, [KEYS[3]])
    here.run()
    here.settle(here.run)
    assert held(receiver) == {key: int(key in SHORT_KEYS) for key in KEYS}
    assert before.aloud == []
    if reading is Reading.PREFIX:
        assert sorted(key for _, key in after.aloud) == sorted(KEYS[:3])
    if here.group.follows_all:
        assert receiver.unfounded == []


@both_kinds
@pytest.mark.parametrize("keys", [KEYS[:2], KEYS[1::-1]], ids=["short one first", "long one first"])
def test_who_is_behind_was_told_of_one_prefix_and_not_of_the_other(
    group: GroupKey, keys: list[PrefixKey]
) -> None:
    """Both change together; only what it was told is taken back."""
    here = world(group, by_length("no long ones", refused))
    slow, other = here.sources[:2]
    here.announce(other, SETS[0], *keys)
    here.receivers[slow].has_room = False
    here.run()
    here.table.withdraw(other, keys)
    here.run()
    assert held(here.receivers[slow]) == {key: int(key == KEYS[0]) for key in KEYS}
    here.settle(here.run)
    assert here.receivers[slow].holds == {}
    assert here.receivers[slow].unfounded == []


def test_what_the_filter_made_of_a_route_is_forgotten_with_it() -> None:
    """What is remembered is so while there is room; where each prefix is looked at nothing is kept."""
    group = group_of(group_key(policy=Watched(Reading.PREFIX).policy))
    here = World(1)
    made = route(here.sources[1], attributes(65001))
    assert group.view(made, KEYS[0]) == group.view(made, KEYS[0])
    assert group.views.encodings == 2
    of_kinds = group_of(group_key(policy=by_length("any", lambda said: said)))
    assert of_kinds.view(made, KEYS[0]) == of_kinds.view(made, KEYS[1])
    assert of_kinds.views.encodings == 2
    remembering = group_of(group_key(is_draining=True))
    assert remembering.view(made, KEYS[0]) is remembering.view(made, KEYS[1])
    assert remembering.views.encodings == 1
    gone = route(here.sources[1], attributes(65001, rows={LOCAL_PREF: 5000}))
    remembering.view(gone, KEYS[0])
    forgotten = ref(gone.received)
    for number in range(5000):
        remembering.view(route(here.sources[1], attributes(65001, rows={LOCAL_PREF: number})), KEYS[0])
    del gone
    assert forgotten() is None


def test_a_prefix_stamped_by_the_filter_is_told_so() -> None:
    here = world(KEY, by_prefix("stamped", stamped))
    here.announce(here.sources[1], SETS[0], *KEYS)
    here.run()
    assert here.receivers[here.sources[0]].holds == here.should_hold(here.sources[0])
    assert len({*here.receivers[here.sources[0]].holds.values()}) == 4
