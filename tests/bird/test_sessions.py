"""``protocol bgp``: what every statement becomes in our settings, and what is remarked."""

from typing import Any

import pytest

from bgpd.config import NeighborSettings, PrefixLimit
from tests.bird.conftest import LoadText

INTERNAL = "local as 64512; neighbor 192.0.2.2 as 64512;"
EXTERNAL = "local as 64512; neighbor 192.0.2.2 as 65001;"
INTERNAL_IPV6 = "local as 64512; neighbor 2001:db8::2 as 64512;"
LINK_LOCAL = "local as 64512; neighbor fe80::2%eth0 as 65001;"
ALL = frozenset({"states", "routes", "filters", "interfaces", "events", "packets"})
LIMIT = PrefixLimit(
    imported=None, received=None, exported=None, action="disable", warn_at=100, restart_after=60
)


def limit(**values: Any) -> dict[str, object]:
    fields = {name: getattr(LIMIT, name) for name in PrefixLimit.__slots__}
    return {"max_prefixes": PrefixLimit(**(fields | values))}


def neighbor(load_text: LoadText, text: str, bits: int = 32) -> tuple[NeighborSettings, tuple[str, ...]]:
    settings = load_text(f"router id 192.0.2.1; protocol bgp {{ {text} }}", bits=bits).settings
    return settings.neighbors[0], settings.remarks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Defaults that are BIRD's, and not ours.
        (INTERNAL, {"name": "bgp1", "address": "192.0.2.2", "asn": 64512, "local_asn": 64512, "port": 179,
                    "hold_time": 240, "keepalive_time": None, "keep_filtered": False, "policy_missing": (),
                    "import_filter": "all", "export_filter": "none", "multihop": 64, "gateway": "recursive",
                    "extended_messages": False, "max_prefixes": None, "error_wait": (60, 300),
                    "preference": 100, "table": "master", "shutdown": None, "traces": frozenset(),
                    "next_hop": "auto", "passive": False, "add_path_send": False}),
        (EXTERNAL, {"multihop": 0, "gateway": "direct", "policy_missing": (), "ttl_security": False}),
        # Who and where.
        ("local as 1; local as 2; neighbor 192.0.2.2 as 3; neighbor as 4 port 5;",
         {"local_asn": 2, "asn": 4, "port": 5}),
        ("local 192.0.2.1 as 1; neighbor 192.0.2.2 as 3;", {"source_address": "192.0.2.1"}),
        (f"{INTERNAL} source address 192.0.2.1;", {"source_address": "192.0.2.1"}),
        (f"source address 192.0.2.7; {INTERNAL} local 192.0.2.1 as 5;", {"source_address": "192.0.2.1"}),
        (f"{EXTERNAL} interface \"eth0\";", {"device": "eth0"}),
        ("local as 1; neighbor 192.0.2.2%eth1 as 2;", {"device": "eth1"}),
        (f"{EXTERNAL} vrf \"blue\";", {"device": "blue"}),
        (f"{EXTERNAL} vrf default;", {"device": None}),
        (f"{INTERNAL} direct;", {"multihop": 0, "gateway": "direct"}),
        (f"{INTERNAL} direct; gateway recursive;", {"multihop": 0, "gateway": "recursive"}),
        (f"{EXTERNAL} multihop;", {"multihop": 64, "gateway": "recursive"}),
        (f"{EXTERNAL} direct; multihop 3;", {"multihop": 3, "gateway": "recursive"}),
        (f"{INTERNAL} ttl security on; multihop 2;", {"ttl_security": True, "multihop": 2}),
        (f"{INTERNAL} router id 192.0.2.9;", {"router_id": 0xC0000209}),
        # How.
        (f"{INTERNAL} description \"a\tb\";", {"description": "a b"}),
        (f"{INTERNAL} disabled;", {"shutdown": ""}),
        (f"{INTERNAL} password \"secret\";", {"password": b"secret"}),
        (f"{INTERNAL} password \"\";", {"password": None}),
        (f"{INTERNAL} passive;", {"passive": True}),
        (f"{INTERNAL} hold time 30; keepalive time 7;", {"hold_time": 30, "keepalive_time": 7}),
        (f"{INTERNAL} hold time 0; keepalive time 7;", {"hold_time": 0, "keepalive_time": None}),
        (f"{INTERNAL} keepalive time 0;", {"keepalive_time": None}),
        (f"{INTERNAL} startup hold time 7; connect delay time 2; connect retry time 5;",
         {"startup_hold_time": 7, "connect_delay": 2, "connect_retry": 5}),
        (f"{INTERNAL} connect delay time 2; start delay time 3;", {"connect_delay": 3}),
        (f"{INTERNAL} error wait time 5,30;", {"error_wait": (5, 30)}),
        (f"{INTERNAL} error forget time 7;", {"error_forget": 7}),
        (f"{INTERNAL} error wait time 30,5;", {"error_wait": (30, 30)}),
        (f"{INTERNAL} debug {{ states, packets }};", {"traces": frozenset({"states", "packets"})}),
        (f"{INTERNAL} debug all;", {"traces": ALL}),
        (f"{INTERNAL} debug all; debug off;", {"traces": frozenset()}),
        # What is offered.
        (INTERNAL, {"graceful_restart": "helper", "graceful_restart_time": 120}),
        (f"{INTERNAL} graceful restart;", {"graceful_restart": "full"}),
        (f"{INTERNAL} graceful restart aware;", {"graceful_restart": "helper"}),
        (f"{INTERNAL} graceful restart off;", {"graceful_restart": "off"}),
        (f"{INTERNAL} graceful restart time 300;", {"graceful_restart_time": 300}),
        (f"{INTERNAL} add paths on;", {"add_path_receive": True, "add_path_send": True}),
        (f"{INTERNAL} add paths rx;", {"add_path_receive": True, "add_path_send": False}),
        (f"{INTERNAL} add paths tx;", {"add_path_receive": False, "add_path_send": True}),
        (f"{INTERNAL} enable extended messages;", {"extended_messages": True}),
        (f"{INTERNAL} capabilities off; add paths on;", {"capabilities": False, "add_path_receive": False}),
        # Which routes, and what they become.
        (f"{INTERNAL} import none; export all;", {"import_filter": "none", "export_filter": "all"}),
        (f"{INTERNAL} import where net.len < 25; export filter {{ reject; }};",
         {"import_filter": "bgp1.import", "export_filter": "bgp1.export"}),
        (f"{INTERNAL} preference 7; import keep filtered;", {"preference": 7, "keep_filtered": True}),
        (f"{INTERNAL} next hop self;", {"next_hop": "self"}),
        (f"{EXTERNAL} next hop keep;", {"next_hop": "keep"}),
        (f"{INTERNAL} default bgp_med 5; default bgp_local_pref 7;",
         {"default_med": 5, "default_local_pref": 7}),
        (f"{INTERNAL} allow local as 3;", {"allow_local_as": 3}),
        (f"{INTERNAL} allow local as;", {"allow_local_as": 255}),
        (f"{INTERNAL} rr client; rr cluster id 244.0.0.1;",
         {"route_reflector_client": True, "cluster_id": 0xF4000001}),
        (f"{INTERNAL} rr client;", {"route_reflector_client": True, "cluster_id": None}),
        (f"{EXTERNAL} rr cluster id 244.0.0.1; rs client;",
         {"route_reflector_client": False, "cluster_id": None, "route_server_client": True}),
        # Limits.
        (f"{INTERNAL} import limit 5;", limit(imported=5)),
        (f"{INTERNAL} receive limit 5 action warn; export limit off;", limit(received=5, action="warn")),
        (f"{INTERNAL} export limit 5 action block;", limit(exported=5, action="block")),
        (f"{INTERNAL} route limit 5; error wait time 7,9;",
         limit(imported=5, action="restart", restart_after=7)),
        (f"{INTERNAL} import limit 5 action warn; import limit off;", {"max_prefixes": None}),
        # Calico's words for what is the default, or of which nothing is said.
        (f"{INTERNAL} graceful restart; graceful restart time 5; deterministic med; setkey;", {}),
        (f"{INTERNAL}", {"long_lived_graceful_restart": "helper", "long_lived_stale_time": 3600}),
        (f"{INTERNAL} long lived graceful restart aware; long lived stale time 6;",
         {"long_lived_graceful_restart": "helper", "long_lived_stale_time": 6}),
        (f"{INTERNAL} long lived graceful restart; graceful restart;",
         {"long_lived_graceful_restart": "full", "graceful_restart": "full"}),
        (f"{INTERNAL} long lived graceful restart off;", {"long_lived_graceful_restart": "off"}),
    ],
)  # fmt: skip
def test_a_statement_becomes_a_setting(load_text: LoadText, text: str, expected: dict[str, object]) -> None:
    settings, remarks = neighbor(load_text, text)
    assert {key: getattr(settings, key) for key in expected} == expected
    assert remarks == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (INTERNAL_IPV6, {"address": "2001:db8::2", "interface": None}),
        (LINK_LOCAL, {"address": "fe80::2", "interface": "eth0", "device": None}),
        (f"{LINK_LOCAL} interface \"eth1\";", {"address": "fe80::2", "interface": "eth1"}),
        (f"{INTERNAL_IPV6} router id 192.0.2.9;", {"router_id": 0xC0000209}),
    ],
)  # fmt: skip
def test_neighbors_of_ipv6(load_text: LoadText, text: str, expected: dict[str, object]) -> None:
    settings, remarks = neighbor(load_text, text, bits=128)
    assert {key: getattr(settings, key) for key in expected} == expected
    assert [family.name for family in settings.families] == ["ipv6"]
    assert remarks == ()


