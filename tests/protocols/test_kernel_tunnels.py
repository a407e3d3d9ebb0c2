"""Routes through tunnel devices: which are, each of several paths by itself, and what becomes of them."""

from collections.abc import Sequence
from typing import Any

import pytest

from bgpd.kernel.tunnels import Tunnels
from kernel_sync.types import KernelRoute, RouteKind
from kernel_sync.types import NextHop as KernelNextHop
from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from rib.policy import Accepted, Policy
from rib.route import UNREACHABLE, Destination, DestinationKind, NextHop, Route, Source, SourceKind
from tests.protocols import followed_table
from tests.protocols.filters import policies
from tests.protocols.followed_table import via
from tests.rib.building import attributes, key

P, Q, R = key("10.0.0.0/8"), key("10.1.0.0/16"), key("11.0.0.0/8")
TUNNEL = 7
BLACKHOLE = Destination(DestinationKind.BLACKHOLE)
GLOBAL, LINK_LOCAL = "2001:db8::1", "fe80::1"
NAMED = "krt_tunnel of the export filter"


def octets(*addresses: str) -> bytes:
    return b"".join(map(parse_address, addresses))


def to(*hops: tuple[Any, ...]) -> Destination:
    """Return a destination with hops of gateway, interface, weight and onlink."""
    made = (NextHop(octets(hop[0]) if hop[0] else b"", *hop[1:]) for hop in hops)
    return Destination(DestinationKind.UNICAST, tuple(made))


def said(next_hop: bytes, tunnel: str | None) -> AttributeSet:
    values = {NEXT_HOP: next_hop} if next_hop else {}
    return AttributeSet.of(values).annotated({} if tunnel is None else {"krt_tunnel": tunnel})


NEIGHBOR = octets("10.10.0.2")
WAYS: list[tuple[str, bytes, str | None, Destination, Destination, str]] = [
    ("no word of tunnels", NEIGHBOR, None, to(("10.10.0.2", 2)), to(("10.10.0.2", 2)), ""),
    ("a tunnel", NEIGHBOR, "tunl0", to(("10.10.0.2", 2)), to(("10.10.0.2", 7, 1, True)), NAMED),
    ("a next hop farther away", NEIGHBOR, "tunl0", to(("10.9.9.9", 3)), to(("10.10.0.2", 7, 1, True)), NAMED),
    (
        "which is reached in several ways",
        NEIGHBOR,
        "tunl0",
        to(("10.9.9.8", 3, 2), ("10.9.9.9", 4)),
        to(("10.10.0.2", 7, 1, True)),
        NAMED,
    ),
    (
        "the global one of two addresses (RFC 2545 §3)",
        octets(GLOBAL, LINK_LOCAL),
        "tunl0",
        to((LINK_LOCAL, 2)),
        to((GLOBAL, 7, 1, True)),
        NAMED,
    ),
    ("IPv4 by IPv6 (RFC 8950)", octets(GLOBAL), "tunl0", to((GLOBAL, 2)), to((GLOBAL, 7, 1, True)), NAMED),
    (
        "gateways where there is no NEXT_HOP",
        b"",
        "tunl0",
        to(("10.9.9.8", 3, 2), ("10.9.9.9", 4, 5)),
        to(("10.9.9.8", 7, 2, True), ("10.9.9.9", 7, 5, True)),
        NAMED,
    ),
    (
        "an empty name",
        NEIGHBOR,
        "",
        to(("10.10.0.2", 2)),
        to(("10.10.0.2", 2)),
        "krt_tunnel of the export filter is empty",
    ),
    (
        "a name that nothing has",
        NEIGHBOR,
        "tunl9",
        to(("10.10.0.2", 2)),
        to(("10.10.0.2", 2)),
        "krt_tunnel names tunl9, which this host has not",
    ),
    (
        "no next hop",
        NEIGHBOR,
        "tunl0",
        UNREACHABLE,
        UNREACHABLE,
        "krt_tunnel of the export filter is tunl0, but there is no next hop",
    ),
    (
        "no next hop by configuration",
        b"",
        "tunl0",
        BLACKHOLE,
        BLACKHOLE,
        "krt_tunnel of the export filter is tunl0, but there is no next hop",
    ),
    (
        "on a link",
        b"",
        "tunl0",
        to(("", 2)),
        to(("", 2)),
        "krt_tunnel of the export filter is tunl0, but there is no gateway",
    ),
]


