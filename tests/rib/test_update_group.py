"""Update groups: who is sent what, once for all of them, and who is told later (architecture §6)."""

import pytest

from messages.attributes import COMMUNITIES
from messages.families import IPV4_UNICAST
from messages.keepalive import KEEPALIVE
from rib.census import exported
from tests.rib.building import attributes
from tests.rib.world import KEYS, SETS, World


def test_the_same_bytes_object_goes_to_every_member() -> None:
    world = World(members=3)
    world.announce(world.sources[3], SETS[0], *KEYS)
    world.run()
    sent = [world.receivers[source].received[-1] for source in world.sources[:3]]
    assert sent[0] is sent[1] is sent[2]


def test_a_route_is_not_sent_back_to_where_it_came_from() -> None:
    world = World(members=2)
    world.announce(world.sources[0], SETS[0], KEYS[0])
    world.run()
    assert world.receivers[world.sources[0]].holds == {}
    assert list(world.receivers[world.sources[1]].holds) == [KEYS[0]]


def test_when_the_winner_moves_the_new_source_is_sent_a_withdrawal() -> None:
    """It held the old winner, and is not sent its own route back."""
    world = World(members=2)
    first, second = world.sources[:2]
    world.announce(first, SETS[3], KEYS[0])
    world.run()
    assert list(world.receivers[second].holds) == [KEYS[0]]
    world.announce(second, SETS[2], KEYS[0])
    world.run()
    assert list(world.receivers[first].holds) == [KEYS[0]]
    assert world.receivers[second].holds == {}


def test_a_change_that_the_group_does_not_show_sends_nothing() -> None:
    """MED is not sent to external neighbors, so another MED is no other route to them."""
    world = World(members=1)
    world.announce(world.sources[1], SETS[0], KEYS[0])
    world.run()
    sent = len(world.receivers[world.sources[0]].received)
    world.announce(world.sources[1], SETS[1], KEYS[0])
    world.run()
    assert len(world.receivers[world.sources[0]].received) == sent


@pytest.mark.parametrize("count", [25, 1_000])
def test_what_no_message_has_room_for_is_withdrawn(count: int) -> None:
    """RFC 4271 §9.2: it must not be advertised, so what was before must go."""
    world = World(members=1)
    holds = world.receivers[world.sources[0]].holds
    world.announce(world.sources[1], SETS[0], KEYS[0])
    world.run()
    large = attributes(65001, rows={COMMUNITIES: tuple(range(1_000 + count))})
    world.announce(world.sources[1], large, KEYS[0])
    world.run()
    assert holds == {}
    *_pauses, counts = exported(world.table, world.group)
    assert not counts
    world.announce(world.sources[1], attributes(65001, rows={COMMUNITIES: tuple(range(990))}), KEYS[0])
    world.run()
    assert list(holds) == [KEYS[0]]


def test_a_new_member_gets_the_table_and_end_of_rib() -> None:
    """RFC 4724 §2."""
    world = World(members=0)
    world.announce(world.sources[3], SETS[0], *KEYS)
    world.run()
    world.join(world.sources[0])
    receiver = world.receivers[world.sources[0]]
    assert set(receiver.holds) == set(KEYS)
    assert receiver.ends == [IPV4_UNICAST]


def test_a_member_that_joins_between_a_withdrawal_and_its_batch_misses_nothing() -> None:
    """The batch sees the same route as before, so the group has nothing to say: the newcomer must know it."""
    world = World(members=1)
    source = world.sources[1]
    world.announce(source, SETS[0], KEYS[0])
    world.run()
    world.table.withdraw(source, KEYS[:1])
    world.join(world.sources[0])
    world.announce(source, SETS[0], KEYS[0])
    world.run()
    assert list(world.receivers[world.sources[0]].holds) == KEYS[:1]


def test_a_member_without_room_is_brought_up_to_date_later() -> None:
    world = World(members=2)
    slow = world.receivers[world.sources[0]]
    slow.has_room = False
    world.announce(world.sources[3], SETS[0], KEYS[0])
    world.run()
    world.announce(world.sources[3], SETS[2], KEYS[0], KEYS[1])
    world.run()
    world.table.withdraw(world.sources[3], [KEYS[0]])
    world.run()
    assert list(slow.holds) == [KEYS[0]]  # all it was sent
    assert list(world.receivers[world.sources[1]].holds) == [KEYS[1]]
    slow.has_room = True
    world.drain(world.sources[0], 1)
    assert list(slow.holds) == [KEYS[1]]


def test_who_is_in_step_has_nothing_to_drain() -> None:
    world = World(members=1)
    assert not world.group.drain(world.group.members[world.sources[0]], world.table, 10)
    assert len(world.receivers[world.sources[0]].received) == 1  # End-of-RIB


def test_a_member_that_fills_up_while_it_is_served_stays_behind() -> None:
    world = World(members=1)
    source = world.sources[0]
    receiver, member = world.receivers[source], world.group.members[source]
    world.announce(world.sources[3], SETS[0], *KEYS)
    world.run()
    receiver.has_room = False
    member.start_over(world.table, world.group)
    assert not world.group.drain(member, world.table, 100)
    world.table.withdraw(world.sources[3], KEYS[:1])
    world.run()
    assert set(receiver.holds) == set(KEYS)
    receiver.has_room = True
    world.drain(source, 100)
    assert set(receiver.holds) == set(KEYS[1:])


def test_what_closes_the_answer_to_a_refresh_comes_last_and_once() -> None:
    """RFC 7313 §4: a second request while the first is being answered makes one answer."""
    world = World(members=1)
    source = world.sources[0]
    receiver, member = world.receivers[source], world.group.members[source]
    world.announce(world.sources[3], SETS[0], *KEYS)
    world.run()
    receiver.received.clear()
    member.start_over(world.table, world.group, closing=[b"end of the first"])
    world.group.drain(member, world.table, 1)
    member.start_over(world.table, world.group, closing=[KEEPALIVE])
    world.drain(source, 1)
    assert receiver.received.count(KEEPALIVE) == 1
    assert receiver.received[-1] == KEEPALIVE
    assert receiver.holds == world.should_hold(source)


def test_what_is_sent_is_counted_by_the_prefix() -> None:
    world = World(members=2)
    first, second = world.sources[:2]
    world.announce(first, SETS[0], *KEYS)
    world.run()
    world.announce(second, SETS[0], KEYS[0])
    world.table.withdraw(first, KEYS[:2])
    world.run()
    told = [world.group.members[source].sent for source in (first, second)]
    assert [(each.announced, each.withdrawn) for each in told] == [(1, 0), (4, 2)]


def test_the_census_counts_what_a_member_is_shown() -> None:
    world = World(members=1)
    world.announce(world.sources[0], SETS[0], KEYS[0])
    world.announce(world.sources[1], SETS[0], KEYS[1], KEYS[2])
    world.announce(world.sources[2], SETS[4], KEYS[3])
    world.run()
    *pauses, counts = exported(world.table, world.group)
    assert counts == {world.sources[0]: 1, world.sources[1]: 2}
    assert set(pauses) == {None}
