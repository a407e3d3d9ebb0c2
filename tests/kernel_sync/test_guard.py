"""The guard: no route of ours may cut this host off."""

from errno import EINVAL
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel_sync.fib import Fib
from kernel_sync.observer import Notification, Observer
from kernel_sync.standing import Standing
from kernel_sync.types import Failure, KernelRoute, NextHop, ObservedRoute, RouteKind
from kernel_sync.wants import Wants
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, parse_address, parse_prefix, render_prefix

KERNEL, STATIC = 2, 4
BLACKHOLE = KernelRoute(RouteKind.BLACKHOLE)
CONNECTED = KernelRoute(RouteKind.UNICAST, (NextHop(b"", 2),))
NEIGHBOR = {parse_address("192.0.2.9"): "neighbor tor1"}


def key(prefix: str) -> PrefixKey:
    return parse_prefix(prefix)[1]


def via(gateway: str, interface: int = 2) -> KernelRoute:
    return KernelRoute(RouteKind.UNICAST, (NextHop(parse_address(gateway), interface),))


class House:
    """A kernel table that is told of aliens, with everything that is pending written at once."""

    def __init__(self, *aliens: str, family: Family = IPV4_UNICAST, refuses: bool = True) -> None:
        self.fib = Fib(family)
        self.observer = Observer(self.fib)
        self.wants = Wants(self.fib, guards=True, refuses=refuses)
        for prefix in aliens:
            self.alien(prefix)

    def alien(self, prefix: str, route: KernelRoute = CONNECTED, *, present: bool = True) -> None:
        observed = ObservedRoute(route.canonical(self.fib.family), KERNEL)
        self.observer.observe(Notification(key(prefix), observed, present), 0.0)
        self.wants.aliens_changed()
        self.settle()

    def want(self, prefix: str, route: KernelRoute | None = BLACKHOLE) -> None:
        self.wants.set([key(prefix)], route)
        self.settle()

    def settle(self) -> None:
        if self.wants.is_due:
            self.wants.review()
        while not self.fib.settled:
            self.fib.done(self.fib.pending(10), {})

    @property
    def written(self) -> set[str]:
        return {render_prefix(each, self.fib.family) for each in self.fib.installed()}

    def problem(self, prefix: str) -> str | None:
        return self.fib.problem(key(prefix))


HARMFUL = [
    pytest.param("192.0.2.8/30", BLACKHOLE, id="a blackhole more specific than the network of the neighbor"),
    pytest.param("192.0.2.9/32", KernelRoute(RouteKind.UNREACHABLE), id="the neighbor itself, unreachable"),
    pytest.param("192.0.2.0/25", KernelRoute(RouteKind.PROHIBIT), id="half of the network, prohibited"),
    pytest.param("192.0.2.8/29", via("192.0.2.9"), id="through itself"),
    pytest.param("192.0.2.9/32", via("192.0.2.9", interface=7), id="a tunnel to its own end"),
]


@pytest.mark.parametrize(("prefix", "route"), HARMFUL)
def test_what_would_cut_off_a_neighbor_is_kept_out(prefix: str, route: KernelRoute) -> None:
    house = House("192.0.2.0/24")
    house.wants.guard_addresses(NEIGHBOR)
    house.want(prefix, route)
    assert house.written == set()
    assert house.problem(prefix) == "kept out by the guard: it would cut off 192.0.2.9 (neighbor tor1)"
    assert house.fib.reported == [key(prefix)]
    (state,) = house.wants.states()
    assert (state.key, state.standing, state.actual) == (key(prefix), Standing.GUARDED, None)


HARMLESS = [
    pytest.param("192.0.0.0/16", BLACKHOLE, id="the network of the neighbor is more specific"),
    pytest.param("192.0.2.0/28", via("192.0.2.77"), id="it leads somewhere"),
    pytest.param("192.0.2.16/28", BLACKHOLE, id="it is about others"),
    pytest.param("192.0.2.0/24", BLACKHOLE, id="the kernel refuses it in the place of another"),
    pytest.param("0.0.0.0/0", via("192.0.2.9"), id="a default route"),
]


@pytest.mark.parametrize(("prefix", "route"), HARMLESS)
def test_what_cuts_nobody_off_is_written(prefix: str, route: KernelRoute) -> None:
    house = House("192.0.2.0/24")
    house.wants.guard_addresses(NEIGHBOR)
    house.wants.set([key(prefix)], route)
    assert key(prefix) in house.fib.wanted
    assert not house.wants.kept_out


