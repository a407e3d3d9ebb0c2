"""How much one neighbor may be told of: BIRD's ``export limit``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.context import Context
from messages.families.prefix import PrefixKey
from rib.quota import ExportQuota
from tests.rib.building import attributes, group_key, key, neighbor
from tests.rib.world import KEYS, PATHS, SETS, World

P, Q, R, S = KEYS


class Limited(World):
    """A world with one member that may be told of two prefixes, or paths."""

    def __init__(self, *, blocks: bool = True, paths: int = 1) -> None:
        member = neighbor("n0", router_id=0, address="192.0.2.0")
        key = group_key(context=PATHS if paths != 1 else Context(), limited=member, paths=paths)
        super().__init__(members=0, group=key)
        self.sources[0] = self.limited = member
        self.reports: list[int] = []
        self.quota = ExportQuota(2, blocks=blocks, on_excess=self.reports.append)
        self.join(member, self.quota)

    @property
    def holds(self) -> set[bytes]:
        return {*self.receivers[self.limited].holds}


def test_what_is_too_much_is_not_told() -> None:
    world = Limited()
    world.announce(world.sources[1], SETS[0], P, Q, R, S)
    world.run()
    assert world.holds == {P, Q}
    assert world.reports == [4]
    assert world.member(world.limited).sent.announced == 2


def test_a_warning_lets_all_through() -> None:
    world = Limited(blocks=False)
    world.announce(world.sources[1], SETS[0], P, Q, R)
    world.run()
    world.announce(world.sources[1], SETS[0], S)
    world.run()
    assert world.holds == {P, Q, R, S}
    assert world.reports == [3]
    assert len(world.quota) == 4


def test_a_group_without_its_member_has_no_limit_to_ask_for() -> None:
    world = Limited()
    member = world.group.members.pop(world.limited)
    without = world.group.quota
    world.group.members[world.limited] = member
    assert (without, world.group.quota) == (None, world.quota)
    assert World(members=1).group.quota is None


@pytest.mark.parametrize("paths", [1, 0])
def test_what_goes_makes_room_for_what_comes_in_the_same_round(paths: int) -> None:
    """In whatever order they were said."""
    world = Limited(paths=paths)
    world.announce(world.sources[1], SETS[0], P, Q)
    world.run()
    world.announce(world.sources[1], SETS[2], R, S)
    world.table.withdraw(world.sources[1], [P, Q])
    world.run()
    assert len(world.holds) == 2
    assert not world.holds & {P, Q}
    assert world.reports == []


def test_what_goes_makes_room_for_what_comes_to_who_is_behind() -> None:
    world = Limited()
    receiver = world.receivers[world.limited]
    world.announce(world.sources[1], SETS[0], P, Q)
    world.run()
    receiver.has_room = False
    world.announce(world.sources[1], SETS[2], P)  # the one that fills it
    world.run()
    world.announce(world.sources[1], SETS[2], R, S)
    world.table.withdraw(world.sources[1], [P, Q])
    world.run()
    receiver.has_room = True
    world.drain(world.limited, 100)
    assert world.holds == {R, S}
    assert world.reports == []


def test_what_it_was_told_may_change_though_the_limit_is_reached() -> None:
    world = Limited()
    world.announce(world.sources[1], SETS[0], P, Q, R)
    world.run()
    world.announce(world.sources[1], SETS[2], P, R)
    world.run()
    assert world.receivers[world.limited].holds == {
        key: wire for key, wire in world.should_hold(world.limited).items() if key != R
    }


def test_what_it_was_never_told_is_not_withdrawn() -> None:
    world = Limited()
    world.announce(world.sources[1], SETS[0], P, Q, R)
    world.run()
    world.table.withdraw(world.sources[1], [R])
    world.run()
    assert world.receivers[world.limited].unfounded == []
    assert world.holds == {P, Q}


def test_its_own_routes_take_no_room() -> None:
    """Whether it announces them first, or takes the place of another's."""
    world = Limited()
    world.announce(world.limited, SETS[0], P, Q)
    world.announce(world.sources[1], SETS[3], R, S)
    world.run()
    assert world.holds == {R, S}
    world.announce(world.limited, SETS[0], R)
    world.run()
    assert world.holds == {S}
    assert len(world.quota) == 1
    assert world.receivers[world.limited].unfounded == []


