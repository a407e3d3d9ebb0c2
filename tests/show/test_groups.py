"""What ``show groups`` says the members of a group have in common."""

from dataclasses import replace
from typing import Any

import pytest

from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address, parse_prefix
from messages.iana import EXTENDED_MESSAGE_OCTETS, Role
from rib.as_paths import PrivateAs
from rib.path_group import ALL_PATHS
from tests.show.test_json import ask
from tests.show.transcript import converse
from tests.show.world import StillDaemon

PLAIN = {
    "relation": "external",
    "export": "ACCEPT",
    "local_as": 64512,
    "next_hop": "auto",
    "own_next_hop": "10.10.0.1",
}


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ({}, {}),
        ({"is_route_server_client": True}, {"relation": "route server client"}),
        ({"role": Role.RS_CLIENT}, {"role": "rs-client"}),
        ({"is_draining": True}, {"draining": True}),
        ({"override_as": 65001}, {"as_override": 65001}),
        ({"private_as": PrivateAs.REPLACE}, {"remove_private_as": "replace"}),
        ({"prepended": (65000, 65000, 64512)}, {"local_as": 65000, "prepended": "65000 65000 64512"}),
        ({"confederation_id": 64999}, {"local_as": 64999, "confederation": 64999}),
        ({"paths": ALL_PATHS}, {"send_paths": "all"}),
        ({"paths": 3}, {"send_paths": 3}),
        ({"shared_networks": (parse_prefix("10.10.0.0/24")[1],)}, {"shared_networks": ["10.10.0.0/24"]}),
        (
            {"own_next_hop": parse_address("fd00::1") + parse_address("fe80::1")},
            {"own_next_hop": "fd00::1 fe80::1"},
        ),
        ({"context": Context(external=True, as_number_octets=2)}, {"as_number_octets": 2}),
        (
            {"context": Context(external=True, message_octets=EXTENDED_MESSAGE_OCTETS)},
            {"message_octets": EXTENDED_MESSAGE_OCTETS},
        ),
        (
            {"context": Context(external=True, extended_next_hop=frozenset({IPV4_UNICAST}))},
            {"extended_next_hop": True},
        ),
        ({"context": Context(external=False, confederation=True)}, {"relation": "confederation"}),
    ],
)
def test_what_is_particular_about_a_group_is_told(fields: dict[str, Any], terms: dict[str, Any]) -> None:
    daemon = StillDaemon()
    neighbor = daemon.add_neighbor("tor1", "10.10.0.2", asn=65001)
    daemon.join(neighbor, replace(daemon.group_key("tor1"), **fields))
    (row,) = ask("show groups", daemon)
    assert row["terms"] == PLAIN | terms


def test_a_group_without_an_address_of_ours_has_none() -> None:
    daemon = StillDaemon()
    neighbor = daemon.add_neighbor("tor1", "10.10.0.2", asn=65001)
    daemon.join(neighbor, replace(daemon.group_key("tor1"), own_next_hop=b""))
    (row,) = ask("show groups", daemon)
    assert "own_next_hop" not in row["terms"]


def test_members_that_are_behind_are_named() -> None:
    daemon = StillDaemon()
    for number in range(3):
        daemon.add_neighbor(f"tor{number}", f"10.10.0.{number + 2}", asn=65001)
    slow: Any = daemon.protocols["tor1"]
    slow.attachments[IPV4_UNICAST][1].fall_behind()
    (row,) = ask("show groups", daemon)
    assert (row["members"], row["behind"], row["encodings"]) == (["tor0", "tor1", "tor2"], ["tor1"], 0)


def test_a_switch_that_is_on_is_called_so() -> None:
    daemon = StillDaemon()
    neighbor = daemon.add_neighbor("tor1", "10.10.0.2", asn=65001)
    networks = tuple(parse_prefix(text)[1] for text in ("10.10.0.0/24", "10.11.0.0/24"))
    daemon.join(neighbor, replace(daemon.group_key("tor1"), is_draining=True, shared_networks=networks))
    said = converse(daemon, ["show groups"])
    assert "draining on" in said
    assert "shared_networks 10.10.0.0/24 10.11.0.0/24" in said
