"""Update groups: what every member holds in the end is what the group shows it (architecture §6)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import COMMUNITIES
from messages.families import IPV4_UNICAST, Family
from messages.families.prefix import PrefixKey
from messages.framing import Framer
from messages.iana import MessageType, WellKnownCommunity
from messages.keepalive import KEEPALIVE
from messages.update import decode_update
from rib.census import exported
from rib.egress import Withheld, egress
from rib.loc_rib import LocRib
from rib.route import Route, Source
from rib.table import Table
from rib.update_group import Member, UpdateGroup
from tests.rib.building import SOMEWHERE, attributes, group_key, key, neighbor

KEY = group_key()
KEYS = [key("10.0.0.0/8"), key("10.1.0.0/16"), key("0.0.0.0/0"), key("10.1.2.3/32")]
SETS = [
    attributes(65001),
    attributes(65001, med=10),
    attributes(65002),
    attributes(65002, 65003),
    attributes(65004, rows={COMMUNITIES: (WellKnownCommunity.NO_EXPORT,)}),
]


class Receiver:
    """A neighbor's end: decodes what it is sent and holds what it announces."""

    def __init__(self) -> None:
        self.holds: dict[PrefixKey, bytes] = {}
        self.ends: list[Family] = []
        self.has_room = True
        self.received: list[bytes] = []
        self._sets = AttributeSetTable(KEY.context)
        self._framer = Framer()

    def write(self, messages: list[bytes]) -> bool:
        self.received += messages
        for kind, body in self._framer.feed(b"".join(messages)):
            if kind != MessageType.UPDATE:
                continue
            update = decode_update(body, self._sets)
            for _, keys in update.withdrawn:
                for gone in keys:
                    self.holds.pop(gone, None)
            for _, received, keys in update.announced:
                self.holds.update(dict.fromkeys(keys, received.wire))
            if update.end_of_rib is not None:
                self.ends.append(update.end_of_rib)
        return self.has_room


class World:
    """One table, one group, and neighbors that are sources and members at once."""

    def __init__(self, members: int, sources: int = 4) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.loc_rib = LocRib(self.table)
        self.group = UpdateGroup(KEY, 0)
        self.sources = [
            neighbor(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(sources)
        ]
        self.receivers: dict[Source, Receiver] = {}
        for source in self.sources[:members]:
            self.join(source)

    def join(self, source: Source) -> None:
        receiver = self.receivers[source] = Receiver()
        member = self.group.members[source] = Member(source, receiver.write)
        member.start_over(self.table, sent_before=False)
        self.drain(source, 100)

    def drain(self, source: Source, limit: int) -> None:
        while self.group.drain(self.group.members[source], self.table, limit):
            pass

    def announce(self, source: Source, received: AttributeSet, *keys: PrefixKey) -> Route:
        new = Route(source, received, SOMEWHERE, 0)
        self.table.announce(new, keys)
        return new

    def run(self, limit: int = 100) -> None:
        self.group.advertise(self.loc_rib.run(limit))

    def should_hold(self, source: Source) -> dict[PrefixKey, bytes]:
        """What a neighbor must hold, worked out from scratch."""
        wanted = {}
        for shown in self.table.slots:
            best = self.table.best(shown)
            if best is not None and best.source is not source:
                outcome = egress(KEY, best)
                if not isinstance(outcome, Withheld):
                    wanted[shown] = outcome.wire
        return wanted


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
    member.start_over(world.table, sent_before=True)
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
    member.start_over(world.table, sent_before=True, closing=[b"end of the first"])
    world.group.drain(member, world.table, 1)
    member.start_over(world.table, sent_before=True, closing=[KEEPALIVE])
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


events = st.lists(
    st.one_of(
        st.tuples(
            st.just("announce"),
            st.integers(0, 3),
            st.sampled_from(SETS),
            st.lists(st.sampled_from(KEYS), min_size=1, unique=True),
        ),
        st.tuples(st.just("withdraw"), st.integers(0, 3), st.lists(st.sampled_from(KEYS), min_size=1)),
        st.tuples(st.just("run"), st.integers(1, 4)),
        st.tuples(st.just("room"), st.integers(0, 2), st.booleans()),
        st.tuples(st.just("drain"), st.integers(0, 2), st.integers(1, 3)),
        st.tuples(st.just("refresh"), st.integers(0, 2)),
        st.tuples(st.just("rejoin"), st.integers(0, 2)),
    ),
    max_size=40,
)


def _apply(world: World, event: tuple[object, ...]) -> None:
    match event:
        case ("announce", int() as number, AttributeSet() as received, list() as keys):
            world.announce(world.sources[number], received, *keys)
        case ("withdraw", int() as number, list() as keys):
            world.table.withdraw(world.sources[number], keys)
        case ("run", int() as limit):
            world.run(limit)
        case _:
            _apply_to_member(world, event)


def _apply_to_member(world: World, event: tuple[object, ...]) -> None:
    match event:
        case ("room", int() as number, bool() as has_room):
            world.receivers[world.sources[number]].has_room = has_room
        case ("drain", int() as number, int() as limit):
            source = world.sources[number]
            if world.receivers[source].has_room:
                world.group.drain(world.group.members[source], world.table, limit)
        case ("refresh", int() as number):
            world.group.members[world.sources[number]].start_over(world.table, sent_before=True)
        case ("rejoin", int() as number):
            world.join(world.sources[number])


@given(events)
def test_every_member_ends_up_with_what_the_group_shows_it(events: list[tuple[object, ...]]) -> None:
    world = World(members=3)
    for event in events:
        _apply(world, event)
    _settle(world, lambda: world.run(2))
    for source, receiver in world.receivers.items():
        assert receiver.holds == world.should_hold(source)
        assert receiver.ends == [IPV4_UNICAST]


def _settle(world: World, run: Callable[[], None]) -> None:
    for receiver in world.receivers.values():
        receiver.has_room = True
    while world.table.dirty:
        run()
    for source in world.receivers:
        world.drain(source, 1)