def test_its_own_paths_take_no_room() -> None:
    world = Limited(paths=0)
    world.announce(world.limited, SETS[0], P, Q)
    world.announce(world.sources[1], SETS[3], P)
    world.announce(world.sources[2], SETS[3], P)
    world.run()
    assert len(world.holds) == 2
    world.announce(world.sources[3], SETS[3], P)
    world.run()
    assert len(world.holds) == 2
    assert world.reports == [3]


def test_it_is_reported_again_after_there_was_room() -> None:
    reports: list[int] = []
    quota = ExportQuota(2, blocks=True, on_excess=reports.append)
    assert quota.admit([P, Q, R]) == [P, Q]
    assert quota.admit([R]) == []
    assert (P in quota, R in quota) == (True, False)
    assert quota.release([P, R]) == [P]
    assert quota.admit([R, S]) == [R]
    assert reports == [3, 3]


def test_as_long_as_there_is_no_room_it_is_not_reported_again() -> None:
    reports: list[int] = []
    quota = ExportQuota(2, blocks=False, on_excess=reports.append)
    quota.admit([P, Q, R])
    quota.release([R])
    quota.admit([S])
    assert reports == [3]
    quota.release([P, Q])
    quota.admit([P, Q])
    assert reports == [3, 3]


@pytest.mark.parametrize("blocks", [True, False])
@given(st.data())
def test_the_quota_knows_what_the_neighbor_holds(blocks: bool, data: st.DataObject) -> None:
    world = Limited(blocks=blocks)
    keys = [key(f"10.{number}.0.0/16") for number in range(6)]
    for _ in range(data.draw(st.integers(3, 20))):
        some: list[PrefixKey] = data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
        source = world.sources[data.draw(st.integers(0, 3))]
        match data.draw(st.sampled_from(["announce", "withdraw", "run", "room", "drain"])):
            case "announce":
                world.announce(source, attributes(65001), *some)
            case "withdraw":
                world.table.withdraw(source, some)
            case "run":
                world.run(3)
            case "room":
                receiver = world.receivers[world.limited]
                receiver.has_room = not receiver.has_room
            case "drain" if world.receivers[world.limited].has_room:
                world.group.drain(world.member(world.limited), world.table, 2)
    world.settle(lambda: world.run(2))
    receiver = world.receivers[world.limited]
    should_hold = world.should_hold(world.limited)
    assert receiver.holds.keys() == {each for each in keys if each in world.quota}
    assert receiver.holds.items() <= should_hold.items()
    assert not receiver.unfounded
    if not blocks:
        assert receiver.holds == should_hold
    else:
        assert len(receiver.holds) <= 2


def test_room_is_told_of_once_if_something_was_refused() -> None:
    rooms: list[int] = []
    quota = ExportQuota(
        2, blocks=True, on_excess=lambda _number: None, on_room=lambda: rooms.append(len(quota))
    )
    quota.admit([P, Q])
    quota.release([P])
    assert rooms == []  # nothing was missing
    quota.admit([P, R])
    quota.release([R])
    assert rooms == []  # it was never told
    quota.release([P])
    assert rooms == [1]
    quota.release([Q])
    assert rooms == [1]
    quota.admit([P, Q, R])
    quota.release([P])
    assert rooms == [1, 1]


def test_a_limit_that_only_warns_has_no_room_to_tell_of() -> None:
    quota = ExportQuota(1, blocks=False, on_excess=lambda _number: None)
    quota.admit([P, Q])
    assert quota.release([P, Q]) == [P, Q]
    rooms: list[None] = []
    quota = ExportQuota(1, blocks=False, on_excess=lambda _number: None, on_room=lambda: rooms.append(None))
    quota.admit([P, Q])
    quota.release([P, Q])
    assert rooms == []


def test_it_is_hit_by_one_prefix_too_many_until_there_is_room() -> None:
    world = Limited()
    hits: list[bool] = []
    for keys in ((P, Q), (R,)):
        world.announce(world.sources[1], SETS[0], *keys)
        world.run()
        hits.append(world.quota.is_hit)
    world.table.withdraw(world.sources[1], [P, Q, R])
    world.run()
    assert [*hits, world.quota.is_hit] == [False, True, False]