@pytest.mark.parametrize(("next_hop", "tunnel", "before", "after", "remark"), [row[1:] for row in WAYS])
def test_which_routes_go_through_the_tunnel(
    next_hop: bytes, tunnel: str | None, before: Destination, after: Destination, remark: str
) -> None:
    tunnels = Tunnels({"tunl0": TUNNEL}.get)  # type: ignore[arg-type]
    accepted = Accepted(said(next_hop, tunnel), 100, before)
    assert tunnels.lead(accepted) == after
    assert tunnels.remark(accepted, by_filter=True) == remark
    assert tunnels.remark(accepted, by_filter=False) == remark.replace("of the export filter", "of the route")


# What is written


class House(followed_table.House):
    """Neighbors are their own next hops, and there is a tunnel device."""

    def __init__(self, body: str, merge_paths: int = 1) -> None:
        super().__init__(policies(f=body).policy("f", IPV4_UNICAST), merge_paths, metric=0)
        self.interfaces["tunl0"] = TUNNEL

    def announce(self, number: int, *path: int, keys: Sequence[PrefixKey] = (P, Q, R)) -> Route:
        source = self.sources[number]
        hops = (NextHop(source.address, 2),)
        attached = attributes(*path, next_hop=f"192.0.2.{number}")
        made = Route(source, attached, Destination(DestinationKind.UNICAST, hops), 0)
        self.table.announce(made, keys)
        return made

    def switch(self, name: str, index: int) -> list[PrefixKey]:
        """Give an interface this index, and do what the protocol does; return what is set for it."""
        self.interfaces[name] = index
        self.kernel.calls.clear()
        moved = self.view.follow_interfaces()
        self.view.lead_again([(each, self.table.settled(each)) for each in self.table.known()], moved)
        return [each for call in self.kernel.calls for each in call]


def by_tunnel(*last: int, plain: Sequence[int] = (), index: int = TUNNEL) -> KernelRoute:
    """Return the way to some neighbors through the tunnel, and to others over the link."""
    hops = [KernelNextHop(octets(f"192.0.2.{number}"), index, 1, True) for number in last]
    hops += [KernelNextHop(octets(f"192.0.2.{number}"), 2) for number in plain]
    return KernelRoute(RouteKind.UNICAST, tuple(sorted(hops)))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('krt_tunnel = "tunl0"; accept;', by_tunnel(1, 2, 3)),
        ('if bgp_next_hop = 192.0.2.2 then krt_tunnel = "tunl0"; accept;', by_tunnel(2, plain=(1, 3))),
        ('if bgp_next_hop = 192.0.2.3 then krt_tunnel = ""; else krt_tunnel = "tunl0"; accept;',
         by_tunnel(1, 2, plain=(3,))),
        ('krt_tunnel = "tunl0"; bgp_next_hop = 192.0.2.9; accept;', by_tunnel(9)),
        ('if bgp_next_hop = 192.0.2.1 then reject; krt_tunnel = "tunl0"; accept;', None),
    ],
)  # fmt: skip
def test_each_of_several_paths_has_its_own_tunnel(body: str, wanted: KernelRoute | None) -> None:
    """Calico's BIRD drops the tunnel where there are several next hops."""
    house = House(body, merge_paths=8)
    for number in (1, 2, 3):
        house.announce(number, 65000 + number)
    assert house.run() == ({} if wanted is None else dict.fromkeys((P, Q, R), wanted))


def test_prefixes_share_what_is_written() -> None:
    house = House('krt_tunnel = "tunl0"; krt_mtu = 1400; if net = 11.0.0.0/8 then krt_mtu = 1300; accept;')
    house.announce(1, 65001)
    wanted = house.run()
    assert wanted[P] is wanted[Q]
    assert wanted[P] != wanted[R]
    assert house.questions == ["tunl0"]


