"""What a neighbor is behind with, and what it is told when its turn comes (architecture §6)."""

from dataclasses import replace
from gc import is_tracked

import pytest

from messages.attribute_set import AttributeSet
from messages.families import IPV4_UNICAST
from messages.families.path import PathKey, identifier_of
from rib.loc_rib import LocRib
from rib.member import Member, Told
from rib.policy import Policy
from rib.table import Table
from tests.rib.building import attributes, group_key, group_of, key, neighbor, route
from tests.rib.judging import by_attributes
from tests.rib.world import ALL_PATHS_KEY, KEY, KEYS, SETS, World

P, Q = KEYS[:2]


@pytest.mark.parametrize("key", [KEY, ALL_PATHS_KEY], ids=["best", "all paths"])
def test_a_newcomer_is_never_sent_a_withdrawal_for_what_it_was_never_told(key: object) -> None:
    """Neither for what goes before its turn, nor for what came and went meanwhile."""
    world = World(members=0, group=ALL_PATHS_KEY if key is ALL_PATHS_KEY else KEY)
    newcomer, other = world.sources[:2]
    world.announce(other, SETS[0], P)
    world.run()
    world.table.withdraw(other, [P])
    world.join(newcomer, has_turn=False)
    world.run()
    world.announce(other, SETS[0], Q)
    world.run()
    world.table.withdraw(other, [Q])
    world.run()
    world.settle(world.run)
    assert world.receivers[newcomer].holds == {}
    assert world.receivers[newcomer].unfounded == []
    assert len(world.receivers[newcomer].received) == 1  # End-of-RIB


def test_a_newcomer_is_told_what_others_know_of_a_prefix_under_work() -> None:
    """If it comes back within the burst, nothing will be said of it."""
    world = World(members=0)
    newcomer, other = world.sources[:2]
    first = world.announce(other, SETS[0], P)
    world.run()
    world.table.withdraw(other, [P])
    world.join(newcomer)
    world.table.announce(first, [P])
    world.run()
    assert [*world.receivers[newcomer].holds] == [P]


def test_who_is_told_everything_again_still_loses_what_went_before() -> None:
    world = World(members=1)
    slow, other = world.sources[:2]
    world.announce(other, SETS[0], P, Q)
    world.receivers[slow].has_room = False
    world.run()
    world.table.withdraw(other, [P])
    world.run()
    world.member(slow).start_over(world.table, world.group)
    world.settle(world.run)
    assert [*world.receivers[slow].holds] == [Q]
    assert world.receivers[slow].unfounded == []


def test_a_newcomer_that_moves_before_its_turn_was_told_nothing() -> None:
    world = World(members=0)
    newcomer, other = world.sources[:2]
    silent = world.add_group(group_key(policy=Policy.NONE))
    world.announce(other, SETS[0], P)
    world.run()
    world.join(newcomer, has_turn=False)
    world.move(newcomer, silent)
    world.settle(world.run)
    assert world.receivers[newcomer].unfounded == []


def test_who_moves_twice_is_put_right_by_what_it_was_told_first() -> None:
    world = World(members=1)
    moving, other = world.sources[:2]
    silent, third = (world.add_group(group_key(policy=policy)) for policy in (Policy.NONE, Policy.MISSING))
    world.announce(other, SETS[0], P, Q)
    world.run()
    world.move(moving, silent)
    world.table.withdraw(other, [Q])
    world.run()
    world.move(moving, third)
    world.settle(world.run)
    assert world.receivers[moving].holds == {}
    assert world.receivers[moving].unfounded == []


def test_a_silent_group_greets_and_says_no_more() -> None:
    """RFC 4724 §2."""
    world = World(members=0, group=group_key(policy=Policy.MISSING))
    world.join(world.sources[0])
    receiver = world.receivers[world.sources[0]]
    assert world.group.is_silent
    world.announce(world.sources[1], SETS[0], P)
    world.run()
    world.group.greet(world.member(world.sources[0]))
    assert receiver.holds == {}
    assert len(receiver.ends) == len(receiver.received) == 1


