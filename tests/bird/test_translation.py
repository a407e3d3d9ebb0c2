"""What the other protocols and the statements of the whole daemon become, and what is remarked."""

import dataclasses
from pathlib import Path

import pytest

from bgpd.config import (
    DaemonSettings,
    DeviceSettings,
    DirectSettings,
    KernelSettings,
    PipeSettings,
    StaticNextHop,
    StaticRoute,
    StaticSettings,
    TimeFormat,
)
from bgpd.settings import LogSettings
from kernel_sync.types import RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address, parse_prefix
from tests.bird.conftest import LoadText

IPV4 = (IPV4_UNICAST,)
EVERY_CLASS = frozenset(("debug", "trace", "info", "remote", "warning", "error", "auth", "fatal", "bug"))
GATEWAY = bytes((192, 0, 2, 1))
OTHER_GATEWAY = bytes((192, 0, 2, 2))
KERNEL = KernelSettings(
    name="kernel1",
    family=IPV4_UNICAST,
    table=254,
    metric=0,
    persist=False,
    merge_paths=1,
    rib_table="master",
    import_filter="all",
    export_filter="none",
    guard=False,
)
PIPE = PipeSettings("pipe1", "master", "t", "transparent", "all", "none", 70, IPV4)
DIRECT = DirectSettings("direct1", ("*",), families=IPV4)
DAEMON = "protocol device {}"


def static(prefix: str, kind: RouteKind, *next_hops: StaticNextHop, check_link: bool = False) -> StaticRoute:
    family, key = parse_prefix(prefix)
    return StaticRoute(family, key, kind, next_hops, check_link=check_link)


def via(address: bytes = b"", interface: str | None = None, weight: int = 1) -> StaticNextHop:
    return StaticNextHop(address, interface, onlink=False, weight=weight)


