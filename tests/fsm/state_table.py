"""Makes ``docs/fsm.md`` by putting every event to a machine in every state.

``python -m tests.fsm.state_table > docs/fsm.md``
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, NamedTuple

from fsm.actions import (
    Action,
    DropConnection,
    ReportFailure,
    SendKeepalive,
    SendNotification,
    SendOpen,
    SessionDown,
    SessionUp,
    StartConnecting,
)
from fsm.collision import Initiator, Verdict, resolve
from fsm.events import (
    EXPIRIES,
    AutomaticStart,
    AutomaticStop,
    Event,
    KeepaliveReceived,
    ManualStart,
    ManualStop,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenMessageError,
    OpenReceived,
    RouteRefreshReceived,
    TcpConnectionConfirmed,
    TcpConnectionFails,
    TcpConnectionRequestAcked,
    UpdateMessageError,
    UpdateReceived,
)
from fsm.machine import Machine
from fsm.state import State
from fsm.states import TRANSITIONS
from fsm.timers import Timers
from messages.capabilities import EXTENDED_MESSAGE, Capabilities
from messages.notification import Notification
from tests.fsm.introduction import COLLISIONS, INTRODUCTION, TRANSITIONS_READ_SO
from tests.fsm.machines import NOW, SETTINGS, machine_delaying_in, machine_in, peer_open

DEFAULTS: Final = replace(SETTINGS, connect_delay=5)
LATER: Final = NOW + 1
"""When the event comes: a timer that it restarts has another deadline then."""

SITUATIONS: Final[dict[str, Callable[[], Machine]]] = {
    "Idle": partial(machine_in, State.IDLE),
    "Connect": partial(machine_in, State.CONNECT),
    "Connect, while the DelayOpenTimer runs": partial(machine_delaying_in, State.CONNECT),
    "Active": partial(machine_in, State.ACTIVE),
    "Active, while the DelayOpenTimer runs": partial(machine_delaying_in, State.ACTIVE),
    "OpenSent": partial(machine_in, State.OPEN_SENT),
    "OpenConfirm": partial(machine_in, State.OPEN_CONFIRM),
    "Established": partial(machine_in, State.ESTABLISHED),
}


@dataclass(frozen=True)
class Case:
    """An event; with a condition, one that is shown only where it makes a difference."""

    event: Event
    condition: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


_CEASE: Final = Notification(6, 2)
CASES: Final[tuple[Case, ...]] = (
    Case(ManualStart()),
    Case(ManualStart(), "`connect_delay` is 0", {"connect_delay": 0}),
    Case(ManualStart(), "`passive`", {"passive": True}),
    Case(ManualStop(_CEASE)),
    Case(ManualStop(), "silent"),
    Case(AutomaticStart()),
    Case(AutomaticStart(), "`passive`", {"passive": True}),
    Case(AutomaticStop(Notification(6, 5))),
    Case(AutomaticStop(Notification(6, 8), damped=True), "the reason will last"),
    Case(AutomaticStop(Notification(6, 1), rest=30), "with a rest of its own"),
    *(Case(event) for event in sorted(EXPIRIES, key=lambda event: event.number or 0) if event.number != 29),
    Case(TcpConnectionRequestAcked()),
    Case(TcpConnectionRequestAcked(), "`delay_open`", {"delay_open": 20}),
    Case(TcpConnectionConfirmed()),
    Case(TcpConnectionConfirmed(), "`delay_open`", {"delay_open": 20}),
    Case(TcpConnectionFails("Connection refused")),
    Case(TcpConnectionFails("Connection refused"), "`passive`", {"passive": True}),
    Case(OpenReceived(peer_open())),
    Case(OpenReceived(peer_open(hold_time=0)), "hold time 0"),
    Case(OpenReceived(peer_open(router_id=0)), "not acceptable"),
    Case(
        OpenReceived(peer_open()),
        "a required capability is missing",
        {"required": Capabilities.of((EXTENDED_MESSAGE, True))},
    ),
    Case(MessageHeaderError(Notification(1, 2))),
    Case(OpenMessageError(Notification(2, 4))),
    Case(OpenCollisionDump()),
    Case(NotificationVersionError(Notification(2, 1))),
    Case(NotificationReceived(Notification(2, 2))),
    Case(NotificationReceived(_CEASE), "a shutdown"),
    Case(NotificationReceived(Notification(2, 4)), "the peer does not know the Capabilities parameter"),
    Case(NotificationReceived(Notification(2, 7)), "the peer requires a capability"),
    Case(KeepaliveReceived()),
    Case(UpdateReceived()),
    Case(UpdateMessageError(Notification(3, 1))),
    *(Case(event) for event in EXPIRIES if event.number == 29),
    Case(RouteRefreshReceived()),
)

_WORDS: Final = {
    StartConnecting: "connect",
    DropConnection: "close",
    SendOpen: "send OPEN",
    SendKeepalive: "send KEEPALIVE",
    ReportFailure: "report",
    SessionUp: "session up",
    SessionDown: "session down",
}
_TIMER_NAMES: Final = {
    "idle_hold": "IdleHoldTimer",
    "connect_retry": "ConnectRetryTimer",
    "delay_open": "DelayOpenTimer",
    "hold": "HoldTimer",
    "send_hold": "SendHoldTimer",
    "keepalive": "KeepaliveTimer",
}


class Outcome(NamedTuple):
    """What an event does."""

    following: str
    actions: str
    timers: str


class Row(NamedTuple):
    """A line of a state's table."""

    names: list[str]
    outcome: Outcome
    is_listed: bool


