"""The pipeline: bounded ticks, neighbors that must wait, lost sources, next hops that change."""

import pytest

from bgpd import pipeline as pipeline_module
from bgpd.pipeline import Pipeline
from messages.families import IPV4_UNICAST
from rib.member import Member
from rib.policy import Policy
from rib.route import Refusal, Route
from rib.table import Table
from tests.protocols.turns import Reader, Successors, Turns, keys
from tests.rib.building import SOMEWHERE, attributes, group_key, key, neighbor

LAN = {key("192.0.2.0/24"): 2}


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def pipeline(turns: Turns) -> Pipeline:
    made = Pipeline(Table("master", IPV4_UNICAST), turns)
    made.set_connected(LAN, {2})
    turns.run()
    return made


def announce(pipeline: Pipeline, route: Route, count: int) -> None:
    pipeline.table.announce(route, keys(count))
    pipeline.touched()


def test_much_work_is_done_in_several_turns(
    pipeline: Pipeline, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    route = Route(neighbor("a"), attributes(65001), SOMEWHERE, 0)
    announce(pipeline, route, 20_000)
    monkeypatch.setattr(pipeline_module, "TICK_SECONDS", 0)
    assert turns.run(1) == 1
    assert pipeline.table.unsettled == 20_000 - pipeline_module.ROUND_KEYS
    assert turns.run() == (20_000 - 1) // pipeline_module.ROUND_KEYS
    assert not pipeline.table.unsettled
    assert route.source.preferred == 20_000


def test_being_touched_twice_takes_one_turn(pipeline: Pipeline, turns: Turns) -> None:
    pipeline.touched()
    pipeline.touched()
    assert turns.run() == 1


def test_a_neighbor_that_runs_ahead_waits_until_the_pipeline_has_caught_up(
    pipeline: Pipeline, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline_module, "BEHIND_KEYS", 1000)
    monkeypatch.setattr(pipeline_module, "TICK_SECONDS", 0)
    reader = Reader()
    route = Route(neighbor("a"), attributes(65001), SOMEWHERE, 0)
    pipeline.table.announce(route, keys(20_000))
    pipeline.touched_by(reader)
    assert not reader.reading
    turns.run(1)
    assert not reader.reading
    turns.run()
    assert reader.reading


def test_a_reader_that_is_gone_is_not_resumed(
    pipeline: Pipeline, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline_module, "BEHIND_KEYS", 10)
    reader = Reader()
    pipeline.table.announce(Route(neighbor("a"), attributes(65001), SOMEWHERE, 0), keys(20))
    pipeline.touched_by(reader)
    pipeline.forget_reader(reader)
    turns.run()
    assert not reader.reading


def test_a_lost_source_is_purged_and_then_reported(pipeline: Pipeline, turns: Turns) -> None:
    lost = Route(neighbor("lost"), attributes(65001), SOMEWHERE, 0)
    other = Route(neighbor("other", router_id=2), attributes(65002, 65003), SOMEWHERE, 0)
    announce(pipeline, lost, 3000)
    announce(pipeline, other, 10)
    turns.run()
    done: list[str] = []
    pipeline.purge(lost.source, lambda: done.append("lost"))
    turns.run()
    assert done == ["lost"]
    assert len(pipeline.table) == 10
    assert other.source.preferred == 10


def test_sources_lost_while_a_walk_is_under_way_get_the_next_one(pipeline: Pipeline, turns: Turns) -> None:
    first = Route(neighbor("first"), attributes(65001), SOMEWHERE, 0)
    second = Route(neighbor("second", router_id=2), attributes(65002), SOMEWHERE, 0)
    announce(pipeline, first, 20_000)
    announce(pipeline, second, 20_000)
    turns.run()
    done: list[str] = []
    pipeline.purge(first.source, lambda: done.append("first"))
    turns.run(1)
    pipeline.purge(second.source, lambda: done.append("second"))
    turns.run()
    assert done == ["first", "second"]
    assert not pipeline.table.slots


def test_what_a_source_does_not_repeat_in_its_new_epoch_is_swept(pipeline: Pipeline, turns: Turns) -> None:
    """RFC 7313 §4; and an epoch that begins during the walk does not lose what the last one said."""
    source = neighbor("a")
    announce(pipeline, Route(source, attributes(65001), SOMEWHERE, 0), 5000)
    turns.run()
    source.epoch += 1
    announce(pipeline, Route(source, attributes(65001), SOMEWHERE, 0), 3000)
    turns.run()
    pipeline.sweep(source)
    source.epoch += 1
    turns.run()
    assert len(pipeline.table) == source.routes == source.preferred == 3000


def test_routes_of_a_source_are_renewed(pipeline: Pipeline, turns: Turns) -> None:
    source, other = neighbor("a"), neighbor("b", router_id=2)
    announce(pipeline, Route(source, attributes(65001), SOMEWHERE, 0), 5000)
    announce(pipeline, Route(other, attributes(65002), SOMEWHERE, 0), 10)
    turns.run()
    successor = Route(source, attributes(65001, 65009), SOMEWHERE, 0)
    pipeline.renew(source, Successors(lambda _route: successor))
    turns.run()
    assert pipeline.table.best(keys(5000)[-1]) is successor
    assert (source.preferred, other.preferred) == (4990, 10)


def test_a_member_that_moves_is_put_right(pipeline: Pipeline, turns: Turns) -> None:
    announce(pipeline, Route(neighbor("a"), attributes(65001), SOMEWHERE, 0), 5)
    sent: list[bytes] = []

    def write(messages: list[bytes]) -> bool:
        sent.extend(messages)
        return True

    member = Member(neighbor("b"), write)
    before = pipeline.join(group_key(), member)
    turns.run()
    sent.clear()
    after = pipeline.move(before, group_key(policy=Policy.NONE), member)
    turns.run()
    assert not before.members
    assert list(after.members.values()) == [member]
    assert member.sent.withdrawn == 5
    assert len(sent) == 1


def test_routes_follow_their_next_hop(pipeline: Pipeline, turns: Turns) -> None:
    source = neighbor("a")
    resolution = pipeline.next_hops.resolve(bytes((192, 0, 2, 254)), source)
    announce(pipeline, Route(source, attributes(65001), resolution.destination, 0), 1)
    turns.run()
    pipeline.set_connected({}, set())
    turns.run()
    [route] = pipeline.table.routes(keys(1)[0])
    assert route.refusal is Refusal.UNRESOLVABLE
    assert pipeline.table.best(keys(1)[0]) is None
    pipeline.set_connected(LAN, {2})
    turns.run()
    assert pipeline.table.best(keys(1)[0]) is not None


def test_a_new_member_is_served_in_slices(
    pipeline: Pipeline, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(pipeline, Route(neighbor("a"), attributes(65001), SOMEWHERE, 0), 40_000)
    turns.run()
    sent: list[bytes] = []

    def write(messages: list[bytes]) -> bool:
        sent.extend(messages)
        return True

    monkeypatch.setattr(pipeline_module, "TICK_SECONDS", 0)
    pipeline.join(group_key(), Member(neighbor("b"), write))
    turns.run(1)
    first = len(sent)
    turns.run()
    assert 0 < first < len(sent)
    assert sent[-1][18:] == bytes((2, 0, 0, 0, 0))  # End-of-RIB (RFC 4724 §2)


def test_who_left_is_sent_nothing_more(pipeline: Pipeline, turns: Turns) -> None:
    sent: list[bytes] = []

    def write(messages: list[bytes]) -> bool:
        sent.extend(messages)
        return True

    member = Member(neighbor("b"), write)
    group = pipeline.join(group_key(), member)
    turns.run()
    pipeline.leave(group, member)
    announce(pipeline, Route(neighbor("a"), attributes(65001), SOMEWHERE, 0), 5)
    turns.run()
    assert len(sent) == 1  # End-of-RIB


def test_the_same_group_key_is_the_same_group(pipeline: Pipeline) -> None:
    """So that what routes look like to it is worked out once, even over reconnections."""
    first = pipeline.join(group_key(), Member(neighbor("b"), lambda _messages: True))
    second = pipeline.join(group_key(), Member(neighbor("c"), lambda _messages: True))
    assert first is second


def test_groups_that_nobody_is_in_are_let_go(pipeline: Pipeline, turns: Turns) -> None:
    """However often filters change, there are no more views than groups."""
    source = neighbor("a")
    announced = Route(source, attributes(65001), SOMEWHERE, 0)
    announce(pipeline, announced, 5)
    turns.run()
    member = Member(neighbor("b", router_id=2), lambda _messages: True)
    group = pipeline.join(group_key(local_as=64512), member)
    turns.run()
    for local_as in range(64513, 64520):
        pipeline.forget_unused()
        group = pipeline.move(group, group_key(local_as=local_as), member)
        turns.run()
    assert group.views.number <= 1


def test_a_member_that_is_moving_is_put_right_though_its_group_is_let_go(
    pipeline: Pipeline, turns: Turns
) -> None:
    """The group that it was in tells what it was sent, though nobody else is in it."""
    source = neighbor("a")
    announce(pipeline, Route(source, attributes(65001), SOMEWHERE, 0), 5)
    member = Member(neighbor("b", router_id=2), lambda _messages: True)
    group = pipeline.join(group_key(), member)
    turns.run()
    pipeline.move(group, group_key(policy=Policy.NONE), member)
    pipeline.forget_unused()
    turns.run()
    assert member.backlog is None
    assert member.sent.withdrawn == 5
