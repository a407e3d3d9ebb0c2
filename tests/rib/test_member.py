"""What a neighbor is behind with, and what it is told when its turn comes (architecture §6)."""

import pytest

from rib.policy import Policy
from tests.rib.building import group_key
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
