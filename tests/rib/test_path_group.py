"""Neighbors that are sent several paths to a prefix (RFC 7911)."""

from dataclasses import replace
from itertools import product

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.families import IPV4_UNICAST
from messages.families.path import identifier_of, make_path, prefix_of
from rib.census import exported
from rib.egress import Withheld
from rib.policy import Policy
from rib.route import Refusal, Route, Source
from rib.update_group import UpdateGroup
from tests.rib.building import SOMEWHERE, attributes, group_key, group_of, neighbor
from tests.rib.judging import by_attributes
from tests.rib.world import ALL_PATHS_KEY, KEYS, PATHS, SETS, World

P, Q = KEYS[:2]
SHORT, LONG, LONGER = attributes(65001), attributes(65001, 65002), attributes(65001, 65002, 65003)
WITHHELD = SETS[4]


def world(members: int = 1, paths: int = 0) -> World:
    return World(members, group=group_key(context=PATHS, paths=paths))


def held(world: World, source: Source) -> dict[int, bytes]:
    """Return what a neighbor holds of the prefix, by the identifier that it was sent."""
    holds = world.receivers[source].holds
    assert {prefix_of(path) for path in holds} <= {P}  # type: ignore[arg-type]  # they are paths
    return {identifier_of(path): wire for path, wire in holds.items()}  # type: ignore[arg-type]


def test_all_paths_are_sent_each_with_an_identifier_of_its_own() -> None:
    here = world(members=1)
    _, *others = here.sources
    for source, said in zip(others, (LONG, SHORT, WITHHELD), strict=True):
        here.announce(source, said, P)
    here.run()
    assert held(here, here.sources[0]).keys() == {others[0].path_id, others[1].path_id}


def test_paths_of_one_neighbor_are_passed_on_side_by_side() -> None:
    here = world()
    source = here.sources[1]
    for identifier, said in enumerate((SHORT, LONG)):
        here.table.announce_paths(Route(source, said, SOMEWHERE, 0), [make_path(identifier, P)])
    here.run()
    assert held(here, here.sources[0]).keys() == {path.sent for path in here.table.paths(P)}


def test_a_refused_path_is_not_sent() -> None:
    here = world()
    here.table.announce(Route(here.sources[1], SHORT, SOMEWHERE, 0, Refusal.AS_LOOP), [P])
    here.announce(here.sources[2], LONG, P)
    here.run()
    assert held(here, here.sources[0]).keys() == {here.sources[2].path_id}


def test_nobody_is_sent_its_own_path() -> None:
    """But everybody else's, its own being the best or not."""
    here = world(members=2)
    first, second, third = here.sources[:3]
    for source, said in ((first, SHORT), (second, LONG), (third, LONGER)):
        here.announce(source, said, P)
    here.run()
    assert held(here, first).keys() == {second.path_id, third.path_id}
    assert held(here, second).keys() == {first.path_id, third.path_id}
    here.table.withdraw(first, [P])
    here.run()
    assert held(here, first).keys() == {second.path_id, third.path_id}
    assert held(here, second).keys() == {third.path_id}
    assert not any(receiver.unfounded for receiver in here.receivers.values())


def test_the_best_are_chosen_as_if_those_before_were_not_there() -> None:
    here = world(paths=2)
    first, second, third = here.sources[1:]
    for source, said in ((third, LONGER), (second, LONG)):
        here.announce(source, said, P)
    here.run()
    assert held(here, here.sources[0]).keys() == {second.path_id, third.path_id}
    here.announce(first, SHORT, P)
    here.run()
    assert held(here, here.sources[0]).keys() == {first.path_id, second.path_id}
    here.table.withdraw(second, [P])
    here.run()
    assert held(here, here.sources[0]).keys() == {first.path_id, third.path_id}


def test_what_is_withheld_takes_no_place() -> None:
    here = world(paths=2)
    for source, said in zip(here.sources[1:], (WITHHELD, LONG, LONGER), strict=True):
        here.announce(source, said, P)
    here.run()
    assert held(here, here.sources[0]).keys() == {source.path_id for source in here.sources[2:]}


def test_a_path_that_looks_as_before_is_not_sent_again() -> None:
    """MED is not sent to external neighbors; and another path's change is none of this one's business."""
    here = world()
    here.announce(here.sources[1], SETS[0], P, Q)
    here.announce(here.sources[2], LONG, P)
    here.run()
    receiver = here.receivers[here.sources[0]]
    sent = len(receiver.received)
    here.announce(here.sources[1], SETS[1], P, Q)
    here.run()
    assert len(receiver.received) == sent
    here.announce(here.sources[2], LONGER, P)
    here.run()
    assert here.member(here.sources[0]).sent.announced == 4


