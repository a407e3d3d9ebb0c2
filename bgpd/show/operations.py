"""What the operator does to protocols: enable, disable, restart, reload, drain, undrain."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from bgpd.protocols.protocol import Protocol, ProtocolError, ProtocolState
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.selection import EVERY, is_pattern, matching, selected
from bgpd.show.view import Daemon, Severity

_NAME: Final = "name"
_REASON: Final = "reason"
_ALL: Final = "all"
_INCOMING, _OUTGOING = "in", "out"

_DEVICE: Final = "Device"
"""The kind of protocol that everything else needs."""
_NEIGHBOR: Final = "BGP"
"""The kind of protocol that has something to reload or to drain."""
_NOTHING_TO_IMPORT_AGAIN: Final = frozenset({_DEVICE, "Direct", "Static"})
"""The kinds of protocols that BIRD cannot ask for their routes."""
_NOT_UP: Final = frozenset({ProtocolState.DOWN, ProtocolState.START, ProtocolState.STOP, ProtocolState.FLUSH})
_LONGEST_REASON: Final = 255
"""Octets of a shutdown communication (RFC 9003 §2)."""

_ALREADY_DISABLED, _ENABLED, _RELOADING = "already disabled", "enabled", "reloading"
_CODES: Final[Mapping[str, int]] = {
    _ALREADY_DISABLED: 8,
    "disabled": 9,
    "already enabled": 10,
    _ENABLED: 11,
    "restarted": 12,
    _RELOADING: 15,
    "draining": 60,
    "already draining": 61,
    "undrained": 62,
    "not draining": 63,
}
"""By what the protocol answers: BIRD's, and ours from 60 on."""
_DONE: Final = 64
_PLAN: Final = 66
"""Of a line that says what will be done."""
_RELOAD_FAILED: Final = 8006
_FAILED: Final = 8060


class _Outcome(NamedTuple):
    protocol: str
    answer: str | None = None
    error: str | None = None


@dataclass(slots=True)
class _Request:
    daemon: Daemon
    protocols: Sequence[Protocol]
    arguments: Arguments
    outcomes: list[_Outcome] = field(default_factory=list)

    @property
    def is_bird(self) -> bool:
        """Whether BIRD's words are used, and no others."""
        return self.daemon.dialect == "bird"

    def log(self, what: str, protocol: Protocol) -> None:
        """Write what is done to a protocol to the log."""
        self.daemon.log(Severity.INFO, f"{what} protocol {protocol.name}")


