"""What becomes of routes that were learned from the kernel."""

from typing import Any, Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

_ROUTER: Final = """
[router]
id = "{ours}"
asn = 65001
[metrics]
listen = ""
[direct]
interfaces = []
[filters]
picky = "if krt_source = 80 then reject; accept;"
[[neighbors]]
name = "other"
address = "{theirs}"
asn = 65001
gateway = "recursive"
connect_delay = 1
import = "all"
export = "all"
"""
_LEARN: Final = '[kernel.ipv4]\nlearn = true\nimport = "{policy}"\n'
_FAR: Final = """
[[static]]
prefix = "198.51.100.0/24"
via = "10.99.0.1"
dev = "{link}"
onlink = true
"""


class Pair:
    """We, who learn, and an internal neighbor that sends a route with a next hop behind a learned one."""

    def __init__(self, lab: Lab) -> None:
        one, other = lab.host("one"), lab.host("other")
        self.ours, theirs = lab.link(one, other, v4="192.0.2.0/24", v6=None)
        self.text = _ROUTER.format(ours=self.ours.v4, theirs=theirs.v4)
        self.one = Bgpd.with_file(one, self.text + _LEARN.format(policy="all")).start()
        config = _ROUTER.format(ours=theirs.v4, theirs=self.ours.v4) + _FAR.format(link=theirs.interface)
        self.other = Bgpd.with_file(other, config).start()

    def ip_route(self, *words: str) -> None:
        self.one.host.ip("route", *words)

    def told(self) -> set[str]:
        """Return what the neighbor has from us."""
        return {row["prefix"] for row in self.other.shown_routes("protocol", "other")}

    def gateway(self) -> str | None:
        """Return where the kernel sends what the neighbor announced."""
        row: dict[str, Any] = kernel_routes(self.one.host, "ipv4").get("198.51.100.0/24", {})
        return row.get("gateway")


def test_next_hops_hang_on_learned_routes(lab: Lab) -> None:
    """RFC 4271 §9.1.2.1: whoever knows the way to a next hop."""
    pair = Pair(lab)
    pair.ip_route("add", "10.99.0.0/16", "via", "192.0.2.7", "proto", "static")
    eventually(pair.gateway, equals="192.0.2.7")
    pair.ip_route("replace", "10.99.0.0/16", "via", "192.0.2.8", "proto", "static")
    eventually(pair.gateway, equals="192.0.2.8")
    pair.ip_route("add", "10.99.0.1/32", "via", "192.0.2.9", "metric", "5")
    eventually(pair.gateway, equals="192.0.2.9")
    pair.ip_route("del", "10.99.0.1/32")
    eventually(pair.gateway, equals="192.0.2.8")
    pair.ip_route("del", "10.99.0.0/16")
    eventually(pair.gateway, equals=None)


def test_neighbors_are_told_of_learned_routes(lab: Lab) -> None:
    """Also when the protocol is disabled, when its filter changes, and when a link goes down."""
    pair = Pair(lab)
    pair.ip_route("add", "10.1.0.0/16", "via", "192.0.2.7", "proto", "static")
    pair.ip_route("add", "10.2.0.0/16", "dev", pair.ours.interface, "proto", "80")
    pair.one.host.ip("link", "add", "side", "type", "bridge")
    pair.one.host.ip("link", "set", "side", "up")
    pair.ip_route("add", "10.3.0.0/16", "dev", "side", "proto", "static")
    both, side = {"10.1.0.0/16", "10.2.0.0/16"}, "10.3.0.0/16"
    eventually(pair.told, equals=both | {side})
    pair.one.ask("disable kernel1")
    eventually(pair.told, equals=set())
    pair.one.ask("enable kernel1")
    eventually(pair.told, equals=both | {side})
    pair.one.host.ip("link", "set", "side", "down")
    eventually(pair.told, equals=both)
    pair.one.host.ip("link", "set", "side", "up")
    pair.ip_route("add", "10.4.0.0/16", "dev", "side")
    eventually(pair.told, equals=both | {"10.4.0.0/16"})
    pair.one.host.ip("link", "delete", "side")
    pair.one.text = pair.text + _LEARN.format(policy="picky")
    pair.one.reconfigure()
    eventually(pair.told, equals={"10.1.0.0/16"})
    assert [row["prefix"] for row in pair.one.shown_routes("filtered")] == ["10.2.0.0/16"]
    assert kernel_routes(pair.one.host, "ipv4").keys() <= {"198.51.100.0/24"}
