"""Export filters of kernel protocols: what gets into the kernel, where it leads, with which metric."""

from collections.abc import Sequence

import pytest

from bgpd.kernel import routes as kernel_routes_module
from kernel_sync.types import KernelRoute, RouteKind
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.loc_rib import LocRib
from rib.policy import Accepted, Policy, Reading
from rib.route import Destination, DestinationKind, Route
from tests.protocols import followed_table
from tests.rib.building import key
from tests.rib.judging import Watched, by_prefix, if_long, is_long, of_all_readings, refused, unchanged

P, Q, R = key("10.0.0.0/8"), key("10.1.0.0/16"), key("11.0.0.0/8")
ALL = [P, Q, R]
HOLE = Destination(DestinationKind.BLACKHOLE)


class House(followed_table.House):
    """All is about three prefixes, and the metric is the filter's."""

    def __init__(self, export: Policy, merge_paths: int = 1, metric: int = 0) -> None:
        super().__init__(export, merge_paths, metric=metric)

    def announce(self, number: int, *path: int, keys: Sequence[PrefixKey] = ALL) -> Route:
        return super().announce(number, *path, keys=keys)


def via(*last: int, metric: int = 0) -> KernelRoute:
    return followed_table.via(*last, metric=metric)


@pytest.mark.parametrize("merge_paths", [1, 8])
@pytest.mark.parametrize("policy", of_all_readings(refused), ids=lambda policy: policy.name)
def test_some_prefixes_are_for_the_kernel_and_others_are_not(policy: Policy, merge_paths: int) -> None:
    house = House(policy, merge_paths)
    route = house.announce(1, 65001)
    wanted: set[PrefixKey] = set() if policy.name == "all" else {P, R}
    assert house.run() == dict.fromkeys(wanted, via(1))
    for each in ALL:
        assert bool(house.view.obstacle(route, each)) is (each not in wanted)
        assert house.view.route(house.table.slots[each], each) == (via(1) if each in wanted else None)
    house.announce(1, 65001, 65002)
    house.run()
    assert sum(map(len, house.kernel.calls)) == len(wanted)
    house.table.withdraw(house.sources[1], ALL)
    assert house.run() == dict.fromkeys(wanted)


def test_prefixes_of_a_kind_go_together() -> None:
    """What follows each other and is wanted the same way is handed on at once."""
    house = House(Watched(Reading.KINDS).policy)
    house.announce(1, 65001)
    house.run()
    assert house.kernel.calls == [[P, R, Q]]


@pytest.mark.parametrize(
    ("reading", "refused_for"),
    [(Reading.ROUTE, {*ALL}), (Reading.KINDS, {Q}), (Reading.PREFIX, {Q, R})],
    ids=str,
)
def test_each_path_that_shares_the_traffic_passes_the_filter_by_itself(
    reading: Reading, refused_for: set[PrefixKey]
) -> None:
    """One that it refuses for a prefix carries none of that prefix's packets."""

    def not_the_second(route: Route, said: AttributeSet, each: PrefixKey) -> Accepted | None:
        is_refused = route.source.router_id == 2 and each in refused_for
        return None if is_refused else unchanged(route, said, each)

    house = House(Watched(reading, not_the_second).policy, merge_paths=8)
    for number in (1, 2, 3):
        house.announce(number, 65000 + number)
    assert house.run() == {each: via(1, 3) if each in refused_for else via(1, 2, 3) for each in ALL}
    house.table.withdraw(house.sources[3], ALL)
    assert house.run() == {each: via(1) if each in refused_for else via(1, 2) for each in ALL}
    house.table.withdraw(house.sources[1], ALL)
    assert house.run() == {each: None if each in refused_for else via(2) for each in ALL}


def _with_metric(route: Route, said: AttributeSet, each: PrefixKey) -> Accepted:
    return Accepted(said.annotated({"krt_metric": each[0]}), 100, route.destination)


@pytest.mark.parametrize(("option", "metrics"), [(0, (8, 16, 8)), (32, (32, 32, 32))])
@pytest.mark.parametrize("merge_paths", [1, 8])
def test_the_metric_is_the_filters_unless_the_protocol_has_one(
    option: int, metrics: tuple[int, ...], merge_paths: int
) -> None:
    """Of routes that share the traffic it is that of the best one."""
    house = House(Watched(Reading.PREFIX, _with_metric).policy, merge_paths, option)
    house.announce(1, 65001)
    assert house.run() == {each: via(1, metric=metric) for each, metric in zip(ALL, metrics, strict=True)}


def test_another_metric_is_written() -> None:
    """Though the route leads where the one before it did."""

    def by_octets(route: Route, said: AttributeSet, _key: PrefixKey) -> Accepted:
        return Accepted(said.annotated({"krt_metric": len(said.wire)}), 100, route.destination)

    house = House(Watched(Reading.ROUTE, by_octets).policy)
    first = house.announce(1, 65001)
    assert house.run()[P] == via(1, metric=len(first.attributes.wire))
    second = house.announce(1, 65001, 65002)
    assert house.run()[P] == via(1, metric=len(second.attributes.wire))
    assert len(house.kernel.calls) == 2


@pytest.mark.parametrize("merge_paths", [1, 8])
def test_where_the_filter_leads_a_route_nobody_shares_the_traffic(merge_paths: int) -> None:
    watched = Watched(Reading.KINDS, if_long(lambda _route, said, _key: Accepted(said, 100, HOLE)))
    house = House(watched.policy, merge_paths)
    for number in (1, 2):
        house.announce(number, 65000 + number)
    usual = via(1, 2) if merge_paths > 1 else via(1)
    assert house.run() == {P: usual, Q: KernelRoute(RouteKind.BLACKHOLE, (), 0), R: usual}
    assert house.view.destination(house.table.slots[Q], Q) == HOLE


@pytest.mark.parametrize("merge_paths", [1, 8])
@pytest.mark.parametrize(("reading", "times"), [(Reading.ROUTE, 1), (Reading.KINDS, 2), (Reading.PREFIX, 3)])
def test_the_filter_is_asked_aloud_about_the_best_route_and_once(
    reading: Reading, times: int, merge_paths: int
) -> None:
    """BIRD asks silently about the routes that share the traffic with it."""
    watched = Watched(reading)
    house = House(watched.policy, merge_paths)
    best, _ = house.announce(1, 65001), house.announce(2, 65002)
    house.run()
    assert [route for route, _ in watched.aloud] == [best] * times
    assert len(watched.asked) == times * min(2, merge_paths)
    for each in ALL:
        house.view.obstacle(best, each)
        house.view.destination(house.table.slots[each], each)
    assert len(watched.asked) == times * min(2, merge_paths)


def test_what_was_forgotten_is_asked_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_routes_module, "_MOST_KNOWN", 1)
    watched = Watched(Reading.PREFIX)
    house = House(watched.policy)
    house.announce(1, 65001)
    house.run()
    watched.asked.clear()
    house.table.withdraw(house.sources[1], ALL)
    assert house.run() == dict.fromkeys(ALL)
    assert watched.asked
    assert watched.aloud == []


def test_at_the_start_each_prefix_is_judged_by_itself() -> None:
    house = House(by_prefix("no long ones", lambda said, each: None if is_long(each) else said))
    house.announce(1, 65001)
    LocRib(house.table).run(10)
    house.view.feed([(each, house.table.settled(each)) for each in ALL])
    assert house.kernel.wanted == {P: via(1), R: via(1)}
