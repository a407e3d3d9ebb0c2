"""Direct and static routes follow the interfaces; our own next hop is found on the session's interface."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from bgpd.pipeline import Pipeline
from bgpd.protocols.direct import DirectProtocol
from bgpd.protocols.static import StaticProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import DirectSettings, StaticNextHop, StaticRoute, StaticSettings
from kernel_sync.interfaces import (
    IFF_LOOPBACK,
    IFF_LOWER_UP,
    IFF_UP,
    Interface,
    InterfaceAddress,
    InterfaceTable,
)
from kernel_sync.types import RouteKind
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import parse_address, parse_prefix, render_prefix
from rib.route import DestinationKind, NextHop
from rib.slot import winner
from rib.table import Table

LAN, LAN6, LINK_LOCAL = "192.0.2.1/24", "2001:db8::1/64", "fe80::1/64"
GATEWAY = parse_address("192.0.2.254")


class House:
    """The parts of a daemon that routes of our own need, and an interface table the test owns."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.interfaces = InterfaceTable()
        self.pipelines = {family: Pipeline(Table("master", family), loop) for family in FAMILIES.values()}
        self.surroundings = Surroundings(1, self.interfaces, lambda: 1000.0)

    def set_interface(self, index: int, name: str, *addresses: str, flags: int = IFF_UP) -> None:
        self.interfaces.set_link(Interface(index, name, flags, 1500))
        for text in addresses:
            address, _, bits = text.partition("/")
            self.interfaces.set_address(index, InterfaceAddress(parse_address(address), int(bits)))
        self.changed()

    def changed(self) -> None:
        for family, pipeline in self.pipelines.items():
            pipeline.set_connected(self.interfaces.connected_prefixes(family), self.interfaces.up)

    def turn(self) -> None:
        """Let the loop run once."""
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()

    def prefixes(self, family: Family) -> set[str]:
        return {render_prefix(key, family) for key in self.pipelines[family].table.slots}

    def next_hops(self, prefix: str) -> tuple[NextHop, ...]:
        family, key = parse_prefix(prefix)
        best = winner(self.pipelines[family].table.slots.get(key))
        return best.destination.next_hops if best else ()


@pytest.fixture
def house() -> Iterator[House]:
    loop = asyncio.new_event_loop()
    yield House(loop)
    loop.close()


def static(
    house: House, prefix: str, *hops: StaticNextHop, kind: RouteKind = RouteKind.UNICAST
) -> StaticProtocol:
    family, key = parse_prefix(prefix)
    route = StaticRoute(family, key, kind, hops)
    protocol = StaticProtocol(StaticSettings("static1", (route,)), house.pipelines, house.surroundings)
    protocol.begin()
    return protocol


def via(gateway: bytes = b"", interface: str | None = None, *, onlink: bool = False) -> StaticNextHop:
    return StaticNextHop(gateway, interface, onlink, 1)


def test_direct_routes_are_the_networks_of_chosen_interfaces(house: House) -> None:
    house.set_interface(2, "eth0", LAN, LAN6, LINK_LOCAL)
    house.set_interface(3, "cali12", "10.0.0.1/32")
    direct = DirectProtocol(DirectSettings("direct1", ("-cali*", "*")), house.pipelines, house.surroundings)
    direct.begin()
    assert house.prefixes(IPV4_UNICAST) == {"192.0.2.0/24"}
    assert house.prefixes(IPV6_UNICAST) == {"2001:db8::/64"}
    assert house.next_hops("192.0.2.0/24") == (NextHop(b"", 2),)


def test_direct_routes_go_with_their_interface(house: House) -> None:
    house.set_interface(2, "eth0", LAN)
    direct = DirectProtocol(DirectSettings("direct1", ("*",)), house.pipelines, house.surroundings)
    direct.begin()
    house.set_interface(2, "eth0", flags=0)
    direct.refresh()
    assert house.prefixes(IPV4_UNICAST) == set()


def test_no_pattern_means_no_direct_routes(house: House) -> None:
    house.set_interface(2, "eth0", LAN)
    DirectProtocol(DirectSettings("direct1", ()), house.pipelines, house.surroundings).begin()
    assert house.prefixes(IPV4_UNICAST) == set()


def direct(house: House, *patterns: str, check_link: bool = False) -> DirectProtocol:
    settings = DirectSettings("direct1", patterns, check_link=check_link)
    protocol = DirectProtocol(settings, house.pipelines, house.surroundings)
    protocol.begin()
    return protocol


def test_patterns_choose_addresses(house: House) -> None:
    house.set_interface(2, "eth0", "10.0.0.1/24", "192.168.0.1/24", LAN)
    house.set_interface(3, "eth1", "192.168.1.1/24", "2001:db8::1/64")
    direct(house, "-eth0 192.168.0.0/16", "-192.0.2.0/24", "*")
    assert house.prefixes(IPV4_UNICAST) == {"10.0.0.0/24", "192.168.1.0/24"}
    assert house.prefixes(IPV6_UNICAST) == {"2001:db8::/64"}


