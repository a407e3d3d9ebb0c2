"""A reflector with two tables and many neighbors: equal routes, several paths, and all that can go wrong."""

from dataclasses import replace

from bgpd.settings import PipeSettings
from kernel_sync.interfaces import IFF_LOWER_UP, IFF_UP, Interface, InterfaceAddress
from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    AsPath,
)
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address, parse_prefix
from messages.iana import Origin, WellKnownCommunity
from rib.policy import Policy
from rib.quota import ExportQuota
from rib.route import Destination, DestinationKind, Refusal
from tests.show.world import StillDaemon, StillKernel, on_link, via

NOWHERE = Destination(DestinationKind.UNREACHABLE)
PODS = 12


def rack() -> StillDaemon:
    """Return the reflector, with what its neighbors announced."""
    daemon = StillDaemon()
    daemon.add_table("blue")
    _add_interfaces(daemon)
    _add_protocols(daemon)
    _add_neighbors(daemon)
    _add_equal_routes(daemon)
    _add_paths(daemon)
    _add_failures(daemon)
    _add_changes(daemon)
    return daemon


def _add_interfaces(daemon: StillDaemon) -> None:
    daemon.interfaces.set_link(Interface(2, "eth0", IFF_UP | IFF_LOWER_UP, 1500))
    daemon.interfaces.set_link(Interface(3, "eth1", IFF_UP | IFF_LOWER_UP, 1500))
    for index, address in ((2, "10.10.0.1"), (2, "fd00:10::1"), (3, "10.20.0.1")):
        bits = 64 if ":" in address else 24
        daemon.interfaces.set_address(index, InterfaceAddress(parse_address(address), bits))
    daemon.connect()


def _add_protocols(daemon: StillDaemon) -> None:
    daemon.add_kernel("kernel1", IPV4_UNICAST, merge_paths=4)
    daemon.add_kernel("blue1", IPV4_UNICAST, export=Policy.NONE, table="blue")
    daemon.add_protocol("direct1", "Direct", IPV4_UNICAST)
    daemon.add_protocol("static1", "Static", IPV4_UNICAST)
    daemon.add_pipe(
        PipeSettings(
            "pipe1", "master", "blue", "transparent", "none", "all", 70, (IPV4_UNICAST, IPV6_UNICAST)
        )
    )


def _add_neighbors(daemon: StillDaemon) -> None:
    daemon.add_neighbor("spine1", "10.10.0.11", asn=65001)
    daemon.add_neighbor("spine2", "10.20.0.12", asn=65002)
    daemon.add_neighbor("leaf1", "10.10.0.21", asn=64512)
    daemon.add_neighbor("leaf2", "10.10.0.22", asn=64512)
    daemon.source("leaf1").recursive = True
    client = daemon.add_neighbor("client1", "10.10.0.23", asn=64512)
    daemon.source("client1").is_client = True
    for name in ("leaf1", "leaf2", "client1"):
        daemon.source(name).cluster_id = 1
    daemon.join(client, replace(daemon.group_key("client1"), is_client=True, cluster_id=1))
    several = daemon.add_neighbor("collector", "10.10.0.31", asn=64512)
    daemon.join(several, replace(daemon.group_key("collector"), is_client=True, cluster_id=1, paths=2))
    limited = daemon.add_neighbor("limited", "10.10.0.32", asn=65032)
    quota = ExportQuota(1, blocks=True, on_excess=lambda _number: None)
    quota.admit([parse_prefix("10.10.0.0/24")[1]])
    daemon.join(limited, daemon.group_key("limited"), quota)
    slow = daemon.add_neighbor("slow", "10.10.0.33", asn=65033)
    member = daemon.join(slow, daemon.group_key("slow"))
    member.fall_behind()
    mute = daemon.add_neighbor("mute", "10.10.0.34", asn=65034)
    daemon.join(mute, replace(daemon.group_key("mute"), policy=Policy.MISSING))
    closed = daemon.add_neighbor("closed", "10.10.0.35", asn=65035)
    daemon.join(closed, replace(daemon.group_key("closed"), policy=Policy.NONE))
    daemon.add_neighbor("gone", "10.10.0.36", asn=65036, info="Active        Socket: Connection refused")
    daemon.add_neighbor("six", "fd00:10::37", asn=65037)
    blue = daemon.add_neighbor("blue_leaf", "10.10.0.38", asn=65038)
    daemon.protocols["blue_leaf"].table = "blue"
    daemon.join(blue, daemon.group_key("blue_leaf"))
    for number in range(1, PODS + 1):
        daemon.add_neighbor(f"pod{number:02}", f"10.10.0.{100 + number}", asn=65100 + number)


