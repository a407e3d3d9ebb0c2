"""``explain`` holds nobody up, folds what is alike, and says in JSON all that it says in text."""

from dataclasses import replace
from typing import Any

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.settings import PipeSettings
from bgpd.show.command import Line
from kernel_sync.interfaces import IFF_LOWER_UP, IFF_UP, Interface
from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, COMMUNITIES, MULTI_EXIT_DISC, NEXT_HOP, ORIGIN, AsPath
from messages.families import IPV4_UNICAST
from messages.families.path import make_path
from messages.families.prefix import parse_address, parse_prefix
from messages.iana import Origin
from rib.loc_rib import LocRib
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.route import Destination, DestinationKind, Route
from tests.rib.judging import by_attributes, refused
from tests.show.rack import rack
from tests.show.test_json import ask
from tests.show.transcript import lines_of
from tests.show.world import ANNOUNCED, StillDaemon, StillKernel, via

PREFIX = "203.0.113.0/24"


def crowd(neighbors: int, candidates: int) -> StillDaemon:
    """Return a daemon with many neighbors, many of which announce one prefix."""
    daemon = StillDaemon()
    for number in range(neighbors):
        daemon.add_neighbor(f"tor{number}", f"10.{number // 250}.0.{1 + number % 250}", asn=65000 + number)
    pipeline = daemon.pipeline("master", IPV4_UNICAST)
    for number in range(candidates):
        attributes = AttributeSet.of(
            {
                ORIGIN: Origin.IGP,
                AS_PATH: AsPath.of(65000 + number),
                NEXT_HOP: parse_address("10.10.0.2"),
                MULTI_EXIT_DISC: number % 3,
            }
        )
        route = Route(daemon.source(f"tor{number}"), attributes, via("10.10.0.2"), ANNOUNCED)
        pipeline.table.announce(route, [parse_prefix(PREFIX)[1]])
    LocRib(pipeline.table).run(limit=100)
    return daemon


def text(daemon: StillDaemon, command: str) -> list[str]:
    """Return the lines of an answer."""
    return [line.text for line in lines_of(Interpreter(daemon).answer(command))]


def test_others_have_their_turn_between_candidates_and_between_neighbors() -> None:
    answer = list(Interpreter(crowd(neighbors=300, candidates=200)).answer(f"explain {PREFIX}"))
    assert answer.count(None) >= 300 + 2 * 200


def test_neighbors_that_are_told_the_same_are_one_entry() -> None:
    daemon = crowd(neighbors=500, candidates=1)
    lines = text(daemon, f"explain {PREFIX}")
    assert "  tor1, tor2, tor3 and 496 more" in lines
    assert len(lines) < 20
    assert len(text(daemon, f"explain {PREFIX} all")) > 500


def test_no_line_is_wider_than_a_hundred_columns() -> None:
    for command in ("explain 203.0.113.0/24 all", "explain 192.0.2.0/24 all", "show groups all"):
        assert max(map(len, text(rack(), command))) <= 100


def test_a_change_that_is_not_looked_at_yet_is_mentioned() -> None:
    daemon = rack()
    pipeline = daemon.pipeline("master", IPV4_UNICAST)
    pipeline.table.withdraw(daemon.source("spine1"), [parse_prefix(PREFIX)[1]])
    lines = text(daemon, f"explain {PREFIX}")
    assert lines[0].startswith("Something new is known of it")
    assert lines[1] == f"{PREFIX} in table master: 5 routes, spine1 is the best"
    assert ask(f"explain {PREFIX}", daemon)["changes"] is True


def test_a_kernel_table_that_is_behind_says_so() -> None:
    daemon = rack()
    kernel = daemon.protocols["kernel1"]
    assert isinstance(kernel, StillKernel)
    kernel.is_writing = True
    (row,) = ask(f"explain {PREFIX}", daemon)["kernel"]
    assert (row["state"], row["why"]) == ("waiting", "it is being written")
    kernel.disable()
    (row,) = ask(f"explain {PREFIX}", daemon)["kernel"]
    assert (row["state"], row["why"]) == ("absent", "the protocol is down")


