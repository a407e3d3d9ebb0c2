"""What ``show protocols all`` finds out about a neighbor: configured, at work, and after the end."""

from pathlib import Path

import pytest

from bgpd.protocols.bgp_capabilities import CapabilityRow, capability_rows, capability_words
from bgpd.protocols.bgp_details import neighbor_details
from bgpd.protocols.neighbor_details import NeighborDetails
from messages.capabilities import (
    ADD_PATH,
    EXTENDED_MESSAGE,
    EXTENDED_NEXT_HOP,
    FOUR_OCTET_AS,
    FQDN,
    MULTIPROTOCOL,
    SOFTWARE_VERSION,
    AddPath,
    Capabilities,
    ExtendedNextHop,
    Fqdn,
)
from messages.families import IPV4_UNICAST
from messages.iana import AFI, AddPathDirection, CeaseSubcode, ErrorCode
from messages.notification import Notification, encode_notification, shutdown_communication
from messages.open import Open, encode_open
from rib.route import Source
from tests.protocols.lone_neighbor import AtHome, neighbor
from tests.sessions.speakers import puppet_open

SECRET = "correct-horse"


@pytest.mark.parametrize(
    ("capabilities", "words"),
    [
        ("", ""),
        ("0104 00010001 0200 4104 0000fde9", "refresh AS4"),
        ("0200 4600 4006 0078 00010100", "refresh enhanced-refresh restart-able"),
        ("4002 0078", "restart-aware"),
        ("4002 0078 4700", "restart-aware llgr-aware"),
        ("4707 000101 80 015180", "llgr-able"),
        ("0600 4504 00010101", "add-path-rx ext-messages"),
        ("4508 00010101 00020102", "add-path-rx add-path-tx"),
    ],
)
def test_neighbor_caps_are_birds_words(capabilities: str, words: str) -> None:
    assert " ".join(capability_words(Capabilities.decode(bytes.fromhex(capabilities)))) == words


@pytest.mark.parametrize(
    ("capabilities", "row"),
    [
        ("0104 00010001", CapabilityRow(1, "Multiprotocol: ipv4", "multiprotocol", "ipv4")),
        ("0104 00190046", CapabilityRow(1, "Multiprotocol: 25/70", "multiprotocol", "25/70")),
        ("0200", CapabilityRow(2, "Route refresh", "route_refresh")),
        (
            "0506 0001 0001 0002",
            CapabilityRow(
                5,
                "Extended next hop: ipv4 via ipv6",
                "extended_next_hop",
                [{"family": "ipv4", "next_hop_afi": 2}],
            ),
        ),
        ("0600", CapabilityRow(6, "Extended message", "extended_message")),
        ("0901 03", CapabilityRow(9, "Role: customer", "role", "customer")),
        (
            "4006 c078 00010180",
            CapabilityRow(
                64,
                "Graceful restart: 120s restarting notification ipv4(preserved)",
                "graceful_restart",
                {
                    "restarting": True,
                    "notification": True,
                    "restart_time": 120,
                    "families": [{"family": "ipv4", "forwarding_preserved": True}],
                },
            ),
        ),
        ("4104 0000fde9", CapabilityRow(65, "4-octet AS numbers: 65001", "four_octet_as", 65001)),
        (
            "4504 00020103",
            CapabilityRow(
                69,
                "ADD-PATH: ipv6 receive and send",
                "add_path",
                [{"family": "ipv6", "direction": "receive_and_send"}],
            ),
        ),
        ("4600", CapabilityRow(70, "Enhanced refresh", "enhanced_route_refresh")),
        (
            "4707 000101 80 015180",
            CapabilityRow(
                71,
                "Long-lived graceful restart: ipv4 86400s (preserved)",
                "long_lived_graceful_restart",
                [{"family": "ipv4", "forwarding_preserved": True, "stale_time": 86400}],
            ),
        ),
        ("8000", CapabilityRow(128, "Legacy route refresh", "legacy_route_refresh")),
        ("ef03 0aff00", CapabilityRow(239, "Capability 239: 0a ff 00", octets="0aff00")),
        ("ef00", CapabilityRow(239, "Capability 239", octets="")),
    ],
)
def test_each_capability_has_a_line_and_plain_values(capabilities: str, row: CapabilityRow) -> None:
    assert list(capability_rows(Capabilities.decode(bytes.fromhex(capabilities)))) == [row]