def test_a_path_whose_attributes_change_is_sent_under_the_same_identifier() -> None:
    here = world()
    here.announce(here.sources[1], SHORT, P)
    here.run()
    before = held(here, here.sources[0])
    here.announce(here.sources[1], LONG, P)
    here.run()
    after = held(here, here.sources[0])
    assert before.keys() == after.keys()
    assert before != after


def test_an_identifier_passes_on_to_another_path_only_after_its_withdrawal() -> None:
    """The new path is the receiver's own: it must not keep the old one."""
    here = world()
    receiver, other = here.sources[:2]
    here.table.announce_paths(Route(other, SHORT, SOMEWHERE, 0), [make_path(1, P)])
    here.run()
    assert len(held(here, receiver)) == 1
    here.table.withdraw_paths(other, [make_path(1, P)])
    here.table.announce_paths(Route(receiver, SHORT, SOMEWHERE, 0), [make_path(1, P)])
    here.run()
    assert held(here, receiver) == {}


def test_who_is_behind_is_put_right_path_by_path() -> None:
    here = world(members=1)
    slow, *others = here.sources
    for source, said in zip(others, (SHORT, LONG, LONGER), strict=True):
        here.announce(source, said, P)
    here.receivers[slow].has_room = False
    here.run()
    here.table.withdraw(others[0], [P])
    here.announce(others[1], SHORT, P)
    here.run()
    here.announce(slow, SHORT, P)
    here.table.withdraw(others[2], [P])
    here.run()
    assert held(here, slow).keys() == {source.path_id for source in others}
    here.settle(here.run)
    assert held(here, slow).keys() == {others[1].path_id}
    assert not here.receivers[slow].unfounded


@pytest.mark.parametrize("paths", [0, 1])
def test_what_only_the_former_group_showed_is_withdrawn_from_who_moved(paths: int) -> None:
    """Also if it goes before the neighbor's turn has come."""
    policy = by_attributes("no long paths", lambda said: None if len(said.wire) > 30 else said)
    here = World(members=1, group=ALL_PATHS_KEY if paths == 0 else group_key())
    other = here.add_group(replace(here.group.key, policy=policy))
    receiver = here.sources[0]
    for source in here.sources[1:]:
        here.announce(source, LONGER, P, Q)
    here.run()
    assert here.receivers[receiver].holds
    here.move(receiver, other)
    for source in here.sources[1:]:
        here.table.withdraw(source, [P])
    here.run()
    here.settle(here.run)
    assert here.receivers[receiver].holds == {}


def test_the_census_counts_paths() -> None:
    here = world(paths=2)
    first, second, third = here.sources[:3]
    for source, said in ((first, LONG), (second, SHORT), (third, LONGER)):
        here.announce(source, said, P)
    here.announce(third, SHORT, Q)
    here.run()
    *pauses, counts = exported(here.table, here.group)
    assert counts == {first: 1, second: 1, third: 1}
    assert set(pauses) == {None}


def test_a_newcomer_is_told_every_path_and_end_of_rib() -> None:
    """RFC 4724 §2."""
    here = world(members=0)
    for source, said in zip(here.sources[1:], (SHORT, LONG, LONGER), strict=True):
        here.announce(source, said, P)
    here.run()
    here.join(here.sources[0])
    assert len(held(here, here.sources[0])) == 3
    assert here.receivers[here.sources[0]].ends == [IPV4_UNICAST]


def test_attributes_that_leave_room_for_a_prefix_but_for_no_path_are_too_large() -> None:
    """RFC 7911 §3: a path is four octets longer. RFC 4271 §9.2: what was told before must go."""
    here = world()
    source = here.sources[1]
    here.announce(source, SHORT, P)
    here.run()
    assert len(held(here, here.sources[0])) == 1
    plain = group_of(group_key())
    tight = largest_set(plain)
    assert not isinstance(plain.view(Route(source, tight, SOMEWHERE, 0), P), Withheld)
    assert here.group.view(here.announce(source, tight, P), P) is Withheld.TOO_LARGE
    here.run()
    assert held(here, here.sources[0]) == {}


def largest_set(group: UpdateGroup) -> AttributeSet:
    """Return the largest attributes that this group sends to anybody."""
    largest = SHORT
    for count, length in product(range(990, 1015), range(1, 6)):
        said = attributes(
            *range(65001, 65001 + length), rows={COMMUNITIES: (*range(70_000, 70_000 + count),)}
        )
        view = group.view(Route(neighbor("n1"), said, SOMEWHERE, 0), P)
        if not isinstance(view, Withheld) and len(said.wire) > len(largest.wire):
            largest = said
    return largest


@pytest.mark.parametrize("policy", [Policy.NONE, Policy.MISSING])
def test_a_group_that_sends_nothing_need_not_know_all_routes(policy: Policy) -> None:
    """To tell of all of them costs the table more than to tell of the best."""
    assert world().group.follows_all
    silent = World(0, group=replace(ALL_PATHS_KEY, policy=policy))
    assert not silent.group.follows_all
    assert not silent.table.tells_all
