"""What else BIRD can be told, beyond what Calico renders."""

from typing import Final

from tests.interop.drop_in.scenario import Peer, Scenario, text

ECMP: Final = Scenario(
    name="ecmp",
    node=text("ecmp"),
    peers=(
        Peer(name="tor", asn=65001, kind="Global", routes=("outside1", "outside2", "outside3")),
        Peer(
            name="second_tor",
            node="second_node",
            asn=65001,
            kind="Global",
            routes=("outside1", "outside2", "outside3", "outside4"),
            export="if net = $outside2 then bgp_path.prepend(65001); if net = $outside3 then bgp_med = 5;",
        ),
        Peer(name="peer4", asn=65003, kind="Global", routes=("outside1", "outside4")),
    ),
    commands=("show route $outside2 all", "show route $outside3 primary", "show route export kernel1 count"),
)
"""Several ways to a network, merged for the kernel."""

ADD_PATHS: Final = Scenario(
    name="add paths",
    node=text("add_paths"),
    peers=(
        Peer(name="peer2", channel="add paths on;", routes=("outside1", "outside2")),
        Peer(name="peer3", channel="add paths on;", routes=("outside1", "outside3")),
        Peer(name="peer4", channel="add paths rx;", routes=("outside1", "outside3")),
    ),
)
"""ADD-PATH (RFC 7911) in both directions, for a reflector; the kernel's table is not the main one."""

STATICS: Final = Scenario(
    name="statics",
    node=text("statics"),
    commands=(
        "show static static1",
        "show static second",
        "show static kernel1",
        "show static nosuch",
        "show symbols table",
        "show symbols function",
        "show symbols filter",
        "show symbols protocol",
        "show symbols template",
        "show symbols roa",
        "show symbols note",
        "show symbols SITE",
        "show symbols nosuch",
        "show route filter to_kernel all",
        "show route filter { if net ~ $pool then accept; reject; }",
        "show route where dest = RTD_BLACKHOLE",
        'show route where proto = "second"',
    ),
)
"""Routes of every kind in a static protocol, and what is attached to them."""

LEARNED: Final = Scenario(
    name="learned",
    node=text("learned"),
    kernel=(
        "address add $loopback/$bits dev lo",
        "route add $outside1 via $tor metric 100 proto static",
        "route add $outside1 via $second_tor metric 50 proto 99",
        "route add $outside2 dev cali1 proto 80",
        "route add blackhole $outside3 proto static",
        "route add unreachable $outside4 proto boot metric 20",
        "route add prohibit $services proto 42",
        "route add $block2 via $tor proto static mtu 1400 advmss 1300",
        "route add $block3 via $tor proto static src $second_node",
        "route add $block4 proto static nexthop via $tor weight 2 nexthop via $second_tor weight 1",
        "route add $workload1 dev cali1 proto kernel",
        "route add $default via $tor proto dhcp metric 1024",
    ),
    commands=("show route protocol kernel1 all", "show route where krt_metric > 40"),
)
"""Routes that others wrote into the kernel."""

LIMITS: Final = Scenario(
    name="limits",
    node=text("limits"),
    peers=(
        Peer(name="tor", asn=65001, kind="Global", routes=("outside1", "outside2", "outside3")),
        Peer(name="peer2", asn=65002, kind="Global", routes=("outside1", "outside2", "outside3")),
        Peer(
            name="peer3", asn=65003, kind="Global", routes=("outside1", "outside2", "outside3"), is_up=False
        ),
        Peer(name="peer4", asn=65004, kind="Global", routes=("outside4",)),
    ),
    commands=("show route filtered all", "show route filtered protocol Global_$tor_"),
)
"""Limits and what they do, and filtered routes that are kept."""

TABLES: Final = Scenario(
    name="tables",
    node=text("tables"),
    peers=(
        Peer(name="tor", asn=65001, kind="Global", routes=("outside1", "outside2")),
        Peer(name="peer2", asn=65002, kind="Global", routes=("outside1", "block3")),
    ),
    kernel=("route add $block4 via $tor proto static table 200",),
    commands=(
        "show route table others",
        "show route table others all",
        "show route table others export pipe1",
        "show route table others export Global_$tor_ all",
        "show route export pipe1",
        "show route table nosuch",
        "show route table others count",
        "show route table others for $inside1",
        "show route protocol pipe1",
    ),
)
"""Several tables with a pipe between two of them."""

STATES: Final = Scenario(
    name="states",
    node=text("states"),
    peers=(Peer(name="peer2", asn=65002, kind="Global", routes=("outside1",)),),
    commands=(
        "show protocols Passive",
        'show protocols "Pass*"',
        'show protocols all "*e*d"',
        'show protocols "nosuch*"',
        "show protocols nosuch",
        "show protocols all any",
        "show route export Disabled",
        "show route protocol Disabled",
        "show route export nosuch",
        "show route $inside1",
        "show route nonsense",
        "show route $outside1 $outside2",
        "show route where true where true",
        "show route for $inside1 for $inside1",
        "show route $other_family",
        "show route for 300.1.2.3",
        "show route protocol",
        "show route table",
        "show bfd sessions",
        "show roa",
        "show ospf",
        "show",
        "",
        "SHOW STATUS",
        "sh st",
        "show interfaces eth0",
        "show protocols all all",
    ),
)
"""Sessions that do not come up, and questions that have no answer."""

LANGUAGE: Final = (ECMP, ADD_PATHS, STATICS, LEARNED, LIMITS, TABLES, STATES)