@pytest.mark.parametrize(
    ("text", "expected", "remark"),
    [
        # Numbers that BIRD takes, and that make no sense.
        ("hold time 2;", {"hold_time": 3}, "hold time: 2 is taken as 3"),
        ("hold time 70000;", {"hold_time": 65535}, "hold time: 70000 is taken as 65535"),
        ("hold time 9; keepalive time 9;", {"keepalive_time": 8}, "keepalive time: 9 is taken as 8"),
        ("connect retry time 0;", {"connect_retry": 1}, "connect retry time: 0 is taken as 1"),
        ("import limit 0;", limit(imported=1), "import limit: 0 is taken as 1"),
        ("allow local as 300;", {"allow_local_as": 255}, "allow local as: 300 is taken as 255"),
        # What is done in another way.
        ("import limit 5 action warn; export limit 6;", limit(imported=5, exported=6),
         "import limit: there is one action for all limits of a neighbor, disable"),
        ("disable after error;", {}, "disable after error: is not supported; the session is tried again"),
        ("disable after cease { cease };", {},
         "disable after cease: is not supported; the session is tried again"),
        ("enable as4 off;", {}, "enable as4: AS numbers of four octets are always offered"),
        ("enable route refresh off;", {}, "enable route refresh: route refresh is always offered"),
        ("advertise ipv4 off;", {}, "advertise ipv4: IPv4 is always announced as a family"),
        ("interpret communities off;", {},
         "interpret communities: well-known communities are always respected"),
        ("allow bgp_local_pref;", {}, "allow bgp_local_pref: external neighbors can't set LOCAL_PREF"),
        ("igp table master;", {}, "igp table: next hops are looked up in the table of the protocol"),
        ("missing lladdr drop;", {}, "missing lladdr: our own address is the next hop then"),
        ("bfd; source address 192.0.2.1;", {},
         "bfd: BFD is not supported; a session ends when its hold timer expires"),
        ("mrtdump all;", {}, "mrtdump: nothing is dumped in MRT format"),
    ],
)  # fmt: skip
def test_what_is_not_done_as_bird_does_is_remarked(
    load_text: LoadText, text: str, expected: dict[str, object], remark: str
) -> None:
    settings, remarks = neighbor(load_text, f"{INTERNAL}\n{text}")
    assert {key: getattr(settings, key) for key in expected} == expected
    assert remarks == (f"bird.conf:2 {remark}",)