def said(next_hop: str, *path: int) -> AttributeSet:
    """Return the attributes of a plain route."""
    return AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.of(*path), NEXT_HOP: parse_address(next_hop)})


def _add_equal_routes(daemon: StillDaemon) -> None:
    prefix = "203.0.113.0/24"
    daemon.announce("spine2", prefix, via("10.20.0.12", interface=3), said("10.20.0.12", 65002, 64999))
    daemon.announce("spine1", prefix, via("10.10.0.11"), said("10.10.0.11", 65001, 64999))
    received = said("10.10.0.21", 65077)
    daemon.announce(
        "leaf1", prefix, via("10.10.0.21"), received, imported=received.replace({LOCAL_PREF: 50}), metric=10
    )
    looped = said("10.10.0.101", 65101, 64512, 64999)
    daemon.announce("pod01", prefix, NOWHERE, looped, Refusal.AS_LOOP)
    daemon.announce("leaf2", prefix, NOWHERE, said("10.66.0.1", 65088), Refusal.UNRESOLVABLE)


def _add_paths(daemon: StillDaemon) -> None:
    prefix = "192.0.2.0/24"
    for number, med in ((7, 10), (8, 20), (9, 30)):
        attributes = said("10.10.0.31").replace({MULTI_EXIT_DISC: med})
        daemon.announce("leaf2", prefix, via("10.10.0.22"), attributes, identifier=number)
    daemon.announce("client1", prefix, via("10.10.0.23"), said("10.10.0.23"))


def _add_failures(daemon: StillDaemon) -> None:
    daemon.announce("direct1", "10.10.0.0/24", on_link(2))
    daemon.announce("static1", "10.66.0.0/16", Destination(DestinationKind.BLACKHOLE))
    inner = said("10.10.0.11", 65001).replace({COMMUNITIES: (WellKnownCommunity.NO_EXPORT,)})
    daemon.announce("spine1", "198.51.100.0/24", via("10.10.0.11"), inner)
    kernel = daemon.protocols["kernel1"]
    assert isinstance(kernel, StillKernel)
    kernel.problems[parse_prefix("198.51.100.0/24")[1]] = "File exists: an alien route, proto static"
    daemon.announce("leaf1", "198.51.100.128/25", NOWHERE, said("10.66.0.1"), Refusal.UNRESOLVABLE)
    daemon.announce("pod02", "100.64.0.0/10", NOWHERE, said("10.10.0.102", 65102), Refusal.IMPORT_FILTER)
    pod = daemon.still("pod02")
    pod.channels = tuple(channel._replace(import_policy=Policy.NONE) for channel in pod.channels)


def _add_changes(daemon: StillDaemon) -> None:
    daemon.time += 60
    prefix = "198.18.0.0/15"
    daemon.announce("spine1", prefix, via("10.10.0.11"), said("10.10.0.11", 65001, 64999))
    daemon.time += 1
    daemon.announce("spine2", prefix, via("10.20.0.12", interface=3), said("10.20.0.12", 65002))
    daemon.time += 1
    changed = said("10.20.0.12", 65002).replace({MULTI_EXIT_DISC: 5})
    daemon.announce("spine2", prefix, via("10.20.0.12", interface=3), changed)
    daemon.time += 1
    daemon.withdraw("spine2", prefix)
    daemon.time += 1
    daemon.withdraw("spine1", prefix)
