"""Import filters that look at the prefix: which routes prefixes share (RFC 4271 §9.1.1, architecture §4)."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES, NEXT_HOP
from messages.families import IPV4_UNICAST
from messages.families.path import PathKey, make_path, prefix_of
from messages.families.prefix import PrefixKey, parse_address
from messages.iana import WellKnownCommunity
from rib.admission import Admission
from rib.ingress import Ingress
from rib.next_hops import NextHops
from rib.policy import Accepted, Policy, Reading
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route
from rib.table import Table
from tests.rib.building import attributes, key, neighbor
from tests.rib.entrance import ROUTER_ID, ingress
from tests.rib.judging import (
    Change,
    Outcome,
    Watched,
    by_attributes,
    by_length,
    by_prefix,
    if_long,
    is_long,
    refused,
    stamped,
)

SHORT, LONG, ALSO_SHORT, ALSO_LONG = (
    key(text) for text in ("10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/8", "10.1.2.0/24")
)
ALL = [SHORT, LONG, ALSO_SHORT, ALSO_LONG]
SOURCE = neighbor("a")
RECEIVED = attributes(65001)
HOLE = Destination(DestinationKind.BLACKHOLE)
NOWHERE = parse_address("198.51.100.1")
"""No interface leads there."""
LINK = {key("192.0.2.0/24"): 2}


class House:
    """The way in of one neighbor, and the next hops, which can be lost."""

    def __init__(self, policy: Policy, **more: bool) -> None:
        self.next_hops = NextHops(Table("master", IPV4_UNICAST))
        self.change_links(LINK)
        admission = Admission(64512, ROUTER_ID, policy, frozenset(), **more)  # type: ignore[arg-type]
        self.ingress = Ingress(SOURCE, admission, self.next_hops)

    def change_links(self, links: dict[PrefixKey, int]) -> None:
        self.next_hops.set_connected(links, {*links.values()})
        while self.next_hops.is_in_doubt:
            self.next_hops.recheck(100)

    def route(self, prefix: PrefixKey = LONG, received: AttributeSet = RECEIVED, now: int = 0) -> Route:
        ((route, keys),) = self.ingress.routes(received, [prefix], now)
        assert keys == [prefix]
        return route


def by_key(made: Ingress, received: AttributeSet = RECEIVED, now: int = 0) -> dict[PrefixKey, Route]:
    """Return the route that each prefix gets; each gets one."""
    pairs = [(each, route) for route, keys in made.routes(received, ALL, now) for each in keys]
    assert sorted(each for each, _ in pairs) == sorted(ALL)
    return dict(pairs)


@pytest.mark.parametrize(
    ("reading", "first"), [(Reading.ROUTE, 1), (Reading.KINDS, 2), (Reading.PREFIX, 4)], ids=str
)
def test_a_filter_is_asked_once_for_all_prefixes_that_it_treats_alike(reading: Reading, first: int) -> None:
    watched = Watched(reading)
    here = ingress(SOURCE, watched.policy)
    routes = {*by_key(here).values()}
    assert len(watched.aloud) == len(watched.asked) == first
    assert {*by_key(here).values()} == routes
    assert len(watched.asked) == first
    by_key(here, attributes(65002))
    assert len(watched.asked) == 2 * first


@pytest.mark.parametrize("reading", Reading, ids=str)
def test_prefixes_for_which_it_comes_to_the_same_share_a_route(reading: Reading) -> None:
    here = ingress(SOURCE, Watched(reading).policy)
    ((route, keys),) = here.routes(RECEIVED, ALL, 0)
    assert sorted(keys) == sorted(ALL)
    assert route.attributes is RECEIVED
    assert {*by_key(here, attributes(65002)).values()} != {route}


def test_where_prefixes_are_alike_not_even_their_list_is_copied() -> None:
    here = ingress(SOURCE, by_attributes("any", lambda said: said))
    ((_, keys),) = here.routes(RECEIVED, ALL, 0)
    assert keys is ALL


def test_kinds_and_single_prefixes_may_be_refused_or_changed() -> None:
    by_kind = by_key(ingress(SOURCE, by_length("no long ones", refused)))
    assert [by_kind[each].refusal for each in ALL] == [
        Refusal.IMPORT_FILTER if is_long(each) else None for each in ALL
    ]
    assert by_kind[LONG] is by_kind[ALSO_LONG]
    assert by_kind[SHORT] is by_kind[ALSO_SHORT]
    by_each = by_key(ingress(SOURCE, by_prefix("stamped", stamped)))
    assert [by_each[each].attributes.get(COMMUNITIES) for each in ALL] == [(10,), (11,), (11,), (13,)]
    assert by_each[LONG] is by_each[ALSO_SHORT]
    assert len({*by_each.values()}) == 3


@pytest.mark.parametrize("reading", Reading, ids=str)
def test_what_the_rfcs_refuse_the_filter_does_not_see(reading: Reading) -> None:
    watched = Watched(reading)
    ((route, _),) = ingress(SOURCE, watched.policy).routes(attributes(64512), ALL, 0)
    assert route.refusal is Refusal.AS_LOOP
    assert watched.asked == []


def test_paths_are_told_apart_by_their_prefixes() -> None:
    """RFC 7911 §3: the identifier says nothing about the prefix."""
    watched = Watched(Reading.KINDS, if_long(lambda *_said: None))
    entry = ingress(SOURCE, watched.policy)
    here = Ingress(SOURCE, entry._admission, entry._next_hops, prefix_of)
    paths = [make_path(number, each) for number, each in enumerate(ALL)]
    found: dict[PathKey, Refusal | None] = {}
    for route, some in here.routes(RECEIVED, paths, 0):
        found.update(dict.fromkeys(some, route.refusal))
    assert found == {path: Refusal.IMPORT_FILTER if is_long(prefix_of(path)) else None for path in paths}
    assert [asked.key for asked in watched.asked] == [SHORT, LONG]


@pytest.mark.parametrize("reading", [Reading.KINDS, Reading.PREFIX], ids=str)
def test_another_second_epoch_or_way_makes_other_routes(reading: Reading) -> None:
    watched = Watched(reading)
    house = House(watched.policy)
    first = house.route(now=7)
    assert house.route(now=7) is first
    assert house.route(now=8) is not first
    assert (first.since, house.route(now=8).since) == (7, 8)
    second = house.route(now=8)
    house.change_links({})
    lost = house.route(now=8)
    assert (second.refusal, lost.refusal) == (None, Refusal.UNRESOLVABLE)
    house.ingress.begin_epoch()
    assert house.route(now=8).epoch == lost.epoch + 1


def _preferred(route: Route, said: AttributeSet, key: PrefixKey) -> Accepted:
    return Accepted(said, key[0], route.destination)


def _noted(route: Route, said: AttributeSet, key: PrefixKey) -> Accepted:
    return Accepted(said.annotated({"krt_metric": key[0]}), 100, route.destination)


def _into_the_hole(_route: Route, said: AttributeSet, _key: PrefixKey) -> Accepted:
    return Accepted(said, 100, HOLE)


def _by_another_way(route: Route, said: AttributeSet, key: PrefixKey) -> Accepted:
    return Accepted(said.replace({NEXT_HOP: bytes((192, 0, 2, key[0]))}), 100, route.destination)


@pytest.mark.parametrize(
    ("outcome", "looks"),
    [(_preferred, 3), (_noted, 3), (if_long(_into_the_hole), 2), (_by_another_way, 3), (_into_the_hole, 1)],
    ids=["preference", "notes", "destination", "next hop", "the same for all"],
)
def test_routes_are_shared_by_all_that_there_is_to_tell_them_by(outcome: Outcome, looks: int) -> None:
    found = by_key(ingress(SOURCE, Watched(Reading.PREFIX, outcome).policy))
    assert len({*found.values()}) == looks
    for each, route in found.items():
        made = outcome(Route(SOURCE, RECEIVED, route.destination, 0), RECEIVED, each)
        assert made is not None
        assert route.preference == made.preference
        assert route.attributes.says_the_same_as(made.attributes)


def test_a_filter_sees_what_the_route_is_without_it() -> None:
    """Also where the next hop can't be reached."""
    watched = Watched(Reading.KINDS)
    by_key(ingress(neighbor("b"), watched.policy), attributes(65001, next_hop="198.51.100.1"), now=7)
    seen = watched.asked[0].route
    assert (seen.source.name, seen.since, seen.refusal) == ("b", 7, Refusal.UNRESOLVABLE)
    assert (seen.preference, seen.destination.kind) == (100, DestinationKind.UNREACHABLE)


