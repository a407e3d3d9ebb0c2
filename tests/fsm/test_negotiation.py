"""What two OPENs agree on (RFC 4271 §4.2, RFC 4760 §8, RFC 5492, RFC 6793 §4)."""

from dataclasses import replace

import pytest

from fsm.negotiation import Negotiated, announced_capabilities, local_open, negotiate
from fsm.settings import Settings
from messages.capabilities import (
    EXTENDED_MESSAGE,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    Capabilities,
)
from messages.errors import NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
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