def test_nothing_is_said_or_done_twice() -> None:
    """A problem that is told of makes the guard look again."""
    house = House("192.0.2.0/24")
    house.wants.guard_addresses(NEIGHBOR)
    house.want("192.0.2.8/30")
    house.fib.reported.clear()
    house.wants.problems_changed()
    house.wants.review()
    assert house.fib.reported == []
    assert house.fib.settled


def test_a_gateway_of_ours_is_guarded() -> None:
    house = House("192.0.2.0/24")
    house.want("198.51.100.0/24", via("192.0.2.7"))
    house.want("192.0.2.0/28")
    assert house.written == {"198.51.100.0/24"}
    assert house.problem("192.0.2.0/28") == "kept out by the guard: it would cut off 192.0.2.7, a gateway"


def test_the_gateway_of_another_programs_route_is_guarded() -> None:
    house = House("192.0.2.0/24")
    house.want("192.0.2.0/28")
    assert house.written == {"192.0.2.0/28"}
    house.alien("0.0.0.0/0", via("192.0.2.1"))
    assert house.written == set()
    house.alien("0.0.0.0/0", via("192.0.2.1"), present=False)
    assert house.written == {"192.0.2.0/28"}


def test_the_blackhole_for_the_services_does_not_take_the_api_server_away() -> None:
    """projectcalico/calico#2457: the route persisted, and nobody could repair the configuration."""
    house = House("192.0.2.0/24", "0.0.0.0/0")
    house.wants.guard_addresses({parse_address("10.96.0.1"): "control plane"})
    house.want("10.96.0.0/12")
    assert house.problem("10.96.0.0/12") == (
        "kept out by the guard: it would cut off 10.96.0.1 (control plane)"
    )


def test_a_longer_route_takes_the_address_over_and_gives_it_back() -> None:
    house = House("192.0.2.0/24")
    house.wants.guard_addresses({parse_address("203.0.113.9"): "neighbor far"})
    house.want("203.0.113.0/24")
    assert house.written == set()
    house.want("203.0.113.8/30", via("192.0.2.1"))
    assert house.written == {"203.0.113.0/24", "203.0.113.8/30"}
    assert house.problem("203.0.113.0/24") is None
    house.want("203.0.113.8/30", None)
    assert house.written == set()


def test_what_is_written_is_taken_out_when_a_neighbor_comes() -> None:
    house = House("192.0.2.0/24")
    house.want("192.0.2.8/30")
    house.wants.guard_addresses(NEIGHBOR)
    house.settle()
    assert house.written == set()
    house.wants.guard_addresses({})
    house.settle()
    assert house.written == {"192.0.2.8/30"}


def test_a_route_that_leads_somewhere_takes_the_place_of_one_that_is_kept_out() -> None:
    house = House("192.0.2.0/24")
    house.wants.guard_addresses(NEIGHBOR)
    house.want("192.0.2.8/30")
    house.want("192.0.2.8/30", via("192.0.2.77"))
    assert house.written == {"192.0.2.8/30"}
    assert house.problem("192.0.2.8/30") is None
    house.want("192.0.2.8/30", None)
    assert house.written == set()
    assert not house.wants.kept_out


def test_without_the_guard_it_is_written_with_one_warning() -> None:
    house = House("192.0.2.0/24", refuses=False)
    house.wants.guard_addresses(NEIGHBOR)
    house.want("192.0.2.8/30")
    house.alien("192.0.2.128/25")
    assert house.written == {"192.0.2.8/30"}
    assert house.wants.warnings == [(key("192.0.2.8/30"), "it would cut off 192.0.2.9 (neighbor tor1)")]


def test_a_route_that_the_kernel_refuses_leads_nowhere_either() -> None:
    house = House("0.0.0.0/0")
    house.wants.guard_addresses(NEIGHBOR)
    house.wants.set([key("192.0.2.9/32")], via("203.0.113.1"))
    operations = house.fib.pending(10)
    house.fib.done(operations, {0: Failure(EINVAL, "Invalid argument")})
    house.want("192.0.2.0/24")
    assert house.written == set()
    assert house.problem("192.0.2.0/24") is not None


def test_a_gateway_of_the_other_family_is_none_of_this_table() -> None:
    """fe80::1 begins like 254.128.0.0."""
    house = House("0.0.0.0/0")
    house.alien("198.51.100.0/24", via("fe80::1"))
    house.want("254.128.0.0/16")
    assert house.written == {"254.128.0.0/16"}


def test_what_leads_nowhere_is_no_other_way() -> None:
    """Else the two of them would come and go by turns for ever."""
    house = House()
    house.want("10.0.0.0/30", via("10.0.0.1"))
    house.want("10.0.0.0/29")
    assert house.written == {"10.0.0.0/30", "10.0.0.0/29"}
    house.wants.problems_changed()
    house.settle()
    assert house.written == {"10.0.0.0/30", "10.0.0.0/29"}


