"""Puts a trace to machines again, as the daemon's driver would, under the clock of the trace."""

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

from fsm.actions import Actions, SendKeepalive, SendNotification, SendOpen
from fsm.collision import Verdict
from fsm.events import (
    AutomaticStart,
    Event,
    KeepaliveReceived,
    ManualStart,
    ManualStop,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenReceived,
    RouteRefreshReceived,
    TcpConnectionConfirmed,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
    UpdateReceived,
)
from fsm.machine import Machine
from fsm.state import State
from messages.iana import HEADER_OCTETS, MessageType, OpenSubcode
from messages.keepalive import KEEPALIVE
from messages.notification import Notification, decode_notification, encode_notification
from messages.open import decode_open, encode_open
from tests.traces.trace import EXPIRE, JITTER, ORIGINATED, RECEIVED, SENT, STATE, Step, Trace

LATE: Final = 1.0
"""A timer may wait this long for a busy event loop."""


class Output(NamedTuple):
    """What a machine did."""

    kind: str
    value: str


class Replay:
    """The machines of one neighbor; ``outputs`` is what each of them did."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.outputs: defaultdict[int, list[Output]] = defaultdict(list)
        self._machines: dict[int, Machine] = {}
        self._waiting: defaultdict[int, list[Event]] = defaultdict(list)
        """An OPEN that waits for the end of a collision, and what followed it."""
        self._factors: defaultdict[int, deque[float]] = defaultdict(deque)
        for step in trace.steps:
            if step.kind == JITTER:
                self._factors[step.connection].append(step.value)

    def run(self) -> None:
        """Put every input to its machine."""
        for step in self.trace.steps:
            if step.kind not in {JITTER, SENT, STATE}:
                self._put(step)
                self._settle(step.at)

    def _put(self, step: Step) -> None:
        machine = self._machine(step.connection)
        deadline = machine.next_deadline()
        match step.kind:
            case _ if step.kind == EXPIRE:
                assert deadline is not None, step
                assert deadline <= step.at <= deadline + LATE, step
                before = machine.state
                self._note(machine, before, machine.expire(step.at))
                return
            case _ if step.kind == RECEIVED:
                self._receive(machine, step.at, bytes.fromhex(step.value))
            case _ if step.kind == ORIGINATED:
                if bytes.fromhex(step.value)[HEADER_OCTETS - 1] == MessageType.UPDATE:
                    machine.update_sent(step.at)
            case _:
                self._handle(machine, _event(step), step.at)
        assert deadline is None or step.at <= deadline + LATE, step

    def _machine(self, number: int) -> Machine:
        if number not in self._machines:
            jitter = partial(_draw, self._factors[number])
            main = next(iter(self._machines.values()), None)
            machine = Machine(self.trace.settings) if main is None else main.rival()
            machine.jitter = jitter
            self._machines[number] = machine
        return self._machines[number]

    def _receive(self, machine: Machine, at: float, message: bytes) -> None:
        body = message[HEADER_OCTETS:]
        match MessageType(message[HEADER_OCTETS - 1]):
            case MessageType.UPDATE if machine.state is State.ESTABLISHED:
                machine.heard_from_peer(at)
            case MessageType.OPEN:
                self._receive_open(machine, OpenReceived(decode_open(body)), at)
            case MessageType.NOTIFICATION:
                self._handle(machine, _notified(decode_notification(body)), at)
            case other if waiting := self._waiting[self._number(machine)]:
                waiting.append(_MESSAGES[other])
            case other:
                self._handle(machine, _MESSAGES[other], at)

    def _receive_open(self, machine: Machine, event: OpenReceived, at: float) -> None:
        """Decide which connection goes (RFC 4271 §6.8)."""
        for other in self._others(machine):
            verdict = machine.verdict(event.message, other)
            if verdict is Verdict.WAIT:
                self._waiting[self._number(machine)].append(event)
                return
            if verdict is Verdict.DUMP_OPENED:
                self._handle(machine, OpenCollisionDump(), at)
                return
            if verdict is Verdict.DUMP_OTHER:
                self._handle(other, OpenCollisionDump(), at)
        self._handle(machine, event, at)

    def _settle(self, at: float) -> None:
        """Let nothing live beside an established session, and nothing wait for what is gone."""
        for number, machine in tuple(self._machines.items()):
            others = list(self._others(machine))
            if machine.state is State.ESTABLISHED:
                for other in others:
                    self._handle(other, OpenCollisionDump(), at)
            elif not others or not machine.is_alive:
                waiting = self._waiting.pop(number, [])
                for event in waiting if machine.is_alive else ():
                    self._handle(machine, event, at)

    def _others(self, machine: Machine) -> Iterator[Machine]:
        yield from (other for other in self._machines.values() if other is not machine and other.is_alive)

    def _handle(self, machine: Machine, event: Event, at: float) -> None:
        if isinstance(event, ManualStop):
            machine.error_wait.clear()
        before = machine.state
        self._note(machine, before, machine.handle(event, at))

    def _number(self, machine: Machine) -> int:
        return next(number for number, known in self._machines.items() if known is machine)

    def _note(self, machine: Machine, before: State, actions: Actions) -> None:
        outputs = self.outputs[self._number(machine)]
        if machine.state is not before:
            outputs.append(Output(STATE, str(machine.state)))
        for action in actions:
            match action:
                case SendOpen(message):
                    outputs.append(Output(SENT, encode_open(message).hex()))
                case SendKeepalive():
                    outputs.append(Output(SENT, KEEPALIVE.hex()))
                case SendNotification(notification):
                    outputs.append(Output(SENT, encode_notification(notification).hex()))


_MESSAGES: Final[dict[MessageType, Event]] = {
    MessageType.KEEPALIVE: KeepaliveReceived(),
    MessageType.UPDATE: UpdateReceived(),
    MessageType.ROUTE_REFRESH: RouteRefreshReceived(),
}
_PLAIN_EVENTS: Final[dict[str, Event]] = {
    type(event).__name__: event
    for event in (ManualStart(), AutomaticStart(), TcpConnectionRequestAcked(), TcpConnectionConfirmed())
}


def _event(step: Step) -> Event:
    match step.kind, step.value:
        case "ManualStop", None:
            return ManualStop()
        case "ManualStop", [code, subcode, data]:
            return ManualStop(Notification(code, subcode, bytes.fromhex(data)))
        case "TcpConnectionFails", reason:
            return TcpConnectionFails(reason)
        case kind, _:
            return _PLAIN_EVENTS[kind]


def _notified(notification: Notification) -> Event:
    if notification.subcode == OpenSubcode.UNSUPPORTED_VERSION_NUMBER and notification.code == 2:
        return NotificationVersionError(notification)
    return NotificationReceived(notification)


def _draw(factors: deque[float]) -> float:
    return factors.popleft()