def test_a_route_server_leaves_next_hops_as_they_are(load_text: LoadText) -> None:
    settings, remarks = neighbor(load_text, f"{EXTERNAL} rs client; next hop self;")
    assert settings.next_hop == "auto"
    assert remarks == ("bird.conf:1 next hop: a route server leaves next hops as they are",)


def test_ipv6_needs_capabilities(load_text: LoadText) -> None:
    settings, remarks = neighbor(load_text, f"{INTERNAL_IPV6} capabilities off; add paths on;", bits=128)
    assert settings.capabilities
    assert settings.add_path_send
    assert remarks == ("bird.conf:1 capabilities: IPv6 routes can't be exchanged without",)


def test_a_statement_of_a_template_is_remarked_once(load_text: LoadText) -> None:
    sessions = "".join(f"protocol bgp from t {{ neighbor 192.0.2.{n} as 5; }}\n" for n in range(2, 9))
    loaded = load_text(f"template bgp t {{ local as 5; disable after error; }}\n{sessions}")
    assert len(loaded.settings.neighbors) == 7
    assert loaded.settings.remarks == (
        "bird.conf:1 disable after error: is not supported; the session is tried again",
    )


def test_one_of_two_sessions_with_one_neighbor_is_shut_down(load_text: LoadText) -> None:
    """Calico writes both if a neighbor is a peer of all nodes and of this one."""
    one, other = "protocol bgp Global_1", "protocol bgp Node_1"
    loaded = load_text(f"{one} {{ {INTERNAL} }}\n{other} {{ {INTERNAL} }}\n")
    assert [each.shutdown for each in loaded.settings.neighbors] == [None, "Global_1 has the same neighbor"]
    assert loaded.settings.remarks == (
        "bird.conf:2 protocol bgp Node_1: Global_1 has the same neighbor, so it is shut down",
    )


