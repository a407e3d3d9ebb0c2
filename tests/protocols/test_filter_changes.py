"""Protocols whose filters change while they work: nobody sees more of it than the routes that change."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from bgpd.pipeline import Pipeline
from bgpd.policies import Policies
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import ProtocolState
from bgpd.protocols.static import StaticProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.restart.deferral import Deferral
from bgpd.settings import KernelSettings, PipeSettings, StaticRoute, StaticSettings
from kernel_sync.interfaces import IFF_UP, Interface, InterfaceTable
from kernel_sync.kernel import KernelTable
from kernel_sync.types import KernelRoute, NextHop, RouteKind
from messages.attributes import LOCAL_PREF
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import PrefixKey
from rib.filters.grammar.parser import filter_body
from rib.route import Destination, DestinationKind, Route, Source, SourceKind
from rib.table import Table
from tests.protocols.filters import policies
from tests.protocols.turns import Turns
from tests.rib.building import SOMEWHERE, attributes, key
from tests.rib.building import neighbor as source

P, Q, R = key("10.0.0.0/8"), key("192.0.2.0/24"), key("11.0.0.0/8")
TEN = "if net ~ [10.0.0.0/8+] then accept; reject;"


# The kernel


class Written(KernelTable):
    """A kernel's table that only notes what is wanted."""

    def __init__(self) -> None:
        super().__init__(IPV4_UNICAST, 254)
        self.wanted: dict[PrefixKey, KernelRoute | None] = {}

    def set(self, keys: Iterable[PrefixKey], route: KernelRoute | None) -> None:
        self.wanted.update(dict.fromkeys(keys, route))


class KernelHouse:
    """A kernel protocol that is up, but for the kernel."""

    def __init__(self, before: Policies) -> None:
        self.turns = Turns()
        self.pipeline = Pipeline(Table("master", IPV4_UNICAST), self.turns)
        self.settings = KernelSettings("kernel1", IPV4_UNICAST, 254, 0, False, 1, "master", "all", "f")
        self.kernel = Written()
        self.interfaces = InterfaceTable()
        surroundings = Surroundings(1, self.interfaces, lambda: 0.0)
        surroundings.policies = before
        self.protocol = KernelProtocol(self.settings, self.pipeline, surroundings)
        self.protocol._kernel = self.kernel
        self.protocol.view = self.protocol._new_view()
        self.pipeline.attach(self.protocol.view)
        self.protocol.enter(ProtocolState.UP)
        blackhole = Destination(DestinationKind.BLACKHOLE)
        made = Route(Source("static1", SourceKind.STATIC), attributes(), blackhole, 0)
        self.pipeline.table.announce(made, [P, Q])
        self.pipeline.touched()
        self.turns.run()

    async def switch(self, name: str, index: int) -> None:
        """Let there be an interface, and the protocol put right what follows from it."""
        self.interfaces.set_link(Interface(index, name, IFF_UP, 1500))
        self.protocol.interfaces_changed({index})
        await self.protocol._works.wait()

    async def apply(self, after: Policies) -> str:
        change = self.protocol.follow_filters(self.settings, after)
        await self.protocol._works.wait()
        return change


def blackhole(metric: int = 0) -> KernelRoute:
    return KernelRoute(RouteKind.BLACKHOLE, (), metric)


async def test_the_kernel_gets_what_the_new_filter_lets_through() -> None:
    before = policies(f="krt_metric = 5; accept;")
    house = KernelHouse(before)
    assert house.kernel.wanted == {P: blackhole(5), Q: blackhole(5)}
    assert await house.apply(policies(f=TEN)) == "the export filter changed"
    assert house.kernel.wanted == {P: blackhole(), Q: None}
    house.pipeline.table.withdraw(next(iter(house.pipeline.table.routes(P))).source, [P])
    house.pipeline.touched()
    house.turns.run()
    assert house.kernel.wanted == {P: None, Q: None}


async def test_the_kernel_is_left_alone_if_the_filter_says_the_same() -> None:
    before = policies(f="accept;")
    house = KernelHouse(before)
    house.kernel.wanted.clear()
    assert await house.apply(before.successor(policies(f="accept;").definitions)) == ""
    assert house.kernel.wanted == {}


async def test_a_kernel_protocol_that_is_down_only_takes_note() -> None:
    house = KernelHouse(policies(f="accept;"))
    house.protocol.detach()
    house.protocol.enter(ProtocolState.DOWN)
    house.kernel.wanted.clear()
    assert await house.apply(policies(f="reject;")) == "the export filter changed"
    assert house.kernel.wanted == {}
    assert house.protocol.channels[0].export_policy.name == "f"


async def test_routes_through_a_tunnel_device_follow_it() -> None:
    """And nothing is written for interfaces that are none, or while the protocol is down."""
    house = KernelHouse(policies(f='krt_tunnel = "tunl0"; accept;'))
    table = house.pipeline.table
    table.announce(Route(source("a"), attributes(65001), SOMEWHERE, 0), [R])
    house.pipeline.touched()
    house.turns.run()
    written = house.kernel.wanted[R]
    assert written is not None
    [usual] = written.next_hops
    house.kernel.wanted.clear()
    await house.switch("cali1", 7)
    assert house.kernel.wanted == {}
    await house.switch("tunl0", 8)
    assert house.kernel.wanted == {P: blackhole(), Q: blackhole(), R: through(usual, 8)}
    house.protocol.enter(ProtocolState.DOWN)
    house.kernel.wanted.clear()
    await house.switch("tunl0", 9)
    assert house.kernel.wanted == {}


