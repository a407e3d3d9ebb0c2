"""A peer that does not know the Capabilities parameter is asked again without it (RFC 5492 §3)."""

from dataclasses import replace

import pytest

from fsm.actions import SendOpen
from fsm.events import (
    AutomaticStart,
    Event,
    KeepaliveReceived,
    ManualStart,
    ManualStop,
    NotificationReceived,
    OpenReceived,
    TcpConnectionConfirmed,
    TcpConnectionFails,
)
from fsm.machine import Machine
from fsm.negotiation import announced_capabilities, local_open, negotiate
from fsm.settings import Settings
from fsm.state import State
from messages.capabilities import (
    ENHANCED_ROUTE_REFRESH,
    EXTENDED_MESSAGE,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    Capabilities,
)
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.notification import Notification
from messages.open import encode_open
from tests.fsm.machines import NOW, SETTINGS, machine_in, peer_open

NONE = Capabilities()
REFUSAL = NotificationReceived(Notification(2, 4))
DUAL = replace(SETTINGS, families=(IPV4_UNICAST, IPV6_UNICAST))


def next_open(machine: Machine) -> Capabilities:
    """Return what the machine announces on its next connection."""
    if machine.state is State.IDLE:
        machine.handle(AutomaticStart(), NOW)
    (action,) = machine.handle(TcpConnectionConfirmed(), NOW)
    assert isinstance(action, SendOpen)
    return action.message.capabilities


@pytest.mark.parametrize("state", [State.OPEN_SENT, State.OPEN_CONFIRM], ids=str)
def test_the_next_open_goes_without(state: State) -> None:
    machine = machine_in(state, DUAL)
    machine.handle(REFUSAL, NOW)
    assert (machine.state, machine.timers.idle_hold.running) == (State.IDLE, False)
    assert machine.omits_capabilities
    assert next_open(machine) == NONE


def test_a_peer_that_refuses_that_too_is_damped() -> None:
    machine = machine_in(State.OPEN_SENT)
    machine.handle(REFUSAL, NOW)
    next_open(machine)
    machine.handle(REFUSAL, NOW)
    assert machine.timers.idle_hold.running


def test_a_peer_that_wants_them_after_all_gets_them_again() -> None:
    """Our AS may not fit two octets: without capabilities the peer takes us for AS_TRANS, and says 2/2."""
    machine = machine_in(State.OPEN_SENT)
    machine.handle(REFUSAL, NOW)
    assert next_open(machine) == NONE
    machine.handle(NotificationReceived(Notification(2, 2)), NOW)
    assert not machine.omits_capabilities
    assert next_open(machine) != NONE


@pytest.mark.parametrize(
    "settings",
    [
        replace(SETTINGS, families=(IPV6_UNICAST,)),
        replace(SETTINGS, required=Capabilities.of((ROUTE_REFRESH, True))),
        replace(SETTINGS, strict_role=True),
        replace(SETTINGS, announce_capabilities=False),
    ],
    ids=["IPv6 only", "required capabilities", "strict role", "there were none"],
)
def test_where_capabilities_are_needed_they_stay(settings: Settings) -> None:
    machine = machine_in(State.OPEN_SENT, settings)
    machine.handle(REFUSAL, NOW)
    assert machine.timers.idle_hold.running
    assert not machine.omits_capabilities


@pytest.mark.parametrize("notification", [Notification(2, 0), Notification(2, 7), Notification(3, 4)])
def test_other_errors_have_nothing_to_do_with_it(notification: Notification) -> None:
    machine = machine_in(State.OPEN_SENT)
    machine.handle(NotificationReceived(notification), NOW)
    assert not machine.omits_capabilities


def test_an_established_session_proves_that_they_were_taken(established: Machine) -> None:
    established.handle(REFUSAL, NOW)
    assert not established.omits_capabilities
    assert established.timers.idle_hold.running