@pytest.mark.parametrize(
    ("tunnel", "leads", "remark"),
    [
        ("tunl0", "via 10.10.0.11 on tunl0 onlink", "krt_tunnel of the export filter"),
        ("tunl9", "via 10.10.0.2 on eth0", "krt_tunnel names tunl9, which this host has not"),
        ("", "via 10.10.0.2 on eth0", "krt_tunnel of the export filter is empty"),
        (None, "via 10.10.0.2 on eth0", None),
    ],
)
def test_a_tunnel_has_a_reason(tunnel: str | None, leads: str, remark: str | None) -> None:
    """And so has it that there is none, if somebody spoke of one."""
    daemon = StillDaemon()
    for index, name in ((2, "eth0"), (3, "tunl0")):
        daemon.interfaces.set_link(Interface(index, name, IFF_UP | IFF_LOWER_UP, 1500))
    daemon.add_neighbor("near", "10.10.0.2", asn=65002)
    named = by_attributes(
        "named", lambda said: said if tunnel is None else said.annotated({"krt_tunnel": tunnel})
    )
    daemon.add_kernel("kernel1", IPV4_UNICAST, export=named)
    daemon.announce(
        "near", PREFIX, via("10.10.0.2"), AttributeSet.of({NEXT_HOP: parse_address("10.10.0.11")})
    )
    daemon.settle()
    (row,) = ask(f"explain {PREFIX}", daemon)["kernel"]
    assert (row["state"], row["leads"], row.get("tunnel")) == ("installed", leads, remark)
    said = f"in the kernel: {leads}" if remark is None else f"in the kernel: {leads} ({remark})"
    assert f"  kernel1  {said}" in text(daemon, f"explain {PREFIX}")
    (row,) = ask(f"show route export kernel1 {PREFIX}", daemon)
    assert [hop["interface"] for hop in row["next_hops"]] == [leads.split()[3]]


def test_a_pipe_that_is_down_carries_nothing() -> None:
    daemon = rack()
    daemon.protocols["pipe1"].disable()
    (row,) = ask(f"explain {PREFIX}", daemon)["pipes"]
    (told,) = row["told"]
    assert (told["sent"], told["obstacle"]) == (False, "down")


def test_a_neighbor_that_did_not_agree_to_the_family() -> None:
    daemon = rack()
    neighbor: Any = daemon.protocols["pod03"]
    neighbor.attachments.clear()
    (row,) = [row for row in ask(f"explain {PREFIX}", daemon)["neighbors"] if row["protocol"] == "pod03"]
    (told,) = row["told"]
    assert (told["obstacle"], told["why"]) == ("family", "the neighbor did not agree to ipv4")


def test_routes_that_say_the_same_are_told_apart_by_nothing() -> None:
    """Two paths of one neighbor may be one route (RFC 7911)."""
    daemon = rack()
    attributes = AttributeSet.of({ORIGIN: Origin.IGP, NEXT_HOP: parse_address("10.10.0.22")})
    pipeline = daemon.pipeline("master", IPV4_UNICAST)
    route = Route(daemon.source("leaf2"), attributes, via("10.10.0.22"), ANNOUNCED)
    key = parse_prefix("198.19.0.0/16")[1]
    pipeline.table.announce_paths(route, [make_path(number, key) for number in (1, 2)])
    pipeline.touched()
    daemon.settle()
    lines = text(daemon, "explain 198.19.0.0/16")
    assert "     lost      it says the same as the best, which came first" in lines


def test_a_neighbor_with_one_path_needs_no_number_in_its_name() -> None:
    daemon = rack()
    attributes = AttributeSet.of({ORIGIN: Origin.IGP, NEXT_HOP: parse_address("10.10.0.22")})
    daemon.announce("leaf2", "198.19.0.0/16", via("10.10.0.22"), attributes, identifier=7)
    lines = text(daemon, "explain 198.19.0.0/16")
    assert "  1. leaf2, AS 64512 at 10.10.0.22, internal, path 7, since 16:07:23" in lines
    assert lines[0].endswith("leaf2 is the best")


def test_what_a_neighbor_is_to_us_is_told() -> None:
    """RFC 5065: a member AS of our confederation is neither internal nor external."""
    daemon = rack()
    daemon.source("spine1").external, daemon.source("spine1").confederation = False, True
    relations = {
        row["protocol"]: row.get("relation") for row in ask(f"explain {PREFIX}", daemon)["candidates"]
    }
    assert relations["spine1"] == "confederation"
    assert relations["leaf1"] == "internal"
    (static,) = ask("explain 10.66.0.0/16", daemon)["candidates"]
    assert "relation" not in static


def test_a_metric_that_nobody_knows_is_called_unknown() -> None:
    daemon = rack()
    attributes = AttributeSet.of({ORIGIN: Origin.IGP, NEXT_HOP: parse_address("10.10.0.22")})
    daemon.announce("leaf1", "198.19.0.0/16", via("10.10.0.21"), attributes, metric=IGP_METRIC_UNKNOWN)
    daemon.announce("leaf2", "198.19.0.0/16", via("10.10.0.22"), attributes, metric=10)
    _, lost = ask("explain 198.19.0.0/16", daemon)["candidates"]
    assert (lost["decided"]["own"], lost["decided"]["others"]) == ("unknown", "10")


