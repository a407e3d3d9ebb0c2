"""What statements are read as: their words, and the value of each."""

from typing import Any

import pytest

from bgpd.bird.tree import (
    BfdNeighbor,
    InterfacePattern,
    Listen,
    Local,
    Log,
    MergePaths,
    Neighbor,
    NextHop,
    PrimaryAddress,
    RouteLimit,
    StaticRoute,
    Table,
    TimeFormat,
)
from rib.filters.syntax import Filter, Verdict
from rib.filters.values import Address, Prefix
from tests.bird.conftest import ReadText

GATEWAY = Address(bytes((192, 0, 2, 1)))
SECOND = Address(bytes((192, 0, 2, 2)))
TEN = Prefix(Address(bytes((10, 0, 0, 0))), 8)
HOST = Prefix(GATEWAY, 32)
TRACED = frozenset({"states", "routes", "filters", "interfaces", "events", "packets"})
CLASSES = frozenset({"debug", "trace", "info", "remote", "warning", "error", "auth", "fatal", "bug"})
CONSTANTS = 'define five = 5; define far = 192.0.2.1; define label = "it"; table other;'

TOP_LEVEL: list[tuple[str, str, Any]] = [
    ("router id 192.0.2.1;", "router id", 0xC0000201),
    ("router id far;", "router id", 0xC0000201),
    ("router id (2 + 3);", "router id", 5),
    ('router id from -"eth*", 10.0.0.0/8;', "router id from", (
        InterfacePattern("eth*", None, True), InterfacePattern(None, TEN, False))),
    ("listen bgp;", "listen bgp", ()),
    ("listen bgp address far port five dual;", "listen bgp", (
        Listen("address", GATEWAY), Listen("port", 5), Listen("dual"))),
    ("listen bgp v6only;", "listen bgp", (Listen("v6only"),)),
    ("log stderr all;", "log", Log("stderr", None, CLASSES)),
    ("log syslog name label { info, bug };", "log", Log("syslog", "it", frozenset({"info", "bug"}))),
    ('log "/no/such/folder" { auth };', "log", Log("file", "/no/such/folder", frozenset({"auth"}))),
    ("debug protocols all", "debug protocols", TRACED),
    ("debug protocols { states, packets };", "debug protocols", frozenset({"states", "packets"})),
    ("debug protocols off;", "debug protocols", frozenset()),
    ("debug commands 2", "debug commands", 2),
    ("debug latency on;", "debug latency", True),
    ("debug latency limit 5 ms;", "debug latency limit", 5000),
    ("watchdog warning 5 s;", "watchdog warning", 5_000_000),
    ("watchdog timeout 5 us;", "watchdog timeout", 5),
    ("mrtdump label;", "mrtdump", "it"),
    ("mrtdump protocols { states };", "mrtdump protocols", frozenset({"states"})),
    ("graceful restart wait 240;", "graceful restart wait", 240),
    ("timeformat base iso long;", "timeformat base", TimeFormat("iso long")),
    ('timeformat log "%T" 3600 "%F";', "timeformat log", TimeFormat("%T", 3600, "%F")),
    ('timeformat route "%T";', "timeformat route", TimeFormat("%T")),
]  # fmt: skip

