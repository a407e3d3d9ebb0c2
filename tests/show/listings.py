"""A daemon with real static protocols, for the commands that list what is configured."""

from bgpd.protocols.static import StaticProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import StaticNextHop, StaticRoute, StaticSettings
from kernel_sync.types import RouteKind
from messages.families import FAMILIES
from messages.families.prefix import parse_address, parse_prefix
from tests.show.node import node
from tests.show.world import StillDaemon


def listings() -> StillDaemon:
    """Return the node with other static routes: some lead nowhere, and one protocol is disabled."""
    daemon = node()
    del daemon.protocols["static1"]
    surroundings = Surroundings(daemon.router_id, daemon.interfaces, daemon.now)
    for settings in (
        StaticSettings(
            "static1",
            (
                route("10.96.0.0/12", kind=RouteKind.BLACKHOLE),
                route("10.99.0.0/16", hop("", "cali1234")),
                route("10.97.0.0/16", kind=RouteKind.UNREACHABLE),
                route("10.98.0.0/16", kind=RouteKind.PROHIBIT),
                route("12.0.0.0/8", hop("10.10.0.4", weight=3), hop("192.168.99.9")),
                route("13.0.0.0/8", hop("192.168.99.8"), hop("192.168.99.9")),
                route("14.0.0.0/8", hop("10.10.0.4")),
                route("15.0.0.0/8", hop("192.168.77.1")),
                route("16.0.0.0/8", hop("", "gone0")),
                route("fd00:1::/64", hop("fe80::1", "eth0")),
            ),
        ),
        StaticSettings("spare", (route("99.0.0.0/8", kind=RouteKind.BLACKHOLE),), disabled=True),
    ):
        pipelines = {family: daemon.pipeline("master", family) for family in FAMILIES.values()}
        protocol = daemon.protocols[settings.name] = StaticProtocol(settings, pipelines, surroundings)
        if not settings.disabled:
            protocol.begin()
    daemon.settle()
    return daemon


def route(prefix: str, *hops: StaticNextHop, kind: RouteKind = RouteKind.UNICAST) -> StaticRoute:
    """Return one route."""
    family, key = parse_prefix(prefix)
    return StaticRoute(family, key, kind, hops)


def hop(address: str, interface: str | None = None, weight: int = 1) -> StaticNextHop:
    """Return one way to go."""
    octets = parse_address(address) if address else b""
    return StaticNextHop(octets, interface, onlink=False, weight=weight)
