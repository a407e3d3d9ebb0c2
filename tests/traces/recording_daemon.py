"""Our daemon, writing down what its machines are told and what it sends.

``BGPD_TRACE=FILE python -m tests.traces.recording_daemon -c ...`` runs it; the file gets a JSON line for
the settings of the neighbor, of which there must be one only, and then a line for each step of ``trace.py``.
"""

import asyncio
import itertools
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from bgpd.__main__ import main
from bgpd.sessions import connections, performer
from bgpd.sessions.session import MessageHandler, Session, SessionOwner
from fsm.actions import Actions
from fsm.events import (
    AutomaticStart,
    AutomaticStop,
    Event,
    ManualStart,
    ManualStop,
    TcpConnectionConfirmed,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
)
from fsm.machine import Machine
from fsm.memory import Memory
from fsm.settings import Settings
from fsm.state import State
from messages.framing import frame
from messages.iana import HEADER_OCTETS, MessageType
from tests.traces.trace import EXPIRE, JITTER, ORIGINATED, RECEIVED, SENT, STATE, settings_in_json

_INPUTS: Final = (
    ManualStart,
    ManualStop,
    AutomaticStart,
    AutomaticStop,
    TcpConnectionRequestAcked,
    TcpConnectionConfirmed,
    TcpConnectionFails,
)
"""Messages and expired timers are written down otherwise; who loses a collision is for the replay to say."""
_NOT_ASKED_FOR: Final = {MessageType.UPDATE, MessageType.ROUTE_REFRESH}
_file: Final = Path(os.environ["BGPD_TRACE"]).open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - to the end
_numbers: Final = itertools.count()


class RecordingMachine(Machine):
    """A machine that writes down what it is told and where that leads."""

    def __init__(self, settings: Settings, jitter: Callable[[], float], memory: Memory | None = None) -> None:
        super().__init__(settings, self._recorded_jitter, memory)
        self.number = next(_numbers)
        self._draw = jitter
        if self.number == 0:
            print(json.dumps(settings_in_json(settings)), file=_file)

    def rival(self) -> Machine:
        rival = RecordingMachine(self.settings, self._draw, self.memory)
        rival.state = State.ACTIVE
        return rival

    def note(self, kind: str, value: object = None) -> None:
        """Write a step down."""
        now = asyncio.get_running_loop().time()
        print(json.dumps([now, self.number, kind, value]), file=_file)

    def handle(self, event: Event, now: float) -> Actions:
        before = self.state
        if isinstance(event, _INPUTS):
            self._note_at(now, type(event).__name__, _details(event))
        actions = super().handle(event, now)
        if self.state is not before:
            self._note_at(now, STATE, str(self.state))
        return actions

    def expire(self, now: float) -> Actions:
        deadline = self.next_deadline()
        if deadline is not None and deadline <= now:
            self._note_at(now, EXPIRE)
        return super().expire(now)

    def _note_at(self, now: float, kind: str, value: object = None) -> None:
        print(json.dumps([now, self.number, kind, value]), file=_file)

    def _recorded_jitter(self) -> float:
        factor = self._draw()
        self.note(JITTER, factor)
        return factor


class RecordingHandler:
    """Writes UPDATEs down, which do not go through the machine once the session is established."""

    def __init__(self, machine: RecordingMachine, handler: MessageHandler) -> None:
        self._machine = machine
        self._handler = handler
        self.route_refresh_received = handler.route_refresh_received
        self.writable = handler.writable

    def updates_received(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            self._machine.note(RECEIVED, frame(MessageType.UPDATE, body).hex())
        self._handler.updates_received(bodies)


class RecordingSession(Session):
    """A session that writes down the messages of both directions."""

    def __init__(self, machine: Machine, owner: SessionOwner, handler: MessageHandler, *rest: Any) -> None:
        assert isinstance(machine, RecordingMachine)
        super().__init__(machine, owner, RecordingHandler(machine, handler), *rest)
        self._note = machine.note

    def _dispatch_message(self, message_type: int, body: bytes) -> None:
        self._note(RECEIVED, frame(message_type, body).hex())
        super()._dispatch_message(message_type, body)

    def write(self, data: bytes | list[bytes]) -> None:
        if self._transport is not None and not self._is_closing:
            messages = [data] if isinstance(data, bytes) else data
            octets = b"".join(messages).hex()
            is_originated = any(message[HEADER_OCTETS - 1] in _NOT_ASKED_FOR for message in messages)
            self._note(ORIGINATED if is_originated else SENT, octets)
        super().write(data)


def _details(event: Event) -> object:
    match event:
        case ManualStop(notification) | AutomaticStop(notification) if notification is not None:
            return [notification.code, notification.subcode, notification.data.hex()]
        case TcpConnectionFails(reason):
            return reason
        case _:
            return None


if __name__ == "__main__":
    vars(connections)["Machine"] = RecordingMachine
    vars(performer)["Session"] = RecordingSession
    sys.exit(main())