SETTINGS: list[tuple[str, str, str, Any]] = [
    # Every protocol.
    ("device", "preference five;", "preference", 5),
    ("device", "disabled;", "disabled", True),
    ("device", "disabled no;", "disabled", False),
    ("device", "disabled 0;", "disabled", False),
    ("device", "debug all;", "debug", TRACED),
    ("device", "mrtdump { messages };", "mrtdump", frozenset({"messages"})),
    ("device", "import all;", "import", True),
    ("device", "export none;", "export", False),
    ("device", "receive limit 10;", "receive limit", RouteLimit(10, "disable")),
    ("device", "import limit 10 action warn;", "import limit", RouteLimit(10, "warn")),
    ("device", "export limit off;", "export limit", RouteLimit(None)),
    ("device", "import keep filtered;", "import keep filtered", True),
    ("device", 'vrf "red";', "vrf", "red"),
    ("device", "vrf default;", "vrf", None),
    ("device", "table other;", "table", "other"),
    ("device", "router id five;", "router id", 5),
    ("device", "description label;", "description", "it"),
    # Interfaces and the kernel.
    ("device", "scan time 2;", "scan time", 2),
    ("device", 'primary "eth0" 10.0.0.0/8;', "primary", PrimaryAddress("eth0", TEN)),
    ("device", "primary far;", "primary", PrimaryAddress(None, HOST)),
    ("direct", 'interface -"cali*", "eth*" 10.0.0.0/8;', "interface", (
        InterfacePattern("cali*", None, True), InterfacePattern("eth*", TEN, False))),
    ("direct", "check link;", "check link", True),
    ("kernel", "learn; persist; device routes off;", "device routes", False),
    ("kernel", "graceful restart;", "graceful restart", True),
    ("kernel", "merge paths on limit five;", "merge paths", MergePaths(True, 5)),
    ("kernel", "merge paths;", "merge paths", MergePaths(True, None)),
    ("kernel", "kernel table 100; metric 32;", "kernel table", 100),
    ("pipe", "peer table other; mode transparent;", "peer table", "other"),
    # Static routes.
    ("static", "route 10.0.0.0/8 via 192.0.2.1;", "route", StaticRoute(TEN, "via", (NextHop(GATEWAY),))),
    ("static", "route 10.0.0.0:255.0.0.0 via far%eth0;", "route",
        StaticRoute(TEN, "via", (NextHop(GATEWAY, "eth0"),))),
    ("static", 'route 10.0.0.0/8 via "eth0";', "route", StaticRoute(TEN, "interface", interface="eth0")),
    ("static", "route 10.0.0.0/8 recursive far;", "route", StaticRoute(TEN, "recursive", recursive=GATEWAY)),
    ("static", "route 10.0.0.0/8 multipath via far weight 3 via 192.0.2.2 bfd;", "route",
        StaticRoute(TEN, "via", (NextHop(GATEWAY, weight=3), NextHop(SECOND, bfd=True)))),
    ("static", "route 10.0.0.0/8 blackhole;", "route", StaticRoute(TEN, "blackhole")),
    ("static", "route 10.0.0.0/8 drop;", "route", StaticRoute(TEN, "blackhole")),
    ("static", "route 10.0.0.0/8 unreachable;", "route", StaticRoute(TEN, "unreachable")),
    ("static", "route 10.0.0.0/8 reject;", "route", StaticRoute(TEN, "unreachable")),
    ("static", "route 10.0.0.0/8 prohibit;", "route", StaticRoute(TEN, "prohibit")),
    ("static", "route 10.0.0.0/8 via far { bfd; };", "route",
        StaticRoute(TEN, "via", (NextHop(GATEWAY),), bfd=True)),
    ("static", "igp table other;", "igp table", "other"),
    # BFD.
    ("bfd", "neighbor 192.0.2.1 local 192.0.2.2 multihop;", "neighbor",
        BfdNeighbor(GATEWAY, None, SECOND, True)),
    ("bfd", 'neighbor 192.0.2.1 dev "eth0";', "neighbor", BfdNeighbor(GATEWAY, "eth0", None, False)),
]  # fmt: skip

BGP: list[tuple[str, str, Any]] = [
    ("local 192.0.2.1 as 5;", "local", Local(GATEWAY, 5)),
    ("neighbor port 1790;", "neighbor", Neighbor(None, port=1790)),
    ('interface "eth0"; direct;', "interface", "eth0"),
    ("multihop;", "multihop", 64),
    ("multihop 3;", "multihop", 3),
    ("source address far;", "source address", GATEWAY),
    ("next hop self;", "next hop", "self"),
    ("missing lladdr ignore;", "missing lladdr", "ignore"),
    ("gateway recursive;", "gateway", "recursive"),
    ("ttl security on;", "ttl security", True),
    ("password label;", "password", "it"),
    ("passive on;", "passive", True),
    ("rr client; rr cluster id 192.0.2.1;", "rr cluster id", 0xC0000201),
    ("add paths on;", "add paths", True),
    ("add paths tx;", "add paths", "tx"),
    ("allow local as;", "allow local as", None),
    ("allow local as 3;", "allow local as", 3),
    ("graceful restart;", "graceful restart", True),
    ("graceful restart aware;", "graceful restart", "aware"),
    ("graceful restart time 120;", "graceful restart time", 120),
    ("long lived stale time 7;", "long lived stale time", 7),
    ("error wait time 5,30;", "error wait time", (5, 30)),
    ("disable after cease { cease, prefix limit hit, out of resources };", "disable after cease",
        frozenset({"cease", "prefix limit hit", "out of resources"})),
    ("disable after cease off;", "disable after cease", False),
    ("default bgp_med 10;", "default bgp_med", 10),
    ("bfd off;", "bfd", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "value"), TOP_LEVEL)
