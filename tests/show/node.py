"""A node of a cluster and what its neighbors announced: the daemon behind the expected answers."""

from dataclasses import replace

from bgpd.protocols.protocol import ProtocolState
from bgpd.reconfiguration.consequences import Consequences
from bgpd.reconfiguration.plan import plan
from bgpd.sessions.strangers import StrangerNote
from kernel_sync.interfaces import (
    IFA_F_SECONDARY,
    IFF_BROADCAST,
    IFF_LOOPBACK,
    IFF_LOWER_UP,
    IFF_MULTICAST,
    IFF_POINTOPOINT,
    IFF_UP,
    Interface,
    InterfaceAddress,
)
from messages.attribute_set import AttributeSet
from messages.attributes import (
    AGGREGATOR,
    AS_PATH,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
    Aggregator,
    AsPath,
    LargeCommunity,
    Segment,
)
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address, parse_prefix
from messages.iana import Origin, SegmentType
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Refusal
from tests.show.filters import policies
from tests.show.neighbors import active, established
from tests.show.world import NOW, StillDaemon, StillKernel, StillNeighbor, on_link, via

BLACKHOLE = Destination(DestinationKind.BLACKHOLE)
UNREACHABLE = Destination(DestinationKind.UNREACHABLE)
PROHIBIT = Destination(DestinationKind.PROHIBIT)

_ETHERNET = IFF_UP | IFF_LOWER_UP | IFF_BROADCAST | IFF_MULTICAST


def node() -> StillDaemon:
    """Return the node, with what its neighbors announced."""
    daemon = StillDaemon()
    daemon.policies = policies()
    daemon.consequences = Consequences(daemon.settings, plan(daemon.settings, daemon.settings), ())
    _add_interfaces(daemon)
    _add_protocols(daemon)
    _add_own_routes(daemon)
    _add_learned_routes(daemon)
    _add_ipv6_routes(daemon)
    return daemon


def _add_interfaces(daemon: StillDaemon) -> None:
    table = daemon.interfaces
    table.set_link(Interface(1, "lo", IFF_UP | IFF_LOWER_UP | IFF_LOOPBACK, 65536))
    table.set_link(Interface(2, "eth0", _ETHERNET, 1500, master=7))
    table.set_link(Interface(3, "tunp0", _ETHERNET, 1480))
    table.set_link(Interface(5, "cali1234", IFF_UP | IFF_POINTOPOINT | IFF_MULTICAST, 1500))
    table.set_link(Interface(7, "vrf-blue", _ETHERNET, 65575))
    for index, address, bits, peer, flags in (
        (1, "127.0.0.1", 8, "", 0),
        (1, "::1", 128, "", 0),
        (2, "10.10.0.1", 24, "", 0),
        (2, "10.10.0.200", 24, "", IFA_F_SECONDARY),
        (2, "203.0.113.7", 28, "", 0),
        (2, "fd00:10::1", 64, "", 0),
        (2, "fe80::5ce0:b4ff:fec7:c602", 64, "", 0),
        (5, "192.0.2.9", 32, "192.0.2.10", 0),
    ):
        other_end = parse_address(peer) if peer else b""
        table.set_address(index, InterfaceAddress(parse_address(address), bits, other_end, flags))
    daemon.connect()


def _add_protocols(daemon: StillDaemon) -> None:
    daemon.add_protocol("device1", "Device")
    daemon.add_kernel("kernel1", IPV4_UNICAST)
    daemon.add_protocol("direct1", "Direct", IPV4_UNICAST, IPV6_UNICAST)
    daemon.add_protocol("static1", "Static", IPV4_UNICAST, IPV6_UNICAST)
    daemon.add_neighbor("tor1", "10.10.0.4", asn=65001).description = "Top of the rack"
    daemon.add_neighbor("tor2", "10.10.0.5", asn=65002)
    daemon.add_neighbor("Mesh_10_10_0_2", "10.10.0.2", asn=64512)
    daemon.add_neighbor("Mesh_fd00_10__2", "fd00:10::2", asn=64512)
    daemon.add_neighbor("tor3", "10.10.0.6", asn=65003, info="Active        Socket: Connection refused")
    daemon.add_neighbor("tor4", "10.10.0.7", asn=65004, info="").enter(ProtocolState.DOWN)
    daemon.source("Mesh_10_10_0_2").recursive = True
    tor1 = daemon.still("tor1")
    channel = tor1.channels[0]
    channel.counters.imports_received = 7
    channel.counters.imports_filtered = 1
    channel.counters.imports_accepted = 6
    channel.counters.withdraws_received = 3
    channel.counters.withdraws_accepted = 2
    channel.counters.sent.announced = 12
    channel.counters.sent.withdrawn = 5
    assert isinstance(tor1, StillNeighbor)
    daemon.join(tor1, replace(daemon.group_key("tor1"), policy=Policy.MISSING))
    tor1.channels = (channel._replace(export_policy=Policy.MISSING),)
    tor1.shown = established()
    daemon.still("tor3").shown = active()
    daemon.still("tor4").is_disabled = True
    daemon.still("tor4").message = "new line card"
    for count in range(2):
        daemon.refusals.append(
            StrangerNote(NOW - 60.0 + count, f"198.51.100.7:4000{count}", "10.10.0.1:179", "no such neighbor")
        )
    daemon.strangers = 5000