_Perform: TypeAlias = Callable[[Protocol, _Request], str]


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation on each of the protocols that were named."""

    word: str
    perform: _Perform
    whom: str = "protocols"
    concerns: Callable[[Protocol], bool] = lambda _protocol: True
    """Whom ``all`` and patterns mean; who names any other protocol is told why it cannot be done."""
    plan: Callable[[Protocol], str] = lambda _protocol: ""
    """Says what will be done, before it is."""
    as_bird: _Perform | None = None
    """What BIRD does instead; there ``all`` and patterns mean everybody."""


def _request(operation: _Operation, daemon: Daemon, arguments: Arguments) -> _Request:
    is_bird = daemon.dialect == "bird"
    problem = _problem(operation, arguments)
    if problem:
        raise CommandError(SYNTAX_ERROR, "syntax error" if is_bird else problem)
    name = EVERY if arguments[_NAME] == _ALL else arguments[_NAME].strip("'")
    protocols = selected(daemon.protocols, name)
    if is_pattern(name) and not is_bird:
        protocols = matching(list(filter(operation.concerns, protocols)), operation.whom)
    return _Request(daemon, protocols, arguments)


def _problem(operation: _Operation, arguments: Arguments) -> str:
    """Return what is wrong with what was typed."""
    if _NAME not in arguments:
        return f'{operation.word} what? Name a protocol, a "pattern", or all'
    if _INCOMING in arguments and _OUTGOING in arguments:
        return "Only one of in and out expected; without them both are reloaded"
    octets = len(_reason(arguments).encode())
    if octets > _LONGEST_REASON:
        return f"The reason has {octets} octets; neighbors read {_LONGEST_REASON} (RFC 9003)"
    return ""


def _reason(arguments: Arguments) -> str:
    return arguments.get(_REASON, "").strip('"')


def _rows(operation: _Operation, request: _Request) -> Iterator[_Outcome]:
    """Do all of it before the first line is sent: a client that hangs up leaves nothing half done."""
    perform = operation.as_bird if operation.as_bird and request.is_bird else operation.perform
    for protocol in request.protocols:
        try:
            answer = perform(protocol, request)
            if answer:
                request.outcomes.append(_Outcome(protocol.name, answer))
        except ProtocolError as error:
            request.outcomes.append(_Outcome(protocol.name, error=str(error)))
    yield from request.outcomes


def _heading(operation: _Operation, request: _Request) -> Iterator[Line]:
    for protocol in () if request.is_bird else request.protocols:
        text = operation.plan(protocol)
        if text:
            yield from (Line(_PLAN, line) for line in folded(f"{protocol.name}: {text}"))


def _layout(operation: _Operation, request: _Request, row: _Outcome) -> Iterator[Line]:
    if row.answer is not None:
        yield Line(_CODES.get(row.answer, _DONE), f"{row.protocol}: {row.answer}")
    else:
        code = _RELOAD_FAILED if operation is _RELOAD else _FAILED
        reason = "" if request.is_bird and operation is _RELOAD else f": {row.error}"
        yield Line(code, f"{row.protocol}: {operation.word} failed{reason}")


def _problems(operation: _Operation, request: _Request) -> Iterator[Line]:
    for outcome in request.outcomes:
        if outcome.error is not None:
            yield from _layout(operation, request, outcome)


# What is done


def _enable(protocol: Protocol, request: _Request) -> str:
    if protocol.is_disabled:
        request.log("Enabling", protocol)
    answer = protocol.enable()
    if answer == _ENABLED:
        protocol.message = _reason(request.arguments)
    return answer


def _disable(protocol: Protocol, request: _Request) -> str:
    if not protocol.is_disabled:
        request.log("Disabling", protocol)
    return protocol.disable(_reason(request.arguments))


def _restart(protocol: Protocol, request: _Request) -> str:
    if not protocol.is_disabled:
        request.log("Restarting", protocol)
    return protocol.restart(_reason(request.arguments))


def _unless_needed(perform: _Perform) -> _Perform:
    """Refuse to stop what everything else needs. BIRD does it, and is blind then; ours only says so."""

    def checked(protocol: Protocol, request: _Request) -> str:
        if not _can_do_without(protocol):
            raise ProtocolError("interfaces are always watched")
        return perform(protocol, request)

    return checked


def _reload(protocol: Protocol, request: _Request) -> str:
    words = request.arguments
    answer = protocol.reload(incoming=_OUTGOING not in words, outgoing=_INCOMING not in words)
    request.log("Reloading", protocol)
    return answer


def _reload_as_bird(protocol: Protocol, request: _Request) -> str:
    """What is not up has nothing to reload, and nobody is told; what has no filters at work is as it was."""
    if protocol.is_disabled:
        return _ALREADY_DISABLED
    if protocol.state in _NOT_UP:
        return ""
    if protocol.kind == _NEIGHBOR:
        return _reload(protocol, request)
    if protocol.kind in _NOTHING_TO_IMPORT_AGAIN and _OUTGOING not in request.arguments:
        raise ProtocolError("it has nothing to import again")
    request.log("Reloading", protocol)
    return _RELOADING


def _drain(protocol: Protocol, request: _Request) -> str:
    return protocol.drain(_reason(request.arguments))


def _can_do_without(protocol: Protocol) -> bool:
    return protocol.kind != _DEVICE


def _is_neighbor(protocol: Protocol) -> bool:
    return protocol.kind == _NEIGHBOR


def _is_running_neighbor(protocol: Protocol) -> bool:
    return _is_neighbor(protocol) and protocol.state is not ProtocolState.DOWN


def _is_neighbor_with_session(protocol: Protocol) -> bool:
    """Who has no session has exchanged nothing, and will exchange everything."""
    return _is_neighbor(protocol) and protocol.is_up


_ENABLE: Final = _Operation("enable", _enable)
_DISABLE: Final = _Operation("disable", _unless_needed(_disable), concerns=_can_do_without, as_bird=_disable)
_RESTART: Final = _Operation("restart", _unless_needed(_restart), concerns=_can_do_without, as_bird=_restart)
_RELOAD: Final = _Operation(
    "reload", _reload, "established neighbors", _is_neighbor_with_session, as_bird=_reload_as_bird
)
_DRAIN: Final = _Operation(
    "drain", _drain, "running neighbors", _is_running_neighbor, lambda protocol: protocol.drain_plan()
)
_UNDRAIN: Final = _Operation("undrain", lambda protocol, _: protocol.undrain(), "neighbors", _is_neighbor)

_PROTOCOLS: Final = Argument(
    "",
    "One protocol, those that match a quoted pattern with * and ?, or all",
    'NAME|"PATTERN"|all',
    name=_NAME,
)
_NEIGHBORS: Final = _PROTOCOLS._replace(
    help="One neighbor, those that match a quoted pattern with * and ?, or all"
)
_WORDS: Final = Argument("", "Why: the neighbor is told (RFC 9003)", '"REASON"', name=_REASON)
_NOTE: Final = Argument("", "A note that show protocols all has", '"NOTE"', name=_REASON)


def _command(
    operation: _Operation, text: str, example: str, arguments: Iterable[Argument]
) -> Command[_Request, _Outcome]:
    return Command(
        words=operation.word,
        help=text,
        example=example,
        request=partial(_request, operation),
        rows=partial(_rows, operation),
        heading=partial(_heading, operation),
        layout=partial(_layout, operation),
        problems=partial(_problems, operation),
        arguments=tuple(arguments),
        changes=True,
    )


COMMANDS: Final = (
    _command(_ENABLE, "Start what is disabled", "enable tor1", (_PROTOCOLS, _NOTE)),
    _command(
        _DISABLE,
        "Stop a neighbor or another protocol until it is enabled",
        'disable tor1 "new line card"',
        (_PROTOCOLS, _WORDS),
    ),
    _command(_RESTART, "Stop and start again", "restart tor1", (_PROTOCOLS, _WORDS)),
    _command(
        _RELOAD,
        "Filter and exchange routes again, without a new session",
        "reload in tor1",
        (
            Argument(_INCOMING, "Only what the neighbor sends: import it again"),
            Argument(_OUTGOING, "Only what the neighbor is sent: export it again"),
            _NEIGHBORS,
        ),
    ),
    _command(
        _DRAIN,
        "Lead traffic away (RFC 8326), then shut down when it is quiet",
        'drain tor1 "new optics"',
        (_NEIGHBORS, _WORDS),
    ),
    _command(_UNDRAIN, "Undo drain", "undrain all", (_NEIGHBORS,)),
)