def settings_of(load_text: LoadText, text: str) -> DaemonSettings:
    settings: DaemonSettings = load_text(text).settings
    return settings


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("", {}),
        ("export all; import none; table t; disabled; description \"d\"; debug { states };",
         {"export_filter": "all", "import_filter": "none", "rib_table": "t", "disabled": True,
          "description": "d", "traces": frozenset({"states"})}),
        ("learn; persist; metric 7; kernel table 100;",
         {"learn": True, "persist": True, "metric": 7, "table": 100}),
        ("scan time 2;", {"check_interval": 60}),
        ("scan time 0;", {"check_interval": 0}),
        ("merge paths;", {"merge_paths": 16}),
        ("merge paths on limit 4;", {"merge_paths": 4}),
        ("merge paths on limit 4; merge paths off;", {"merge_paths": 1}),
        ("graceful restart; preference 10; device routes off;", {}),
        ("device routes;", {"device_routes": True}),
        ("export where net.len < 25;", {"export_filter": "kernel1.export"}),
    ],
)  # fmt: skip
def test_kernel(load_text: LoadText, text: str, changes: dict[str, object]) -> None:
    settings = settings_of(load_text, f"table t; protocol kernel {{ {text} }}")
    assert settings.kernels == (dataclasses.replace(KERNEL, **changes),)  # type: ignore[arg-type]  # of a table
    assert settings.remarks == ()


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("", {}),
        ("interface -\"cali*\", \"eth*\" 10.0.0.0/8, 192.0.2.1;",
         {"interfaces": ("-cali*", "eth* 10.0.0.0/8", "192.0.2.1/32")}),
        ("interface \"a\"; interface \"b\";", {"interfaces": ("a", "b")}),
        ("interface -\"a*\", \"*\"; interface \"ab\";", {"interfaces": ("ab", "-a*", "*")}),
        ("check link; preference 5; table t; import none; disabled;",
         {"check_link": True, "preference": 5, "table": "t", "import_filter": "none", "disabled": True}),
        ("export all; router id 5;", {}),
    ],
)  # fmt: skip
def test_direct(load_text: LoadText, text: str, changes: dict[str, object]) -> None:
    settings = settings_of(load_text, f"table t; protocol direct {{ {text} }}")
    assert settings.directs == (dataclasses.replace(DIRECT, **changes),)  # type: ignore[arg-type]  # of a table
    assert settings.remarks == ()


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("protocol device { scan time 2; }", DeviceSettings()),
        ("protocol device d { primary \"eth*\" 10.0.0.1; primary 10.0.0.0/8; disabled; debug all; }",
         DeviceSettings("d", ("eth* 10.0.0.1/32", "10.0.0.0/8"), disabled=True, traces=frozenset(
             {"states", "routes", "filters", "interfaces", "events", "packets"}))),
        ("protocol static {}", None),
    ],
)  # fmt: skip
def test_device(load_text: LoadText, text: str, device: DeviceSettings | None) -> None:
    assert settings_of(load_text, text).device == device


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("peer table t;", {}),
        ("peer table t; export all; import none;", {"export_filter": "all", "import_filter": "none"}),
        ("peer table t; mode opaque; preference 7;", {"mode": "opaque", "preference": 7}),
        ("peer table t; preference 7;", {}),
        ("peer table master; table t; disabled;", {"table": "t", "peer_table": "master", "disabled": True}),
    ],
)
def test_pipe(load_text: LoadText, text: str, changes: dict[str, object]) -> None:
    settings = settings_of(load_text, f"table t; protocol pipe {{ {text} }}")
    assert settings.tables == ("master", "t")
    assert settings.pipes == (dataclasses.replace(PIPE, **changes),)  # type: ignore[arg-type]  # of a table
    assert settings.remarks == ()


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("route 10.0.0.0/8 blackhole;", static("10.0.0.0/8", RouteKind.BLACKHOLE)),
        ("route 10.0.0.0/8 drop;", static("10.0.0.0/8", RouteKind.BLACKHOLE)),
        ("route 10.0.0.0/8 unreachable;", static("10.0.0.0/8", RouteKind.UNREACHABLE)),
        ("route 10.0.0.0/8 reject;", static("10.0.0.0/8", RouteKind.UNREACHABLE)),
        ("route 10.0.0.0:255.0.0.0 prohibit;", static("10.0.0.0/8", RouteKind.PROHIBIT)),
        ("route 10.0.0.0/8 via 192.0.2.1;", static("10.0.0.0/8", RouteKind.UNICAST, via(GATEWAY))),
        ("route 10.0.0.0/8 recursive 192.0.2.9;",
         dataclasses.replace(static("10.0.0.0/8", RouteKind.UNICAST), recursive=parse_address("192.0.2.9"))),
        ("route 10.0.0.0/8 via \"eth0\";", static("10.0.0.0/8", RouteKind.UNICAST, via(b"", "eth0"))),
        ("route 10.0.0.0/8 via 192.0.2.1%eth0;",
         static("10.0.0.0/8", RouteKind.UNICAST, via(GATEWAY, "eth0"))),
        ("route 10.0.0.0/8 multipath via 192.0.2.1 weight 3 via 192.0.2.2%eth0;",
         static("10.0.0.0/8", RouteKind.UNICAST, via(GATEWAY, weight=3), via(OTHER_GATEWAY, "eth0"))),
        ("check link; route 10.0.0.0/8 via \"eth0\";",
         static("10.0.0.0/8", RouteKind.UNICAST, via(b"", "eth0"), check_link=True)),
    ],
)  # fmt: skip
def test_static_routes(load_text: LoadText, route: str, expected: StaticRoute) -> None:
    settings = settings_of(load_text, f"protocol static {{ {route} }}")
    assert settings.statics == (StaticSettings("static1", (expected,), families=IPV4),)
    assert settings.remarks == ()