def page() -> str:
    """Return the whole document."""
    sections = (block for title in SITUATIONS for block in _section(title))
    return "\n".join(
        [INTRODUCTION, *_overview(), TRANSITIONS_READ_SO, *sections, COLLISIONS, *_collisions(), ""]
    )


def outcome(make: Callable[[], Machine], case: Case) -> Outcome:
    """Put an event to a new machine and describe what it does."""
    machine = make()
    kept = {"delay_open": machine.settings.delay_open}
    machine.settings = machine.offered = replace(DEFAULTS, **(kept | case.settings))
    before = _deadlines(machine.timers)
    actions = machine.handle(case.event, LATER)
    after = _deadlines(machine.timers)
    started = [
        f"{_TIMER_NAMES[name]} {deadline - LATER:g} s"
        for name, deadline in after.items()
        if deadline not in {before[name], float("inf")}
    ]
    return Outcome(str(machine.state), ", ".join(map(_in_words, actions)), ", ".join(started))


def _deadlines(timers: Timers) -> dict[str, float]:
    return {name: getattr(timers, name).deadline for name in _TIMER_NAMES}


def _in_words(action: Action) -> str:
    if isinstance(action, SendNotification):
        return f"send NOTIFICATION {action.notification.code:d}/{action.notification.subcode:d}"
    return _WORDS[type(action)]


def _overview() -> Iterator[str]:
    """Yield where each event leads from each state by default; nowhere is a dash."""
    states = [title for title in SITUATIONS if "," not in title]
    yield f"| event | {' | '.join(states)} |\n|---|{'---|' * len(states)}"
    for case in CASES:
        if not case.condition:
            following = [outcome(SITUATIONS[state], case).following for state in states]
            cells = ["–" if to == here else to for here, to in zip(states, following, strict=True)]
            yield f"| {_name(machine_in(State.IDLE), case)} | {' | '.join(cells)} |"
    yield ""


def _section(title: str) -> Iterator[str]:
    yield f"### {title}\n"
    yield "| event | next state | actions | timers set |\n|---|---|---|---|"
    rows = _rows(SITUATIONS[title])
    for row in sorted(rows, key=lambda row: not row.is_listed):
        yield f"| {', '.join(row.names)} | {row.outcome.following} | {' | '.join(row.outcome[1:])} |"
    yield ""


def _rows(make: Callable[[], Machine]) -> list[Row]:
    """Return one row for each event that the state lists, and the others by what they do."""
    rows: list[Row] = []
    usual: dict[type[Event], Outcome] = {}
    for case in CASES:
        result = outcome(make, case)
        event = type(case.event)
        if case.condition and result == usual[event]:
            continue
        usual.setdefault(event, result)
        is_listed = (make().state, event) in TRANSITIONS
        name = _name(make(), case)
        alike = [row for row in rows if not row.is_listed and row.outcome == result]
        if is_listed or not alike:
            rows.append(Row([name], result, is_listed))
        else:
            alike[0].names.append(name)
    return rows


def _name(machine: Machine, case: Case) -> str:
    number = case.event.number
    if isinstance(case.event, OpenReceived) and machine.waits_to_open:
        number = 20
    name = type(case.event).__name__
    numbered = name if number is None else f"{number} {name}"
    return f"{numbered}: {case.condition}" if case.condition else numbered


def _collisions() -> Iterator[str]:
    words = {
        Verdict.WAIT: "the OPEN waits",
        Verdict.DUMP_OTHER: "the other one goes",
        Verdict.DUMP_OPENED: "this one goes",
    }
    yield "| the other connection is in | dominant | the OPEN came on ours | the OPEN came on the peer's |"
    yield "|---|---|---|---|"
    ours, theirs = Initiator
    for state in State:
        for winner, who in ((ours, "we are"), (theirs, "the peer is")):
            on_ours, on_theirs = resolve(winner, ours, theirs, state), resolve(winner, theirs, ours, state)
            yield f"| {state} | {who} | {words[on_ours]} | {words[on_theirs]} |"


if __name__ == "__main__":
    sys.stdout.write(page())