@pytest.mark.parametrize("merge_paths", [1, 8])
def test_the_devices_come_and_go(merge_paths: int) -> None:
    """Only routes that name the device are written for it."""
    tunnel = 'if net = 11.0.0.0/8 then accept; krt_tunnel = "tunl0";'
    house = House(f'{tunnel} if net = 10.1.0.0/16 then krt_tunnel = "tunl1"; accept;', merge_paths)
    del house.interfaces["tunl0"]
    house.announce(1, 65001)
    plain = via(1, metric=0)
    assert house.run() == {P: plain, Q: plain, R: plain}
    for index in (7, 8, 0):
        assert house.switch("tunl0", index) == [P]
        assert house.kernel.wanted == {P: by_tunnel(1, index=index) if index else plain, Q: plain, R: plain}
    assert house.switch("tunl1", 9) == [Q]
    assert house.kernel.wanted == {P: plain, Q: by_tunnel(1, index=9), R: plain}
    assert house.switch("tunl1", 9) == house.switch("eth5", 5) == []


def test_a_device_that_one_of_several_paths_names() -> None:
    house = House('if bgp_next_hop = 192.0.2.2 then krt_tunnel = "tunl0"; accept;', merge_paths=8)
    for number in (1, 2):
        house.announce(number, 65000 + number)
    house.run()
    assert house.switch("tunl0", 8) == [P, Q, R]
    assert house.kernel.wanted[P] == by_tunnel(2, plain=(1,), index=8)


def test_other_interfaces_cost_a_look_at_each_name() -> None:
    """However many routes there are."""
    house = House('krt_tunnel = "tunl0"; accept;')
    house.announce(1, 65001)
    house.run()
    house.questions.clear()
    for index in range(100):
        house.interfaces[f"cali{index}"] = index
        assert not house.view.follow_interfaces()
    assert house.questions == ["tunl0"] * 100


def test_the_filter_is_not_asked_again_for_a_device() -> None:
    """What it prints would be printed twice."""
    asked: list[Route] = []

    def judge(route: Route, said: AttributeSet, _key: PrefixKey, /, *, silent: bool = False) -> Accepted:
        if not silent:
            asked.append(route)
        return Accepted(said.annotated({"krt_tunnel": "tunl0"}), 100, route.destination)

    house = followed_table.House(Policy("watched", judge), metric=0)
    house.announce(1, 65001, keys=[P])
    house.run()
    house.interfaces["tunl0"] = TUNNEL
    house.view.lead_again([(P, house.table.settled(P))], house.view.follow_interfaces())
    assert house.kernel.wanted[P] == KernelRoute(
        RouteKind.UNICAST, (KernelNextHop(octets("192.0.2.254"), TUNNEL, 1, True),)
    )
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("body", "before", "remark"),
    [
        ('krt_tunnel = "tunl0"; accept;', None, NAMED),
        ("accept;", "tunl0", "krt_tunnel of the route"),
        ('krt_tunnel = "tunl0"; accept;', "tunl0", "krt_tunnel of the route"),
        ("accept;", None, ""),
        ("reject;", "tunl0", ""),
    ],
)
def test_who_spoke_of_the_tunnel(body: str, before: str | None, remark: str) -> None:
    house = House(body)
    hops = (NextHop(octets("192.0.2.1"), 2),)
    destination = Destination(DestinationKind.UNICAST, hops)
    made = Route(Source("static1", SourceKind.STATIC), said(b"", before), destination, 0)
    assert house.view.tunnel(made, P) == remark


def test_a_source_of_the_other_family_is_an_obstacle() -> None:
    """The kernel would read the first four octets of it."""
    house = House("krt_prefsrc = 192.0.2.7; accept;")
    made = house.announce(1, 65001)
    assert house.run()[P] == via(1, metric=0)._replace(preferred_source=octets("192.0.2.7"))
    assert house.view.obstacle(made, P) == ""

    def judge(route: Route, said: AttributeSet, _key: PrefixKey, /, *, silent: bool = False) -> Accepted:
        assert not silent
        return Accepted(said.annotated({"krt_prefsrc": octets(GLOBAL)}), 100, route.destination)

    wrong = followed_table.House(Policy("wrong", judge))
    made = wrong.announce(1, 65001, keys=[P])
    assert wrong.run() == {}
    assert wrong.view.obstacle(made, P) == "its krt_prefsrc 2001:db8::1 is no address of ipv4"
