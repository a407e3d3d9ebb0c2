"""Which kernel route follows from the routes to a prefix, and what keeps one out of the kernel."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bgpd.kernel import routes as kernel_routes_module
from bgpd.kernel.routes import KernelView
from bgpd.pipeline import Pipeline
from bgpd.policies import Policies
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.protocol import ProtocolState
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import KernelSettings
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.types import KernelRoute, RouteKind
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from rib.decision import Decision
from rib.decision_steps import Rules
from rib.loc_rib import LocRib
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from rib.table import Table
from tests.protocols import followed_table
from tests.protocols.followed_table import Written, via
from tests.protocols.turns import Turns
from tests.rib.building import attributes, key, neighbor
from tests.rib.judging import by_attributes

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
PICKY = by_attributes("short ones", lambda said: None if len(said.wire) > 25 else said)


class House(followed_table.House):
    """Most often it is about one prefix."""

    def announce(self, number: int, *path: int, keys: Sequence[PrefixKey] = (P,)) -> Route:
        return super().announce(number, *path, keys=keys)


def test_the_best_route_is_written_and_goes_with_the_last() -> None:
    house = House()
    best, second = house.announce(1, 65001).source, house.announce(2, 65001, 65002).source
    house.run()
    assert house.kernel.wanted == {P: via(1)}
    house.table.withdraw(best, [P])
    house.run()
    assert house.kernel.wanted == {P: via(2)}
    house.table.withdraw(second, [P])
    house.run()
    assert house.kernel.wanted == {P: None}


@pytest.mark.parametrize("merge_paths", [1, 8])
def test_a_change_that_leads_to_the_same_is_none_for_the_kernel(merge_paths: int) -> None:
    house = House(merge_paths=merge_paths)
    house.announce(1, 65001)
    house.run()
    source = neighbor("n9", router_id=0, address="192.0.2.1")
    same = Destination(DestinationKind.UNICAST, (NextHop(source.address, 2),))
    house.table.announce(Route(source, attributes(65001), same, 0), [P])
    house.run()
    assert len(house.kernel.calls) == 1


def test_equal_routes_share_the_traffic_if_they_may() -> None:
    house = House(merge_paths=2)
    sources = [house.announce(number, 65000 + number).source for number in (3, 1, 2)]
    house.run()
    assert house.kernel.wanted == {P: via(1, 2)}
    house.announce(3, 65003, 65004)
    house.run()
    assert len(house.kernel.calls) == 1
    house.table.withdraw(sources[1], [P])
    house.run()
    assert house.kernel.wanted == {P: via(2)}


def test_equal_means_equal_paths_if_the_decision_says_so() -> None:
    strict = House(merge_paths=8, decision=Decision(Rules(relaxed_paths=False)))
    for number, last in ((1, 7), (2, 7), (3, 8)):
        strict.announce(number, 65001, last)
    strict.run()
    assert strict.kernel.wanted == {P: via(1, 2)}


@pytest.mark.parametrize("merge_paths", [1, 8])
@pytest.mark.parametrize(
    ("export", "kind", "obstacle"),
    [
        (Policy.ALL, SourceKind.BGP, ""),
        (Policy.ALL, SourceKind.STATIC, ""),
        (Policy.ALL, SourceKind.DIRECT, "the kernel has it from the interface's address"),
        (Policy.ALL, SourceKind.KERNEL, "it came from the kernel"),
        (Policy.NONE, SourceKind.KERNEL, "it came from the kernel"),
        (PICKY, SourceKind.BGP, ""),
        (PICKY, SourceKind.DIRECT, "the kernel has it from the interface's address"),
        (
            Policy.NONE,
            SourceKind.BGP,
            "the export filter of the kernel protocol refuses it (REJECT)",
        ),
    ],
)
def test_what_does_not_go_into_the_kernel_has_a_reason(
    export: Policy, kind: SourceKind, obstacle: str, merge_paths: int
) -> None:
    house = House(export, merge_paths)
    hops = (NextHop(b"", 2),)
    made = Route(Source("x", kind), attributes(65001), Destination(DestinationKind.UNICAST, hops), 0)
    house.table.announce(made, [P])
    house.run()
    assert house.view.obstacle(made, P) == obstacle
    assert (house.view.route(made, P) is None) is bool(obstacle)
    assert (P in house.kernel.wanted) is not bool(obstacle)


def test_the_filter_looks_at_each_best_route() -> None:
    house = House(PICKY)
    source = house.announce(1, 65001).source
    house.run()
    house.announce(1, 65001, 65002, 65003)
    house.run()
    assert house.kernel.wanted == {P: None}
    house.table.withdraw(source, [P])
    house.run()
    assert len(house.kernel.calls) == 2


def test_no_route_is_wanted_where_none_may_be_selected() -> None:
    house = House(merge_paths=8)
    refused = Route(
        neighbor("a"), attributes(65001), Destination(DestinationKind.UNICAST), 0, Refusal.AS_LOOP
    )
    house.table.announce(refused, [P])
    house.run()
    assert house.view.route(house.table.settled(P), P) is None
    assert house.view.route(None, P) is None
    assert len(house.kernel.calls) == 0


def test_at_the_start_it_is_fed_with_what_there_is() -> None:
    house = House()
    house.announce(1, 65001)
    house.announce(2, 65001, keys=[Q])
    LocRib(house.table).run(10)
    house.view.feed([(known, house.table.settled(known)) for known in (P, Q, key("192.0.2.0/24"))])
    assert house.kernel.wanted == {P: via(1), Q: via(2)}


def test_translations_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    house.announce(1, 65001)
    house.announce(2, 65001, keys=[Q])
    house.run()
    slots = house.table.slots
    assert house.view.route(slots[P], P) is house.view.route(slots[P], P)
    monkeypatch.setattr(kernel_routes_module, "_MOST_KNOWN", 1)
    house.announce(3, 65001, keys=[key("192.0.2.0/24")])
    house.run()
    assert house.view.route(slots[P], P) == via(1)


def test_a_blackhole_is_written_as_one() -> None:
    """RFC 7999; also where others would share the traffic."""
    house = House(merge_paths=8)
    house.announce(1, 65001)
    house.announce(2, 65001)
    attacked = neighbor("n0", router_id=0)
    house.table.announce(Route(attacked, attributes(65001), Destination(DestinationKind.BLACKHOLE), 0), [P])
    house.run()
    assert house.kernel.wanted == {P: KernelRoute(RouteKind.BLACKHOLE, (), 32)}


async def test_a_protocol_that_begins_within_a_burst_knows_what_the_burst_emptied() -> None:
    """The same route may come back, and of that nothing would be said."""
    turns = Turns()
    pipeline = Pipeline(Table("master", IPV4_UNICAST), turns)
    source = neighbor("a", address="192.0.2.1")
    hops = (NextHop(source.address, 2),)
    made = Route(source, attributes(65001), Destination(DestinationKind.UNICAST, hops), 0)
    pipeline.table.announce(made, [P])
    pipeline.touched()
    turns.run()
    settings = KernelSettings("kernel1", IPV4_UNICAST, 254, 32, False, 1, "master", "none", "all")
    protocol = KernelProtocol(settings, pipeline, Surroundings(1, InterfaceTable(), lambda: 0.0))
    kernel = Written()
    protocol.view = KernelView(kernel, Policy.ALL, 32, pipeline.table.decision)
    pipeline.table.withdraw(source, [P])
    pipeline.attach(protocol.view)
    protocol.enter(ProtocolState.UP)
    await protocol._feed(pipeline.table.known(), KernelView.feed)  # as it is enabled, but for the kernel
    pipeline.table.announce(made, [P])
    pipeline.touched()
    turns.run()
    assert kernel.wanted == {P: via(1)}


async def test_a_route_that_goes_before_its_turn_under_a_new_filter_goes_from_the_kernel() -> None:
    """Nothing more is said of it: to the new filter there never was such a route."""
    turns = Turns()
    pipeline = Pipeline(Table("master", IPV4_UNICAST), turns)
    source = neighbor("a", address="192.0.2.1")
    hops = (NextHop(source.address, 2),)
    pipeline.table.announce(
        Route(source, attributes(65001), Destination(DestinationKind.UNICAST, hops), 0), [P]
    )
    settings = KernelSettings("kernel1", IPV4_UNICAST, 254, 32, False, 1, "master", "none", "all")
    protocol = KernelProtocol(settings, pipeline, Surroundings(1, InterfaceTable(), lambda: 0.0))
    pipeline.attach(protocol.view)
    protocol.enter(ProtocolState.UP)
    pipeline.touched()
    turns.run()
    assert protocol.kernel.fib.wanted
    protocol.follow_filters(replace(settings, export_filter="none"), Policies())
    pipeline.table.withdraw(source, [P])
    turns.run()
    await protocol.wait_left()
    assert not protocol.kernel.fib.wanted