# -- where routes lead that a filter sends elsewhere ---------------------------------------------------


def test_a_route_that_a_filter_leads_elsewhere_needs_no_next_hop() -> None:
    house = House(Watched(Reading.ROUTE, _into_the_hole).policy)
    route = house.route(received=attributes(65001, next_hop="198.51.100.1"))
    assert (route.destination, route.refusal, route.igp_metric) == (HOLE, None, 0)
    assert route.is_pinned


def test_it_leads_there_whatever_becomes_of_its_next_hop() -> None:
    house = House(Watched(Reading.KINDS, if_long(_into_the_hole)).policy)
    pinned, other = house.route(LONG), house.route(SHORT)
    house.change_links({})
    assert house.next_hops.successor(pinned) is pinned
    assert house.next_hops.successor(other).refusal is Refusal.UNRESOLVABLE
    assert pinned.said_again(5).is_pinned


def test_who_is_led_where_it_goes_anyway_stays_there() -> None:
    """The routes to two prefixes look alike today, but not when the next hop is lost."""
    same = Destination(DestinationKind.UNICAST, (NextHop(parse_address("192.0.2.254"), 2),))
    watched = Watched(Reading.KINDS, if_long(lambda _route, said, _key: Accepted(said, 100, same)))
    house = House(watched.policy)
    pinned, other = house.route(LONG), house.route(SHORT)
    assert pinned.destination == other.destination == same
    assert pinned is not other
    assert house.ingress.renew(other, LONG) is not other
    house.change_links({})
    assert house.next_hops.successor(pinned) is pinned
    assert house.next_hops.successor(other) is not other