def test_static_protocols(load_text: LoadText) -> None:
    settings = settings_of(load_text, """
        table t;
        protocol static { table t; preference 7; import none; description "d"; disabled; }
        protocol static blue { route 10.0.0.0/8 drop; }
    """)  # fmt: skip
    first, second = settings.statics
    assert first == StaticSettings(
        "static1", (), "t", 7, IPV4, import_filter="none", description="d", disabled=True
    )
    assert second == StaticSettings("blue", (static("10.0.0.0/8", RouteKind.BLACKHOLE),), families=IPV4)


def test_of_two_routes_to_a_prefix_both_are_listed(load_text: LoadText) -> None:
    settings = settings_of(load_text, "protocol static { route 10.0.0.0/8 drop; route 10.0.0.0/8 reject; }")
    assert [route.kind for route in settings.statics[0].routes] == [
        RouteKind.BLACKHOLE,
        RouteKind.UNREACHABLE,
    ]


def test_statements_that_change_a_route(load_text: LoadText) -> None:
    settings = settings_of(
        load_text, "protocol static { route 10.0.0.0/8 drop { krt_metric = 5; bfd; bgp_med = 6; }; }"
    )
    change = settings.statics[0].routes[0].change
    assert change is not None
    assert len(change.body.statements) == 2
    assert change.at.file == "bird.conf"
    assert settings.remarks == ("bird.conf:1 route: BFD is not supported",)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("", {"router_id": None, "listen": ("0.0.0.0",), "port": 179, "stop": "withdraw", "metrics": None,
              "dialect": "bird", "order": ("device1",), "logs": (), "time_formats": {}, "asn": 64512}),
        ("router id 192.0.2.1; router id 5;", {"router_id": 5}),
        ("router id 0;", {"router_id": None}),
        ("listen bgp port 177;", {"port": 177, "listen": ("0.0.0.0",)}),
        ("listen bgp address 192.0.2.1 port 150;", {"port": 150, "listen": ("192.0.2.1",)}),
        ("listen bgp port 150; listen bgp address 192.0.2.1;", {"port": 150, "listen": ("192.0.2.1",)}),
        ("table b; table a;", {"tables": ("master", "b", "a")}),
        ("debug commands 0;", {"restart_wait": 240}),
        ("graceful restart wait 5; graceful restart wait 6;", {"restart_wait": 6}),
        ("log stderr all; log syslog { info, warning };",
         {"logs": (LogSettings("stderr", "", EVERY_CLASS),
                   LogSettings("syslog", "bird", frozenset({"info", "warning"})))}),
        ("log syslog name \"x\" all;", {"logs": (LogSettings("syslog", "x", EVERY_CLASS),)}),
        ("log \"/var/log/bird\" all;", {"logs": (LogSettings("file", "/var/log/bird", EVERY_CLASS),)}),
        ("timeformat route iso long;", {"time_formats": {"route": TimeFormat("%F %T")}}),
        ("timeformat protocol old short;",
         {"time_formats": {"protocol": TimeFormat("%H:%M", 72000, "%b%d")}}),
        ("timeformat base \"%T\";", {"time_formats": {"base": TimeFormat("%T")}}),
        ("timeformat log \"%T\" 60 \"%F\";", {"time_formats": {"log": TimeFormat("%T", 60, "%F")}}),
        ("timeformat log \"now\";", {"time_formats": {"log": TimeFormat("now", 0xFFFFFFFF, "now")}}),
    ],
)  # fmt: skip
def test_the_whole_daemon(load_text: LoadText, text: str, changes: dict[str, object]) -> None:
    settings = settings_of(load_text, f"{text} {DAEMON}")
    assert {key: getattr(settings, key) for key in changes} == changes
    assert settings.remarks == ()


def test_a_log_file_lies_where_the_daemon_is_started(load_text: LoadText) -> None:
    settings = settings_of(load_text, f'log "bird.log" all; {DAEMON}')
    assert settings.logs[0].name == str(Path.cwd() / "bird.log")


