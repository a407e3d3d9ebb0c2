"""What two OPENs agree on (RFC 4271 §4.2, RFC 4760 §8, RFC 5492, RFC 6793 §4)."""

from dataclasses import replace
from itertools import starmap

import pytest

from fsm.negotiation import Negotiated, announced_capabilities, local_open, negotiate
from fsm.settings import Settings
from messages.capabilities import (
    ADD_PATH,
    EXTENDED_MESSAGE,
    EXTENDED_NEXT_HOP,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROLE,
    ROUTE_REFRESH,
    AddPath,
    Capabilities,
    ExtendedNextHop,
)
from messages.errors import NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.iana import AddPathDirection, Role
from messages.open import Open
from tests.fsm.machines import SETTINGS, peer_open

BOTH = replace(SETTINGS, families=(IPV4_UNICAST, IPV6_UNICAST))
ONLY_IPV6 = replace(SETTINGS, families=(IPV6_UNICAST,))


def terms(message: Open, settings: Settings) -> Negotiated:
    return negotiate(message, settings, announced_capabilities(settings))


def our_open(settings: Settings) -> Open:
    return local_open(settings, announced_capabilities(settings))


def speaks(*families: Family | tuple[int, int]) -> Capabilities:
    return Capabilities.of(*((MULTIPROTOCOL, family) for family in families))


@pytest.mark.parametrize(
    ("capabilities", "common"),
    [
        (speaks(IPV4_UNICAST, IPV6_UNICAST), (IPV4_UNICAST, IPV6_UNICAST)),
        (speaks(IPV6_UNICAST, IPV4_UNICAST), (IPV4_UNICAST, IPV6_UNICAST)),
        (speaks(IPV6_UNICAST), (IPV6_UNICAST,)),
        (speaks((25, 65), IPV4_UNICAST), (IPV4_UNICAST,)),
        (Capabilities(), (IPV4_UNICAST,)),
    ],
    ids=["both", "our order", "one", "unknown family", "no Multiprotocol means IPv4 unicast"],
)
def test_families_are_those_of_both(capabilities: Capabilities, common: tuple[Family, ...]) -> None:
    negotiated = terms(peer_open(capabilities=capabilities), BOTH)
    assert negotiated.families == common
    assert negotiated.context.families == frozenset(common)


@pytest.mark.parametrize("capabilities", [Capabilities(), speaks(IPV4_UNICAST), speaks((25, 65))])
def test_no_common_family_is_a_missing_capability(capabilities: Capabilities) -> None:
    """RFC 5492 §5: the data lists the capabilities that are missing."""
    with pytest.raises(NotificationError) as refusal:
        terms(peer_open(capabilities=capabilities), ONLY_IPV6)
    assert (refusal.value.code, refusal.value.subcode) == (2, 7)
    assert refusal.value.data == bytes.fromhex("01 04 0002 00 01")


@pytest.mark.parametrize(
    ("capabilities", "octets"), [(Capabilities(), 2), (Capabilities.of((FOUR_OCTET_AS, 65001)), 4)]
)
def test_as_numbers_have_four_octets_if_the_peer_says_so(capabilities: Capabilities, octets: int) -> None:
    assert terms(peer_open(capabilities=capabilities), SETTINGS).context.as_number_octets == octets


@pytest.mark.parametrize(("asn", "external"), [(65001, True), (64512, False)])
def test_a_peer_in_our_as_is_internal(asn: int, external: bool) -> None:
    settings = replace(SETTINGS, peer_asn=asn)
    negotiated = terms(peer_open(asn, capabilities=Capabilities()), settings)
    assert (negotiated.external, negotiated.peer_asn) == (external, asn)
    assert negotiated.peer_router_id == 0x0A000002


def test_route_refresh_is_for_peers_that_announce_it() -> None:
    """RFC 2918 §4."""
    assert terms(peer_open(), SETTINGS).route_refresh
    assert not terms(peer_open(capabilities=Capabilities()), SETTINGS).route_refresh


def test_the_capabilities_of_the_peer_are_kept() -> None:
    assert terms(peer_open(), SETTINGS).peer_capabilities == peer_open().capabilities


def test_an_as_number_of_four_octets_hides_behind_as_trans() -> None:
    """RFC 6793 §4.1."""
    message = our_open(replace(SETTINGS, local_asn=4200000000))
    assert (message.autonomous_system, message.asn) == (23456, 4200000000)


def test_our_open_announces_what_we_speak() -> None:
    extra = Capabilities(((73, b"\x04host\x00"),))
    message = our_open(replace(BOTH, capabilities=extra))
    assert message.capabilities.all(MULTIPROTOCOL) == (IPV4_UNICAST, IPV6_UNICAST)
    assert ROUTE_REFRESH in message.capabilities
    assert message.capabilities.get(FOUR_OCTET_AS) == 64512
    assert [code for code, _, _ in message.capabilities][-1] == 73


@pytest.mark.parametrize(
    ("ours", "theirs", "octets"),
    [
        (True, True, 65535),
        (True, False, 4096),
        (False, True, 4096),
        (False, False, 4096),
    ],
)
def test_messages_are_longer_if_both_say_so(ours: bool, theirs: bool, octets: int) -> None:
    """RFC 8654 §4."""
    settings = replace(SETTINGS, extended_messages=ours)
    capabilities = Capabilities.of((EXTENDED_MESSAGE, True)) if theirs else Capabilities()
    assert terms(peer_open(capabilities=capabilities), settings).context.message_octets == octets
    assert (EXTENDED_MESSAGE in our_open(settings).capabilities) == ours


RECEIVE, SEND, BOTH_WAYS = AddPathDirection