def test_a_network_of_two_interfaces_is_that_of_the_one_chosen(house: House) -> None:
    """Next hops would go by the other one; the route says what the operator chose."""
    house.set_interface(2, "cali1", LAN)
    house.set_interface(3, "eth0", "192.0.2.2/24")
    direct(house, "-cali*", "*")
    assert house.next_hops("192.0.2.0/24") == (NextHop(b"", 3),)


def test_direct_routes_follow_each_change(house: House) -> None:
    protocol = direct(house, "*")
    steps: list[tuple[Callable[[], object], tuple[NextHop, ...]]] = [
        (lambda: house.set_interface(3, "eth1", LAN), (NextHop(b"", 3),)),
        (lambda: house.set_interface(2, "eth0", "192.0.2.2/24"), (NextHop(b"", 2),)),
        (lambda: house.set_interface(2, "eth0", flags=0), (NextHop(b"", 3),)),
        (lambda: house.interfaces.remove_link(3), ()),
        (lambda: house.set_interface(2, "eth0"), (NextHop(b"", 2),)),
    ]
    for change, expected in steps:
        change()
        protocol.interfaces_changed(house.interfaces.take_changes())
        assert house.next_hops("192.0.2.0/24") == expected


def test_what_is_disabled_follows_nothing(house: House) -> None:
    protocol = direct(house, "*")
    protocol.end("")
    house.set_interface(2, "eth0", LAN)
    protocol.interfaces_changed(house.interfaces.take_changes())
    assert house.prefixes(IPV4_UNICAST) == set()
    protocol.begin()
    assert house.prefixes(IPV4_UNICAST) == {"192.0.2.0/24"}


@pytest.mark.parametrize("check_link", [False, True])
def test_an_interface_without_a_carrier_gives_routes_unless_that_is_checked(
    house: House, check_link: bool
) -> None:
    protocol = direct(house, "*", check_link=check_link)
    for flags, there in ((IFF_UP, not check_link), (IFF_UP | IFF_LOWER_UP, True), (IFF_UP, not check_link)):
        house.set_interface(2, "eth0", LAN, flags=flags)
        protocol.interfaces_changed(house.interfaces.take_changes())
        assert bool(house.next_hops("192.0.2.0/24")) is there


@pytest.mark.parametrize(
    "hop", [StaticNextHop(GATEWAY, None, False, 1), StaticNextHop(b"", "eth0", False, 1)]
)
@pytest.mark.parametrize("check_link", [False, True])
def test_a_static_route_sleeps_without_a_carrier_if_that_is_checked(
    house: House, hop: StaticNextHop, check_link: bool
) -> None:
    family, key = parse_prefix("198.51.100.0/24")
    route = StaticRoute(family, key, RouteKind.UNICAST, (hop,), check_link=check_link)
    protocol = StaticProtocol(StaticSettings("static1", (route,)), house.pipelines, house.surroundings)
    protocol.begin()
    for flags, there in ((IFF_UP, not check_link), (IFF_UP | IFF_LOWER_UP, True), (IFF_UP, not check_link)):
        house.set_interface(2, "eth0", LAN, flags=flags)
        protocol.interfaces_changed(house.interfaces.take_changes())
        assert bool(house.next_hops("198.51.100.0/24")) is there


def test_only_the_static_routes_concerned_are_looked_at(house: House) -> None:
    """A thousand that lead elsewhere cost nothing."""
    rows = [("198.51.100.0/24", via(GATEWAY)), ("203.0.113.0/24", via(interface="eth7"))]
    rows += [(f"10.{number}.0.0/16", via(interface=f"lan{number}")) for number in range(200)]
    rows += [(f"11.{number}.0.0/16", via(bytes((172, 16, number, 1)))) for number in range(200)]
    routes = [StaticRoute(*parse_prefix(prefix), RouteKind.UNICAST, (hop,)) for prefix, hop in rows]
    protocol = StaticProtocol(StaticSettings("static1", tuple(routes)), house.pipelines, house.surroundings)
    protocol.begin()
    house.set_interface(2, "eth0", LAN)
    found = {*protocol.concerned(house.interfaces.take_changes())}
    assert found == {parse_prefix("198.51.100.0/24")}
    house.set_interface(7, "eth7")
    found = {*protocol.concerned(house.interfaces.take_changes())}
    assert found == {parse_prefix("203.0.113.0/24")}


