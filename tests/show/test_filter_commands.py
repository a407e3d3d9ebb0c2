"""``eval`` and ``filter``: expressions and filters, tried on what the daemon has."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.control.words import expand
from bgpd.show.command import Line
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
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address, parse_prefix
from messages.iana import Origin, WellKnownCommunity
from rib.egress import Withheld
from rib.route import Destination, DestinationKind, Refusal
from tests.show.filters import policies
from tests.show.transcript import lines_of
from tests.show.world import StillDaemon, StillNeighbor, via

THERE = "from_tor, fails, to-tor, looks, nowhere, arrival"
NOT_IN_TABLE = "Network not in table"


def daemon_with(*routes: tuple[str, str, str]) -> StillDaemon:
    """Return a daemon with these filters, and routes of (protocol, prefix, AS_PATH)."""
    daemon = StillDaemon()
    daemon.policies = policies()
    for number, name in enumerate(dict.fromkeys(name for name, _, _ in routes), 1):
        daemon.add_neighbor(name, f"10.10.0.{number}", asn=65000 + number)
    for name, prefix, path in routes:
        daemon.announce(
            name,
            prefix,
            via("10.10.0.1"),
            AttributeSet.of(
                {
                    ORIGIN: Origin.IGP,
                    AS_PATH: AsPath.of(*map(int, path.split())),
                    NEXT_HOP: parse_address("10.10.0.1"),
                    LOCAL_PREF: 100,
                }
            ),
        )
    return daemon


def ask(daemon: StillDaemon, command: str) -> list[Line]:
    return list(lines_of(Interpreter(daemon).answer(command)))


def text(daemon: StillDaemon, command: str) -> list[str]:
    return [line.text for line in ask(daemon, command)]


def document(daemon: StillDaemon, command: str) -> Any:
    lines = ask(daemon, f"json {command}")
    return json.loads("".join(line.text for line in lines if line.code == 1900))


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("1 + 2", "3"),
        ("10.1.0.0/16 ~ RACKS", "TRUE"),
        ('"a  b" = "a  b"', "TRUE"),
        ("[1, 2 .. 4]", "[1, 2..4]"),
        ("ROA_VALID", "(enum 35)1"),
        ("(65000,1)", "(65000,1)"),
        ("RACKS", "[10.0.0.0/8{0.1.255.0}, 203.0.113.0/24{0.0.1.0}]"),
        ("1;", "1"),
    ],
)
def test_eval_answers_in_the_words_of_bird(expression: str, answer: str) -> None:
    assert ask(daemon_with(), f"eval {expression}") == [Line(23, answer, last=True)]


def test_what_is_printed_comes_before_the_value() -> None:
    assert ask(daemon_with(), "eval twice(2) + 1") == [Line(23, "twice 2"), Line(23, "5", last=True)]


def test_eval_in_json_says_the_type() -> None:
    assert document(daemon_with(), "eval twice(2)") == {"value": "4", "type": "int", "printed": ["twice 2"]}


@pytest.mark.parametrize(
    ("command", "code", "answer"),
    [
        ("eval", 9001, "eval what? Give an expression"),
        ("eval accept", 9001, "syntax error: expected an expression, found the keyword 'accept' (column 1)"),
        ("eval nothing", 9001, "nothing is no variable, constant or attribute (column 1)"),
        ("eval bgp_path", 8008, "runtime error: No route to access"),
        ("eval 1 / 0", 8008, "runtime error: Mother told me not to divide by 0"),
        ("eval judge()", 8008, "runtime error: there is no route to accept"),
        ("filter", 9001, "filter what? Give the name of a filter and a prefix"),
        ("filter from_tor", 9001, "filter what? Give the name of a filter and a prefix"),
        ("filter tor 10.1.0.0/16", 9001, f"tor is not a filter; there are: {THERE}"),
        ("filter all 10.1.0.0/16", 9001, "all decides without looking at anything; there is nothing to show"),
        ("filter from_tor 10.1.0.0", 8001, NOT_IN_TABLE),
        ("filter from_tor 10.1.0.0/16 from tor9", 9001, "tor9 is not a protocol"),
        (
            "filter fails 10.1.0.0/16 from tor2",
            8001,
            "Network not in table: tor2 has no route to 10.1.0.0/16",
        ),
        (
            "filter from_tor 10.1.0.0/16 to static1",
            9001,
            "static1 is not a neighbor with a session for ipv4 routes of table master",
        ),
        (
            "filter from_tor 10.1.0.0/16 to tor2 received",
            9001,
            "a route is tried as received or on its way to a neighbor, not both",
        ),
        ("filter from_tor 10.1.0.0/16 table blue", 9001, "blue is not a table"),
        ("filter from_tor 10.1.0.0/16 10.2.0.0/16", 9001, "Only one prefix expected"),
    ],
)
def test_what_cannot_be_answered_says_why(command: str, code: int, answer: str) -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"), ("tor2", "10.2.0.0/16", "65002"))
    assert ask(daemon, command) == [Line(code, answer, last=True)]


def test_a_filter_is_tried_on_every_candidate_the_best_first() -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001 65010 65020"), ("tor2", "10.1.0.0/16", "65002"))
    assert text(daemon, "filter from_tor 10.1.0.0/16") == [
        "10.1.0.0/16 from tor2, as it is in the table: accept (tor.filter:10)",
        "  tor.filter:8   if net !~ RACKS || bgp_path.len > 2 then",
        "                     10.1.0.0/16 !~ [10.0.0.0/8{16,24}, 203.0.113.0/24] is false",
        "                     1 > 2 is false",
        "                     the condition is false",
        "  tor.filter:9   bgp_local_pref = twice(bgp_local_pref);",
        "                     twice(100) is 200",
        "                     bgp_local_pref is 200, was 100",
        '  tor.filter:3       print "twice ", x;',
        "  tor.filter:4       return 2 * x;",
        "                         2 * x is 200",
        "  tor.filter:10  accept;",
        "  printed: twice 100",
        "  changed: bgp_local_pref is 200, was 100",
        "10.1.0.0/16 from tor1, as it is in the table: reject (tor.filter:8)",
        "  tor.filter:8  if net !~ RACKS || bgp_path.len > 2 then",
        "                    10.1.0.0/16 !~ [10.0.0.0/8{16,24}, 203.0.113.0/24] is false",
        "                    3 > 2 is true",
        "                    the condition is true",
        '  tor.filter:8  reject "no ", net;',
        "  printed: no 10.1.0.0/16",
        "",
    ]


def test_json_has_the_same_in_pieces() -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"))
    (row,) = document(daemon, "filter from_tor 10.1.0.0/16")
    assert row["verdict"] == "accept"
    assert row["place"] == "tor.filter:10"
    assert row["changed"] == {"bgp_local_pref": {"before": "100", "after": "200"}}
    assert row["printed"] == ["twice 100"]
    assert row["trace"][-1] == {"place": "tor.filter:10", "text": "accept;", "depth": 0, "remarks": []}


def test_an_error_is_told_with_its_place() -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"))
    (first, *_) = text(daemon, "filter fails 10.1.0.0/16")
    assert first.startswith(
        "10.1.0.0/16 from tor1, as it is in the table: error (tor.filter:13): Can't operate"
    )


def test_only_the_routes_of_one_protocol_are_tried() -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"), ("tor2", "10.1.0.0/16", "65002"))
    lines = text(daemon, "filter 'to-tor' 10.1.0.0/16 from tor1")
    assert [line for line in lines if line[:1].isdigit()] == [
        "10.1.0.0/16 from tor1, as it is in the table: accept (tor.filter:16)"
    ]


def test_an_import_filter_is_given_what_the_neighbor_sent() -> None:
    """So is any with ``received``, and that of a route that was refused on arrival."""
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"))
    neighbor = daemon.protocols["tor1"]
    (held,) = daemon.pipeline("master", IPV4_UNICAST).table.routes(parse_prefix("10.1.0.0/16")[1])
    held.meant = held.received.replace({LOCAL_PREF: 7})
    assert "was 7" in "".join(text(daemon, "filter from_tor 10.1.0.0/16"))
    assert "was 100" in "".join(text(daemon, "filter from_tor 10.1.0.0/16 received"))
    (channel,) = neighbor.channels
    policy = daemon.policies.policy("from_tor", IPV4_UNICAST)
    neighbor.channels = (channel._replace(import_policy=policy),)
    assert "as received: accept" in text(daemon, "filter from_tor 10.1.0.0/16")[0]
    assert "was 100" in "".join(text(daemon, "filter from_tor 10.1.0.0/16"))


def test_a_refused_route_is_taken_as_it_came() -> None:
    daemon = daemon_with(("tor1", "10.2.0.0/16", "65001"))
    attributes = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.of(65001), LOCAL_PREF: 100})
    daemon.announce("tor1", "10.3.0.0/16", via("10.10.0.1"), attributes, Refusal.IMPORT_FILTER)
    assert text(daemon, "filter from_tor 10.3.0.0/16")[0] == (
        "10.3.0.0/16 from tor1, as received: accept (tor.filter:10)"
    )


def given(line: str) -> list[str]:
    """Return what the filter ``looks`` printed of what it was given."""
    return line.removeprefix("  printed: ").split("|")


def looked_at(daemon: StillDaemon, command: str) -> tuple[str, list[str]]:
    heading, *lines = text(daemon, command)
    return heading, next((given(line) for line in lines if line.startswith("  printed: ")), [])


def looking(daemon: StillDaemon, name: str, **terms: Any) -> None:
    """Make ``looks`` the export filter of a neighbor, with these other terms."""
    neighbor = daemon.protocols[name]
    assert isinstance(neighbor, StillNeighbor)
    policy = daemon.policies.policy("looks", IPV4_UNICAST)
    daemon.join(neighbor, replace(daemon.group_key(name), policy=policy, **terms))


def test_an_export_filter_is_given_what_is_prepared_for_its_neighbors() -> None:
    """RFC 4271 §5.1.2 b, §5.1.3, §5.1.4: our AS in front, our next hop, no MED; once for all alike."""
    names = ("tor1", "tor2", "tor3", "tor4", "tor5", "tor6")
    daemon = daemon_with(
        ("tor1", "10.1.0.0/16", "65001"), *((name, "10.2.0.0/16", "1") for name in names[1:])
    )
    (held,) = daemon.pipeline("master", IPV4_UNICAST).table.routes(parse_prefix("10.1.0.0/16")[1])
    held.meant = held.received.replace({MULTI_EXIT_DISC: 5, NEXT_HOP: parse_address("10.10.0.9")})
    assert looked_at(daemon, "filter looks 10.1.0.0/16") == (
        "10.1.0.0/16 from tor1, as it is in the table: accept (tor.filter:19)",
        ["(path 65001)", "10.10.0.9", "TRUE"],
    )
    for name in names:
        looking(daemon, name)
    assert looked_at(daemon, "filter looks 10.1.0.0/16") == (
        "10.1.0.0/16 from tor1, on its way to tor2, tor3, tor4 and 2 more: accept (tor.filter:19)",
        ["(path 64512 65001)", "10.10.0.1", "FALSE"],
    )
    looking(daemon, "tor5", paths=2)
    looking(daemon, "tor6", prepended=(64512, 64512))
    rows = document(daemon, "filter looks 10.1.0.0/16")
    assert [row["to"] for row in rows] == [["tor2", "tor3", "tor4", "tor5"], ["tor6"]]
    assert given(rows[1]["printed"][0])[0] == "(path 64512 64512 65001)"


def test_any_filter_can_be_tried_on_the_way_to_a_neighbor() -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"), ("tor2", "10.2.0.0/16", "65002"))
    heading, printed = looked_at(daemon, "filter looks 10.1.0.0/16 to tor2")
    assert heading == "10.1.0.0/16 from tor1, on its way to tor2: accept (tor.filter:19)"
    assert printed[0] == "(path 64512 65001)"


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        ({COMMUNITIES: (WellKnownCommunity.NO_EXPORT,)}, "not asked: it carries NO_EXPORT (RFC 1997)"),
        ({ORIGIN: Origin.INCOMPLETE}, f"accept (tor.filter:23): {Withheld.INCOMPLETE.value}"),
    ],
)
def test_what_the_rfcs_have_against_a_route_is_told(rows: dict[Any, Any], heading: str) -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"), ("tor2", "10.2.0.0/16", "65002"))
    (held,) = daemon.pipeline("master", IPV4_UNICAST).table.routes(parse_prefix("10.1.0.0/16")[1])
    held.meant = held.received.replace(rows)
    found = "".join(text(daemon, "filter nowhere 10.1.0.0/16 to tor2"))
    assert found.startswith(f"10.1.0.0/16 from tor1, on its way to tor2: {heading}")


def test_a_route_does_not_go_back_nor_out_if_it_was_refused() -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"), ("tor2", "10.2.0.0/16", "65002"))
    assert text(daemon, "filter looks 10.1.0.0/16 to tor1")[0] == (
        "10.1.0.0/16 from tor1, on its way to tor1: not asked: it came from this neighbor (split horizon)"
    )
    daemon.announce("tor1", "10.3.0.0/16", via("10.10.0.1"), AttributeSet.of({}), Refusal.OWN_NEXT_HOP)
    assert text(daemon, "filter looks 10.3.0.0/16 to tor2")[0] == (
        "10.3.0.0/16 from tor1, on its way to tor2: not asked: "
        "its next hop is our own address (RFC 4271 §5.1.3)"
    )


def test_a_received_route_comes_in_as_it_did() -> None:
    """With the marks of a receiver (RFC 8326 §4), where it leads now, and after the checks of the RFCs."""
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"))
    daemon.interfaces.set_link(Interface(2, "eth0", IFF_UP | IFF_LOWER_UP, 1500))
    daemon.interfaces.set_address(2, InterfaceAddress(parse_address("10.10.0.2"), 24))
    daemon.connect()
    unreachable = Destination(DestinationKind.UNREACHABLE)
    leaving = AttributeSet.of(
        {
            ORIGIN: Origin.IGP,
            AS_PATH: AsPath.of(65001),
            NEXT_HOP: parse_address("10.10.0.1"),
            COMMUNITIES: (WellKnownCommunity.GRACEFUL_SHUTDOWN,),
        }
    )
    daemon.announce("tor1", "10.3.0.0/16", unreachable, leaving, Refusal.IMPORT_FILTER)
    row = document(daemon, "filter arrival 10.3.0.0/16")[0]
    assert row["received"]
    assert row["printed"] == ["10.10.0.1|0"]
    looped = leaving.replace({AS_PATH: AsPath.of(65001, 64512)})
    daemon.announce("tor1", "10.4.0.0/16", unreachable, looped, Refusal.AS_LOOP)
    assert text(daemon, "filter arrival 10.4.0.0/16 received")[0] == (
        "10.4.0.0/16 from tor1, as received: not asked: our AS number is in its AS_PATH (RFC 4271 §9.1.2)"
    )


def test_a_filter_for_both_ways_is_tried_both_ways() -> None:
    daemon = daemon_with(("tor1", "10.1.0.0/16", "65001"), ("tor2", "10.2.0.0/16", "65002"))
    looking(daemon, "tor2")
    (channel,) = daemon.protocols["tor1"].channels
    policy = daemon.policies.policy("looks", IPV4_UNICAST)
    daemon.protocols["tor1"].channels = (channel._replace(import_policy=policy),)
    headings = [line for line in text(daemon, "filter looks 10.1.0.0/16") if line[:1].isdigit()]
    assert headings == [
        "10.1.0.0/16 from tor1, as received: accept (tor.filter:19)",
        "10.1.0.0/16 from tor1, on its way to tor2: accept (tor.filter:19)",
    ]


def test_expressions_are_sent_as_they_are_typed() -> None:
    """Nothing in them is an abbreviation."""
    words = ["ev", '"a', 'b"', "=", "fro", "[1,", "*]"]
    assert expand(words) == ["eval", *words[1:]]
