"""Graceful restart: what is offered and agreed on, and whose routes are kept (RFC 4724, RFC 8538)."""

from dataclasses import replace
from typing import Final, Literal

import pytest

from fsm.actions import SessionDown
from fsm.events import (
    AutomaticStop,
    Event,
    HoldTimerExpires,
    KeepaliveReceived,
    ManualStart,
    ManualStop,
    NotificationReceived,
    OpenReceived,
    SendHoldTimerExpires,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
    UpdateMessageError,
)
from fsm.machine import Machine
from fsm.negotiation import announced_capabilities, negotiate
from fsm.restart import Restart, has_restarted, offered_restart
from fsm.restart_state import RestartState
from fsm.state import State
from messages.capabilities import (
    FOUR_OCTET_AS,
    GRACEFUL_RESTART,
    MULTIPROTOCOL,
    Capabilities,
    GracefulRestart,
    RestartingFamily,
)
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.notification import Notification, hard_reset
from tests.fsm.machines import CAPABILITIES, NOW, SETTINGS, peer_open

Mode = Literal["off", "helper", "full"]
BOTH: Final = (IPV4_UNICAST, IPV6_UNICAST)
IPV4: Final = RestartingFamily(IPV4_UNICAST, forwarding_preserved=True)
IPV6: Final = RestartingFamily(IPV6_UNICAST, forwarding_preserved=False)
PEERS: Final = GracefulRestart(restarting=True, notification=True, restart_time=60, families=(IPV4, IPV6))
CEASE: Final = Notification(6, 2)


def test_who_is_not_to_help_says_nothing() -> None:
    assert offered_restart(SETTINGS) is None
    assert GRACEFUL_RESTART not in announced_capabilities(SETTINGS)


def test_a_helper_lists_no_families() -> None:
    """RFC 4724 §3: it has no routes of its own kept, and will send End-of-RIB."""
    settings = replace(SETTINGS, graceful_restart="helper", restart_time=99)
    offer = GracefulRestart(restarting=False, notification=True, restart_time=0, families=())
    assert announced_capabilities(settings).get(GRACEFUL_RESTART) == offer


@pytest.mark.parametrize("mode", ["helper", "full"])
def test_notifications_may_end_everything_as_ever(mode: Mode) -> None:
    """RFC 8538 §2: who does not announce the N bit keeps nothing after a NOTIFICATION, nor does its peer."""
    settings = replace(SETTINGS, graceful_restart=mode, restart_after_notification=False)
    announced = announced_capabilities(settings)
    theirs = CAPABILITIES + Capabilities.of((GRACEFUL_RESTART, PEERS))
    restart = negotiate(peer_open(capabilities=theirs), settings, announced).restart
    offer = announced.get(GRACEFUL_RESTART)
    assert restart is not None
    assert offer is not None
    assert (offer.notification, restart.after_notification) == (False, False)
    assert (restart.retained(CEASE), restart.retained(None)) == ((), (IPV4_UNICAST,))


@pytest.mark.parametrize("is_restarting", [False, True])
@pytest.mark.parametrize("lost", [(), BOTH[:1], BOTH])
def test_what_our_restart_has_left(is_restarting: bool, lost: tuple[object, ...]) -> None:
    """RFC 4724 §3, §4.1: the two bits, at the time of each OPEN."""
    state = RestartState()
    settings = replace(SETTINGS, graceful_restart="full", families=BOTH, restart_state=state)
    state.is_restarting = is_restarting
    state.lost.update(family for family in BOTH if family in lost)
    families = tuple(RestartingFamily(family, family not in lost) for family in BOTH)
    assert offered_restart(settings) == GracefulRestart(is_restarting, True, 120, families)


@pytest.mark.parametrize(
    ("mode", "theirs", "agreed"),
    [
        ("off", PEERS, None),
        ("helper", None, None),
        ("helper", PEERS, Restart(60, BOTH, frozenset(BOTH[:1]), True, True, False)),
        ("full", PEERS, Restart(60, BOTH, frozenset(BOTH[:1]), True, True, True)),
        ("full", PEERS._replace(families=()), Restart(60, (), frozenset(), True, True, True)),
        ("full", PEERS._replace(restarting=False, notification=False, families=(IPV6,)),
         Restart(60, BOTH[1:], frozenset(), False, False, True)),
        ("helper", PEERS._replace(families=(RestartingFamily((25, 70), True),)),
         Restart(60, (), frozenset(), True, True, False)),
    ],
)  # fmt: skip
def test_what_both_agree_on(mode: Mode, theirs: GracefulRestart | None, agreed: Restart | None) -> None:
    settings = replace(SETTINGS, graceful_restart=mode, families=BOTH)
    announced = announced_capabilities(settings)
    rows = [(MULTIPROTOCOL, family) for family in BOTH]
    capabilities = Capabilities.of(*rows, (FOUR_OCTET_AS, 65001))
    if theirs is not None:
        capabilities += Capabilities.of((GRACEFUL_RESTART, theirs))
    assert negotiate(peer_open(capabilities=capabilities), settings, announced).restart == agreed