def test_a_static_route_sleeps_until_its_gateway_is_on_a_link(house: House) -> None:
    protocol = static(house, "198.51.100.0/24", via(GATEWAY))
    assert house.next_hops("198.51.100.0/24") == ()
    house.set_interface(2, "eth0", LAN)
    protocol.refresh()
    assert house.next_hops("198.51.100.0/24") == (NextHop(GATEWAY, 2),)
    house.set_interface(2, "eth0", flags=0)
    protocol.refresh()
    assert house.prefixes(IPV4_UNICAST) == set()


@pytest.mark.parametrize(
    ("hop", "expected"),
    [
        (via(interface="eth0"), NextHop(b"", 2)),
        (via(GATEWAY, "eth0"), NextHop(GATEWAY, 2)),
        (
            via(parse_address("203.0.113.1"), "eth0", onlink=True),
            NextHop(parse_address("203.0.113.1"), 2, 1, True),
        ),
        (via(GATEWAY, "eth1"), None),
        (via(interface="eth9"), None),
        (via(parse_address("203.0.113.1")), None),
    ],
)
def test_a_next_hop_is_used_if_it_can_be_reached_as_written(
    house: House, hop: StaticNextHop, expected: NextHop | None
) -> None:
    house.set_interface(2, "eth0", LAN)
    house.set_interface(3, "eth1", "10.0.0.1/8")
    static(house, "198.51.100.0/24", hop)
    assert house.next_hops("198.51.100.0/24") == ((expected,) if expected else ())


def test_of_several_next_hops_those_that_can_be_reached_share(house: House) -> None:
    house.set_interface(2, "eth0", LAN)
    static(house, "198.51.100.0/24", via(GATEWAY), via(interface="eth9"), via(interface="eth0"))
    assert house.next_hops("198.51.100.0/24") == (NextHop(GATEWAY, 2), NextHop(b"", 2))


def test_a_blackhole_needs_no_interface(house: House) -> None:
    static(house, "198.51.100.0/24", kind=RouteKind.BLACKHOLE)
    best = house.pipelines[IPV4_UNICAST].table.slots[parse_prefix("198.51.100.0/24")[1]]
    assert winner(best).destination.kind is DestinationKind.BLACKHOLE  # type: ignore[union-attr]  # it is there


def packed(*texts: str) -> bytes:
    return b"".join(parse_address(text.partition("/")[0]) for text in texts)


@pytest.mark.parametrize(
    ("family", "local", "on_link", "expected"),
    [
        (IPV4_UNICAST, LAN, True, packed(LAN)),
        (IPV6_UNICAST, LAN6, False, packed(LAN6)),
        (IPV6_UNICAST, LAN6, True, packed(LAN6, LINK_LOCAL)),  # RFC 2545 §3
        (IPV6_UNICAST, LAN, True, packed(LAN6, LINK_LOCAL)),
        (IPV4_UNICAST, LAN6, True, packed(LAN)),
        (IPV6_UNICAST, LINK_LOCAL, True, packed(LAN6, LINK_LOCAL)),
        (IPV4_UNICAST, "203.0.113.9/24", True, packed("203.0.113.9")),
        (IPV6_UNICAST, "203.0.113.9/24", True, b""),
    ],
)
def test_our_next_hop_is_an_address_of_the_family_on_the_sessions_interface(
    house: House, family: Family, local: str, on_link: bool, expected: bytes
) -> None:
    house.set_interface(1, "lo", "127.0.0.1/8", flags=IFF_UP | IFF_LOOPBACK)
    house.set_interface(2, "eth0", LAN, LAN6, LINK_LOCAL)
    found = house.surroundings.own_next_hop(family, packed(local), link_local=on_link)
    assert found == expected


def test_an_interface_with_nothing_but_a_link_local_address_offers_that(house: House) -> None:
    house.set_interface(2, "eth0", LINK_LOCAL)
    found = house.surroundings.own_next_hop(IPV6_UNICAST, packed(LINK_LOCAL), link_local=True)
    assert found == packed(LINK_LOCAL, LINK_LOCAL)


def test_a_recursive_route_follows_its_new_address_though_it_leads_nowhere_as_yet(house: House) -> None:
    """Both addresses may lead to one place, or to none, when the configuration changes."""
    family, key = parse_prefix("198.51.100.0/24")
    before, after = (
        StaticRoute(family, key, RouteKind.UNICAST, (), recursive=parse_address(address))
        for address in ("203.0.113.1", "192.0.2.7")
    )
    protocol = StaticProtocol(StaticSettings("static1", (before,)), house.pipelines, house.surroundings)
    protocol.begin()
    protocol.follow_routes(StaticSettings("static1", (after,)))
    house.set_interface(2, "eth0", LAN)
    for _ in range(10):
        house.turn()
    assert house.next_hops("198.51.100.0/24") == (NextHop(parse_address("192.0.2.7"), 2),)
