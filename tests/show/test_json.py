"""The same rows in JSON."""

import json
from typing import Any

import pytest

from bgpd.control.document import JSON_CODE
from bgpd.control.interpreter import Interpreter
from bgpd.show.command import Line
from messages.attributes import COMMUNITIES
from messages.iana import WellKnownCommunity
from tests.show.node import node
from tests.show.rack import rack, said
from tests.show.transcript import lines_of
from tests.show.world import StillDaemon, via


def ask(command: str, daemon: StillDaemon | None = None) -> Any:
    """Return the document that answers a command."""
    answer = Interpreter(daemon or node()).answer(f"json {command}")
    *chunks, last = lines_of(answer)
    assert last == Line(0, "", last=True)
    assert all(line.code == JSON_CODE and line.text.isascii() for line in chunks)
    return json.loads("".join(line.text for line in chunks))


def test_status_is_one_object() -> None:
    assert ask("show status") == {
        "version": "BIRD bgpd-0.1.0",
        "router_id": "10.10.0.1",
        "server_time": "2026-11-22T16:09:59+00:00",
        "last_reboot": "2026-11-22T16:07:21+00:00",
        "last_reconfiguration": "2026-11-22T16:07:31+00:00",
        "state": "Daemon is up and running",
    }


def test_protocols_are_a_list() -> None:
    assert ask('show protocols "tor3"') == [
        {
            "name": "tor3",
            "proto": "BGP",
            "table": "master",
            "state": "start",
            "since": "2026-11-22T16:07:21+00:00",
            "info": "Active        Socket: Connection refused",
        }
    ]


def test_protocols_all_has_channels() -> None:
    (row,) = ask("show protocols tor1 all")
    assert row["description"] == "Top of the rack"
    assert row["channels"] == [
        {
            "family": "ipv4",
            "preference": 100,
            "input_filter": "ACCEPT",
            "output_filter": "REJECT (no policy, RFC 8212)",
            "routes": {"imported": 2, "filtered": 1, "exported": 0, "preferred": 2},
            "import_updates": {"received": 7, "rejected": 0, "filtered": 1, "ignored": 0, "accepted": 6},
            "import_withdraws": {"received": 3, "rejected": 0, "ignored": 2, "accepted": 2},
            "export_updates": {"received": 0, "rejected": 0, "filtered": 0, "accepted": 12},
            "export_withdraws": {"received": 0, "accepted": 5},
        }
    ]


def test_the_details_of_a_neighbor_are_structured() -> None:
    (row,) = ask("show protocols tor1 all")
    details = row["details"]
    session = details.pop("session")
    assert session["initiator"] == "local"
    assert session["neighbor_caps"] == ["refresh", "AS4"]
    assert session["local_capabilities"][0] == {
        "code": 1,
        "text": "Multiprotocol: ipv4",
        "name": "multiprotocol",
        "value": "ipv4",
    }
    assert session["neighbor_capabilities"][-1] == {
        "code": 239,
        "text": "Capability 239: 01 02",
        "octets": "0102",
    }
    assert details.pop("last_received")["detail"].startswith("Umbau \u2615")
    assert details.pop("remarks") == [
        'nothing is sent: no export filter is written (RFC 8212); write export = "all" or "none"'
    ]
    assert details == {
        "bgp_state": "Established",
        "neighbor_address": "10.10.0.4",
        "neighbor_as": 65001,
        "local_as": 64512,
        "authentication": "TCP MD5 (RFC 2385)",
        "limits": [
            {
                "family": "ipv4",
                "direction": "imported",
                "routes": 2,
                "limit": 1000,
                "action": "restart",
                "warn_at": 75,
                "restart_after": 60,
                "filtered": 0,
                "hit": False,
            }
        ],
        "timers": {
            "hold": {"left": 66.4, "total": 90},
            "keepalive": {"left": 12.0, "total": 30},
            "send_hold": {"left": 479.6, "total": 480},
        },
        "draining": True,
        "restarting": False,
        "stale_timers": {},
        "messages": {"OPEN": {"received": 1, "sent": 2}, "UPDATE": {"received": 1234567890, "sent": 0}},
        "malformed_attributes": 3,
        "sessions_lost": 2,
        "last_sent": {
            "at": "2026-11-22T16:07:22+00:00",
            "code": 2,
            "subcode": 2,
            "reason": "Bad peer AS",
            "detail": "65009 expected, 65001 received",
            "data": "fde9",
        },
        "last_refusal": {
            "at": "2026-11-22T16:07:24+00:00",
            "reason": "a session is established",
            "sent": "Connection collision resolution",
        },
        "transitions": [
            {"at": "2026-11-22T16:07:21+00:00", "old": "Idle", "new": "Connect", "cause": "Started"},
            {
                "at": "2026-11-22T16:07:25+00:00",
                "old": "OpenConfirm",
                "new": "Established",
                "cause": "KEEPALIVE received",
                "initiator": "local",
            },
        ],
    }


def test_a_protocol_without_details_of_its_own_has_none() -> None:
    (row,) = ask("show protocols device1 all")
    assert (row["details"], row["channels"]) == ({}, [])


def test_strangers_are_counted_and_listed() -> None:
    answer = ask("show strangers")
    assert answer["refused"] == 5000
    assert answer["last"][1] == {
        "at": "2026-11-22T16:09:00+00:00",
        "from": "198.51.100.7:40001",
        "to": "10.10.0.1:179",
        "reason": "no such neighbor",
    }


def test_operations_answer_for_each_protocol() -> None:
    assert ask('disable "tor?"')[2:] == [
        {"protocol": "tor3", "answer": "disabled"},
        {"protocol": "tor4", "answer": "already disabled"},
    ]


