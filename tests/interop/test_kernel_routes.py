"""Routes of every form are in the kernel as BIRD 1.6 and BIRD 2.0 write them, and as Calico's BIRD does."""

from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple

import pytest

from tests.interop.kernel import AT_ONCE
from tests.interop.kernel_rows import FAR_NETWORK, OTHER, SECOND, Row, Task
from tests.interop.lab import Lab
from tests.interop.routers import FAMILIES, Bgpd, Bird1, Bird2, Family
from tests.interop.twins import Twin
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

TUNNEL: Final = 'krt_tunnel = "tunl0";'


@pytest.mark.parametrize("task", [Task(), Task(table=1000, metric=77)], ids=["main", "another"])
def test_every_form_is_as_bird_writes_it(lab: Lab, task: Task) -> None:
    """An option of the protocol goes before ``krt_metric``, with BIRD as with us."""
    Bird1.require()
    Bird2.require()
    twins = {name: Twin(lab, name, task) for name in ("bgpd", "bird1", "bird2")}
    twins["bgpd"].bgpd()
    twins["bird1"].bird1()
    twins["bird2"].bird2()
    for family in FAMILIES:
        ours = _all_routes(twins["bgpd"], task, family)
        for name in ("bird1", "bird2"):
            theirs = _all_routes(twins[name], task, family, name)
            unlike = {route.prefix for route in task.routes(family) if name in route.row.unlike}
            assert theirs.keys() >= ours.keys() - unlike
            assert {prefix: ours[prefix] for prefix in theirs if prefix not in unlike} == theirs


def _all_routes(twin: Twin, task: Task, family: Family, daemon: str = "bgpd") -> Mapping[str, str]:
    """Return what the daemon has written once it has heard both neighbors."""
    complete = partial(task.is_complete, family, daemon=daemon)
    return eventually(partial(twin.written, family), complete)


# What BIRD cannot write


class Golden(NamedTuple):
    """A route, and what is behind the prefix in the output of ``ip route``."""

    row: Row
    text: str
    without: str = ""
    """The same while there is no tunnel device, if that is different."""


_ELSEWHERE: Final = "2001:db8::7"
"""The kernel takes no IPv6 gateway on a device if one of its routes leads there by another."""
GOLDEN: Final = (
    Golden(
        Row("first", f"{TUNNEL} krt_metric = 1024;", ("ipv4",)),
        "via 10.10.0.2 dev tunl0 proto bird metric 1024 onlink",
        "via 10.10.0.2 dev eth0 proto bird metric 1024",
    ),
    Golden(
        Row("first", f"{TUNNEL} krt_metric = 2147483647 - bgp_local_pref; krt_mtu = 1400;", ("ipv4",)),
        "via 10.10.0.2 dev tunl0 proto bird metric 2147483547 onlink mtu 1400",
        "via 10.10.0.2 dev eth0 proto bird metric 2147483547 mtu 1400",
    ),
    Golden(
        Row("first", f"bgp_next_hop = 10.10.0.3; {TUNNEL}", ("ipv4",)),
        "via 10.10.0.3 dev tunl0 proto bird onlink",
        "via 10.10.0.2 dev eth0 proto bird",
    ),
    Golden(
        Row("far", TUNNEL, ("ipv4",)),
        "via 10.99.0.1 dev tunl0 proto bird onlink",
        "via 10.20.0.2 dev eth1 proto bird",
    ),
    Golden(
        Row("both", TUNNEL, ("ipv4",)),
        "proto bird nexthop via 10.10.0.2 dev tunl0 weight 1 onlink "
        "nexthop via 10.10.0.3 dev tunl0 weight 1 onlink",
        "proto bird nexthop via 10.10.0.2 dev eth0 weight 1 nexthop via 10.10.0.3 dev eth0 weight 1",
    ),
    Golden(
        Row("both", f"if bgp_next_hop = 10.10.0.3 then {TUNNEL}", ("ipv4",)),
        "proto bird nexthop via 10.10.0.2 dev eth0 weight 1 nexthop via 10.10.0.3 dev tunl0 weight 1 onlink",
        "proto bird nexthop via 10.10.0.2 dev eth0 weight 1 nexthop via 10.10.0.3 dev eth0 weight 1",
    ),
    Golden(
        Row("gateway", TUNNEL, ("ipv4",)),
        "via 10.10.0.2 dev tunl0 proto bird onlink",
        "via 10.10.0.2 dev eth0 proto bird",
    ),
    Golden(
        Row("weights", TUNNEL, ("ipv4",)),
        "proto bird nexthop via 10.20.0.2 dev tunl0 weight 10 onlink "
        "nexthop via 10.10.0.2 dev tunl0 weight 3 onlink",
        "proto bird nexthop via 10.20.0.2 dev eth1 weight 10 nexthop via 10.10.0.2 dev eth0 weight 3",
    ),
    Golden(
        Row("by ipv6", f"bgp_next_hop = {_ELSEWHERE}; {TUNNEL}", ("ipv4",)),
        f"via inet6 {_ELSEWHERE} dev tunl0 proto bird onlink",
        "via inet6 fd00:10::2 dev eth0 proto bird",
    ),
    Golden(
        Row("first", 'krt_tunnel = ""; krt_metric = 1024;', ("ipv4",)),
        "via 10.10.0.2 dev eth0 proto bird metric 1024",
    ),
    Golden(Row("first", 'krt_tunnel = "tunl9";', ("ipv4",)), "via 10.10.0.2 dev eth0 proto bird"),
    Golden(Row("device", TUNNEL, ("ipv4",)), "dev eth0 proto bird scope link"),
    Golden(Row("blackhole", TUNNEL, ("ipv4",)), "blackhole proto bird"),
    Golden(
        Row("several", "krt_realm = 5;", ("ipv4",)),
        "proto bird nexthop via 10.10.0.2 realm 5 dev eth0 weight 1 "
        "nexthop via 10.20.0.2 realm 5 dev eth1 weight 1",
    ),
    Golden(
        Row("first", f"bgp_next_hop = {_ELSEWHERE}; {TUNNEL}", ("ipv6",)),
        f"via {_ELSEWHERE} dev tunl0 proto bird metric 1024 onlink pref medium",
        "via fd00:10::2 dev eth0 proto bird metric 1024 pref medium",
    ),
    Golden(
        Row(
            "both",
            f"if bgp_next_hop = {SECOND['ipv6']} then {{ bgp_next_hop = {_ELSEWHERE}; {TUNNEL} }}",
            ("ipv6",),
        ),
        f"proto bird metric 1024 pref medium nexthop via {_ELSEWHERE} dev tunl0 weight 1 onlink "
        "nexthop via fd00:10::2 dev eth0 weight 1",
        "proto bird metric 1024 pref medium nexthop via fd00:10::2 dev eth0 weight 1 "
        "nexthop via fd00:10::3 dev eth0 weight 1",
    ),
    Golden(
        Row("gateway", 'krt_tunnel = "tunl9";', ("ipv6",)),
        "via fd00:10::2 dev eth0 proto bird metric 1024 pref medium",
    ),
    Golden(Row("blackhole", TUNNEL, ("ipv6",)), "blackhole dev lo proto bird metric 1024 pref medium"),
)
"""Upstream's BIRD knows no tunnels, Calico's leaves them out where there are several next hops; neither can
give several next hops a realm. What is alike is from captures of Calico's."""