def _add_own_routes(daemon: StillDaemon) -> None:
    daemon.announce("direct1", "10.10.0.0/24", on_link(2))
    daemon.announce("static1", "10.96.0.0/12", BLACKHOLE)
    daemon.announce("static1", "10.97.0.0/16", UNREACHABLE)
    daemon.announce("static1", "10.98.0.0/16", PROHIBIT)
    daemon.announce("static1", "10.99.0.0/16", on_link(5))
    hops = (NextHop(parse_address("10.10.0.4"), 2, weight=3), NextHop(b"", 5))
    daemon.announce("static1", "12.0.0.0/8", Destination(DestinationKind.UNICAST, hops))


def _add_learned_routes(daemon: StillDaemon) -> None:
    short_path = announced(AS_PATH, AsPath.of(65001))
    daemon.announce("tor1", "203.0.113.0/24", via("10.10.0.4"), short_path)
    daemon.announce("tor2", "203.0.113.0/24", via("10.10.0.5"), announced(AS_PATH, AsPath.of(65002, 65009)))
    daemon.announce("tor1", "192.0.2.128/25", via("10.10.0.4"), everything())
    kernel = daemon.protocols["kernel1"]
    assert isinstance(kernel, StillKernel)
    kernel.problems[parse_prefix("192.0.2.128/25")[1]] = "File exists: an alien route, proto static"
    daemon.announce("tor1", "198.51.100.0/24", UNREACHABLE, short_path, Refusal.AS_LOOP)
    reflected = announced(ORIGINATOR_ID, 0x0A0A0002).replace({CLUSTER_LIST: (0xF4000001,), LOCAL_PREF: 200})
    daemon.announce("Mesh_10_10_0_2", "10.244.2.0/26", via("10.10.0.200"), reflected)
    daemon.announce("Mesh_10_10_0_2", "100.127.0.0/16", via("10.10.0.2"), announced(ORIGIN, Origin.EGP))
    away = reflected.replace({NEXT_HOP: parse_address("172.16.0.1")})
    daemon.announce("Mesh_10_10_0_2", "100.64.0.0/10", UNREACHABLE, away, Refusal.UNRESOLVABLE)


def _add_ipv6_routes(daemon: StillDaemon) -> None:
    daemon.announce("direct1", "fd00:10::/64", on_link(2))
    daemon.announce("static1", "fd00:244:1::/122", BLACKHOLE)
    next_hop = parse_address("fd00:10::2") + parse_address("fe80::2")
    daemon.announce("Mesh_fd00_10__2", "fd00:244:2::/122", via("fd00:10::2"), announced(NEXT_HOP, next_hop))


def announced(row: object, value: object) -> AttributeSet:
    """Return the attributes of a plain route, with one of them changed."""
    plain = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.EMPTY, NEXT_HOP: parse_address("10.10.0.2")})
    return plain.replace({row: value})  # type: ignore[dict-item]  # any row


def everything() -> AttributeSet:
    """Return a set with every attribute we know and two that we do not."""
    known = AttributeSet.of(
        {
            ORIGIN: Origin.INCOMPLETE,
            AS_PATH: AsPath.from_segments(
                Segment(SegmentType.AS_SEQUENCE, (4200000001, 65010)),
                Segment(SegmentType.AS_SET, (65001, 65002)),
            ),
            NEXT_HOP: parse_address("10.10.0.4"),
            MULTI_EXIT_DISC: 77,
            LOCAL_PREF: 100,
            ATOMIC_AGGREGATE: ATOMIC_AGGREGATE.decode(b""),
            AGGREGATOR: Aggregator(65010, parse_address("10.10.0.4")),
            COMMUNITIES: (65001 << 16 | 100, 0xFFFFFF01),
            EXTENDED_COMMUNITIES: (bytes.fromhex("0002fde900001092"), bytes.fromhex("01030a0a00040007")),
            LARGE_COMMUNITIES: (LargeCommunity(65001, 1, 2), LargeCommunity(4200000000, 3, 4)),
        }
    )
    unknown = bytes.fromhex("e0630300112280640101")
    return AttributeSet(known.wire + unknown)