async def test_filters_change_while_the_kernel_is_told_after_a_restart() -> None:
    """RFC 4724 §4.1: all is known, but not all written as yet. The kernel follows the table all the same."""
    house = KernelHouse(policies(f="krt_metric = 5; accept;"))
    protocol, surroundings = house.protocol, house.protocol._surroundings
    surroundings.deferral = Deferral((), asyncio.get_running_loop())
    surroundings.deferral.defer(60)
    house.kernel.fib.strays[R] = {9: blackhole(9)}
    protocol.recover()
    house.kernel.wanted.clear()
    assert protocol.is_held
    surroundings.deferral.begin()
    await asyncio.sleep(0)
    assert (surroundings.deferral.is_over, protocol.is_held) == (True, True)
    assert await house.apply(policies(f="accept;")) == "the export filter changed"
    assert (protocol.is_held, house.kernel.wanted) == (False, {P: blackhole(), Q: blackhole()})
    house.pipeline.table.withdraw(next(iter(house.pipeline.table.routes(P))).source, [P])
    house.pipeline.touched()
    house.turns.run()
    assert house.kernel.wanted == {P: None, Q: blackhole()}


def through(usual: NextHop, index: int) -> KernelRoute:
    return KernelRoute(RouteKind.UNICAST, (usual._replace(interface=index, onlink=True),))


# Pipes


@pytest.mark.parametrize("mode", ["transparent", "opaque"])
def test_a_pipe_carries_what_its_new_filter_lets_through(mode: Any) -> None:
    turns = Turns()
    blue, master = (
        {family: Pipeline(Table(name, family), turns) for family in FAMILIES.values()}
        for name in ("blue", "master")
    )
    settings = PipeSettings("pipe1", "blue", "master", mode, "f", "none", 70, (IPV4_UNICAST,))
    pipe = PipeProtocol(settings, blue, master, turns, lambda: 0.0, policies(f=TEN))
    pipe.begin()
    table = master[IPV4_UNICAST].table
    table.announce(Route(source("a"), attributes(65001), SOMEWHERE, 0), [P, Q])
    master[IPV4_UNICAST].touched()
    turns.run()
    assert set(blue[IPV4_UNICAST].table.slots) == {P}
    assert pipe.follow_filters(settings, policies(f="accept;")) == "the import filter changed"
    turns.run()
    assert set(blue[IPV4_UNICAST].table.slots) == {P, Q}
    assert pipe.follow_filters(settings, policies(f="reject;")) == "the import filter changed"
    turns.run()
    assert set(blue[IPV4_UNICAST].table.slots) == set()
    assert set(table.slots) == {P, Q}


# Static routes


class StaticHouse:
    """A static route to P with statements."""

    def __init__(self, statements: str) -> None:
        self.turns = Turns()
        self.pipelines = {
            family: Pipeline(Table("master", family), self.turns) for family in FAMILIES.values()
        }
        self.surroundings = Surroundings(1, InterfaceTable(), lambda: 1000.0)
        self.protocol = StaticProtocol(_statics(statements), self.pipelines, self.surroundings)
        self.protocol.begin()

    @property
    def route(self) -> Route:
        self.turns.run()
        (route,) = self.pipelines[IPV4_UNICAST].table.routes(P)
        return route


def _static(statements: str) -> StaticRoute:
    change = filter_body(statements, "test") if statements else None
    return StaticRoute(IPV4_UNICAST, P, RouteKind.BLACKHOLE, (), change)


def _statics(statements: str) -> StaticSettings:
    return StaticSettings("static1", (_static(statements),))


def test_statements_change_a_static_route() -> None:
    house = StaticHouse("krt_metric = 5; bgp_local_pref = 200; preference = 7;")
    assert house.route.attributes.local["krt_metric"] == 5
    assert house.route.attributes.get(LOCAL_PREF) == 200
    assert house.route.preference == 7
    assert house.route.destination.kind is DestinationKind.BLACKHOLE


def test_a_static_route_whose_statements_fail_is_there_as_it_is() -> None:
    house = StaticHouse("bgp_local_pref = 200; bgp_med = 1/0;")
    assert house.route.attributes.get(LOCAL_PREF) is None


def test_a_static_route_follows_other_statements() -> None:
    house = StaticHouse("krt_metric = 5;")
    first = house.route
    house.protocol.follow_routes(_statics("krt_metric = 5;"))
    assert house.route is first, "nothing is said again for nothing"
    house.protocol.follow_routes(_statics("krt_metric = 6;"))
    assert house.route.attributes.local["krt_metric"] == 6
    house.protocol.follow_routes(_statics(""))
    assert "krt_metric" not in house.route.attributes.local


def test_a_route_is_changed_by_its_own_statements_only() -> None:
    """The default routes of both families have the same octets; of two to one prefix the last counts."""
    other = StaticRoute(IPV6_UNICAST, P, RouteKind.BLACKHOLE, ())
    house = StaticHouse("krt_metric = 5;")
    house.protocol.follow_routes(StaticSettings("static1", (_static("krt_metric = 6;"), other)))
    assert house.route.attributes.local["krt_metric"] == 6
    (route,) = house.pipelines[IPV6_UNICAST].table.routes(P)
    assert "krt_metric" not in route.attributes.local
    house.protocol.follow_routes(StaticSettings("static1", (_static("krt_metric = 7;"), _static(""))))
    assert "krt_metric" not in house.route.attributes.local
