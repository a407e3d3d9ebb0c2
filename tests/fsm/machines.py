"""A machine brought to each state by the events that lead there, and OPENs to feed it with."""

from collections.abc import Callable
from dataclasses import replace

from fsm.events import (
    Event,
    KeepaliveReceived,
    ManualStart,
    OpenReceived,
    TcpConnectionConfirmed,
    TcpConnectionRequestAcked,
)
from fsm.machine import Machine
from fsm.session_attributes import no_jitter
from fsm.settings import Settings
from fsm.state import State
from messages.capabilities import FOUR_OCTET_AS, MULTIPROTOCOL, ROUTE_REFRESH, Capabilities
from messages.families import IPV4_UNICAST
from messages.open import Open

NOW = 1000.0
SETTINGS = Settings(local_asn=64512, router_id=0x0A000001, peer_asn=65001, connect_delay=0)

CAPABILITIES = Capabilities.of((MULTIPROTOCOL, IPV4_UNICAST), (ROUTE_REFRESH, True), (FOUR_OCTET_AS, 65001))


def peer_open(
    autonomous_system: int = 65001,
    hold_time: int = 90,
    router_id: int = 0x0A000002,
    capabilities: Capabilities = CAPABILITIES,
) -> Open:
    """Return an OPEN that ``SETTINGS`` accepts unless told otherwise."""
    return Open(4, autonomous_system, hold_time, router_id, capabilities)


_WAY: tuple[tuple[State, Event], ...] = (
    (State.CONNECT, ManualStart()),
    (State.OPEN_SENT, TcpConnectionRequestAcked()),
    (State.OPEN_CONFIRM, OpenReceived(peer_open())),
    (State.ESTABLISHED, KeepaliveReceived()),
)


def machine_in(
    state: State, settings: Settings = SETTINGS, jitter: Callable[[], float] = no_jitter
) -> Machine:
    """Return a machine in this state at ``NOW``, brought there by events."""
    machine = Machine(settings, jitter)
    if state is State.ACTIVE:
        return machine.rival()
    for reached, event in _WAY:
        if machine.state is state:
            break
        machine.handle(event, NOW)
        assert machine.state is reached
    return machine


def machine_delaying_in(state: State, settings: Settings = SETTINGS, delay_open: float = 20) -> Machine:
    """Return a machine in Connect or Active whose DelayOpenTimer runs since ``NOW``."""
    machine = machine_in(state, replace(settings, delay_open=delay_open))
    event = TcpConnectionRequestAcked() if state is State.CONNECT else TcpConnectionConfirmed()
    assert machine.handle(event, NOW) == ()
    assert machine.state is state
    assert machine.waits_to_open
    return machine
