"""Routes of other programs in the kernel's table become routes of the kernel protocol (BIRD's ``learn``)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.pipeline import Pipeline
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.learned_routes import LearnedRoutes
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import KernelSettings
from kernel_sync.interfaces import IFF_UP, Interface, InterfaceTable
from kernel_sync.kernel import KernelTable
from kernel_sync.observer import Notification, Observer
from kernel_sync.types import KernelRoute, Metric, NextHop, ObservedRoute, RouteKind, Scope
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from rib.filters.values import Address
from rib.next_hops import IGP_METRIC_UNKNOWN, UNRESOLVED
from rib.policy import Policy
from rib.route import Destination, DestinationKind, Refusal, Route, Source, SourceKind
from rib.route import NextHop as Hop
from rib.table import Table
from tests.protocols.filters import policies
from tests.protocols.turns import Turns, keys
from tests.rib.building import key, neighbor

P, Q, R = key("10.0.0.0/8"), key("10.1.0.0/16"), key("192.0.2.0/24")
BOOT, STATIC, DHCP = 3, 4, 16
ETH0, ETH1 = 2, 3


def gateway(octet: int) -> bytes:
    return bytes((198, 51, 100, octet))


def via(*octets: int, interface: int = ETH0) -> tuple[NextHop, ...]:
    return tuple(NextHop(gateway(octet), interface) for octet in octets)


def alien(
    protocol: int = STATIC,
    metric: int = 0,
    hops: tuple[NextHop, ...] = via(1),
    kind: RouteKind = RouteKind.UNICAST,
    **more: Any,
) -> ObservedRoute:
    route = KernelRoute(kind, hops if kind is RouteKind.UNICAST else (), metric, **more)
    return ObservedRoute(route.canonical(IPV4_UNICAST), protocol)


class House:
    """A table of ours that learns from one of a kernel that only the test knows."""

    def __init__(self, policy: Policy = Policy.ALL) -> None:
        self.turns = Turns()
        self.pipeline = Pipeline(Table("master", IPV4_UNICAST), self.turns)
        self.second = 0.0
        self.interfaces = InterfaceTable()
        for index in (ETH0, ETH1):
            self.switch(index, up=True)
        surroundings = Surroundings(1, self.interfaces, lambda: self.second)
        self.learned = LearnedRoutes(Source("kernel1", SourceKind.KERNEL), self.pipeline, surroundings)
        self.learned.policy = policy
        self.begin()

    def begin(self) -> None:
        self.kernel = KernelTable(IPV4_UNICAST)
        self._observer = Observer(self.kernel.fib)
        self.learned.begin(self.kernel, self.turns)

    def switch(self, index: int, *, up: bool) -> None:
        self.interfaces.set_link(Interface(index, f"eth{index - ETH0}", IFF_UP * up, 1500))

    def tell(
        self, key: PrefixKey, observed: ObservedRoute, *, gone: bool = False, over: bool = False
    ) -> None:
        notification = Notification(key, observed, present=not gone, replaced=over)
        self._observer.observe(notification, self.second)
        assert self.kernel.on_aliens is not None
        self.kernel.on_aliens({key})

    def routes(self) -> dict[PrefixKey, Route]:
        """Return what has been learned, refused routes included."""
        self.turns.run()
        slots = self.pipeline.table.slots
        return {key: slot for key, slot in slots.items() if isinstance(slot, Route)}

    def has(self, *given: tuple[PrefixKey, ObservedRoute]) -> dict[PrefixKey, Route]:
        for row in given:
            self.tell(*row)
        return self.routes()


def test_a_route_comes_changes_and_goes() -> None:
    house = House()
    [(prefix, route)] = house.has((P, alien())).items()
    assert prefix == P
    assert (route.source.name, route.preference, route.destination.next_hops) == (
        "kernel1",
        10,
        (Hop(gateway(1), ETH0),),
    )
    house.tell(P, alien(hops=via(2)), over=True)
    assert house.routes()[P].destination.next_hops == (Hop(gateway(2), ETH0),)
    house.tell(P, alien(hops=via(2)), gone=True)
    assert house.routes() == {}
    counters = house.learned.counters
    assert (counters.imports_received, counters.imports_accepted, counters.withdraws_accepted) == (2, 2, 1)


def test_the_next_lowest_metric_takes_over() -> None:
    house = House()
    rows = [(P, alien(DHCP, 100, via(2))), (P, alien(STATIC, 5)), (P, alien(BOOT, 20, via(3)))]
    learned = [house.has(row)[P].attributes.local["krt_metric"] for row in rows]
    for row in sorted(rows, key=lambda row: row[1].route.metric)[:2]:
        house.tell(*row, gone=True)
        learned.append(house.routes()[P].attributes.local["krt_metric"])
    assert learned == [100, 5, 5, 20, 100]


def test_prefixes_that_nobody_forwards_to_are_not_learned() -> None:
    reserved = key("127.5.0.0/16"), key("224.0.1.0/24"), key("169.254.0.0/16")
    house = House()
    assert house.has(*((prefix, alien()) for prefix in (*reserved, key("0.0.0.0/0")))).keys() == {
        key("0.0.0.0/0")
    }


DESTINATIONS = [
    # route, where it leads, metric of the way
    (alien(), Destination(DestinationKind.UNICAST, (Hop(gateway(1), ETH0),)), IGP_METRIC_UNKNOWN),
    (
        alien(hops=(NextHop(gateway(1), ETH0, onlink=True),)),
        Destination(DestinationKind.UNICAST, (Hop(gateway(1), ETH0, onlink=True),)),
        IGP_METRIC_UNKNOWN,
    ),
    (alien(hops=(NextHop(b"", ETH1),)), Destination(DestinationKind.UNICAST, (Hop(b"", ETH1),)), 0),
    (
        alien(hops=(NextHop(gateway(1), ETH0, 3), NextHop(parse_address("fe80::1"), ETH1))),
        Destination(DestinationKind.UNICAST, (Hop(gateway(1), ETH0, 3), Hop(parse_address("fe80::1"), ETH1))),
        IGP_METRIC_UNKNOWN,
    ),
    (alien(kind=RouteKind.BLACKHOLE), Destination(DestinationKind.BLACKHOLE), 0),
    (alien(kind=RouteKind.UNREACHABLE), Destination(DestinationKind.UNREACHABLE), 0),
    (alien(kind=RouteKind.PROHIBIT), Destination(DestinationKind.PROHIBIT), 0),
]


@pytest.mark.parametrize(("observed", "destination", "metric"), DESTINATIONS)
def test_routes_lead_where_the_kernels_lead(
    observed: ObservedRoute, destination: Destination, metric: int
) -> None:
    """Gateways are on no connected network here: the kernel, which accepted them, knows better."""
    route = House().has((P, observed))[P]
    assert (route.destination, route.igp_metric) == (destination, metric)


LOCKS = ("mtu", "window", "rtt", "rttvar", "sstresh", "cwnd", "advmss", "reordering", "hoplimit", "rto_min")
UNLOCKED = {f"krt_lock_{name}": False for name in LOCKS}
NOTES: list[tuple[ObservedRoute, dict[str, Any]]] = [
    # route, what is noted beside its protocol and metric; the values are live BIRD 1.6.8's
    (alien(), {}),
    (alien(DHCP, 100), {}),
    (alien(preferred_source=gateway(9)), {"krt_prefsrc": Address(gateway(9))}),
    (alien(realm=0x30007), {"krt_realm": 196615}),
    (alien(scope=Scope.SITE), {"krt_scope": 200}),
    (alien(hops=(NextHop(b"", ETH0),)), {}),
    (alien(hops=(NextHop(b"", ETH0),), scope=Scope.HOST), {"krt_scope": 254}),
    (
        alien(metrics=((Metric.MTU, 1400), (Metric.SSTHRESH, 30), (Metric.QUICKACK, 1))),
        {"krt_mtu": 1400, "krt_sstresh": 30, "krt_quickack": 1},
    ),
    (
        alien(metrics=((Metric.LOCK, 1 << Metric.MTU), (Metric.MTU, 1400))),
        {"krt_mtu": 1400} | UNLOCKED | {"krt_lock_mtu": True},
    ),
    (alien(metrics=((Metric.FEATURES, 1),)), {"krt_feature_ecn": True, "krt_feature_allfrag": False}),
]


@pytest.mark.parametrize(("observed", "notes"), NOTES)
def test_what_the_kernel_was_told_is_noted(observed: ObservedRoute, notes: dict[str, Any]) -> None:
    always = {"krt_source": observed.protocol, "krt_metric": observed.route.metric}
    assert House().has((P, observed))[P].attributes.local == always | notes


def test_prefixes_that_are_treated_alike_share_their_route() -> None:
    routes = House().has((P, alien()), (Q, alien()), (R, alien(hops=via(2))))
    assert routes[P] is routes[Q]
    assert routes[P] is not routes[R]


def test_much_is_done_in_slices() -> None:
    house = House()
    many = keys(1200)
    for each in many:
        house.kernel.fib.aliens.add(each, alien())
    house.learned.look_at(many)
    grown = [len(house.pipeline.table.slots)]
    while house.turns.run(1):
        grown.append(len(house.pipeline.table.slots))
    assert grown[-1] == 1200
    assert max(after - before for before, after in pairwise(grown)) <= 500


# The import filter


def test_the_import_filter_decides_and_changes() -> None:
    body = """
        if krt_source = 16 then reject;
        if source != RTS_INHERIT || krt_lock_mtu = true then reject;
        if krt_metric = 7 then { preference = 150; krt_metric = 8; }
        accept;"""
    house = House(policies(f=body).policy("f", IPV4_UNICAST))
    locked = alien(metrics=((Metric.LOCK, 1 << Metric.MTU),))
    routes = house.has((P, alien(metric=7)), (Q, alien(DHCP)), (R, locked))
    assert (routes[P].preference, routes[P].attributes.local["krt_metric"]) == (150, 8)
    assert {prefix: route.refusal for prefix, route in routes.items()} == {
        P: None,
        Q: Refusal.IMPORT_FILTER,
        R: Refusal.IMPORT_FILTER,
    }
    assert house.pipeline.table.best(Q) is None
    assert (house.learned.source.routes, house.learned.source.filtered) == (3, 2)
    assert (house.learned.counters.imports_accepted, house.learned.counters.imports_filtered) == (1, 2)


def test_the_filter_may_look_at_prefixes() -> None:
    house = House(policies(f="if net ~ [10.0.0.0/8+] then accept; reject;").policy("f", IPV4_UNICAST))
    routes = house.has((P, alien()), (Q, alien()), (R, alien()))
    assert routes[P] is routes[Q]
    assert routes[R].is_filtered


def test_another_filter_touches_only_what_it_treats_otherwise() -> None:
    house = House(policies(f="accept;").policy("f", IPV4_UNICAST))
    before = house.has((P, alien()), (Q, alien(DHCP)), (R, alien(DHCP)))
    house.second = 60.0
    after_filter = "if net = 192.0.2.0/24 then reject; if krt_source = 16 then krt_metric = 9; accept;"
    house.learned.follow_policy(policies(f=after_filter).policy("f", IPV4_UNICAST))
    after = house.routes()
    assert after[P] is before[P]
    assert (after[Q].attributes.local["krt_metric"], after[Q].since) == (9, 60)
    assert after[R].is_filtered
    house.learned.follow_policy(Policy.ALL)
    assert house.routes()[R].looks_like(before[R])


@pytest.mark.parametrize(
    ("learn", "shown", "change"), [(True, "f", "the import filter changed"), (False, "REJECT", "")]
)
def test_a_reload_concerns_the_import_filter_of_those_who_learn(learn: bool, shown: str, change: str) -> None:
    settings = KernelSettings("kernel1", IPV4_UNICAST, 254, 0, False, 1, "master", "f", "all", learn=learn)
    surroundings = Surroundings(1, InterfaceTable(), lambda: 0.0)
    surroundings.policies = policies(f="accept;")
    protocol = KernelProtocol(settings, House().pipeline, surroundings)
    [channel] = protocol.channels
    assert (channel.source is not None, channel.import_policy.name) == (learn, shown)
    assert protocol.follow_filters(settings, policies(f="reject;")) == change


# Interfaces


def test_what_leads_through_an_interface_that_is_not_there_waits_for_it() -> None:
    house = House()
    assert house.has((P, alien(hops=via(1, interface=7)))) == {}
    house.switch(7, up=True)
    house.learned.interfaces_changed([7])
    assert house.routes()[P].destination.next_hops == (Hop(gateway(1), 7),)


def test_what_leads_through_an_interface_that_goes_down_makes_room_for_another() -> None:
    house = House()
    house.has((P, alien(metric=1)), (P, alien(DHCP, 2, via(2, interface=ETH1))), (Q, alien()))
    house.switch(ETH0, up=False)
    house.learned.interfaces_changed([ETH0])
    assert {prefix: route.attributes.local["krt_source"] for prefix, route in house.routes().items()} == {
        P: DHCP
    }


def test_of_several_ways_those_that_can_be_used_are_learned() -> None:
    """The kernel keeps an IPv4 route as long as one of its interfaces is up."""
    house = House()
    house.has((P, alien(hops=(*via(1), *via(2, interface=ETH1)))))
    house.switch(ETH1, up=False)
    house.learned.interfaces_changed([ETH1])
    assert house.routes()[P].destination.next_hops == (Hop(gateway(1), ETH0),)


# End and beginning


def test_at_the_end_all_is_taken_back() -> None:
    house = House()
    house.has((P, alien()), (Q, alien()))
    house.learned.end()
    assert house.routes() == {}
    assert house.learned.source.routes == 0
    assert house.kernel.on_aliens is None


def test_what_is_learned_again_at_once_survives_the_end() -> None:
    house = House()
    house.has((P, alien()), (Q, alien()))
    house.learned.end()
    house.begin()
    assert house.has((P, alien())).keys() == {P}


# What hangs on learned routes


def test_next_hops_of_neighbors_are_found_through_learned_routes_and_follow_them() -> None:
    house = House()
    source = neighbor("n1")
    source.recursive = True
    next_hops, address = house.pipeline.next_hops, parse_address("10.1.2.3")
    assert next_hops.resolve(address, source) == UNRESOLVED
    house.has((Q, alien()))
    assert next_hops.resolve(address, source).destination.next_hops == (Hop(gateway(1), ETH0),)
    house.tell(Q, alien(hops=via(2)), over=True)
    house.routes()
    assert next_hops.resolve(address, source).destination.next_hops == (Hop(gateway(2), ETH0),)


# Any sequence

_PLACES = st.tuples(st.sampled_from([P, Q, key("127.0.0.0/8")]), st.integers(0, 2))
_NEWS = st.tuples(_PLACES, st.sampled_from([2, BOOT, STATIC, 12]), st.integers(1, 3), st.booleans())
_KINDS = st.sampled_from([RouteKind.UNICAST, RouteKind.UNICAST, RouteKind.BLACKHOLE, RouteKind.THROW])


@given(st.lists(st.tuples(_NEWS, _KINDS), max_size=20))
def test_the_order_of_events_leaves_no_trace(
    events: Sequence[tuple[tuple[tuple[PrefixKey, int], int, int, bool], RouteKind]],
) -> None:
    """What is learned in the end is what is learned from the table as it is then."""
    house, there = House(), dict[tuple[PrefixKey, int], ObservedRoute]()
    for (place, protocol, octet, stays), kind in events:
        prefix, metric = place
        if stays:
            new = alien(protocol, metric, via(octet), kind)
            house.tell(prefix, new, over=place in there)
            there[place] = new
        elif place in there:
            house.tell(prefix, there.pop(place), gone=True)
        house.turns.run(len(there) % 3)
    fresh = House()
    for (prefix, _), observed in reversed(there.items()):
        fresh.tell(prefix, observed)
    assert _looks(house) == _looks(fresh)


def _looks(house: House) -> dict[PrefixKey, object]:
    return {prefix: route.look for prefix, route in house.routes().items()}