def test_names_for_people_are_shown() -> None:
    announced = Capabilities.of((FQDN, Fqdn("tor1", "example.net")), (SOFTWARE_VERSION, "Router 9.1"))
    assert [row.text for row in capability_rows(announced)] == [
        "Hostname: tor1.example.net",
        "Software version: Router 9.1",
    ]


def text_of(details: NeighborDetails) -> list[str]:
    return [line.strip() for line in details.lines()]


async def test_a_neighbor_that_is_not_started_is_down(tmp_path: Path) -> None:
    details = neighbor_details(neighbor(tmp_path, 'import = "all"', 'export = "all"'))
    assert (details.bgp_state, details.neighbor_address, details.neighbor_as) == ("Down", "127.0.0.2", 65001)
    assert (details.session, details.timers, details.remarks) == (None, {}, ())
    assert details.messages["UPDATE"] == (0, 0)


async def test_directions_without_a_filter_are_remarked(tmp_path: Path) -> None:
    """RFC 8212 §2."""
    details = neighbor_details(neighbor(tmp_path, 'import = "all"'))
    (remark,) = details.remarks
    assert remark.startswith("nothing is sent: no export filter is written (RFC 8212)")
    assert f"Remark:           {remark}" in text_of(details)


async def test_limits_are_told_for_each_family(tmp_path: Path) -> None:
    protocol = neighbor(
        tmp_path,
        'families = ["ipv4", "ipv6"]',
        'max_prefixes = { import = 3, action = "restart", restart_after = 30 }',
    )
    source = protocol.channels[0].source
    assert isinstance(source, Source)
    source.routes, source.filtered = 4, 1
    lines = text_of(neighbor_details(protocol))
    assert "Route limit:      4/3" in lines  # what is kept though it was refused counts
    assert "Most prefixes:    3 of 3 imported (ipv4) [HIT], then restart after 30 s" in lines
    assert "Most prefixes:    0 of 3 imported (ipv6), then restart after 30 s" in lines


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f'password = "{SECRET}"', "TCP MD5 (RFC 2385)"),
        (
            f'tcp_ao = {{ password = "{SECRET}", send_id = 7, receive_id = 9 }}',
            "TCP-AO hmac-sha-1-96, key 7 sent, key 9 received (RFC 5925)",
        ),
    ],
)
async def test_how_segments_are_signed_is_told_but_not_with_what(
    line: str, kind: str, tmp_path: Path
) -> None:
    details = neighbor_details(neighbor(tmp_path, line))
    assert details.authentication == kind
    assert SECRET not in repr(details)


async def test_a_session_is_told_in_full(tmp_path: Path) -> None:
    protocol = neighbor(tmp_path, "passive = true", 'import = "all"', 'export = "all"', 'role = "provider"')
    announced = Capabilities.of((MULTIPROTOCOL, IPV4_UNICAST)) + Capabilities(((239, b"\x01\x02"),))
    async with AtHome(protocol) as home:
        async with await home.establish(encode_open(Open(4, 65001, 90, 0x0A000002, announced))):
            details = neighbor_details(protocol)
        lines = text_of(details)
    assert details.session is not None
    assert (details.bgp_state, details.session.initiator) == ("Established", "remote")
    for line in (
        "Neighbor ID:      10.0.0.2",
        "Session:          external",
        "Source address:   127.0.0.1",
        "Opened by:        the neighbor",
        "Role: provider",
        "Capability 239: 01 02",
    ):
        assert line in lines
    assert [row.code for row in details.session.neighbor_capabilities] == [1, 239]
    assert lines.index("Local capabilities") < lines.index("Role: provider")
    assert lines.index("Role: provider") < lines.index("Neighbor capabilities")
    assert set(details.timers) == {"hold", "keepalive", "send_hold"}
    assert 85 < details.timers["hold"].left <= details.timers["hold"].total == 90
    assert (details.messages["OPEN"], details.messages["KEEPALIVE"]) == ((1, 1), (1, 1))
    assert [(row.old, row.new) for row in details.transitions][-2:] == [
        ("OpenSent", "OpenConfirm"),
        ("OpenConfirm", "Established"),
    ]
    assert {row.initiator for row in details.transitions[-2:]} == {"remote"}