def test_what_bird_cannot_write(lab: Lab) -> None:
    """Routes through a tunnel device follow it at once when it comes, goes, and comes back as another."""
    Bird2.require()
    task = Task(rows=[golden.row for golden in GOLDEN])
    twin = Twin(lab, "bgpd", task)
    _add_tunnel(twin)
    bgpd = twin.bgpd()
    for family in FAMILIES:
        eventually(partial(twin.written, family), equals=_expected(task, family, with_tunnel=True))
    eventually(
        partial(_explained, bgpd, "10.200.1.0/24"),
        equals="in the kernel: via 10.10.0.2 on tunl0 onlink (krt_tunnel of the export filter)",
    )
    twin.host.ip("link", "delete", "tunl0")
    eventually(
        partial(twin.written, "ipv4"), equals=_expected(task, "ipv4", with_tunnel=False), within=AT_ONCE
    )
    eventually(
        partial(_explained, bgpd, "10.200.1.0/24"),
        equals="in the kernel: via 10.10.0.2 on eth0 (krt_tunnel names tunl0, which this host has not)",
    )
    _add_tunnel(twin)
    for family in FAMILIES:
        eventually(
            partial(twin.written, family), equals=_expected(task, family, with_tunnel=True), within=AT_ONCE
        )


def _add_tunnel(twin: Twin) -> None:
    """Make something that is called tunl0: kernels may lack the tunnels of IPv4 in IPv4."""
    twin.host.ip("link", "add", "tunl0", "type", "veth", "peer", "name", "tunl0-peer")
    for name in ("tunl0-peer", "tunl0"):
        twin.host.ip("link", "set", name, "up")


def _expected(task: Task, family: Family, *, with_tunnel: bool) -> dict[str, str]:
    """Return the routes of ``GOLDEN``, and the one that leads to ``FAR``."""
    texts = {golden.row: golden.text if with_tunnel else golden.without or golden.text for golden in GOLDEN}
    found = {route.prefix: texts[route.row] for route in task.routes(family)}
    medium = " metric 1024 pref medium" if family == "ipv6" else ""
    return found | {FAR_NETWORK[family]: f"via {OTHER[family]} dev eth1 proto bird{medium}"}


def _explained(bgpd: Bgpd, prefix: str) -> str:
    """Return what is said of the kernel."""
    text = " ".join(" ".join(bgpd.ask(f"explain {prefix}")).split())
    return text.partition(" kernel1 ")[2].partition(" Neighbors ")[0]
