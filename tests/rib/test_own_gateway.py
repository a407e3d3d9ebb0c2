"""A route of our own is not told to the neighbor it leads over (RFC 4271 §5.1.3)."""

from collections.abc import Callable, Mapping

import pytest

from messages.attribute_set import AttributeSet
from messages.context import Context
from messages.families.path import PathKey, prefix_of
from messages.families.prefix import PrefixKey, parse_address
from rib.egress import GroupKey
from rib.outgoing import may_hear
from rib.quota import ExportQuota
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind
from tests.rib.building import attributes, group_key, neighbor
from tests.rib.world import ALL_PATHS_KEY, KEY, KEYS, PATHS, SETS, World

P, Q = KEYS[:2]
STATIC = Source("static1", SourceKind.STATIC)
STATIC.path_id = 99
GROUPS = pytest.mark.parametrize("key", [KEY, ALL_PATHS_KEY], ids=["best", "all paths"])


def over(*gateways: str, source: Source = STATIC) -> Route:
    """Return a route that leads over these gateways."""
    hops = tuple(NextHop(parse_address(gateway), 2) for gateway in gateways)
    said = attributes(65001) if source.kind is SourceKind.BGP else AttributeSet.of({})
    return Route(source, said, Destination(DestinationKind.UNICAST, hops), 0)


def prefixes(world: World, source: Source) -> set[bytes]:
    """Return what a neighbor knows a way to."""
    holds: Mapping[PrefixKey | PathKey, bytes] = world.receivers[source].holds
    if not world.group.follows_all:
        return {*holds}
    return {prefix_of(path) for path in holds}  # type: ignore[arg-type]  # they are paths


@pytest.mark.parametrize(
    ("route", "is_told"),
    [
        (over("192.0.2.1"), False),
        (over("192.0.2.9"), True),
        (over("192.0.2.1", "192.0.2.9"), True),  # we are the next hop of it
        (over("192.0.2.1", source=neighbor("other")), True),
        (Route(STATIC, AttributeSet.of({}), Destination(DestinationKind.BLACKHOLE), 0), True),
    ],
    ids=["over it", "over another", "over both", "learned", "blackhole"],
)
def test_only_our_own_routes_over_it_alone_are_kept_from_a_neighbor(route: Route, is_told: bool) -> None:
    assert may_hear(neighbor("gateway", address="192.0.2.1"), route) is is_told


def test_a_neighbor_that_always_has_us_as_next_hop_hears_routes_over_it() -> None:
    member = neighbor("gateway", address="192.0.2.1")
    member.next_hop_self = True
    assert may_hear(member, over("192.0.2.1"))


def test_a_neighbor_does_not_hear_its_own_routes() -> None:
    route = over("192.0.2.9", source=neighbor("itself"))
    assert not may_hear(route.source, route)


def at_once(world: World) -> None:
    """All are in step."""
    world.run()


def when_told_again(world: World) -> None:
    """All are behind."""
    world.run()
    for source in world.sources[:2]:
        world.member(source).start_over(world.table, world.group)
        world.drain(source, 1)


WAYS = pytest.mark.parametrize("tell", [at_once, when_told_again])


@GROUPS
@WAYS
def test_the_gateway_is_not_told_and_others_are(key: GroupKey, tell: Callable[[World], None]) -> None:
    world = World(members=2, group=key)
    other, gateway = world.sources[:2]
    world.table.announce(over("192.0.2.1"), [P])
    world.announce(world.sources[3], SETS[0], Q)
    tell(world)
    assert prefixes(world, gateway) == {Q}
    assert prefixes(world, other) == {P, Q}


@GROUPS
def test_what_the_gateway_was_told_before_is_withdrawn(key: GroupKey) -> None:
    """Another's route has been replaced by ours over it, or ours leads elsewhere now."""
    world = World(members=2, group=key)
    other, gateway = world.sources[:2]
    third = world.sources[3]
    world.announce(third, SETS[0], P)
    world.table.announce(over("192.0.2.9"), [Q])
    world.run()
    assert prefixes(world, gateway) == {P, Q}
    world.table.withdraw(third, [P])
    world.table.announce(over("192.0.2.1"), [P, Q])
    world.run()
    assert prefixes(world, gateway) == set()
    assert prefixes(world, other) == {P, Q}
    world.table.announce(over("192.0.2.9"), [P])
    world.run()
    assert prefixes(world, gateway) == {P}


@GROUPS
def test_a_gateway_that_is_behind_loses_what_it_had(key: GroupKey) -> None:
    world = World(members=2, group=key)
    gateway = world.sources[1]
    world.table.announce(over("192.0.2.9"), [P])
    world.receivers[gateway].has_room = False
    world.run()
    assert prefixes(world, gateway) == {P}
    world.table.announce(over("192.0.2.1"), [P])
    world.run()
    world.settle(world.run)
    assert prefixes(world, gateway) == set()


@pytest.mark.parametrize("paths", [1, 0])
def test_it_takes_no_room_under_the_limit_of_the_gateway(paths: int) -> None:
    gateway = neighbor("gateway", address="192.0.2.1")
    key = group_key(context=PATHS if paths == 0 else Context(), limited=gateway, paths=paths)
    world = World(members=0, group=key)
    reports: list[int] = []
    quota = ExportQuota(1, blocks=True, on_excess=reports.append)
    world.sources[1] = gateway
    world.join(gateway, quota)
    world.table.announce(over("192.0.2.9"), [P])
    world.run()
    assert (prefixes(world, gateway), len(quota)) == ({P}, 1)
    world.table.announce(over("192.0.2.1"), [P])
    world.run()
    assert (prefixes(world, gateway), len(quota)) == (set(), 0)
    world.announce(world.sources[3], SETS[0], Q)
    world.run()
    assert (prefixes(world, gateway), reports) == ({Q}, [])