def test_what_went_wrong_with_one_protocol_follows_the_document() -> None:
    """So that a client, whatever it does with the document, ends with an error."""
    *chunks, problem, last = lines_of(Interpreter(node()).answer("json reload static1"))
    assert problem == Line(8006, "static1: reload failed: only neighbors can be reloaded")
    assert last == Line(0, "", last=True)
    text = "".join(line.text for line in chunks)
    assert json.loads(text) == [{"protocol": "static1", "error": "only neighbors can be reloaded"}]


def test_configure_has_remarks() -> None:
    daemon = node()
    daemon.remarks = ("neighbor tor1: new password applied", "router.asn differs: restart to apply it")
    assert ask("configure", daemon) == {"message": "Reconfigured", "remarks": list(daemon.remarks)}


def test_a_route_without_all_has_no_attributes() -> None:
    assert ask("show route 10.244.2.0/26") == [
        {
            "prefix": "10.244.2.0/26",
            "table": "master",
            "best": True,
            "destination": "unicast",
            "next_hops": [{"interface": "eth0", "gateway": "10.10.0.200", "weight": 1}],
            "protocol": "Mesh_10_10_0_2",
            "since": "2026-11-22T16:07:23+00:00",
            "received_from": "10.10.0.2",
            "preference": 100,
            "igp_metric": 0,
        }
    ]


def test_a_route_that_is_long_lived_stale_says_so() -> None:
    """RFC 9494 §4.3: what the text marks with an s; others have no such key."""
    daemon = rack()
    stale = said("10.10.0.11", 65001).replace({COMMUNITIES: (WellKnownCommunity.LLGR_STALE,)})
    daemon.announce("spine1", "198.18.9.0/24", via("10.10.0.11"), stale)
    (row,) = ask("show route 198.18.9.0/24", daemon)
    assert row["long_lived_stale"] is True
    answer = Interpreter(daemon).answer("show route 198.18.9.0/24")
    assert "(100s" in next(lines_of(answer)).text
    assert not any("long_lived_stale" in other for other in ask("show route 192.0.2.0/24 all", daemon))


def test_a_next_hop_on_the_link_has_no_gateway() -> None:
    (row,) = ask("show route 10.10.0.0/24")
    assert row["next_hops"] == [{"interface": "eth0", "weight": 1}]


def test_paths_and_shares_are_shown_with_all() -> None:
    """RFC 7911: the neighbor's Path Identifier and ours."""
    rows = ask("show route 192.0.2.0/24 all", rack())
    assert [row.get("path_id") for row in rows] == [
        None,
        {"received": 7, "sent": 2147483648},
        {"received": 9, "sent": 2147483650},
        {"received": 8, "sent": 2147483649},
    ]
    rows = ask("show route 203.0.113.0/24 all", rack())
    assert [row.get("multipath") for row in rows] == [["kernel1"], ["kernel1"], None, None]
    assert rows[3]["next_hop_problem"].startswith("10.66.0.1: no interface is on its network")


def test_an_export_to_a_kernel_has_all_next_hops() -> None:
    (row,) = ask("show route export kernel1 203.0.113.0/24", rack())
    assert [hop["gateway"] for hop in row["next_hops"]] == ["10.10.0.11", "10.20.0.12"]


def test_attributes_are_numbers_and_lists_where_they_can_be() -> None:
    (row,) = ask("show route 192.0.2.128/25 all")
    assert row["kernel_problem"] == "File exists: an alien route, proto static"
    assert row["attributes"] == {
        "origin": "Incomplete",
        "as_path": [4200000001, 65010, [65001, 65002]],
        "next_hop": "10.10.0.4",
        "med": 77,
        "local_pref": 100,
        "atomic_aggr": True,
        "aggregator": "10.10.0.4 AS65010",
        "community": ["65001:100", "65535:65281"],
        "ext_community": ["(rt, 65001, 4242)", "(ro, 10.10.0.4, 7)"],
        "large_community": ["65001:1:2", "4200000000:3:4"],
        "attribute_99": "001122",
        "attribute_100": "01",
    }


def test_reflected_routes_name_originator_and_clusters() -> None:
    (row,) = ask("show route 10.244.2.0/26 all")
    assert row["attributes"]["originator_id"] == "10.10.0.2"
    assert row["attributes"]["cluster_list"] == ["244.0.0.1"]


def test_why_says_what_kept_a_route_from_being_the_best() -> None:
    best, other = ask("show route 203.0.113.0/24 all")
    assert "why" not in best
    assert other["why"] == 'lost at "shorter AS_PATH" against tor1: 2 against 1 (RFC 4271 §9.1.2.2 a)'


def test_count_is_one_object() -> None:
    assert ask("show route count protocol tor1") == {"routes": 2, "considered": 15, "networks": 14}


def test_interfaces() -> None:
    eth0 = ask("show interfaces")[1]
    assert (eth0["name"], eth0["index"], eth0["state"], eth0["master"]) == ("eth0", 2, "up", "vrf-blue")
    assert eth0["addresses"][0] == {"address": "10.10.0.1/24", "kind": "primary", "scope": "site"}
    cali = ask("show interfaces")[3]
    assert cali["addresses"][0]["opposite"] == "192.0.2.10"


def test_down() -> None:
    daemon = node()
    assert ask("down", daemon) == {
        "message": "Shutdown requested",
        "consequences": ["withdraw: 4 neighbors are sent a Cease and forget our 19 routes"],
    }
    assert daemon.shutting_down


@pytest.mark.parametrize("command", ["show route", "show interfaces"])
def test_nothing_to_show_is_an_empty_list(command: str) -> None:
    assert ask(command, StillDaemon()) == []


def test_an_error_is_text() -> None:
    (line,) = Interpreter(node()).answer("json show route 9.9.9.9/32")
    assert line == Line(8001, "Network not in table", last=True)
