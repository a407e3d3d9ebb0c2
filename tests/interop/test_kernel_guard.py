"""The guard: no route is written that would cut this host off from what it must reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Self

import pytest

from tests.interop.kernel import best_routes, keeper, kernel_routes, problem, static
from tests.interop.lab import Lab, Port
from tests.interop.routers import (
    FAMILIES,
    Announcement,
    Attributes,
    Bgpd,
    Family,
    Neighbor,
    RouterConfig,
    family_of,
)
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

ASN: Final = 65001
KINDS: Final = {
    "blackhole": "65535:666",
    "unreachable": f"{ASN}:2",
    "prohibit": f"{ASN}:3",
    "unicast": f"{ASN}:4",
}
"""The communities that tell what a route shall be: the first by RFC 7999, others by our import filter."""
SECTIONS: Final = f"""
[filters]
kinds = '''
if ({ASN}, 2) ~ bgp_community then dest = RTD_UNREACHABLE;
if ({ASN}, 3) ~ bgp_community then dest = RTD_PROHIBIT;
accept;
'''
[groups.routers]
asn = {ASN}
import = "kinds"
export = "none"
accept_blackhole = true
connect_delay = 1
connect_retry = 1
"""
HARMFUL: Final[dict[Family, dict[str, tuple[str, str]]]] = {
    "ipv4": {
        "10.255.1.2/32": ("blackhole", "10.255.1.2 (neighbor tor4)"),
        "10.255.1.2/31": ("prohibit", "10.255.1.2 (neighbor tor4)"),
        "10.255.1.0/30": ("unreachable", "10.255.1.2 (neighbor tor4)"),
        "10.255.1.0/25": ("unicast", "10.255.1.2 (neighbor tor4)"),
        "10.255.2.2/32": ("unreachable", "10.255.2.2, a gateway"),
        "10.96.0.0/24": ("prohibit", "10.96.0.1 (control_plane in [router])"),
    },
    "ipv6": {
        "fd00:255:1::2/128": ("blackhole", "fd00:255:1::2 (neighbor tor6)"),
        "fd00:255:1::2/127": ("prohibit", "fd00:255:1::2 (neighbor tor6)"),
        "fd00:255:1::/80": ("unreachable", "fd00:255:1::2 (neighbor tor6)"),
        "fd00:255:2::2/128": ("unreachable", "fd00:255:2::2, a gateway"),
        "2001:db8:96:1::/64": ("prohibit", "2001:db8:96:1::1 (control_plane in [router])"),
    },
}
"""What each route is, and what it would cut off; the neighbor is the next hop of those that have one."""
HARMLESS: Final[dict[Family, dict[str, str]]] = {
    "ipv4": {
        "10.255.0.0/16": "blackhole",  # the connected networks are longer
        "10.96.0.0/11": "unreachable",  # and so is the way to the control plane
        "10.255.2.128/25": "prohibit",  # nobody is there
        "10.7.0.0/16": "unicast",
    },
    "ipv6": {
        "fd00:255::/32": "blackhole",
        "2001:db8::/32": "unreachable",
        "fd00:255:2:0:8000::/80": "prohibit",
        "fd00:255:1::/72": "unicast",  # its gateway is link-local
        "2001:db8:7::/48": "unicast",
    },
}
CONTROL_PLANE: Final[dict[Family, str]] = {"ipv4": "10.96.0.1", "ipv6": "2001:db8:96:1::1"}
SERVICES: Final[dict[Family, str]] = {"ipv4": "10.96.0.0/12", "ipv6": "2001:db8:96::/48"}
"""What we have a route to; the control plane is in it."""


def wanted(family: Family) -> dict[str, str]:
    """Return the kinds of all routes that the neighbor announces."""
    return {prefix: kind for prefix, (kind, _) in HARMFUL[family].items()} | HARMLESS[family]


@dataclass
class Scene:
    """Our daemon, a neighbor that announces dangerous things, and a router that is a gateway only."""

    bgpd: Bgpd
    neighbor: Bgpd
    gateway: Port

    @classmethod
    def of(cls, lab: Lab, kernel: str = "") -> Self:
        host = lab.host("bgpd")
        ours, theirs = lab.link(host, lab.host("tor"))
        _, gateway = lab.link(host, lab.host("gateway"))
        sessions = [
            Neighbor(address=ours.v4, asn=OURS, local_address=theirs.v4, passive=True),
            Neighbor(address=ours.v6, asn=OURS, local_address=theirs.v6, passive=True),
        ]
        announcements = [
            Announcement(prefix, Attributes(communities=(KINDS[kind],)))
            for family in FAMILIES
            for prefix, kind in wanted(family).items()
        ]
        config = RouterConfig(
            asn=ASN,
            router_id=theirs.v4,
            neighbors=sessions,
            routes=announcements,
            extra=("[kernel]", *NO_DIRECT),
        )
        neighbor = Bgpd(theirs.host, config)
        scene = cls(keeper(host, SECTIONS, *_sections(theirs, gateway), kernel=kernel), neighbor, gateway)
        assert scene.bgpd.text is not None
        addresses = [*CONTROL_PLANE.values()]
        scene.bgpd.text = scene.bgpd.text.replace("[router]", f"[router]\ncontrol_plane = {addresses}", 1)
        return scene

    def start(self) -> Self:
        """Start the daemons; ours has heard of everything afterwards."""
        self.bgpd.start()
        self.neighbor.start()
        everything = {prefix for family in FAMILIES for prefix in (SERVICES[family], *wanted(family))}
        eventually(lambda: best_routes(self.bgpd).keys() == everything)
        return self

    def written(self, family: Family) -> dict[str, str]:
        """Return the kinds of our routes in the kernel."""
        rows = kernel_routes(self.bgpd.host, family)
        return {prefix: row.get("type", "unicast") for prefix, row in rows.items()}


def _sections(neighbor: Port, gateway: Port) -> list[str]:
    gateways: Mapping[Family, str] = {"ipv4": gateway.v4, "ipv6": gateway.v6}
    sessions = [
        f'[[neighbors]]\nname = "{name}"\ngroup = "routers"\naddress = "{address}"\n'
        for name, address in (("tor4", neighbor.v4), ("tor6", neighbor.v6))
    ]
    return [*sessions, *(static(SERVICES[family], via=via) for family, via in gateways.items())]


def test_what_would_cut_this_host_off_is_kept_out(lab: Lab) -> None:
    """It is shown with the reason, and logged as an error; what is longest elsewhere is written."""
    scene = Scene.of(lab).start()
    for family in FAMILIES:
        eventually(partial(scene.written, family), equals=HARMLESS[family] | {SERVICES[family]: "unicast"})
        for prefix, (_, victim) in HARMFUL[family].items():
            reason = f"kept out by the guard: it would cut off {victim}"
            eventually(partial(problem, scene.bgpd, prefix), equals=reason)
            scene.bgpd.await_log(f"kernel{1 + FAMILIES.index(family)}: {prefix}: {reason}")
    assert scene.bgpd.log().count("BGP session established") == 2


@pytest.mark.parametrize("family", FAMILIES)
def test_a_longer_route_takes_the_address_over(lab: Lab, family: Family) -> None:
    """As long as it is there the shorter one can do no harm, whosever the longer one is."""
    scene = Scene.of(lab).start()
    [prefix] = [prefix for prefix, (_, victim) in HARMFUL[family].items() if "control_plane" in victim]
    control_plane = CONTROL_PLANE[family]
    via = scene.gateway.v4 if family == "ipv4" else scene.gateway.v6
    for _ in range(2):
        eventually(partial(problem, scene.bgpd, prefix))
        eventually(lambda: prefix not in scene.written(family))
        scene.bgpd.host.ip("route", "add", control_plane, "via", via, "proto", "static")
        eventually(partial(problem, scene.bgpd, prefix), equals=None)
        eventually(lambda: prefix in scene.written(family))
        scene.bgpd.host.ip("route", "delete", control_plane)


def test_without_the_guard_everything_is_written(lab: Lab) -> None:
    """BIRD does that; here each such route has a warning of what it does."""
    scene = Scene.of(lab, kernel="guard = false")
    families = ("10.255.2.2/32", "fd00:255:2::2/128")  # those of the neighbor would end the session
    keep = {prefix: scene.neighbor.announcements[prefix] for prefix in families}
    scene.neighbor.announcements = keep
    scene.bgpd.start()
    scene.neighbor.start()
    for prefix in families:
        family = family_of(prefix)
        eventually(partial(scene.written, family), lambda rows: "unreachable" in rows.values())
        eventually(partial(problem, scene.bgpd, prefix), equals=None)
        _, victim = HARMFUL[family][prefix]
        scene.bgpd.await_log(f"kernel{1 + FAMILIES.index(family)}: {prefix}: ")
        scene.bgpd.await_log(f"cut off {victim}")