def test_protocols_are_listed_as_they_are_written(load_text: LoadText) -> None:
    text = "protocol static {} template direct t {} protocol kernel {} protocol direct from t {}"
    settings = settings_of(load_text, text)
    assert settings.order == ("static1", "kernel1", "direct1")
    assert [protocol.name for protocol in settings.protocols] == ["static1", "kernel1", "direct1"]
    assert settings.symbols == {
        "master": "routing table",
        "static1": "protocol",
        "t": "protocol template",
        "kernel1": "protocol",
        "direct1": "protocol",
    }


def test_without_a_direct_protocol_there_is_none(load_text: LoadText) -> None:
    settings = settings_of(load_text, DAEMON)
    assert (settings.directs, settings.kernels, settings.statics) == ((), (), ())


def test_traces_of_all_protocols_are_those_of_the_protocols_that_follow(load_text: LoadText) -> None:
    """BIRD takes the default when a protocol begins; one that copies a template has what that has."""
    settings = settings_of(load_text, """
        protocol static a {}
        template static t {}
        debug protocols { states };
        protocol static b {}
        protocol static c { debug off; }
        protocol static d from t {}
        debug protocols off;
        protocol static e from b {}
        protocol static f {}
    """)  # fmt: skip
    assert [each.name for each in settings.statics if each.traces] == ["b", "e"]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("debug commands 2;", "debug commands: commands are not logged"),
        ("debug latency;", "debug latency: is not supported; there is a metric of the longest callback"),
        ("watchdog timeout 5 s;", "watchdog timeout: is not supported"),
        ("mrtdump \"x\";", "mrtdump: nothing is dumped in MRT format"),
        ("mrtdump protocols all;", "mrtdump protocols: nothing is dumped in MRT format"),
        ("router id from \"eth*\";", "router id from: the lowest address of any interface is taken"),
        ("listen bgp dual;", "listen bgp: dual is not supported"),
        ("listen bgp port 70000;", "listen bgp: port 70000 is taken as 65535"),
        ("protocol bfd {}", "protocol bfd bfd1: BFD is not supported"),
        ("protocol kernel { preference 7; }",
         "preference: the preference of routes that are learned is 10"),
        ("protocol static { import limit 5; }", "import limit: only BGP neighbors have limits"),
        ("protocol static { vrf \"x\"; }", "vrf: only BGP neighbors are bound to a VRF"),
        ("protocol static { import keep filtered; }",
         "import keep filtered: only routes of BGP neighbors are kept"),
        ("protocol bgp b { local as 1; neighbor 192.0.2.2 as 2; check link; }",
         "check link: a session does not end with the carrier, but when its hold timer expires"),
        ("protocol static { igp table master; }", "igp table: recursive routes follow their own table"),
        ("protocol direct { interface -\"a\", \"*\"; interface -\"b\", \"*\"; }",
         "interface: what it leaves out is left out of the lists behind it, too"),
    ],
)  # fmt: skip
def test_what_is_not_done_is_remarked(load_text: LoadText, text: str, remark: str) -> None:
    settings = settings_of(load_text, f"{DAEMON}\n{text}\n")
    assert settings.remarks == (f"bird.conf:2 {remark}",)
    assert settings.notices() == settings.remarks


def test_the_families_of_the_second_program(load_text: LoadText) -> None:
    text = """router id 1; table t; protocol kernel {} protocol direct {} protocol pipe { peer table t; }
              protocol static { route 2001:db8::/32 drop; }"""
    settings = load_text(text, bits=128).settings
    assert settings.listen == ("::",)
    assert settings.kernels[0].family is IPV6_UNICAST
    assert settings.directs[0].families == settings.pipes[0].families == (IPV6_UNICAST,)
    assert settings.statics[0].routes == (static("2001:db8::/32", RouteKind.BLACKHOLE),)