def test_both_connections_know() -> None:
    machine = machine_in(State.OPEN_SENT)
    rival = machine.rival()
    machine.handle(REFUSAL, NOW)
    assert next_open(rival) == NONE


def test_terms_follow_from_the_open_that_was_sent() -> None:
    """A connection whose OPEN had capabilities keeps them when the other one learns better."""
    machine = machine_in(State.OPEN_SENT, DUAL)
    rival = machine.rival()
    next_open(rival)
    rival.handle(REFUSAL, NOW)
    speaks = Capabilities.of((MULTIPROTOCOL, IPV6_UNICAST))
    machine.handle(OpenReceived(peer_open(capabilities=speaks)), NOW)
    assert machine.negotiated is not None
    assert machine.negotiated.families == (IPV6_UNICAST,)


@pytest.mark.parametrize("event", [ManualStop(), ManualStop(Notification(6, 2))])
@pytest.mark.parametrize("state", State, ids=str)
def test_the_operator_makes_it_forget(state: State, event: Event) -> None:
    machine = machine_in(state)
    machine.memory.omits_capabilities = True
    machine.handle(event, NOW)
    assert not machine.omits_capabilities


def test_a_start_makes_it_forget() -> None:
    machine = machine_in(State.IDLE)
    machine.memory.omits_capabilities = True
    machine.handle(ManualStart(), NOW)
    assert not machine.omits_capabilities


def test_it_is_remembered_until_a_session_ends() -> None:
    machine = machine_in(State.OPEN_SENT)
    machine.handle(REFUSAL, NOW)
    next_open(machine)
    machine.handle(TcpConnectionFails("Connection reset by peer"), NOW)
    assert next_open(machine) == NONE
    machine.handle(OpenReceived(peer_open(capabilities=NONE)), NOW)
    machine.handle(KeepaliveReceived(), NOW)
    assert (machine.state, machine.omits_capabilities) == (State.ESTABLISHED, True)
    machine.handle(TcpConnectionFails("Connection reset by peer"), NOW)
    assert not machine.omits_capabilities
    assert next_open(machine) == announced_capabilities(SETTINGS)


def test_what_only_the_peer_announces_is_not_used() -> None:
    """RFC 5492 §3; but Route Refresh says what the peer takes from us (RFC 2918 §4)."""
    theirs = announced_capabilities(replace(DUAL, local_asn=65001))
    terms = negotiate(peer_open(capabilities=theirs), DUAL, NONE)
    assert terms.families == (IPV4_UNICAST,)
    assert (terms.context.as_number_octets, terms.context.message_octets) == (2, 4096)
    assert (terms.route_refresh, terms.enhanced_route_refresh) == (True, False)
    assert (terms.local_capabilities, terms.peer_capabilities) == (NONE, theirs)


def test_an_open_without_capabilities_has_no_parameters() -> None:
    settings = replace(SETTINGS, announce_capabilities=False, capabilities=Capabilities(((73, b"\1h\0"),)))
    assert announced_capabilities(settings) == NONE
    assert encode_open(local_open(settings, NONE))[-1] == 0


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_enhanced_route_refresh_is_for_two(ours: bool, theirs: bool, both: bool) -> None:
    """RFC 7313 §4."""
    settings = replace(SETTINGS, enhanced_route_refresh=ours)
    announced = announced_capabilities(settings)
    assert (ENHANCED_ROUTE_REFRESH in announced) == ours
    capabilities = Capabilities.of((ENHANCED_ROUTE_REFRESH, True)) if theirs else NONE
    terms = negotiate(peer_open(capabilities=capabilities), settings, announced)
    assert terms.enhanced_route_refresh == both


def test_everything_else_is_in_the_open() -> None:
    codes = [code for code, _, _ in announced_capabilities(SETTINGS)]
    assert codes == [row.code for row in (MULTIPROTOCOL, ROUTE_REFRESH, FOUR_OCTET_AS)] + [
        row.code for row in (ENHANCED_ROUTE_REFRESH, EXTENDED_MESSAGE)
    ]