def test_top_level(read_text: ReadText, text: str, name: str, value: object) -> None:
    result = read_text(f"{CONSTANTS} {text} protocol device {{}}")
    assert result.error is None
    assert [item[:2] for item in result.configuration.items] == [(name, value)]


@pytest.mark.parametrize(
    ("kind", "text", "name", "value"),
    [*SETTINGS, *(("bgp", f"local as 5; neighbor 192.0.2.9 as 5; {text}", *rest) for text, *rest in BGP)],
)
def test_setting(read_text: ReadText, kind: str, text: str, name: str, value: object) -> None:
    needed = "peer table other;" if kind == "pipe" else ""
    result = read_text(f"{CONSTANTS} protocol {kind} {{ {text} {needed * ('peer' not in text)} }}")
    assert result.error is None
    assert result.configuration.protocols[0].value(name, "nothing") == value


def test_a_neighbor_may_be_said_in_two_statements(read_text: ReadText) -> None:
    result = read_text("protocol bgp { local as 5; neighbor 192.0.2.1%eth0 as 6; neighbor port 1790; }")
    (protocol,) = result.configuration.protocols
    assert list(protocol.values("neighbor")) == [
        Neighbor(GATEWAY, "eth0", None, 6),
        Neighbor(None, port=1790),
    ]


@pytest.mark.parametrize(
    ("policy", "name"),
    [("filter f", "f"), ("filter { accept; }", None), ("filter int x; { x = 5; accept; }", None),
     ("where net ~ 10.0.0.0/8", None)],
)  # fmt: skip
def test_policies_are_filters(read_text: ReadText, policy: str, name: str | None) -> None:
    result = read_text(f"filter f {{ accept; }} protocol static {{ import {policy}; }}")
    tree = result.configuration.protocols[0].value("import")
    assert isinstance(tree, Filter)
    assert tree.name == name


def test_statements_behind_a_route_stay_as_they_are_written(read_text: ReadText) -> None:
    """The names in them are known (another row of the errors), but looked up when the routes are made."""
    route = "route 10.0.0.0/8 blackhole { bgp_med = med_of_all; bfd; accept; };"
    configuration = read_text(f"define med_of_all = 5; protocol static {{ {route} }}").configuration
    attributes = configuration.protocols[0].value("route").attributes
    change, verdict = attributes.body.statements
    assert change.value.name == "med_of_all"
    assert isinstance(verdict, Verdict)
    assert configuration.texts[attributes.at] == "bgp_med = med_of_all;\naccept;"


def test_tables(read_text: ReadText) -> None:
    result = read_text("table master sorted; table a table b sorted; protocol device {}")
    tables = (Table("master", True), Table("a"), Table("b", True))
    assert result.configuration.tables == {table.name: table for table in tables}


def test_definitions_may_be_used_at_once(read_text: ReadText) -> None:
    text = """
        define one = 1;
        function f(int x) int y; { y = x + one; print "y = ", y; return y; }
        roa table r { roa 10.0.0.0/8 max 16 as 5; }
        filter g { if roa_check(r) = ROA_VALID then accept; reject; }
        eval f(2);
        protocol static { preference (f(3) * 10); import filter g; }
    """
    result = read_text(text)
    assert result.printed == ("y = 3", "y = 4")
    assert result.error is None
    assert result.configuration.protocols[0].value("preference") == 40