def test_what_is_written_counts_for_all_sessions_of_the_neighbor() -> None:
    world = World(members=1)
    source = world.sources[0]
    sent = world.member(source).sent
    world.announce(world.sources[1], SETS[0], P, Q)
    world.run()
    world.table.withdraw(world.sources[1], [P])
    world.run()
    assert (sent.announced, sent.withdrawn) == (2, 1)


def test_who_moves_back_before_its_turn_keeps_nothing_that_is_gone() -> None:
    """What its groups showed it is not looked up again for each prefix: anything may have to go."""
    world = World(members=1)
    moving, other = world.sources[:2]
    first, second = world.group, world.add_group(group_key(is_draining=True))
    world.announce(other, SETS[0], P, Q)
    world.run()
    world.move(moving, second)
    world.move(moving, first)
    backlog = world.member(moving).backlog
    assert backlog is not None
    assert {*backlog.values()} <= {Told.SOMETHING, Told.PRESENT}
    world.table.withdraw(other, [P])
    world.run()
    world.settle(world.run)
    assert world.receivers[moving].holds == world.should_hold(moving)


def test_that_a_member_moves_back_costs_no_look_at_each_route() -> None:
    """There may be a million of them."""
    looked_at: list[AttributeSet] = []

    def look(said: AttributeSet) -> AttributeSet:
        looked_at.append(said)
        return said

    world = World(members=0, group=group_key(policy=by_attributes("watched", look)))
    moving, other = world.sources[:2]
    second = world.add_group(KEY)
    keys = [key(f"10.{number}.0.0/16") for number in range(50)]
    for number, each in enumerate(keys):
        world.announce(other, attributes(65001, 65100 + number), each)
    world.run()
    world.join(moving, has_turn=False)
    world.drain(moving, 100)
    world.move(moving, second)
    for number, each in enumerate(keys):  # nobody has seen what these look like
        world.announce(other, attributes(65002, 65100 + number), each)
    world.loc_rib.run(100)
    looked_at.clear()
    world.move(moving, world.groups[0])
    assert looked_at == []


def test_who_is_sent_paths_and_moves_back_is_put_right_path_by_path() -> None:
    policy = by_attributes("no long paths", lambda said: None if len(said.wire) > 30 else said)
    world = World(members=1, group=ALL_PATHS_KEY)
    moving, *others = world.sources
    second = world.add_group(replace(ALL_PATHS_KEY, policy=policy))
    long = attributes(65001, 65002, 65003)
    for source, said in zip(others, (SETS[0], SETS[2], long), strict=True):
        world.announce(source, said, P)
    world.run()
    assert len(world.receivers[moving].holds) == 3
    world.move(moving, second)
    world.move(moving, world.groups[0])
    world.table.withdraw(others[0], [P])
    world.announce(others[1], long, P)
    world.run()
    world.settle(world.run)
    holds = {identifier_of(PathKey(path)) for path in world.receivers[moving].holds}
    assert holds == {source.path_id for source in others[1:]}
    assert world.receivers[moving].unfounded == []


def test_the_collector_need_not_look_through_a_backlog() -> None:
    """Ten backlogs of 100,000 prefixes would take it 50 ms again and again."""
    table = Table("master", IPV4_UNICAST)
    table.announce(route(neighbor("a"), attributes(65001)), [key("10.0.0.0/8"), key("10.1.0.0/16")])
    member = Member(neighbor("m"), lambda _messages: True)
    member.start_over(table, former=None)
    assert not is_tracked(member.backlog)
    group = group_of(group_key())
    touched = group.touched(LocRib(table).run(10))
    member.catch_up(b"")
    member.fall_behind()
    member.miss(touched, touched)
    assert len(member.backlog or ()) == 2
    assert not is_tracked(member.backlog)