def test_only_families_of_the_session_are_kept() -> None:
    settings = replace(SETTINGS, graceful_restart="helper")
    theirs = CAPABILITIES + Capabilities.of((GRACEFUL_RESTART, PEERS))
    restart = negotiate(peer_open(capabilities=theirs), settings, announced_capabilities(settings)).restart
    assert restart is not None
    assert restart.families == (IPV4_UNICAST,)


def test_who_has_restarted() -> None:
    """RFC 4724 §4.1."""
    opens = [
        CAPABILITIES + Capabilities.of((GRACEFUL_RESTART, PEERS._replace(restarting=bit)))
        for bit in (False, True)
    ]
    assert [has_restarted(peer_open(capabilities=each)) for each in (CAPABILITIES, *opens)] == [0, 0, 1]


def established(restart: GracefulRestart, mode: Mode = "helper") -> Machine:
    machine = Machine(replace(SETTINGS, graceful_restart=mode))
    theirs = peer_open(capabilities=CAPABILITIES + Capabilities.of((GRACEFUL_RESTART, restart)))
    for event in (ManualStart(), TcpConnectionRequestAcked(), OpenReceived(theirs), KeepaliveReceived()):
        machine.handle(event, NOW)
    assert machine.state is State.ESTABLISHED
    return machine


KEPT: Final = (IPV4_UNICAST,)
SILENT: Final = PEERS._replace(notification=False)
ENDS: Final[tuple[tuple[str, GracefulRestart, Event, tuple[object, ...]], ...]] = (
    ("the connection is lost", SILENT, TcpConnectionFails("gone"), KEPT),
    ("the connection is lost, N bit", PEERS, TcpConnectionFails("gone"), KEPT),
    ("Cease", SILENT, NotificationReceived(CEASE), ()),
    ("Cease, N bit", PEERS, NotificationReceived(CEASE), KEPT),
    ("hard reset, N bit", PEERS, NotificationReceived(hard_reset(CEASE)), ()),
    ("silence", SILENT, HoldTimerExpires(), ()),
    ("silence, N bit", PEERS, HoldTimerExpires(), KEPT),
    ("an error of the peer", SILENT, UpdateMessageError(Notification(3, 1)), ()),
    ("an error of the peer, N bit", PEERS, UpdateMessageError(Notification(3, 1)), KEPT),
    ("too many prefixes", PEERS, AutomaticStop(Notification(6, 1), damped=True), ()),
    ("shut down", PEERS, ManualStop(CEASE), ()),
    ("shut down silently", PEERS, ManualStop(None), ()),
    ("no families", PEERS._replace(families=()), TcpConnectionFails("gone"), ()),
    ("back at once, or never", PEERS._replace(restart_time=0), TcpConnectionFails("gone"), ()),
)


@pytest.mark.parametrize(
    "event",
    [
        HoldTimerExpires(),
        NotificationReceived(Notification(4, 0)),
        SendHoldTimerExpires(),
        NotificationReceived(Notification(8, 0)),
    ],
)
@pytest.mark.parametrize(("restart", "rests"), [(SILENT, True), (PEERS, False)])
def test_who_is_awaited_is_not_kept_out(restart: GracefulRestart, event: Event, rests: bool) -> None:
    """RFC 8538 §4: its routes are kept for the time in which it may be back, so it is let in."""
    machine = established(restart)
    machine.handle(event, NOW)
    assert (machine.state, machine.timers.idle_hold.running) == (State.IDLE, rests)


@pytest.mark.parametrize(
    ("restart", "event", "retained"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS]
)
def test_whose_routes_are_kept(restart: GracefulRestart, event: Event, retained: tuple[object, ...]) -> None:
    """RFC 4724 §4.2, RFC 8538 §4."""
    machine = established(restart)
    (down,) = [each for each in machine.handle(event, NOW) if isinstance(each, SessionDown)]
    assert down.retained == retained


def test_without_our_offer_nothing_is_kept() -> None:
    machine = established(PEERS, "off")
    (down,) = [
        each for each in machine.handle(TcpConnectionFails("gone"), NOW) if isinstance(each, SessionDown)
    ]
    assert down.retained == ()
