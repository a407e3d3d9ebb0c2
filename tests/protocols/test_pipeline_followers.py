"""Who follows a table: kernels, pipes and groups, and what it costs the table that they do."""

import pytest

from bgpd.pipeline import Pipeline
from messages.attribute_set import AttributeSetTable
from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.path import identifier_of
from messages.update import decode_update, encode_end_of_rib
from rib.loc_rib import LocRib
from rib.member import Member
from rib.path_group import PathGroup
from rib.policy import Policy
from rib.quota import ExportQuota
from rib.route import Route, Source
from rib.table import Table
from rib.update_group import UpdateGroup
from tests.protocols.turns import Listener, Turns, keys
from tests.rib.building import SOMEWHERE, attributes, group_key, key, neighbor

SHORT, LONG = attributes(65001), attributes(65001, 65002)
END_OF_RIB = encode_end_of_rib(IPV4_UNICAST)
PATHS = Context(add_path_send=frozenset({IPV4_UNICAST}))


class House:
    """A pipeline, and members that note what they are sent."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.pipeline = Pipeline(Table("master", IPV4_UNICAST), self.turns)
        self.pipeline.set_connected({key("192.0.2.0/24"): 2}, {2})
        self.sent: dict[Source, list[bytes]] = {}

    def member(self, name: str, quota: ExportQuota | None = None) -> Member:
        source = neighbor(name, router_id=9)
        sent = self.sent[source] = []

        def write(messages: list[bytes]) -> bool:
            sent.extend(messages)
            return True

        return Member(source, write, quota=quota)

    def announce(self, source: Source, said: object = SHORT, count: int = 1) -> Route:
        made = Route(source, SHORT if said is SHORT else LONG, SOMEWHERE, 0)
        self.pipeline.table.announce(made, keys(count))
        self.pipeline.touched()
        return made


@pytest.fixture
def house() -> House:
    return House()


def test_a_follower_is_told_every_change_until_it_leaves(house: House) -> None:
    follower = Listener()
    house.pipeline.attach(follower)
    first = house.announce(neighbor("a"))
    house.turns.run()
    assert [batch.changes for batch in follower.batches] == [[(None, first, keys(1))]]
    house.pipeline.detach(follower)
    house.pipeline.detach(follower)  # once more does no harm
    house.pipeline.table.withdraw(first.source, keys(1))
    house.pipeline.touched()
    house.turns.run()
    assert len(follower.batches) == 1


def test_routes_that_cannot_win_are_told_to_those_alone_who_follow_all(house: House) -> None:
    best, all_of_them = Listener(), Listener(follows_all=True)
    house.pipeline.attach(best)
    house.announce(neighbor("a"))
    house.turns.run()
    house.announce(neighbor("b", router_id=2), LONG)
    assert not house.pipeline.table.unsettled
    house.pipeline.attach(all_of_them)
    house.announce(neighbor("c", router_id=3), LONG)
    house.turns.run()
    [batch] = all_of_them.batches
    [(before, now, _keys)] = batch.slot_changes
    assert (len(batch.changes), len(before or ()), len(now or ())) == (0, 2, 3)  # type: ignore[arg-type]


def test_a_table_tells_all_as_long_as_somebody_wants_it(house: House) -> None:
    table = house.pipeline.table
    follower = Listener(follows_all=True)
    member = house.member("m")
    said = [table.tells_all]
    house.pipeline.attach(follower)
    said.append(table.tells_all)
    group = house.pipeline.join(group_key(context=PATHS, paths=0), member)
    house.pipeline.detach(follower)
    said.append(table.tells_all)
    house.pipeline.leave(group, member)
    said.append(table.tells_all)
    group = house.pipeline.join(group_key(), member)
    said.append(table.tells_all)
    house.pipeline.move(group, group_key(context=PATHS, paths=2), member)
    said.append(table.tells_all)
    assert said == [False, True, True, False, False, True]


def test_the_key_decides_what_kind_of_group_it_is(house: House) -> None:
    plain = house.pipeline.join(group_key(), house.member("a"))
    several = house.pipeline.join(group_key(context=PATHS, paths=0), house.member("b"))
    assert (type(plain), type(several)) == (UpdateGroup, PathGroup)
    assert [*house.pipeline.groups] == [plain, several]
    assert plain.views.number != several.views.number
    house.pipeline.leave(plain, next(iter(plain.members.values())))
    assert [*house.pipeline.groups] == [several]


def test_a_member_of_several_paths_is_told_of_those_that_lose(house: House) -> None:
    house.announce(neighbor("a"))
    house.announce(neighbor("b", router_id=2), LONG)
    house.turns.run()
    member = house.member("m")
    house.pipeline.join(group_key(context=PATHS, paths=0), member)
    house.turns.run()
    assert member.sent.announced == 2
    house.announce(neighbor("c", router_id=3), LONG)
    house.turns.run()
    assert member.sent.announced == 3


def test_a_member_with_a_limit_is_alone_in_its_group(house: House) -> None:
    reports: list[int] = []
    limited = house.member("limited", ExportQuota(2, blocks=True, on_excess=reports.append))
    other = house.member("other")
    house.announce(neighbor("a"), count=5)
    groups = {
        house.pipeline.join(group_key(limited=limited.source), limited),
        house.pipeline.join(group_key(), other),
    }
    house.turns.run()
    assert len(groups) == 2
    assert (limited.sent.announced, other.sent.announced, reports) == (2, 5, [5])


def test_who_may_be_sent_nothing_is_greeted_at_once(house: House) -> None:
    """RFC 4724 §2, RFC 8212."""
    house.announce(neighbor("a"), count=5)
    member = house.member("m")
    group = house.pipeline.join(group_key(policy=Policy.MISSING), member)
    assert [len(message) for message in house.sent[member.source]] == [23]
    house.turns.run()
    assert member.sent.announced == 0
    house.pipeline.move(group, group_key(), member)
    house.turns.run()
    assert member.sent.announced == 5
    assert house.sent[member.source].count(house.sent[member.source][0]) == 1


def test_what_makes_a_backlog_waits_until_few_have_one(house: House) -> None:
    """500 neighbors that ask for everything are served one after the other."""
    house.announce(neighbor("a"), count=40)
    house.turns.run()
    members = [house.member(f"m{number}") for number in range(10)]
    most = 0

    def join(member: Member) -> None:
        nonlocal most
        house.pipeline.join(group_key(), member)
        most = max(most, sum(each.backlog is not None for each in members))

    for member in members:
        house.pipeline.later(lambda member=member: join(member))  # type: ignore[misc]
    house.turns.run()
    assert all(member.sent.announced == 40 and member.backlog is None for member in members)
    assert most <= 5


def test_who_is_held_back_has_no_list_of_what_to_be_told(house: House) -> None:
    """RFC 4724 §4.1: after a restart that is everybody, and everything."""
    a, b = neighbor("a"), neighbor("b")
    house.announce(a, count=40)
    house.turns.run()
    members = [house.member(f"m{number}") for number in range(3)]
    groups = []
    for member in members:
        member.is_held = True
        groups.append(house.pipeline.join(group_key(), member))
    house.announce(b, LONG, count=50)
    house.pipeline.table.withdraw(a, keys(40)[:10])
    house.pipeline.resend(groups[0], members[0])
    groups[1] = house.pipeline.move(groups[1], group_key(is_client=True), members[1])
    house.turns.run()
    assert [(member.backlog, house.sent[member.source]) for member in members] == 3 * [({}, [])]
    for group, member in zip(groups, members, strict=True):
        house.pipeline.release(group, member)
    house.pipeline.table.withdraw(b, keys(50)[45:])
    house.turns.run()
    assert [(member.sent.announced, member.sent.withdrawn) for member in members] == 3 * [(45, 0)]
    assert all(house.sent[member.source][-1] == END_OF_RIB for member in members)


def test_who_is_in_step_has_no_turn(house: House) -> None:
    member = house.member("m")
    group = house.pipeline.join(group_key(), member)
    house.turns.run()
    house.pipeline.writable(group, member)
    assert house.turns.run() == 0


def test_a_refresh_ends_with_what_closes_it(house: House) -> None:
    """RFC 7313 §4."""
    house.announce(neighbor("a"), count=3)
    member = house.member("m")
    group = house.pipeline.join(group_key(), member)
    house.turns.run()
    sent = house.sent[member.source]
    sent.clear()
    house.pipeline.resend(group, member, [b"closing"])
    house.turns.run()
    assert sent[-1] == b"closing"
    assert member.sent.announced == 6


def test_a_member_that_is_to_be_sent_nothing_any_more_loses_what_goes_meanwhile(house: House) -> None:
    """It had two paths; one goes after its group has become silent and before its turn comes."""
    ours, theirs = neighbor("a"), neighbor("b")
    house.announce(ours)
    house.announce(theirs, LONG)
    member = house.member("m")
    all_paths = group_key(context=PATHS, paths=0)
    group = house.pipeline.join(all_paths, member)
    house.turns.run()
    told = group.told(keys(1)[0], house.pipeline.table.settled(keys(1)[0]), member.source)
    assert isinstance(told, dict)
    assert len(told) == 2

    silent = house.pipeline.move(group, group_key(context=PATHS, paths=0, policy=Policy.NONE), member)
    house.pipeline.table.withdraw(theirs, keys(1))
    silent.advertise(LocRib(house.pipeline.table).run(10))
    house.sent[member.source].clear()
    house.turns.run()
    sets = AttributeSetTable(Context(add_path_receive=frozenset({IPV4_UNICAST})))
    withdrawn = [
        path
        for message in house.sent[member.source]
        for _, paths in decode_update(message[19:], sets).withdrawn_paths
        for path in paths
    ]
    assert {identifier_of(path) for path in withdrawn} == told.keys()
