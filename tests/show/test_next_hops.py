"""What a next hop resolves to, and the reasons why one does not (RFC 4271 §9.1.2.1)."""

import pytest

from bgpd.show.next_hops import NextHop, next_hop
from kernel_sync.interfaces import IFF_LOWER_UP, IFF_UP, Interface, InterfaceAddress
from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address
from rib.next_hops import IGP_METRIC_UNKNOWN, Resolution
from rib.route import Destination, DestinationKind, Route, Source
from tests.show.world import ANNOUNCED, StillDaemon, via

BLACKHOLE = Destination(DestinationKind.BLACKHOLE)
PROHIBIT = Destination(DestinationKind.PROHIBIT)


def host() -> StillDaemon:
    """Return a daemon on 10.10.0.0/24 and fd00:10::/64 with static routes, and one that hangs on another."""
    daemon = StillDaemon()
    daemon.interfaces.set_link(Interface(2, "eth0", IFF_UP | IFF_LOWER_UP, 1500))
    for address, bits in (("10.10.0.1", 24), ("fd00:10::1", 64)):
        daemon.interfaces.set_address(2, InterfaceAddress(parse_address(address), bits))
    daemon.connect()
    daemon.add_protocol("static1", "Static", IPV4_UNICAST, IPV6_UNICAST)
    daemon.add_neighbor("far", "10.20.0.2", asn=64512)
    daemon.add_neighbor("near", "10.10.0.2", asn=65002)
    daemon.add_neighbor("near6", "fd00:10::2", asn=65002)
    daemon.source("far").recursive = True
    for name in ("near", "near6"):
        daemon.source(name).interface = 2
    daemon.announce("static1", "10.20.0.0/16", via("10.10.0.9"), metric=7)
    daemon.announce("static1", "10.30.0.0/16", BLACKHOLE)
    daemon.announce("static1", "10.31.0.0/16", PROHIBIT)
    daemon.announce("near", "10.50.0.0/16", via("10.10.0.2"), metric=IGP_METRIC_UNKNOWN)
    daemon.announce("far", "10.40.0.0/16", via("10.10.0.9"), said("10.20.0.2"))
    return daemon


def said(*addresses: str) -> AttributeSet:
    """Return attributes with nothing but a next hop."""
    if not addresses:
        return AttributeSet.of({})
    return AttributeSet.of({NEXT_HOP: b"".join(map(parse_address, addresses))})


def arrived(daemon: StillDaemon, source: Source, attributes: AttributeSet, family: object) -> NextHop | None:
    """Resolve as on arrival, and explain the outcome."""
    pipeline = daemon.pipeline("master", IPV6_UNICAST if family is IPV6_UNICAST else IPV4_UNICAST)
    found: Resolution = pipeline.next_hops.resolve(attributes.get(NEXT_HOP, b""), source)
    route = Route(source, attributes, found.destination, ANNOUNCED, found.refusal, found.igp_metric)
    return next_hop(daemon, pipeline, route)


@pytest.mark.parametrize(
    ("name", "addresses", "expected"),
    [
        ("near", ["10.10.0.77"], NextHop("10.10.0.77", True, "connected, in 10.10.0.0/24 on eth0")),
        (
            "far",
            ["10.20.0.2"],
            NextHop("10.20.0.2", True, "through 10.20.0.0/16 of static1, via 10.10.0.9 on eth0", 7),
        ),
        (
            "far",
            ["10.50.0.2"],
            NextHop("10.50.0.2", True, "through 10.50.0.0/16 of near, via 10.10.0.2 on eth0"),
        ),
        ("near6", ["fd00:10::2", "fe80::2"], NextHop("fd00:10::2", True, "on the link eth0")),
        ("near6", ["fe80::2"], NextHop("fe80::2", True, "on the link eth0")),
    ],
)
def test_what_leads_to_a_next_hop(name: str, addresses: list[str], expected: NextHop) -> None:
    daemon = host()
    source = daemon.source(name)
    family = IPV6_UNICAST if name == "near6" else IPV4_UNICAST
    assert arrived(daemon, source, said(*addresses), family) == expected


@pytest.mark.parametrize(
    ("name", "addresses", "reason", "remedy"),
    [
        ("near", ["10.20.0.2"], 'routes are not used for it (gateway = "direct")', "recursive"),
        ("near", [], "it has none of its family", ""),
        ("far", ["172.16.0.1"], "no interface is on its network, and no route leads there", "static route"),
        ("far", ["10.30.0.1"], "what leads there is 10.30.0.0/16 of static1: blackhole", ""),
        ("far", ["10.31.0.1"], "what leads there is 10.31.0.0/16 of static1: prohibited", ""),
        ("far", ["10.40.0.1"], "10.40.0.0/16 of far leads there, but hangs on a next hop itself", "static"),
        (
            "far",
            ["fe80::2"],
            "it holds on one link only, and the neighbor is not on a link of ours",
            "itself",
        ),
        ("far", ["fd00:99::2"], "no interface is on its network, and no route leads there", "static route"),
    ],
)
def test_why_nothing_leads_to_a_next_hop(name: str, addresses: list[str], reason: str, remedy: str) -> None:
    daemon = host()
    found = arrived(daemon, daemon.source(name), said(*addresses), IPV4_UNICAST)
    assert found is not None
    assert not found.resolved
    assert reason in found.through
    assert remedy in (found.help or "")
    assert bool(remedy) is (found.help is not None)


def test_a_link_local_next_hop_is_lost_with_its_interface() -> None:
    daemon = host()
    daemon.interfaces.set_link(Interface(2, "eth0", 0, 1500))
    daemon.connect()
    found = arrived(daemon, daemon.source("near6"), said("fe80::2"), IPV6_UNICAST)
    assert found is not None
    assert found.through == "its interface eth0 is down"


def test_a_next_hop_of_the_other_family_is_explained() -> None:
    """RFC 8950: IPv4 routes over an IPv6 network."""
    daemon = host()
    pipeline = daemon.pipeline("master", IPV4_UNICAST)
    other = dict.fromkeys(daemon.interfaces.connected_prefixes(IPV6_UNICAST), 2)
    pipeline.set_connected({}, [2], other)
    found = arrived(daemon, daemon.source("near"), said("fd00:10::2"), IPV4_UNICAST)
    assert found == NextHop("fd00:10::2", True, "connected, in fd00:10::/64 on eth0")


def test_blackholed_routes_need_no_next_hop() -> None:
    """RFC 7999."""
    daemon = host()
    source = daemon.source("near")
    route = Route(source, said("172.16.0.1"), BLACKHOLE, ANNOUNCED)
    found = next_hop(daemon, daemon.pipeline("master", IPV4_UNICAST), route)
    assert found is not None
    assert "RFC 7999" in found.through


def test_own_routes_have_no_next_hop_to_explain() -> None:
    daemon = host()
    route = daemon.announce("static1", "10.60.0.0/16", via("10.10.0.9"))
    assert next_hop(daemon, daemon.pipeline("master", IPV4_UNICAST), route) is None