def paths(*rows: tuple[Family | tuple[int, int], AddPathDirection]) -> Capabilities:
    return speaks(IPV4_UNICAST, IPV6_UNICAST) + Capabilities.of((ADD_PATH, tuple(starmap(AddPath, rows))))


@pytest.mark.parametrize(
    ("receive", "send", "direction"),
    [(True, False, RECEIVE), (False, True, SEND), (True, True, BOTH_WAYS), (False, False, None)],
)
def test_several_paths_are_announced_for_every_family(
    receive: bool, send: bool, direction: AddPathDirection | None
) -> None:
    """RFC 7911 §4: one capability has all families."""
    message = our_open(replace(BOTH, add_path_receive=receive, add_path_send=send))
    expected = (tuple(AddPath(family, direction) for family in BOTH.families),) if direction else ()
    assert message.capabilities.all(ADD_PATH) == expected


@pytest.mark.parametrize(
    ("receive", "send", "theirs", "received", "sent"),
    [
        (True, True, paths((IPV4_UNICAST, BOTH_WAYS)), {IPV4_UNICAST}, {IPV4_UNICAST}),
        (True, False, paths((IPV4_UNICAST, BOTH_WAYS)), {IPV4_UNICAST}, set()),
        (False, True, paths((IPV4_UNICAST, BOTH_WAYS)), set(), {IPV4_UNICAST}),
        (False, False, paths((IPV4_UNICAST, BOTH_WAYS)), set(), set()),
        (True, True, paths((IPV4_UNICAST, RECEIVE), (IPV6_UNICAST, SEND)), {IPV6_UNICAST}, {IPV4_UNICAST}),
        (True, False, paths((IPV4_UNICAST, RECEIVE)), set(), set()),
        (False, True, paths((IPV4_UNICAST, SEND)), set(), set()),
        (True, True, speaks(IPV4_UNICAST, IPV6_UNICAST), set(), set()),
        (True, True, paths(((1, 128), BOTH_WAYS)), set(), set()),
        (
            True,
            True,
            speaks(IPV6_UNICAST) + Capabilities.of((ADD_PATH, (AddPath(IPV4_UNICAST, BOTH_WAYS),))),
            set(),
            set(),
        ),
        (
            True,
            True,
            speaks(IPV4_UNICAST) + Capabilities.decode(bytes.fromhex("4508 00010103 00020104")),
            set(),
            set(),
        ),
    ],
    ids=[
        "both ways",
        "we receive",
        "we send",
        "not asked for",
        "one way for each family",
        "both receive",
        "both send",
        "not announced",
        "unknown family",
        "no common family",
        "a direction without meaning is as good as no capability",
    ],
)
def test_one_speaker_sends_several_paths_and_the_other_receives_them(
    receive: bool, send: bool, theirs: Capabilities, received: set[Family], sent: set[Family]
) -> None:
    """RFC 7911 §4, for each family and direction."""
    settings = replace(BOTH, add_path_receive=receive, add_path_send=send)
    context = terms(peer_open(capabilities=theirs), settings).context
    assert context.add_path_receive == received
    assert context.add_path_send == sent


VIA_IPV6 = Capabilities.of((EXTENDED_NEXT_HOP, (ExtendedNextHop(IPV4_UNICAST, 2),)))
VPN_VIA_IPV6 = Capabilities.of((EXTENDED_NEXT_HOP, (ExtendedNextHop((1, 128), 2),)))
VIA_ITSELF = Capabilities.of((EXTENDED_NEXT_HOP, (ExtendedNextHop(IPV4_UNICAST, 1),)))


@pytest.mark.parametrize(
    ("ours", "theirs", "negotiated"),
    [
        (True, VIA_IPV6, {IPV4_UNICAST}),
        (False, VIA_IPV6, set()),
        (True, Capabilities(), set()),
        (True, VPN_VIA_IPV6, set()),
        (True, VIA_ITSELF, set()),
    ],
    ids=["both", "only the peer", "only we", "for another family", "by another next hop"],
)
def test_ipv4_routes_have_ipv6_next_hops_if_both_say_so(
    ours: bool, theirs: Capabilities, negotiated: set[Family]
) -> None:
    """RFC 8950 §4."""
    settings = replace(BOTH, extended_next_hop=ours)
    assert (EXTENDED_NEXT_HOP in our_open(settings).capabilities) == ours
    message = peer_open(capabilities=speaks(IPV4_UNICAST, IPV6_UNICAST) + theirs)
    assert terms(message, settings).context.extended_next_hop == negotiated


def test_a_family_that_we_do_not_speak_has_no_next_hops() -> None:
    settings = replace(ONLY_IPV6, extended_next_hop=True)
    assert EXTENDED_NEXT_HOP not in our_open(settings).capabilities
    theirs = speaks(IPV6_UNICAST) + VIA_IPV6
    assert terms(peer_open(capabilities=theirs), settings).context.extended_next_hop == set()


def test_another_member_as_of_our_confederation_is_neither_internal_nor_external() -> None:
    """RFC 5065 §1.2; roles are not for confederations (RFC 9234 §4)."""
    settings = replace(SETTINGS, is_confederation_member=True, role=Role.CUSTOMER)
    negotiated = terms(peer_open(capabilities=Capabilities.of((ROLE, Role.CUSTOMER))), settings)
    assert (negotiated.external, negotiated.context.confederation) == (False, True)


def test_without_the_options_the_open_has_what_it_always_had() -> None:
    codes = [code for code, _, _ in our_open(replace(BOTH, role=Role.PEER)).capabilities]
    assert codes == [1, 1, 2, 65, 70, 6, 9]