def test_thousands_of_gateways_are_guarded() -> None:
    house = House("10.0.0.0/8")
    for number in range(3000):
        gateway = f"10.1.{number >> 8}.{number & 255}"
        house.wants.set([key(f"100.{number >> 8}.{number & 255}.0/24")], via(gateway))
    house.settle()
    house.want("10.1.3.0/24")
    assert house.problem("10.1.3.0/24") == "kept out by the guard: it would cut off 10.1.3.0, a gateway"


def test_ipv6() -> None:
    house = House("2001:db8::/64", family=IPV6_UNICAST)
    house.wants.guard_addresses({**NEIGHBOR, parse_address("2001:db8::9"): "neighbor tor1"})
    house.want("2001:db8::8/126")
    house.want("2001:db8::/32")
    assert house.written == {"2001:db8::/32"}


def test_the_connected_network_goes_first_by_its_metric_only() -> None:
    """IPv6 gives connected networks 256 and us 1024; a filter may say 1."""
    house = House(family=IPV6_UNICAST)
    house.alien("2001:db8::/64", CONNECTED._replace(metric=256))
    house.wants.guard_addresses({parse_address("2001:db8::9"): "neighbor tor1"})
    house.want("2001:db8::/64", BLACKHOLE)
    assert house.written == {"2001:db8::/64"}
    house.want("2001:db8::/64", BLACKHOLE._replace(metric=1))
    assert house.written == set()


prefixes = st.sampled_from(["10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.1/32", "10.0.0.0/29"])
routes = st.sampled_from([BLACKHOLE, via("10.0.0.1"), via("10.0.0.2"), via("192.0.2.1"), None])
guarded = st.sets(st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.5"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("want"), prefixes, routes),
        st.tuples(st.just("alien"), prefixes, st.booleans()),
        st.tuples(st.just("guard"), guarded),
    ),
    max_size=15,
)


Step = tuple[str, str, KernelRoute | None] | tuple[str, str, bool] | tuple[str, set[str]]


class Script(House):
    """A house in which anything happens, and what there should be."""

    def __init__(self) -> None:
        super().__init__()
        self.desired: dict[str, KernelRoute] = {}
        self.aliens: set[str] = set()
        self.addresses: set[str] = set()

    def play(self, step: Step) -> None:
        match step:
            case ("want", str(prefix), route) if not isinstance(route, bool):
                self.wants.set([key(prefix)], route)
                self.desired.pop(prefix, None)
                if route is not None:
                    self.desired[prefix] = route
            case ("alien", str(prefix), bool(present)):
                self.alien(prefix, CONNECTED._replace(metric=900), present=present)
                (self.aliens.add if present else self.aliens.discard)(prefix)
            case ("guard", set(addresses)):
                self.addresses = addresses
                self.wants.guard_addresses(dict.fromkeys(map(parse_address, addresses), "neighbor"))


@given(steps)
def test_whatever_happens_no_guarded_address_is_cut_off_and_nothing_else_is_kept_out(
    script: list[Step],
) -> None:
    house = Script()
    for step in script:
        house.play(step)
    house.settle()
    once = {*house.wants.kept_out}
    house.wants.review()
    assert {*house.wants.kept_out} == once
    kept = {render_prefix(each, IPV4_UNICAST) for each in house.wants.kept_out}
    rest = {prefix: route for prefix, route in house.desired.items() if prefix not in kept}
    assert {render_prefix(each, IPV4_UNICAST) for each in house.fib.wanted} == rest.keys()
    for prefix, route in rest.items():
        assert not any(cuts_off(prefix, route, each, rest, house.aliens) for each in house.addresses)
    for prefix in kept:
        route = house.desired[prefix]
        assert any(cuts_off(prefix, route, each, rest, house.aliens) for each in house.addresses | ALL)


ALL = {"10.0.0.1", "10.0.0.2", "192.0.2.1"}
"""All gateways there ever were: those that are used no more are forgotten later."""


def cuts_off(
    prefix: str, route: KernelRoute, address: str, written: dict[str, KernelRoute], aliens: set[str]
) -> bool:
    """Tell it in the plain way."""
    inside = {each for each in {*written, *aliens, prefix} if ip_address(address) in ip_network(each)}
    if prefix not in inside or max(inside, key=lambda each: ip_network(each).prefixlen) != prefix:
        return False
    if route.kind is not RouteKind.UNICAST:
        return True
    through_itself = any(ip_address(hop.gateway) in ip_network(prefix) for hop in route.next_hops)
    leading = {each for each in written if written[each].kind is RouteKind.UNICAST and each != prefix}
    return through_itself and not (leading | aliens).isdisjoint(inside)