def test_pipes_elsewhere_are_left_out() -> None:
    daemon = rack()
    daemon.add_table("green")
    daemon.add_pipe(PipeSettings("pipe2", "green", "blue", "opaque", "all", "all", 70, (IPV4_UNICAST,)))
    assert [row["protocol"] for row in ask(f"explain {PREFIX}", daemon)["pipes"]] == ["pipe1"]
    in_blue = {row["protocol"]: row for row in ask(f"explain {PREFIX} table blue", daemon)["pipes"]}
    assert [told["route"] for told in in_blue["pipe2"]["told"]] == ["spine1"]
    assert in_blue["pipe2"]["told"][0]["sent"]


def test_a_filter_that_refuses_is_named() -> None:
    daemon = rack()
    odd = by_attributes("odd_paths", refused)
    neighbor: Any = daemon.protocols["pod05"]
    daemon.join(neighbor, replace(daemon.group_key("pod05"), policy=odd))
    (row,) = [row for row in ask(f"explain {PREFIX}", daemon)["neighbors"] if row["protocol"] == "pod05"]
    assert row["told"][0]["why"] == "refused by the export filter (odd_paths)"


def test_the_answer_is_one_object() -> None:
    answer = ask(f"explain {PREFIX}", rack())
    assert (answer["prefix"], answer["table"], answer["best"]) == (PREFIX, "master", "spine1")
    best, second, third, lost, refused = answer["candidates"]
    assert best["decided"] == {
        "step": "lower router ID",
        "reference": "RFC 4456 §9",
        "rival": "spine2",
        "own": "10.10.0.11",
        "others": "10.20.0.12",
    }
    assert best["shares"] == second["shares"] == ["kernel1"]
    assert third["changed"] == [{"attribute": "local_pref", "after": "50"}]
    assert (lost["result"], lost["next_hop"]["resolved"]) == ("unusable", False)
    assert refused["evidence"] == "as_path 65101 64512 64999"
    assert answer["kernel"] == [
        {
            "protocol": "kernel1",
            "state": "installed",
            "leads": "via 10.10.0.11 on eth0 and via 10.20.0.12 on eth1",
        }
    ]
    told = {row["protocol"]: row["told"] for row in answer["neighbors"]}
    assert [(each["route"], each.get("path_id"), each["sent"]) for each in told["collector"]] == [
        ("spine1", 2, True),
        ("spine2", 1, True),
        ("leaf1", None, False),
    ]
    assert {name: rows[0]["obstacle"] for name, rows in told.items() if not rows[0]["sent"]} == {
        "spine1": "split-horizon",
        "limited": "limit",
        "mute": "no-export-policy",
        "closed": "export-filter",
        "gone": "down",
        "six": "family",
    }


def test_a_covering_prefix_answers_for_what_has_no_route() -> None:
    answer = ask("explain 203.0.113.77", rack())
    assert (answer["asked"], answer["prefix"]) == ("203.0.113.77/32", PREFIX)


def test_what_is_only_in_another_table_is_mentioned() -> None:
    daemon = rack()
    daemon.add_protocol("static2", "Static", IPV4_UNICAST).table = "blue"
    daemon.announce("static2", "172.16.0.0/12", Destination(DestinationKind.BLACKHOLE))
    (line,) = lines_of(Interpreter(daemon).answer("explain 172.16.0.0/12"))
    assert line.text.endswith("; there is one in table blue")


@pytest.mark.parametrize("command", ["explain", "explain x"])
def test_errors_are_text(command: str) -> None:
    (line,) = Interpreter(rack()).answer(f"json {command}")
    assert isinstance(line, Line)
    assert line.code == 9001


def test_our_route_over_a_neighbor_is_not_for_it() -> None:
    """RFC 4271 §5.1.3."""
    daemon = rack()
    daemon.announce("static1", "10.77.0.0/16", via("10.10.0.11"))
    daemon.settle()
    told = {row["protocol"]: row["told"] for row in ask("explain 10.77.0.0/16", daemon)["neighbors"]}
    assert (told["spine1"][0]["sent"], told["spine1"][0]["obstacle"]) == (False, "own-next-hop")
    assert told["spine2"][0]["sent"]
    lines = text(daemon, "show route noexport spine1 all")
    assert any(line.startswith("10.77.0.0/16") for line in lines)
    assert not any(line.startswith("10.77.0.0/16") for line in text(daemon, "show route noexport spine2"))


def test_attributes_that_no_message_has_room_for_are_named() -> None:
    """RFC 4271 §9.2."""
    daemon = rack()
    large = AttributeSet.of(
        {
            ORIGIN: Origin.IGP,
            NEXT_HOP: parse_address("10.10.0.22"),
            COMMUNITIES: tuple(range(70_000, 71_050)),
        }
    )
    daemon.announce("leaf2", "198.19.0.0/16", via("10.10.0.22"), large)
    daemon.settle()
    told = {row["protocol"]: row["told"] for row in ask("explain 198.19.0.0/16", daemon)["neighbors"]}
    assert told["spine1"][0]["obstacle"] == "too-large"