@pytest.mark.parametrize("difference", ["neighbor port 5;", "source address 192.0.2.1;", "disabled;"])
def test_sessions_that_differ_both_stay(load_text: LoadText, difference: str) -> None:
    loaded = load_text(f"protocol bgp {{ {INTERNAL} }} protocol bgp {{ {INTERNAL} {difference} }}")
    assert loaded.settings.remarks == ()


@pytest.mark.parametrize(
    ("first", "second", "expected", "remarks"),
    [
        ("", "", {"path_metric": True, "med_metric": False, "igp_metric": True, "prefer_older": False}, []),
        ("med metric;", "med metric;", {"med_metric": True}, []),
        ("path metric off; igp metric off;", "path metric off; igp metric off;",
         {"path_metric": False, "igp_metric": False}, []),
        ("prefer older;", "", {"prefer_older": False}, ["bird.conf:1 prefer older"]),
        ("", "igp metric off;", {"igp_metric": True}, ["bird.conf:2 igp metric"]),
    ],
)  # fmt: skip
def test_decisions_are_those_of_all_neighbors(
    load_text: LoadText, first: str, second: str, expected: dict[str, bool], remarks: list[str]
) -> None:
    one = f"protocol bgp {{ {INTERNAL} {first} }}"
    other = f"protocol bgp {{ local as 5; neighbor 192.0.2.3 as 6; {second} }}"
    settings = load_text(f"{one}\n{other}").settings
    assert {key: getattr(settings.decision, key) for key in expected} == expected
    assert settings.decision.unresolvable_last
    assert [remark.rpartition(":")[0] for remark in settings.remarks] == remarks


def test_the_as_of_the_router_is_that_of_most_sessions(load_text: LoadText) -> None:
    texts = [f"protocol bgp {{ local as {asn}; neighbor 192.0.2.{asn} as 9; }}" for asn in (5, 6)]
    texts.append("protocol bgp { local as 6; neighbor 192.0.2.7 as 9; }")
    assert load_text(" ".join(texts)).settings.asn == 6