def test_the_next_hop_that_a_filter_sets_is_followed() -> None:
    house = House(by_prefix("far", lambda said, _key: said.replace({NEXT_HOP: NOWHERE})))
    lost = house.route()
    assert lost.refusal is Refusal.UNRESOLVABLE
    house.change_links({key("198.51.100.0/24"): 3})
    found = house.next_hops.successor(lost)
    assert (found.refusal, found.destination.next_hops) == (None, (NextHop(NOWHERE, 3),))


@pytest.mark.parametrize(
    "change",
    [lambda said: said, lambda said: said.replace({COMMUNITIES: (WellKnownCommunity.BLACKHOLE, 7)})],
    ids=["of the neighbor", "of the filter"],
)
def test_traffic_is_discarded_wherever_the_next_hop_is(
    change: Change,
) -> None:
    """RFC 7999 §3.3: until the filter says otherwise."""
    house = House(by_attributes("changing", change), accepts_blackhole=True)
    received = attributes(65001, rows={COMMUNITIES: (WellKnownCommunity.BLACKHOLE,)})
    route = house.route(received=received if change(RECEIVED) is RECEIVED else RECEIVED)
    assert route.destination == HOLE
    house.change_links({})
    assert house.next_hops.successor(route) is route


def test_a_discarded_route_that_a_filter_makes_a_usual_one_follows_its_next_hop() -> None:
    without = by_attributes("without", lambda said: said.replace({COMMUNITIES: None}))
    house = House(without, accepts_blackhole=True)
    received = attributes(65001, rows={COMMUNITIES: (WellKnownCommunity.BLACKHOLE,)})
    route = house.route(received=received)
    assert route.destination.kind is DestinationKind.UNICAST
    house.change_links({})
    assert house.next_hops.successor(route).refusal is Refusal.UNRESOLVABLE


# -- renewal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", Reading, ids=str)
def test_a_route_that_the_present_terms_leave_as_it_is_stays_the_same_object(reading: Reading) -> None:
    here = ingress(SOURCE, Watched(reading).policy)
    for each, route in by_key(here).items():
        assert here.renew(route, each) is route


def test_a_renewal_depends_on_the_prefix() -> None:
    route = by_key(ingress(SOURCE))[LONG]
    picky = ingress(SOURCE, by_length("no long ones", refused), keep_refused=False)
    assert picky.renew(route, LONG) is None
    assert picky.renew(route, SHORT) is route
    stamping = ingress(SOURCE, by_prefix("stamped", stamped))
    marks = [renewed.attributes.get(COMMUNITIES) for each in ALL if (renewed := stamping.renew(route, each))]
    assert marks == [(10,), (11,), (11,), (13,)]


@pytest.mark.parametrize(
    "outcome",
    [
        lambda route, said, _key: Accepted(said, 200, route.destination),
        lambda _route, said, _key: Accepted(said, 100, HOLE),
        lambda route, said, _key: Accepted(said.annotated({"krt_metric": 7}), 100, route.destination),
    ],
    ids=["preference", "destination", "notes"],
)
def test_whatever_a_filter_changes_makes_a_successor(outcome: Outcome) -> None:
    route = by_key(ingress(SOURCE))[LONG]
    changed = ingress(SOURCE, Watched(Reading.ROUTE, outcome).policy).renew(route, LONG)
    assert changed is not None
    assert changed is not route
    assert (changed.since, changed.received) == (route.since, RECEIVED)
    back = ingress(SOURCE).renew(changed, LONG)
    assert back is not None
    assert back.looks_like(route)
    assert not back.looks_like(changed)