ALL_CAPABILITIES = Capabilities.of(
    (MULTIPROTOCOL, IPV4_UNICAST),
    (FOUR_OCTET_AS, 65001),
    (EXTENDED_MESSAGE, True),
    (EXTENDED_NEXT_HOP, (ExtendedNextHop(IPV4_UNICAST, AFI.IPV6),)),
    (ADD_PATH, (AddPath(IPV4_UNICAST, AddPathDirection.RECEIVE_AND_SEND),)),
)
CONFEDERATION = ("[router.confederation]", "id = 64500", "members = [65001]")


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("extended_messages = false",), "external AS4"),
        (("route_server_client = true",), "external route-server AS4 ext-messages"),
        (('add_paths = "receive"', "multihop = 2"), "external multihop AS4 add-path-rx ext-messages"),
        (
            ('add_paths = "both"', "extended_next_hop = true"),
            "external AS4 add-path-rx add-path-tx ext-messages ext-next-hop",
        ),
        (CONFEDERATION, "confederation AS4 ext-messages"),
    ],
)
async def test_the_kind_of_a_session_is_what_was_negotiated(
    lines: tuple[str, ...], kind: str, tmp_path: Path
) -> None:
    """In BIRD's words, where it has any."""
    protocol = neighbor(tmp_path, "passive = true", 'import = "all"', 'export = "all"', *lines)
    message = encode_open(Open(4, 65001, 90, 0x0A000002, ALL_CAPABILITIES))
    async with AtHome(protocol) as home, await home.establish(message):
        assert f"Session:          {kind}" in text_of(neighbor_details(protocol))


async def test_what_the_neighbor_said_last_is_remembered(tmp_path: Path) -> None:
    """RFC 9003."""
    protocol = neighbor(tmp_path, "passive = true", 'import = "all"', 'export = "all"')
    farewell = Notification(
        ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, shutdown_communication("Umbau bis 5 Uhr ☕")
    )
    async with AtHome(protocol) as home, await home.establish(puppet_open()) as puppet:
        puppet.send(encode_notification(farewell))
        assert await puppet.receive() is None
        details = neighbor_details(protocol)
    said = details.last_received
    assert said is not None
    assert (said.code, said.subcode, said.detail) == (6, 2, "Umbau bis 5 Uhr ☕")
    assert str(said).endswith(" Administrative shutdown (6/2): Umbau bis 5 Uhr ☕")
    assert (details.session, details.sessions_lost, details.last_sent) == (None, 1, None)
    assert details.last_error == "Received: Administrative shutdown"


async def test_why_the_last_session_ended_is_known_when_there_is_another(tmp_path: Path) -> None:
    protocol = neighbor(tmp_path, "passive = true", 'import = "all"', 'export = "all"')
    farewell = Notification(ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_RESET, b"")
    async with AtHome(protocol) as home:
        async with await home.establish(puppet_open()) as puppet:
            assert neighbor_details(protocol).last_loss is None
            puppet.send(encode_notification(farewell))
            assert await puppet.receive() is None
        protocol.restart()  # without this it would wait for a while
        async with await home.establish(puppet_open()):
            details = neighbor_details(protocol)
    assert details.last_error is None
    assert details.last_loss is not None
    assert details.last_loss.reason == "Received: Administrative reset"


async def test_a_refused_attempt_is_told_with_its_reason(tmp_path: Path) -> None:
    protocol = neighbor(tmp_path, "passive = true", 'import = "all"', 'export = "all"')
    async with AtHome(protocol) as home, await home.establish(puppet_open()):
        async with await home.connect() as second:
            refusal = await second.notification()
            assert refusal is not None
            assert refusal.subcode == CeaseSubcode.CONNECTION_COLLISION_RESOLUTION
        details = neighbor_details(protocol)
    assert details.last_refusal is not None
    assert details.last_refusal.reason == "a session is established"
    assert str(details.last_refusal).endswith(
        "a session is established (answered: Connection collision resolution)"
    )
    assert details.bgp_state == "Established"
