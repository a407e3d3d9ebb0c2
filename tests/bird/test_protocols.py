"""Protocols and templates: names, what is copied, what a complete protocol must have."""

import pytest

from tests.bird.conftest import ReadText

NEIGHBOR = "local as 5; neighbor 192.0.2.1 as 5;"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("protocol static {} protocol static {} protocol direct {}", ["static1", "static2", "direct1"]),
        ("protocol static static1 {} protocol static {}", ["static1", "static2"]),
        ("define static1 = 5; protocol static {}", ["static2"]),
        ("template static {} protocol static {}", ["static2"]),
        ("protocol static 'Node-10.0.0.1:179' {}", ["Node-10.0.0.1:179"]),
    ],
)
def test_names(read_text: ReadText, text: str, names: list[str]) -> None:
    result = read_text(text)
    assert result.error is None
    assert [protocol.name for protocol in result.configuration.protocols] == names


def test_a_template_is_copied_and_later_statements_hold(read_text: ReadText) -> None:
    result = read_text(f"""
        template bgp shared {{ {NEIGHBOR} description "shared"; hold time 30; }}
        protocol bgp a from shared {{ description "a"; }}
        protocol bgp from a {{ hold time 60; }}
    """)
    assert result.error is None
    a, b = result.configuration.protocols
    assert [(each.name, each.value("description"), each.value("hold time")) for each in (a, b)] == [
        ("a", "a", 30),
        ("bgp1", "a", 60),
    ]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ("", "Local AS number must be set"),
        ("local as 0; neighbor 192.0.2.1 as 5;", "Local AS number must be set"),
        ("local as 5;", "Neighbor must be configured"),
        ("local as 5; neighbor as 6;", "Neighbor must be configured"),
        ("local as 5; neighbor 192.0.2.1;", "Remote AS number must be set"),
        ("local as 5; neighbor 192.0.2.1 as 70000; enable as4 off;",
         "Neighbor AS number out of range (AS4 not available)"),
        ("local as 5; neighbor 192.0.2.1 as 6; rr client;", "Only internal neighbor can be RR client"),
        (f"{NEIGHBOR} rs client;", "Only external neighbor can be RS client"),
        (f"{NEIGHBOR} gateway direct;", "Multihop BGP cannot use direct gateway mode"),
        (f"{NEIGHBOR} interface \"eth0\";", "Multihop BGP cannot be bound to interface"),
        (f"{NEIGHBOR} check link;", "Multihop BGP cannot depend on link state"),
        (f"{NEIGHBOR} bfd;", "Multihop BGP with BFD requires specified source address"),
        (f"{NEIGHBOR} table sorted_one;", "BGP in recursive mode prohibits sorted table"),
        (f"{NEIGHBOR} direct; table sorted_one; deterministic med;",
         "BGP with deterministic MED prohibits sorted table"),
        (f"{NEIGHBOR} secondary;", "BGP with secondary option requires sorted table"),
        (f"{NEIGHBOR} long lived graceful restart; graceful restart off;",
         "Long-lived graceful restart requires basic graceful restart"),
        (f"{NEIGHBOR} direct; bfd; check link; interface \"eth0\";", None),
        (f"{NEIGHBOR} bfd; source address 192.0.2.2;", None),
    ],
)  # fmt: skip
def test_complete_bgp_protocols(read_text: ReadText, settings: str, error: str | None) -> None:
    """A template may lack something, the protocol may not; the closing brace is what the error is about."""
    text = f"table sorted_one sorted;\nprotocol device {{}} template bgp {{ {settings} }}\n"
    assert read_text(text).error is None
    place = f"bird.conf:3:{len(settings) + 17}"
    found = read_text(f"{text}protocol bgp {{ {settings} }}").error
    assert found == (error and f"{place} {error}")


@pytest.mark.parametrize(
    ("neighbor", "error"),
    [
        ("fe80::1 as 6", "Link-local neighbor address requires specified interface"),
        ("fe80::1%eth0 as 5", "Multihop BGP cannot be used with link-local addresses"),
        ("fe80::1%eth0 as 6", None),
    ],
)
def test_link_local_neighbors(read_text: ReadText, neighbor: str, error: str | None) -> None:
    result = read_text(f"router id 1; protocol bgp {{ local as 5; neighbor {neighbor}; }}", bits=128)
    assert (result.error or "").partition(" ")[2] == (error or "")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "No protocol is specified in the config file"),
        ("template device {}", "No protocol is specified in the config file"),
        ("protocol pipe {}", "Name of peer routing table not specified"),
        ("protocol pipe { peer table master; }", "Primary table and peer table must be different"),
        ("protocol kernel {} protocol kernel {}", "Kernel syncer (kernel1) already attached to table master"),
        ("table t; protocol kernel {} protocol kernel { table t; scan time 5; }",
         "All kernel syncers must use the same table scan interval"),
        ("table t; protocol kernel {} protocol kernel { table t; }", None),
        ("template kernel {} protocol kernel {}", None),
    ],
)  # fmt: skip
def test_all_protocols_together(read_text: ReadText, text: str, error: str | None) -> None:
    """What is wrong is told at the end of the file, of which the line is not known any more."""
    found = read_text(f"{text}\n").error
    assert found == (error and f"bird.conf:1:0 {error}")


def test_a_router_id_must_be_given_for_ipv6(read_text: ReadText) -> None:
    missing = "bird.conf:1:18 Router ID must be configured manually on IPv6 routers"
    assert read_text("protocol device {}", bits=128).error == missing
    assert read_text("router id 192.0.2.1; protocol device {}", bits=128).error is None


def test_deprecated_settings_are_told(read_text: ReadText) -> None:
    result = read_text(f"protocol bgp {{ {NEIGHBOR} route limit 5; start delay time 5; }}")
    assert result.printed == (
        "bgp1: Route limit option is deprecated, use import limit",
        "bgp1: Start delay time option is deprecated, use connect delay time",
    )
    assert result.error is None
