"""Roles must correspond (RFC 9234 §4.2)."""

import itertools
from dataclasses import replace

import pytest

from fsm.negotiation import announced_capabilities, negotiate
from fsm.open_check import check_open
from fsm.settings import Settings
from messages.capabilities import ROLE, Capabilities
from messages.errors import NotificationError
from messages.iana import Role
from tests.fsm.machines import CAPABILITIES, SETTINGS, peer_open

CORRESPONDING = {
    (Role.PROVIDER, Role.CUSTOMER),
    (Role.CUSTOMER, Role.PROVIDER),
    (Role.RS, Role.RS_CLIENT),
    (Role.RS_CLIENT, Role.RS),
    (Role.PEER, Role.PEER),
}
CUSTOMER = replace(SETTINGS, role=Role.CUSTOMER)
STRICT = replace(CUSTOMER, strict_role=True)


def says(*roles: int) -> Capabilities:
    return CAPABILITIES + Capabilities.of(*((ROLE, role) for role in roles))


def refused(capabilities: Capabilities, settings: Settings) -> str:
    with pytest.raises(NotificationError) as refusal:
        check_open(peer_open(capabilities=capabilities), settings)
    assert (refusal.value.code, refusal.value.subcode, refusal.value.data) == (2, 11, b"")
    return refusal.value.reason


@pytest.mark.parametrize(("ours", "theirs"), list(itertools.product(Role, repeat=2)))
def test_every_pair(ours: Role, theirs: Role) -> None:
    """RFC 9234 §4.2, table 2."""
    settings = replace(SETTINGS, role=ours)
    if (ours, theirs) in CORRESPONDING:
        message = peer_open(capabilities=says(theirs))
        terms = negotiate(message, settings, announced_capabilities(settings))
        assert terms.peer_role is theirs
    else:
        reason = refused(says(theirs), settings)
        assert reason == f"we are {ours.name.lower()}, the peer is {theirs.name.lower()}"


@pytest.mark.parametrize(
    ("settings", "capabilities"),
    [
        (CUSTOMER, CAPABILITIES),
        (SETTINGS, CAPABILITIES),
        (SETTINGS, says(Role.PEER)),
        (SETTINGS, says(200)),
        (CUSTOMER, says(Role.PROVIDER, Role.PROVIDER)),
        (STRICT, says(Role.PROVIDER)),
    ],
    ids=[
        "the peer has none",
        "nobody has one",
        "we have none",
        "we have none, and theirs is unknown",
        "the same twice",
        "strict",
    ],
)
def test_acceptable(settings: Settings, capabilities: Capabilities) -> None:
    check_open(peer_open(capabilities=capabilities), settings)


@pytest.mark.parametrize(
    ("settings", "capabilities", "reason"),
    [
        (STRICT, CAPABILITIES, "the peer announces no role"),
        (replace(SETTINGS, strict_role=True), CAPABILITIES, "the peer announces no role"),
        (CUSTOMER, says(200), "we are customer, the peer is 200"),
        (
            CUSTOMER,
            says(Role.PROVIDER, Role.PEER),
            "the peer announces to be provider and peer",
        ),
        (
            SETTINGS,
            says(Role.PROVIDER, Role.CUSTOMER),
            "the peer announces to be provider and customer",
        ),
    ],
    ids=["strict", "strict, and we have none", "unknown", "several", "several, and we have none"],
)
def test_refused(settings: Settings, capabilities: Capabilities, reason: str) -> None:
    assert refused(capabilities, settings) == reason


def test_within_an_as_roles_mean_nothing() -> None:
    """RFC 9234 §4: the capability is for sessions between autonomous systems."""
    internal = replace(STRICT, peer_asn=SETTINGS.local_asn)
    check_open(peer_open(SETTINGS.local_asn, capabilities=Capabilities.of((ROLE, Role.PEER))), internal)


def test_our_role_is_announced() -> None:
    assert announced_capabilities(CUSTOMER).get(ROLE) == Role.CUSTOMER
    assert ROLE not in announced_capabilities(SETTINGS)


@pytest.mark.parametrize(
    ("capabilities", "role"), [(CAPABILITIES, None), (says(200), None), (says(4), Role.PEER)]
)
def test_the_role_of_the_peer_is_kept(capabilities: Capabilities, role: Role | None) -> None:
    terms = negotiate(peer_open(capabilities=capabilities), SETTINGS, announced_capabilities(SETTINGS))
    assert terms.peer_role is role
